#include "server/nbns/query_view.h"

#include <bit>
#include <cstring>
#include <limits>

#include "server/nbns/message.h"
#include "server/nbns/wire.h"

// Every query of the answer plane passes here, so the one shape that nearly all of them have, a
// name without scope directly behind the header, is read at fixed offsets; all others go through
// decode_name.
namespace winsome::nbns {
namespace {

constexpr std::size_t unscoped_length = 1 + letters_length + 1;  // length octet, letters, root
constexpr std::size_t question_end = header_length + unscoped_length + 4;
constexpr std::size_t record_length = 10;  // type, class, TTL, RDLENGTH

// Counts of a query: one question, nothing else.
constexpr std::uint64_t query_counts = 0x0001'0000'0000'0000;
constexpr std::uint64_t answer_counts = 0x0000'0001'0000'0000;

template <class Number>
Number big_endian(Number number) {
  return std::endian::native == std::endian::big ? number : std::byteswap(number);
}

template <class Number>
Number load(const std::uint8_t* octets) {
  Number number;
  std::memcpy(&number, octets, sizeof number);
  return big_endian(number);
}

template <class Number>
std::uint8_t* store(std::uint8_t* octets, Number number) {
  number = big_endian(number);
  std::memcpy(octets, &number, sizeof number);
  return octets + sizeof number;
}

bool is_unscoped(Octets datagram) {
  return datagram.size() >= question_end && datagram[header_length] == letters_length &&
         datagram[header_length + unscoped_length - 1] == 0;
}

/// The type of the first question; 0 where it cannot be found.
std::uint16_t question_type(Octets datagram) {
  auto at = is_unscoped(datagram) ? header_length + unscoped_length - 1 : header_length;
  while (at < datagram.size() && datagram[at] != 0) {
    if (datagram[at] > label_length_max) return 0;
    at += 1 + datagram[at];
  }
  return at + 3 <= datagram.size() ? load<std::uint16_t>(datagram.data() + at + 1) : 0;
}

Result<void, DecodeError> check_question(std::uint16_t type, std::uint16_t network_class) {
  if (type != type_nb && type != type_nbstat) return fail(DecodeError::bad_type);
  if (network_class != class_in) return fail(DecodeError::bad_class);
  return {};
}

Result<void, DecodeError> decode_scoped(Octets datagram, QueryView& view) {
  ByteReader in(datagram, header_length);
  const auto name = decode_name(in, view.scope);
  if (!name) return fail(name.error());
  view.name = name->name;
  view.encoded_name = datagram.subspan(header_length, in.offset() - header_length);
  const auto type = in.u16();
  const auto network_class = in.u16();
  if (!in.ok()) return fail(DecodeError::truncated);
  return check_question(type, network_class);
}

/// Header, name and record up to RDATA, then `rdata`.
std::size_t write_answer(const QueryView& query, unsigned flags, std::uint16_t type,
                         std::uint32_t ttl, Octets rdata, std::span<std::uint8_t> out) {
  const auto size = header_length + query.encoded_name.size() + record_length + rdata.size();
  if (size > out.size() || rdata.size() > std::numeric_limits<std::uint16_t>::max()) return 0;

  auto* at = store(out.data(), query.id);
  at = store(at, static_cast<std::uint16_t>(flags));
  at = store(at, answer_counts);
  std::memcpy(at, query.encoded_name.data(), query.encoded_name.size());
  at = store(at + query.encoded_name.size(), type);
  at = store(at, class_in);
  at = store(at, ttl);
  at = store(at, static_cast<std::uint16_t>(rdata.size()));
  if (!rdata.empty()) std::memcpy(at, rdata.data(), rdata.size());
  return size;
}

/// RD comes back as it was sent (RFC 1002 4.2.1.1).
unsigned answer_flags(const QueryView& query) {
  return flag_response | flag_authoritative | flag_recursion_available |
         (query.recursion_desired ? flag_recursion_desired : 0U);
}

}  // namespace

Preview preview(Octets datagram) {
  if (datagram.size() < header_length) return {};
  const auto id = load<std::uint16_t>(datagram.data());
  const auto flags = load<std::uint16_t>(datagram.data() + 2);
  if ((flags & flag_response) != 0) return {DatagramKind::response, id};
  const auto opcode = static_cast<Opcode>(flags >> 11 & 0xf);
  if (opcode == Opcode::query && question_type(datagram) == type_nbstat) {
    return {DatagramKind::node_status, id};
  }
  if ((flags & flag_broadcast) != 0) return {DatagramKind::broadcast, id};

  switch (opcode) {
    case Opcode::query: return {DatagramKind::query, id};
    case Opcode::registration:
    case Opcode::release:
    case Opcode::refresh:
    case Opcode::refresh_alternate:
    case Opcode::multihomed_registration: return {DatagramKind::request, id};
    case Opcode::wack: break;
  }
  return {DatagramKind::other, id};
}

Result<void, DecodeError> decode_query(Octets datagram, QueryView& view) {
  if (datagram.size() < header_length) return fail(DecodeError::truncated);
  const auto* octets = datagram.data();
  view.id = load<std::uint16_t>(octets);
  view.recursion_desired = (load<std::uint16_t>(octets + 2) & flag_recursion_desired) != 0;
  view.scope.length = 0;
  if (load<std::uint64_t>(octets + 4) != query_counts) return fail(DecodeError::bad_counts);
  if (!is_unscoped(datagram)) return decode_scoped(datagram, view);

  if (!decode_half_ascii(octets + header_length + 1, view.name))
    return fail(DecodeError::bad_label);
  view.encoded_name = datagram.subspan(header_length, unscoped_length);
  return check_question(load<std::uint16_t>(octets + question_end - 4),
                        load<std::uint16_t>(octets + question_end - 2));
}

std::size_t write_positive(const QueryView& query, std::uint32_t ttl, Octets entries,
                           bool truncated, std::span<std::uint8_t> out) {
  const auto flags = answer_flags(query) | (truncated ? flag_truncated : 0U);
  return write_answer(query, flags, type_nb, ttl, entries, out);
}

std::size_t write_negative(const QueryView& query, std::span<std::uint8_t> out) {
  const auto flags = answer_flags(query) | static_cast<unsigned>(Rcode::nam_err);
  return write_answer(query, flags, type_null, 0, {}, out);
}

std::size_t write_node_status(const QueryView& query, Octets rdata, std::span<std::uint8_t> out) {
  return write_answer(query, flag_response | flag_authoritative, type_nbstat, 0, rdata, out);
}

}  // namespace winsome::nbns
