#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/formats/dhcpd_tokens.h"
#include "server/leases/configuration.h"

namespace winsome::formats {

/// The tokens of a statement, without its semicolon.
using DhcpdStatement = std::span<const DhcpdToken>;

/// ASCII letters only: keywords may be written in any case.
[[nodiscard]] std::string lower(std::string_view text);

/// The elements of a list: `a, b c` are two. At least one.
[[nodiscard]] std::vector<std::string> values_of(DhcpdStatement tokens);

/// A statement that a host or a group may have for its clients: an option, boot file or server.
/// False, and nothing said, where `word` begins another one.
[[nodiscard]] bool read_parameter(const Place& place, std::string_view word, DhcpdStatement rest,
                                  dhcp::Parameters& out, Reports& reports);

/// What `into` does not say itself it has from `from`.
void inherit(dhcp::Parameters& into, const dhcp::Parameters& from);

}  // namespace winsome::formats
