#include "server/names/responder.h"

#include <algorithm>
#include <utility>

#include "server/core/byte_writer.h"

namespace winsome::names {
namespace {

/// Every address is allowed when one of the networks is 0.0.0.0/0: no need to look at any.
bool allows_all(const std::vector<Ipv4Prefix>& networks) {
  return std::ranges::find(networks, Ipv4Prefix()) != networks.end();
}

constexpr std::size_t statistics_length = 46;  // fact base A6

/// A6: our two names, then statistics that are zero but for the first, the hardware address.
std::vector<std::uint8_t> node_status_rdata(const nbns::Name& computer,
                                            const std::array<std::uint8_t, 6>& unit_id) {
  std::vector<std::uint8_t> rdata(1 + 2 * 18 + statistics_length);
  ByteWriter out(rdata);
  constexpr std::uint16_t active_h_node = 0x6400;
  out.u8(2);
  for (const std::uint8_t suffix : std::initializer_list<std::uint8_t>{0x00, 0x20}) {
    out.put(computer.with_suffix(suffix).octets);
    out.u16(active_h_node);
  }
  out.put(unit_id);
  return rdata;
}

/// `*`<1B> is asked for padded with NULs or with blanks.
void fold_wildcard(nbns::Name& name) {
  const auto padding = std::span(name.octets).subspan(1, 14);
  if (std::ranges::all_of(padding, [](std::uint8_t octet) { return octet == ' '; })) {
    std::ranges::fill(padding, std::uint8_t{0});
  }
}

}  // namespace

ResponderOptions::ResponderOptions(const Options& options)
    : query_from(options.access.query_from),
      register_from(options.access.register_from),
      query_from_all(allows_all(query_from)),
      register_from_all(allows_all(register_from)),
      requests_per_second(options.access.requests_per_second),
      ttl(static_cast<std::uint32_t>(options.intervals.renewal.count())),
      computer(nbns::make_name(options.computer_name, 0)),
      node_status(node_status_rdata(computer, options.unit_id)) {}

Responder::Outcome Responder::respond(Octets datagram, const Path& path,
                                      const ResponderOptions& options, Instant now,
                                      std::span<std::uint8_t> out) {
  const auto preview = nbns::preview(datagram);
  switch (preview.kind) {
    case nbns::DatagramKind::query:
    case nbns::DatagramKind::node_status: {
      if (!admits(options.query_from, options.query_from_all, path, options, now)) return Nothing{};
      if (const auto decoded = nbns::decode_query(datagram, view_); !decoded) {
        count(decoded.error());
        return Nothing{};
      }
      const bool asks_status = preview.kind == nbns::DatagramKind::node_status;
      const auto length = asks_status ? node_status(options, out) : query(path, options, now, out);
      if (length > 0) return Reply{length};
      return Nothing{};
    }
    case nbns::DatagramKind::request:
      if (!admits(options.register_from, options.register_from_all, path, options, now))
        return Nothing{};
      return decode(datagram);
    case nbns::DatagramKind::response: return response(datagram, preview.id);
    case nbns::DatagramKind::broadcast:
      if (!admits(options.query_from, options.query_from_all, path, options, now)) return Nothing{};
      if (const auto length = defend(datagram, path, options, out)) return Reply{length};
      count(Drop::broadcast);
      break;
    case nbns::DatagramKind::other: count(Drop::other_opcode); break;
    case nbns::DatagramKind::too_short: count(nbns::DecodeError::truncated); break;
  }
  return Nothing{};
}

bool Responder::admits(const std::vector<Ipv4Prefix>& networks, bool everybody, const Path& path,
                       const ResponderOptions& options, Instant now) {
  const auto source = path.remote.address;
  if (!everybody && !allows(networks, source)) {
    count(Drop::source_refused);
    return false;
  }
  if (options.requests_per_second > 0 && !limits_.allow(source, options.requests_per_second, now)) {
    count(Drop::rate_limited);
    return false;
  }
  return true;
}

std::size_t Responder::query(const Path& path, const ResponderOptions& options, Instant now,
                             std::span<std::uint8_t> out) {
  bump(counters_.queries);

  if (options.is_own(view_.scoped_name())) {
    bump(counters_.answered);
    std::array<std::uint8_t, nbns::nb_entry_size> entry{};
    ByteWriter writer(entry);
    nbns::encode_entry(writer, {.group = false, .node = nbns::NodeType::h, .address = path.local});
    return nbns::write_positive(view_, options.ttl, entry, false, out);
  }
  if (!view_.recursion_desired && pending_.contains(view_.id)) {
    count(Drop::own_challenge);
    return 0;
  }
  if (view_.name.octets[0] == '*') fold_wildcard(view_.name);
  // Without RD the question is for this node, not for the database (fact base A5).
  const auto* answer = view_.recursion_desired ? reader_.find(view_.scoped_name()) : nullptr;
  if (answer) {
    bump(counters_.answered);
    return positive(view_, *answer, now, out);
  }
  bump(counters_.not_found);
  return nbns::write_negative(view_, out);
}

/// As an end node we answer for our own names whoever shouts for them, and let nobody register them
/// (RFC 1002 5.1.1.5).
std::size_t Responder::defend(Octets datagram, const Path& path, const ResponderOptions& options,
                              std::span<std::uint8_t> out) {
  const auto message = nbns::decode(datagram);
  if (!message) return 0;
  if (const auto* query = std::get_if<nbns::QueryRequest>(&*message)) {
    if (query->node_status || !options.is_own(query->name.view())) return 0;
    const nbns::NbEntry entry{.group = false, .node = nbns::NodeType::h, .address = path.local};
    const nbns::QueryResponse answer{.id = query->id,
                                     .truncated = false,
                                     .name = query->name,
                                     .ttl = options.ttl,
                                     .entries = {entry}};
    return nbns::encode(answer, out).size();
  }
  const auto* request = std::get_if<nbns::NameRequest>(&*message);
  if (!request || request->opcode == nbns::Opcode::release || !options.is_own(request->name.view()))
    return 0;
  return nbns::encode(nbns::NameResponse{.id = request->id,
                                         .opcode = nbns::Opcode::registration,
                                         .rcode = nbns::Rcode::act_err,
                                         .recursion_available = true,
                                         .name = request->name,
                                         .ttl = 0,
                                         .entry = request->entry},
                      out)
      .size();
}

std::size_t Responder::positive(const nbns::QueryView& query, const Answer& answer, Instant now,
                                std::span<std::uint8_t> out) {
  const auto& shape = answer.shape();
  const auto length =
      nbns::write_positive(query, answer.ttl(now), answer.entries(), shape.truncated, out);
  if (!shape.shuffled || length == 0) return length;
  const auto pinned = shape.pinned * nbns::nb_entry_size;
  const auto list = out.first(length).last(answer.entries().size()).subspan(pinned);
  const auto count = static_cast<std::uint32_t>(list.size() / nbns::nb_entry_size);
  for (std::uint32_t left = count; left > 1; --left) {  // Fisher and Yates
    const auto a = (left - 1) * nbns::nb_entry_size;
    const auto b = random_.below(left) * nbns::nb_entry_size;
    if (a != b)
      std::swap_ranges(list.begin() + a, list.begin() + a + nbns::nb_entry_size, list.begin() + b);
  }
  return length;
}

std::size_t Responder::node_status(const ResponderOptions& options, std::span<std::uint8_t> out) {
  const bool wildcard = view_.name.octets[0] == '*';
  if (!wildcard && view_.name.with_suffix(0) != options.computer) return 0;
  bump(counters_.node_status);
  return nbns::write_node_status(view_, options.node_status, out);
}

Responder::Outcome Responder::response(Octets datagram, std::uint16_t id) {
  if (pending_.contains(id)) return decode(datagram);
  count(Drop::unexpected_response);
  return Nothing{};
}

Responder::Outcome Responder::decode(Octets datagram) {
  auto message = nbns::decode(datagram);
  if (!message) {
    count(message.error());
    return Nothing{};
  }
  return std::move(*message);
}

}  // namespace winsome::names
