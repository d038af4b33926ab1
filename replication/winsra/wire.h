#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "server/core/byte_reader.h"
#include "server/core/byte_writer.h"

/// What the decoders and encoders of this folder share; nobody else includes it.
namespace winsome::winsra {

// MS-WINSRA 2.2.2. The length word counts what follows it.
inline constexpr std::size_t length_word = 4;
inline constexpr std::size_t header_length = 12;

/// Windows tells an association's frames from others by these bits of a word that MS-WINSRA calls
/// reserved (fact base C2).
inline constexpr std::uint32_t association_bits = 0x7800;

inline constexpr std::uint32_t type_start_request = 0;
inline constexpr std::uint32_t type_start_response = 1;
inline constexpr std::uint32_t type_stop = 2;
inline constexpr std::uint32_t type_replication = 3;

// MS-WINSRA 2.2.6 to 2.2.10
inline constexpr std::uint32_t opcode_map_request = 0;
inline constexpr std::uint32_t opcode_map_response = 1;
inline constexpr std::uint32_t opcode_names_request = 2;
inline constexpr std::uint32_t opcode_names_response = 3;
inline constexpr std::uint32_t opcode_notification = 4;
inline constexpr std::uint32_t opcode_notification_persistent = 8;
inline constexpr std::uint32_t opcode_propagate = 1;  // added to either

inline constexpr std::size_t owner_length = 24;

constexpr bool is_notification(std::uint32_t opcode) {
  const auto plain = opcode & ~opcode_propagate;
  return plain == opcode_notification || plain == opcode_notification_persistent;
}

struct Header {
  std::uint32_t reserved = 0;
  std::uint32_t destination = 0;
  std::uint32_t type = 0;
};

constexpr Header read_header(ByteReader& in) {
  Header header;
  header.reserved = in.u32();
  header.destination = in.u32();
  header.type = in.u32();
  return header;
}

// Two fields of a name record and all of autodiscovery are little-endian.
constexpr std::uint32_t u32_le(ByteReader& in) {
  return std::byteswap(in.u32());
}
constexpr void u32_le(ByteWriter& out, std::uint32_t value) {
  out.u32(std::byteswap(value));
}

}  // namespace winsome::winsra
