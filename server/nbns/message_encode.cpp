#include <limits>

#include "server/nbns/message.h"
#include "server/nbns/wire.h"

namespace winsome::nbns {
namespace {

constexpr std::uint16_t answer_flags =
    flag_response | flag_authoritative | flag_recursion_desired | flag_recursion_available;

/// The most entries whose octets RDLENGTH can count.
constexpr std::size_t entries_max = std::numeric_limits<std::uint16_t>::max() / nb_entry_size;

constexpr std::uint16_t flag_if(bool set, std::uint16_t flag) {
  return set ? flag : 0;
}

constexpr std::uint16_t opcode_bits(Opcode opcode) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(opcode) << 11);
}

void write_header(ByteWriter& out, std::uint16_t id, unsigned flags, std::uint16_t questions,
                  std::uint16_t answers, std::uint16_t authorities, std::uint16_t additional) {
  out.u16(id);
  out.u16(static_cast<std::uint16_t>(flags));
  out.u16(questions);
  out.u16(answers);
  out.u16(authorities);
  out.u16(additional);
}

void write_answer_header(ByteWriter& out, std::uint16_t id, unsigned flags) {
  write_header(out, id, flags, 0, 1, 0, 0);
}

/// All of a record behind its name and before its RDATA.
void write_record(ByteWriter& out, std::uint16_t type, std::uint32_t ttl,
                  std::size_t rdata_length) {
  out.u16(type);
  out.u16(class_in);
  out.u32(ttl);
  out.u16(static_cast<std::uint16_t>(rdata_length));
}

std::uint16_t nb_flags(bool group, NodeType node) {
  const auto bits = static_cast<unsigned>(node) << nb_node_shift;
  return static_cast<std::uint16_t>(flag_if(group, nb_group) | bits);
}

void write(ByteWriter& out, const QueryRequest& request) {
  const auto flags = flag_if(request.recursion_desired, flag_recursion_desired) |
                     flag_if(request.broadcast, flag_broadcast);
  write_header(out, request.id, flags, 1, 0, 0, 0);
  encode_name(out, request.name.view());
  out.u16(request.node_status ? type_nbstat : type_nb);
  out.u16(class_in);
}

void write(ByteWriter& out, const NameRequest& request) {
  write_header(out, request.id, flags_word(request), 1, 0, 0, 1);
  encode_name(out, request.name.view());
  out.u16(type_nb);
  out.u16(class_in);
  out.u16(question_pointer);
  write_record(out, type_nb, request.ttl, nb_entry_size);
  encode_entry(out, request.entry);
}

void write(ByteWriter& out, const NameResponse& response) {
  unsigned flags = opcode_bits(response.opcode) | flag_response | flag_authoritative |
                   static_cast<unsigned>(response.rcode);
  if (response.opcode != Opcode::release) {
    flags |=
        flag_recursion_desired | flag_if(response.recursion_available, flag_recursion_available);
  }
  write_answer_header(out, response.id, flags);
  encode_name(out, response.name.view());
  write_record(out, type_nb, response.ttl, nb_entry_size);
  encode_entry(out, response.entry);
}

void write(ByteWriter& out, const QueryResponse& response) {
  if (response.entries.empty() || response.entries.size() > entries_max) out.fail();
  write_answer_header(out, response.id, answer_flags | flag_if(response.truncated, flag_truncated));
  encode_name(out, response.name.view());
  write_record(out, type_nb, response.ttl, response.entries.size() * nb_entry_size);
  for (const auto& entry : response.entries) encode_entry(out, entry);
}

void write(ByteWriter& out, const NegativeQueryResponse& response) {
  write_answer_header(out, response.id, answer_flags | static_cast<unsigned>(response.rcode));
  encode_name(out, response.name.view());
  write_record(out, type_null, 0, 0);
}

void write(ByteWriter& out, const RedirectResponse& response) {
  write_header(out, response.id, flag_response | flag_recursion_desired, 0, 0, 1, 1);
  encode_name(out, response.name.view());
  const auto server = response.server.view();
  const auto root_length = 1U;
  const auto scope_length = server.scope.empty() ? 0 : server.scope.size() + 1;
  write_record(out, type_ns, response.ttl, 1 + letters_length + scope_length + root_length);
  encode_name(out, server);
  encode_name(out, server);
  write_record(out, type_a, response.ttl, sizeof(std::uint32_t));
  out.u32(response.server_address.value());
}

void write(ByteWriter& out, const Wack& wack) {
  write_answer_header(out, wack.id, opcode_bits(Opcode::wack) | flag_response | flag_authoritative);
  encode_name(out, wack.name.view());
  write_record(out, type_nb, wack.ttl, sizeof wack.held_flags);
  out.u16(wack.held_flags);
}

void write(ByteWriter& out, const NodeStatusResponse& status) {
  if (status.names.size() > std::numeric_limits<std::uint8_t>::max()) out.fail();
  write_answer_header(out, status.id, flag_response | flag_authoritative);
  encode_name(out, status.name.view());
  write_record(out, type_nbstat, 0, 1 + status.names.size() * node_name_length + statistics_length);
  out.u8(static_cast<std::uint8_t>(status.names.size()));
  for (const auto& name : status.names) {
    out.put(name.name.octets);
    out.u16(static_cast<std::uint16_t>(
        nb_flags(name.group, name.node) | flag_if(name.deregistering, nb_deregistering) |
        flag_if(name.conflict, nb_conflict) | flag_if(name.active, nb_active) |
        flag_if(name.permanent, nb_permanent)));
  }
  out.put(status.unit_id);
  out.put(std::array<std::uint8_t, statistics_length - 6>{});
}

}  // namespace

std::uint16_t flags_word(const NameRequest& request) {
  return static_cast<std::uint16_t>(opcode_bits(request.opcode) |
                                    flag_if(request.recursion_desired, flag_recursion_desired) |
                                    flag_if(request.broadcast, flag_broadcast));
}

void encode_entry(ByteWriter& out, const NbEntry& entry) {
  out.u16(nb_flags(entry.group, entry.node));
  out.u32(entry.address.value());
}

Octets encode(const Message& message, std::span<std::uint8_t> out) {
  ByteWriter writer(out);
  std::visit([&writer](const auto& alternative) { write(writer, alternative); }, message);
  return writer.ok() ? writer.written() : Octets();
}

}  // namespace winsome::nbns
