#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/config/values.h"

namespace winsome::config {

/// What the file said about a key; one that is required but missing was not understood.
struct Said {
  Position at;
  bool understood = true;
  std::vector<Position> elements;  // where it is a list
};

/// By path and rows (`nbns.owner`, {}); also the tables of lists (`replication.partner`, {0}).
using SaidKeys = std::map<std::pair<std::string, std::vector<std::size_t>>, Said>;

/// Walks the file once against the tables of keys and of lists.
void read_settings(const Table& document, Settings& settings, SaidKeys& said,
                   Complaints& complaints);

}  // namespace winsome::config
