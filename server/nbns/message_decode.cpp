#include <algorithm>
#include <initializer_list>
#include <utility>

#include "server/nbns/message.h"
#include "server/nbns/wire.h"

namespace winsome::nbns {
namespace {

using Decoded = Result<Message, DecodeError>;

/// How many records each section has.
struct Counts {
  std::uint16_t questions = 0;
  std::uint16_t answers = 0;
  std::uint16_t authorities = 0;
  std::uint16_t additional = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};

struct Header {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  Counts counts;

  [[nodiscard]] bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
  [[nodiscard]] Opcode opcode() const { return static_cast<Opcode>(flags >> 11 & 0xf); }
  [[nodiscard]] Rcode rcode() const { return static_cast<Rcode>(flags & 0xf); }
};

constexpr Counts one_question{1, 0, 0, 0};
constexpr Counts one_answer{0, 1, 0, 0};
constexpr Counts question_and_record{1, 0, 0, 1};
constexpr Counts no_records{0, 0, 0, 0};
constexpr Counts redirection{0, 0, 1, 1};

Header read_header(ByteReader& in) {
  Header header;
  header.id = in.u16();
  header.flags = in.u16();
  header.counts.questions = in.u16();
  header.counts.answers = in.u16();
  header.counts.authorities = in.u16();
  header.counts.additional = in.u16();
  return header;
}

struct Question {
  ScopedName name;
  std::uint16_t type = 0;
};

Result<Question, DecodeError> read_question(ByteReader& in,
                                            std::initializer_list<std::uint16_t> types) {
  ScopeBuffer scope;
  const auto name = decode_name(in, scope);
  if (!name) return fail(name.error());
  const auto type = in.u16();
  const auto network_class = in.u16();
  if (!in.ok()) return fail(DecodeError::truncated);
  if (std::ranges::find(types, type) == types.end()) return fail(DecodeError::bad_type);
  if (network_class != class_in) return fail(DecodeError::bad_class);
  return Question{ScopedName(*name), type};
}

struct Record {
  ScopedName name;
  std::uint16_t type = 0;
  std::uint32_t ttl = 0;
  ByteReader
      rdata;  // ends where RDLENGTH says, but sees the whole datagram before it, for label pointers
};

Result<Record, DecodeError> read_record(ByteReader& in,
                                        std::initializer_list<std::uint16_t> types) {
  ScopeBuffer scope;
  const auto name = decode_name(in, scope);
  if (!name) return fail(name.error());
  const auto type = in.u16();
  const auto network_class = in.u16();
  const auto ttl = in.u32();
  const auto length = in.u16();
  const auto start = in.offset();
  in.take(length);
  if (!in.ok()) return fail(DecodeError::truncated);
  if (std::ranges::find(types, type) == types.end()) return fail(DecodeError::bad_type);
  if (network_class != class_in) return fail(DecodeError::bad_class);
  return Record{ScopedName(*name), type, ttl, ByteReader(in.whole().first(start + length), start)};
}

NodeType node_type(std::uint16_t flags) {
  return static_cast<NodeType>(flags >> nb_node_shift & 3);
}

NbEntry read_entry(ByteReader& rdata) {
  const auto flags = rdata.u16();
  return {(flags & nb_group) != 0, node_type(flags), Ipv4(rdata.u32())};
}

bool whole_entries(const ByteReader& rdata) {
  return rdata.remaining() > 0 && rdata.remaining() % nb_entry_size == 0;
}

Decoded decode_query_request(const Header& header, ByteReader& in) {
  if (header.counts != one_question) return fail(DecodeError::bad_counts);
  auto question = read_question(in, {type_nb, type_nbstat});
  if (!question) return fail(question.error());
  return QueryRequest{header.id, question->type == type_nbstat, header.has(flag_recursion_desired),
                      header.has(flag_broadcast), std::move(question->name)};
}

Decoded decode_name_request(const Header& header, ByteReader& in) {
  if (header.counts != question_and_record) return fail(DecodeError::bad_counts);
  auto question = read_question(in, {type_nb});
  if (!question) return fail(question.error());
  auto record = read_record(in, {type_nb});
  if (!record) return fail(record.error());
  if (record->name != question->name) return fail(DecodeError::bad_label);
  if (!whole_entries(record->rdata)) return fail(DecodeError::bad_rdata);
  return NameRequest{header.id,
                     header.opcode(),
                     header.has(flag_recursion_desired),
                     header.has(flag_broadcast),
                     std::move(question->name),
                     record->ttl,
                     read_entry(record->rdata)};
}

Decoded decode_name_response(const Header& header, ByteReader& in) {
  if (header.counts != one_answer) return fail(DecodeError::bad_counts);
  auto record = read_record(in, {type_nb});
  if (!record) return fail(record.error());
  if (!whole_entries(record->rdata)) return fail(DecodeError::bad_rdata);
  return NameResponse{header.id,
                      header.opcode(),
                      header.rcode(),
                      header.opcode() == Opcode::release || header.has(flag_recursion_available),
                      std::move(record->name),
                      record->ttl,
                      read_entry(record->rdata)};
}

Decoded decode_wack(const Header& header, ByteReader& in) {
  if (header.counts != one_answer) return fail(DecodeError::bad_counts);
  auto record = read_record(in, {type_nb, type_null});
  if (!record) return fail(record.error());
  if (record->rdata.remaining() != 2) return fail(DecodeError::bad_rdata);
  return Wack{header.id, std::move(record->name), record->ttl, record->rdata.u16()};
}

/// The name server's record, then its address (RFC 1002 4.2.15).
Decoded decode_redirect(const Header& header, ByteReader& in) {
  auto record = read_record(in, {type_ns});
  if (!record) return fail(record.error());
  ScopeBuffer scope;
  const auto server = decode_name(record->rdata, scope);
  if (!server) return fail(server.error());
  const auto address = read_record(in, {type_a});
  if (!address) return fail(address.error());
  if (address->name.view() != *server) return fail(DecodeError::bad_label);
  if (record->rdata.remaining() != 0) return fail(DecodeError::bad_rdata);
  auto octets = address->rdata;
  if (octets.remaining() != 4) return fail(DecodeError::bad_rdata);
  return RedirectResponse{header.id, std::move(record->name), record->ttl, ScopedName(*server),
                          Ipv4(octets.u32())};
}

Decoded decode_negative(const Header& header, ByteReader& in) {
  // The RFC's picture counts no record, yet shows one: clients and servers go both ways (fact base
  // A4).
  if (header.counts != one_answer && header.counts != no_records)
    return fail(DecodeError::bad_counts);
  auto record = read_record(in, {type_null, type_nb});
  if (!record) return fail(record.error());
  return NegativeQueryResponse{header.id, header.rcode(), std::move(record->name)};
}

Decoded node_status(const Header& header, Record& record) {
  auto& rdata = record.rdata;
  NodeStatusResponse status{header.id, std::move(record.name), {}, {}};
  const std::size_t count = rdata.u8();
  if (!rdata.ok() || rdata.remaining() < count * node_name_length)
    return fail(DecodeError::bad_rdata);
  status.names.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    NodeName name;
    std::ranges::copy(rdata.take(name.name.octets.size()), name.name.octets.begin());
    const auto flags = rdata.u16();
    name.group = (flags & nb_group) != 0;
    name.node = node_type(flags);
    name.deregistering = (flags & nb_deregistering) != 0;
    name.conflict = (flags & nb_conflict) != 0;
    name.active = (flags & nb_active) != 0;
    name.permanent = (flags & nb_permanent) != 0;
    status.names.push_back(name);
  }
  // Some send shorter statistics, or none: what is missing stays zero.
  if (rdata.remaining() >= status.unit_id.size())
    std::ranges::copy(rdata.take(status.unit_id.size()), status.unit_id.begin());
  return status;
}

Decoded decode_query_response(const Header& header, ByteReader& in) {
  if (header.counts == redirection) return decode_redirect(header, in);
  if (header.rcode() != Rcode::ok) return decode_negative(header, in);
  if (header.counts != one_answer) return fail(DecodeError::bad_counts);
  auto record = read_record(in, {type_nb, type_nbstat});
  if (!record) return fail(record.error());
  if (record->type == type_nbstat) return node_status(header, *record);

  if (!whole_entries(record->rdata)) return fail(DecodeError::bad_rdata);
  QueryResponse response{
      header.id, header.has(flag_truncated), std::move(record->name), record->ttl, {}};
  response.entries.reserve(record->rdata.remaining() / nb_entry_size);
  while (record->rdata.remaining() > 0) response.entries.push_back(read_entry(record->rdata));
  return response;
}

}  // namespace

Result<Message, DecodeError> decode(Octets datagram) {
  ByteReader in(datagram);
  const auto header = read_header(in);
  if (!in.ok()) return fail(DecodeError::truncated);
  const bool response = header.has(flag_response);
  switch (header.opcode()) {
    case Opcode::query:
      return response ? decode_query_response(header, in) : decode_query_request(header, in);
    case Opcode::registration:
    case Opcode::release:
      return response ? decode_name_response(header, in) : decode_name_request(header, in);
    case Opcode::refresh:
    case Opcode::refresh_alternate:
    case Opcode::multihomed_registration:
      if (!response) return decode_name_request(header, in);
      break;
    case Opcode::wack:
      if (response) return decode_wack(header, in);
      break;
  }
  return fail(DecodeError::unknown_opcode);
}

}  // namespace winsome::nbns
