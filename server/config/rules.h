#pragma once

#include <map>
#include <string>

#include "server/config/values.h"

namespace winsome::config {

/// What the file said about a key, by its path (`nbns.owner`).
struct Said {
  Position at;
  bool understood = true;
};
using SaidKeys = std::map<std::string, Said, std::less<>>;

/// Fills in what the file left to the machine, and holds the settings against the rules that look
/// at more than one value (fact base B7, B12). A rule about a key that was not understood is not
/// held.
void apply_rules(Settings& settings, const HostFacts& host, const SaidKeys& said,
                 Complaints& complaints);

}  // namespace winsome::config
