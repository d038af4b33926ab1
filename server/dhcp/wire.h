#pragma once

#include <cstddef>
#include <cstdint>

// What the octets of a message look like: RFC 2131 2, RFC 2132 2 and 9.3.
namespace winsome::dhcp {

inline constexpr std::uint32_t magic_cookie = 0x63825363;  // RFC 1048
inline constexpr std::size_t hardware_field = 16;
inline constexpr std::size_t server_name_field = 64;
inline constexpr std::size_t boot_file_field = 128;
inline constexpr std::size_t fixed_size = 236;  // all before the vendor area
inline constexpr std::size_t cookie_size = 4;
inline constexpr std::uint16_t flag_broadcast = 0x8000;

inline constexpr std::uint8_t option_pad = 0;
inline constexpr std::uint8_t option_end = 255;
inline constexpr std::size_t part_max = 255;

/// Bits of option 52.
inline constexpr unsigned overloads_file = 1;
inline constexpr unsigned overloads_server_name = 2;

}  // namespace winsome::dhcp
