#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "server/nbns/name.h"

/// What the decoders and encoders of this folder share; nobody else includes it.
namespace winsome::nbns {

inline constexpr std::size_t header_length = 12;
inline constexpr std::size_t letters_length = 32;    // a name in half-ASCII
inline constexpr std::size_t label_length_max = 63;  // RFC 1002 4.1
inline constexpr std::uint16_t question_pointer =
    0xc00c;  // label pointer to the first octet behind the header

// RFC 1002 4.2.1.2 and 4.2.1.3
inline constexpr std::uint16_t type_a = 0x0001;
inline constexpr std::uint16_t type_ns = 0x0002;
inline constexpr std::uint16_t type_null = 0x000a;
inline constexpr std::uint16_t type_nb = 0x0020;
inline constexpr std::uint16_t type_nbstat = 0x0021;
inline constexpr std::uint16_t class_in = 0x0001;

// NB_FLAGS and NAME_FLAGS: RFC 1002 4.2.1.3, 4.2.18
inline constexpr std::uint16_t nb_group = 0x8000;
inline constexpr unsigned nb_node_shift = 13;
inline constexpr std::uint16_t nb_deregistering = 0x1000;
inline constexpr std::uint16_t nb_conflict = 0x0800;
inline constexpr std::uint16_t nb_active = 0x0400;
inline constexpr std::uint16_t nb_permanent = 0x0200;

inline constexpr std::size_t node_name_length =
    18;  // RFC 1002 4.2.18: a name, its suffix and NAME_FLAGS
inline constexpr std::size_t statistics_length = 46;

/// Two letters A to P an octet, high half first (RFC 1001 14.1); false when a letter is another.
/// The loops have neither branches nor memory that could overlap, so that they are vectorised.
constexpr bool decode_half_ascii(const std::uint8_t* letters, Name& name) {
  std::array<std::uint8_t, letters_length> halves{};
  for (std::size_t i = 0; i < letters_length; ++i) {
    halves[i] = static_cast<std::uint8_t>(letters[i] - 'A');
  }
  std::uint8_t wrong = 0;
  for (const auto half : halves) wrong |= half;
  Name decoded;
  for (std::size_t i = 0; i < decoded.octets.size(); ++i) {
    decoded.octets[i] = static_cast<std::uint8_t>(halves[2 * i] << 4 | halves[2 * i + 1]);
  }
  name = decoded;
  return (wrong & 0xf0) == 0;
}

constexpr std::array<std::uint8_t, letters_length> encode_half_ascii(const Name& name) {
  std::array<std::uint8_t, letters_length> letters{};
  for (std::size_t i = 0; i < name.octets.size(); ++i) {
    letters[2 * i] = static_cast<std::uint8_t>('A' + (name.octets[i] >> 4));
    letters[2 * i + 1] = static_cast<std::uint8_t>('A' + (name.octets[i] & 0xf));
  }
  return letters;
}

}  // namespace winsome::nbns
