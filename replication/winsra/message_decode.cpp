#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "replication/winsra/message.h"
#include "replication/winsra/wire.h"

namespace winsome::winsra {
namespace {

using Decoded = Result<Message, DecodeError>;
using replication::OwnerMap;
using replication::OwnerRange;

/// What a record without a scope takes; shorter ones are left out.
constexpr std::size_t record_length_min = 48;

template <class Start>
Decoded decode_start(ByteReader& in) {
  Start start;
  start.sender = in.u32();
  start.major = in.u16();
  start.minor = in.u16();
  if (!in.ok()) return fail(DecodeError::truncated);
  return start;
}

Decoded decode_stop(ByteReader& in) {
  const auto reason = in.u32();
  if (!in.ok()) return fail(DecodeError::truncated);
  return Stop{reason == 0 ? StopReason::normal : StopReason::error};
}

OwnerRange read_owner(ByteReader& in) {
  OwnerRange range;
  range.owner = Ipv4(in.u32());
  range.max = in.u64();
  range.min = in.u64();
  in.take(4);  // reserved
  return range;
}

Result<OwnerMap, DecodeError> read_owners(ByteReader& in) {
  const auto count = in.u32();
  if (!in.ok()) return fail(DecodeError::truncated);
  if (count > replication::owners_max) return fail(DecodeError::too_many_owners);
  if (count > in.remaining() / owner_length) return fail(DecodeError::truncated);
  OwnerMap owners;
  owners.reserve(count);
  for (std::size_t i = 0; i < count; ++i) owners.push_back(read_owner(in));
  return owners;
}

Decoded decode_map_response(ByteReader& in) {
  auto owners = read_owners(in);
  if (!owners) return fail(owners.error());
  in.take(4);  // what is the initiator in a notification
  if (!in.ok()) return fail(DecodeError::truncated);
  return MapResponse{std::move(*owners)};
}

Decoded decode_names_request(ByteReader& in) {
  const NamesRequest request{read_owner(in)};
  if (!in.ok()) return fail(DecodeError::truncated);
  return request;
}

Decoded decode_names_response(ByteReader& in) {
  const auto count = in.u32();
  if (!in.ok()) return fail(DecodeError::truncated);
  NamesResponse response;
  response.records.reserve(std::min<std::size_t>(count, in.remaining() / record_length_min));
  for (std::size_t i = 0; i < count; ++i) {
    auto decoded = decode_record(in, response.faults);
    if (!decoded) return fail(decoded.error());
    if (!*decoded) continue;
    response.replicas |= (*decoded)->replica;
    response.records.push_back(std::move((*decoded)->record));
  }
  return response;
}

Decoded decode_notification(std::uint32_t opcode, ByteReader& in) {
  auto owners = read_owners(in);
  if (!owners) return fail(owners.error());
  const Ipv4 initiator(in.u32());
  if (!in.ok()) return fail(DecodeError::truncated);
  return UpdateNotification{std::move(*owners), initiator,
                            (opcode & opcode_notification_persistent) != 0,
                            (opcode & opcode_propagate) != 0};
}

Decoded decode_replication(ByteReader& in) {
  const auto opcode = in.u32();
  if (!in.ok()) return fail(DecodeError::truncated);
  switch (opcode) {
    case opcode_map_request: return MapRequest{};
    case opcode_map_response: return decode_map_response(in);
    case opcode_names_request: return decode_names_request(in);
    case opcode_names_response: return decode_names_response(in);
    default: break;
  }
  if (is_notification(opcode)) return decode_notification(opcode, in);
  return fail(DecodeError::unknown_opcode);
}

Decoded decode_message(std::uint32_t type, ByteReader& in) {
  switch (type) {
    case type_start_request: return decode_start<StartRequest>(in);
    case type_start_response: return decode_start<StartResponse>(in);
    case type_stop: return decode_stop(in);
    case type_replication: return decode_replication(in);
    default: return fail(DecodeError::unknown_type);
  }
}

}  // namespace

std::uint64_t NamesResponse::skipped() const {
  const auto all = std::accumulate(faults.begin(), faults.end(), std::uint64_t{0});
  return all - faults[static_cast<std::size_t>(RecordFault::too_many_members)];
}

Result<Frame, DecodeError> decode(Octets body) {
  ByteReader in(body);
  const auto header = read_header(in);
  if (!in.ok()) return fail(DecodeError::too_short);
  if ((header.reserved & association_bits) == 0) return fail(DecodeError::no_association_bits);
  auto message = decode_message(header.type, in);
  if (!message) return fail(message.error());
  return Frame{header.destination, std::move(*message)};
}

}  // namespace winsome::winsra
