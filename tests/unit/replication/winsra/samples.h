#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "replication/winsra/message.h"
#include "tests/golden/hex.h"

namespace winsome::winsra {

using Bytes = std::vector<std::uint8_t>;
using golden::from_hex;

inline constexpr Handle our_handle = 0x11223344;
inline constexpr Handle peer_handle = 0x55667788;

// Fact base F: constructed from MS-WINSRA 2.2.
inline const Bytes start_request = from_hex(R"(
  00 00 00 29 00 00 78 00 00 00 00 00 00 00 00 00 11 22 33 44 00 02 00 05 00 00 00 00 00 00 00 00
  00 00 00 00 00 00 00 00 00 00 00 00 00)");
inline const Bytes stop = from_hex(R"(
  00 00 00 28 00 00 78 00 55 66 77 88 00 00 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
  00 00 00 00 00 00 00 00 00 00 00 00)");
inline const Bytes map_request = from_hex(R"(
  00 00 00 10 00 00 78 00 55 66 77 88 00 00 00 03 00 00 00 00)");
inline const Bytes map_response = from_hex(R"(
  00 00 00 30 00 00 78 00 11 22 33 44 00 00 00 03 00 00 00 01 00 00 00 01 c0 00 02 01 00 00 00 00
  00 00 00 10 00 00 00 00 00 00 00 01 00 00 00 01 00 00 00 00)");
inline const Bytes names_request = from_hex(R"(
  00 00 00 28 00 00 78 00 55 66 77 88 00 00 00 03 00 00 00 02 c0 00 02 01 00 00 00 00 00 00 00 10
  00 00 00 00 00 00 00 05 00 00 00 01)");
inline const Bytes update_notification = from_hex(R"(
  00 00 00 30 00 00 78 00 55 66 77 88 00 00 00 03 00 00 00 05 00 00 00 01 c0 00 02 01 00 00 00 00
  00 00 00 10 00 00 00 00 00 00 00 01 00 00 00 01 c0 00 02 01)");
inline const Bytes unique_record = from_hex(R"(
  00 00 00 11 1b 4f 52 50 20 20 20 20 20 20 20 20 20 20 20 43 00 00 00 00 00 00 00 60 00 00 00 00
  00 00 00 00 00 00 00 07 c0 00 02 14 ff ff ff ff)");
inline const Bytes special_record = from_hex(R"(
  00 00 00 11 43 4f 52 50 20 20 20 20 20 20 20 20 20 20 20 1c 00 00 00 00 00 00 00 62 01 00 00 00
  00 00 00 00 00 00 00 08 02 00 00 00 c0 00 02 01 c0 00 02 14 c0 00 02 02 c6 33 64 07 ff ff ff ff)");

// Where fields of `unique_record` and `special_record` begin.
inline constexpr std::size_t name_at = 4;
inline constexpr std::size_t flags_at = 27;  // the octet of the word that counts
inline constexpr std::size_t group_at = 28;
inline constexpr std::size_t version_at = 32;
inline constexpr std::size_t count_at = 40;  // or the address
inline constexpr std::size_t members_at = 44;

inline constexpr Ipv4 owner(192, 0, 2, 1);

inline Bytes with(Bytes octets, std::size_t at, std::initializer_list<std::uint8_t> values) {
  std::ranges::copy(values, octets.begin() + static_cast<std::ptrdiff_t>(at));
  return octets;
}

inline Bytes u32(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

inline Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// A frame with the length word that it should have.
inline Bytes framed(Handle destination, std::uint32_t type, const Bytes& body) {
  return joined({u32(static_cast<std::uint32_t>(12 + body.size())), u32(0x7800), u32(destination),
                 u32(type), body});
}

inline Bytes names_response(const Bytes& records, std::uint32_t count,
                            Handle destination = our_handle) {
  return framed(destination, 3, joined({u32(3), u32(count), records}));
}

inline Octets body_of(const Bytes& frame) {
  return Octets(frame).subspan(4);
}

/// What `frame` says; a message that no decoder gives where it says nothing.
inline Message message_of(const Bytes& frame) {
  auto decoded = decode(body_of(frame));
  return decoded ? std::move(decoded->message) : Message(StartRequest{.sender = 0, .major = 0});
}

/// Why `frame` is refused; nothing when it is not.
inline std::optional<DecodeError> error_of(const Bytes& frame) {
  const auto decoded = decode(body_of(frame));
  return decoded ? std::nullopt : std::optional(decoded.error());
}

inline NamesResponse names_of(const Bytes& frame) {
  const auto message = message_of(frame);
  const auto* response = std::get_if<NamesResponse>(&message);
  return response ? *response : NamesResponse{.records = {}, .replicas = true, .faults = {77}};
}

/// The only record of a response that holds these octets.
inline std::optional<names::Record> record_of(const Bytes& record) {
  auto records = names_of(names_response(record, 1)).records;
  return records.size() == 1 ? std::optional(std::move(records.front())) : std::nullopt;
}

inline std::uint64_t count_of(const NamesResponse& response, RecordFault fault) {
  return response.faults[static_cast<std::size_t>(fault)];
}

inline names::Record unique(nbns::ScopedName name, std::uint64_t version = 7) {
  return {.name = std::move(name),
          .type = names::RecordType::unique,
          .state = names::State::active,
          .node = nbns::NodeType::h,
          .is_static = false,
          .owner = {},
          .version = version,
          .due = {},
          .members = {{.address = Ipv4(192, 0, 2, 20), .owner = {}, .due = {}}}};
}

/// The octets of one record.
inline Bytes encoded(const names::Record& record, bool replica = false) {
  Bytes octets(encoded_length(record));
  ByteWriter out(octets);
  encode_record(out, record, replica);
  return out.ok() && out.size() == octets.size() ? octets : Bytes();
}

}  // namespace winsome::winsra
