#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/byte_reader.h"

namespace winsome::dhcp {

/// The longest name in its encoding (RFC 1035 2.3.4), and more names than any resolver searches.
inline constexpr std::size_t domain_length_max = 255;
inline constexpr std::size_t domains_max = 64;

/// Appends labels without compression; false where `name` is no domain name.
[[nodiscard]] bool append_domain(std::vector<std::uint8_t>& out, std::string_view name);

/// Compressed names, whose pointers count from the beginning of `value` (RFC 3397 2).
[[nodiscard]] std::optional<std::vector<std::string>> read_domains(Octets value);

}  // namespace winsome::dhcp
