#include <array>
#include <ranges>

#include "replication/winsra/message.h"
#include "replication/winsra/wire.h"
#include "server/core/check.h"

namespace winsome::winsra {
namespace {

using replication::OwnerMap;
using replication::OwnerRange;

// MS-WINSRA 2.2.3 to 2.2.5. NT 4 takes a start of another length for an older protocol.
constexpr std::size_t start_reserved = 21;
constexpr std::size_t stop_reserved = 24;

constexpr std::size_t start_length = 8 + start_reserved;
constexpr std::size_t stop_length = 4 + stop_reserved;
constexpr std::size_t opcode_length = 4;
constexpr std::size_t count_length = 4;

constexpr std::size_t map_length(const OwnerMap& owners) {
  return opcode_length + count_length + owners.size() * owner_length + 4;
}

/// Octets behind the header.
std::size_t length_of(const StartRequest& /*request*/) {
  return start_length;
}
std::size_t length_of(const StartResponse& /*response*/) {
  return start_length;
}
std::size_t length_of(const Stop& /*stop*/) {
  return stop_length;
}
std::size_t length_of(const MapRequest& /*request*/) {
  return opcode_length;
}
std::size_t length_of(const MapResponse& response) {
  return map_length(response.owners);
}
std::size_t length_of(const NamesRequest& /*request*/) {
  return opcode_length + owner_length;
}
std::size_t length_of(const NamesResponse& response) {
  std::size_t length = opcode_length + count_length;
  for (const auto& record : response.records | std::views::filter(has_encoding))
    length += encoded_length(record);
  return length;
}
std::size_t length_of(const UpdateNotification& notification) {
  return map_length(notification.owners);
}

constexpr std::uint32_t type_of(const StartRequest& /*request*/) {
  return type_start_request;
}
constexpr std::uint32_t type_of(const StartResponse& /*response*/) {
  return type_start_response;
}
constexpr std::uint32_t type_of(const Stop& /*stop*/) {
  return type_stop;
}
constexpr std::uint32_t type_of(const auto& /*message*/) {
  return type_replication;
}

template <std::size_t count>
void write_zeros(ByteWriter& out) {
  out.put(std::array<std::uint8_t, count>{});
}

void write_start(ByteWriter& out, const auto& start) {
  out.u32(start.sender);
  out.u16(start.major);
  out.u16(start.minor);
  write_zeros<start_reserved>(out);
}

void write_owner(ByteWriter& out, const OwnerRange& range) {
  out.u32(range.owner.value());
  out.u64(range.max);
  out.u64(range.min);
  out.u32(1);  // reserved
}

void write_owners(ByteWriter& out, const OwnerMap& owners) {
  out.u32(static_cast<std::uint32_t>(owners.size()));
  for (const auto& range : owners) write_owner(out, range);
}

void write(ByteWriter& out, const StartRequest& request) {
  write_start(out, request);
}

void write(ByteWriter& out, const StartResponse& response) {
  write_start(out, response);
}

void write(ByteWriter& out, const Stop& stop) {
  out.u32(static_cast<std::uint32_t>(stop.reason));
  write_zeros<stop_reserved>(out);
}

void write(ByteWriter& out, const MapRequest& /*request*/) {
  out.u32(opcode_map_request);
}

void write(ByteWriter& out, const MapResponse& response) {
  out.u32(opcode_map_response);
  write_owners(out, response.owners);
  out.u32(0);
}

void write(ByteWriter& out, const NamesRequest& request) {
  out.u32(opcode_names_request);
  write_owner(out, request.range);
}

void write(ByteWriter& out, const NamesResponse& response) {
  out.u32(opcode_names_response);
  out.u32(static_cast<std::uint32_t>(std::ranges::count_if(response.records, has_encoding)));
  for (const auto& record : response.records | std::views::filter(has_encoding))
    encode_record(out, record, response.replicas);
}

void write(ByteWriter& out, const UpdateNotification& notification) {
  out.u32((notification.persistent ? opcode_notification_persistent : opcode_notification) |
          (notification.propagate ? opcode_propagate : 0));
  write_owners(out, notification.owners);
  out.u32(notification.initiator.value());
}

}  // namespace

std::vector<std::uint8_t> encode(Handle destination, const Message& message) {
  return std::visit(
      [destination](const auto& alternative) {
        const auto length = header_length + length_of(alternative);
        std::vector<std::uint8_t> frame(length_word + length);
        ByteWriter out(frame);
        out.u32(static_cast<std::uint32_t>(length));
        out.u32(association_bits);
        out.u32(destination);
        out.u32(type_of(alternative));
        write(out, alternative);
        check(out.ok() && out.size() == frame.size(), "a frame has another length than it says");
        return frame;
      },
      message);
}

}  // namespace winsome::winsra
