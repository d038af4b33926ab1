#include <gtest/gtest.h>
// rapidcheck directly behind gtest, before all else: its Shrink.hpp breaks otherwise.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "server/nbns/message.h"
#include "server/nbns/query_view.h"

namespace winsome::nbns {
namespace {

using rc::Gen;
namespace gen = rc::gen;

Gen<bool> flag() {
  return gen::arbitrary<bool>();
}
Gen<std::uint16_t> id() {
  return gen::arbitrary<std::uint16_t>();
}
Gen<std::uint32_t> ttl() {
  return gen::arbitrary<std::uint32_t>();
}
Gen<Ipv4> address() {
  return gen::map(gen::arbitrary<std::uint32_t>(), [](std::uint32_t value) { return Ipv4(value); });
}
Gen<NodeType> node() {
  return gen::element(NodeType::b, NodeType::p, NodeType::m, NodeType::h);
}

/// Any sixteen octets, and the ordinary names among them.
Gen<Name> any_name() {
  const auto octets = gen::container<std::array<std::uint8_t, 16>>(gen::arbitrary<std::uint8_t>());
  return gen::oneOf(
      gen::map(octets, [](const std::array<std::uint8_t, 16>& all) { return Name{all}; }),
      gen::map(gen::pair(gen::container<std::string>(gen::elementOf(std::string("AB .*#<\\>"))),
                         gen::arbitrary<std::uint8_t>()),
               [](const auto& pair) { return make_name(pair.first, pair.second); }),
      gen::just(wildcard_name()));
}

/// Labels of any octets but dots and NULs, cut to the longest scope.
Gen<Scope> any_scope() {
  const auto octet = gen::distinctFrom(gen::nonZero<char>(), '.');
  const auto label = gen::resize(63, gen::nonEmpty(gen::container<std::string>(octet)));
  return gen::map(gen::container<std::vector<std::string>>(label),
                  [](const std::vector<std::string>& labels) {
                    std::string scope;
                    for (const auto& each : labels) {
                      if (each.size() > 63 || scope.size() + 1 + each.size() > scope_length_max)
                        break;
                      if (!scope.empty()) scope += '.';
                      scope += each;
                    }
                    return Scope(scope);
                  });
}

Gen<ScopedName> scoped_name() {
  return gen::map(gen::pair(any_name(), any_scope()), [](const std::pair<Name, Scope>& pair) {
    return ScopedName(pair.first, pair.second);
  });
}

Gen<NbEntry> entry() {
  return gen::build<NbEntry>(gen::set(&NbEntry::group, flag()), gen::set(&NbEntry::node, node()),
                             gen::set(&NbEntry::address, address()));
}

Gen<Rcode> rcode(std::uint8_t from) {
  return gen::map(gen::inRange<int>(from, 16), [](int value) { return static_cast<Rcode>(value); });
}

Gen<QueryRequest> query_request() {
  return gen::build<QueryRequest>(
      gen::set(&QueryRequest::id, id()), gen::set(&QueryRequest::node_status, flag()),
      gen::set(&QueryRequest::recursion_desired, flag()),
      gen::set(&QueryRequest::broadcast, flag()), gen::set(&QueryRequest::name, scoped_name()));
}

Gen<NameRequest> name_request() {
  return gen::build<NameRequest>(
      gen::set(&NameRequest::id, id()),
      gen::set(&NameRequest::opcode,
               gen::element(Opcode::registration, Opcode::release, Opcode::refresh,
                            Opcode::refresh_alternate, Opcode::multihomed_registration)),
      gen::set(&NameRequest::recursion_desired, flag()), gen::set(&NameRequest::broadcast, flag()),
      gen::set(&NameRequest::name, scoped_name()), gen::set(&NameRequest::ttl, ttl()),
      gen::set(&NameRequest::entry, entry()));
}

Gen<NameResponse> name_response() {
  const auto any = gen::build<NameResponse>(
      gen::set(&NameResponse::id, id()),
      gen::set(&NameResponse::opcode, gen::element(Opcode::registration, Opcode::release)),
      gen::set(&NameResponse::rcode, rcode(0)),
      gen::set(&NameResponse::recursion_available, flag()),
      gen::set(&NameResponse::name, scoped_name()), gen::set(&NameResponse::ttl, ttl()),
      gen::set(&NameResponse::entry, entry()));
  return gen::map(any, [](NameResponse response) {
    if (response.opcode == Opcode::release) response.recursion_available = true;
    return response;
  });
}

Gen<QueryResponse> query_response() {
  return gen::build<QueryResponse>(
      gen::set(&QueryResponse::id, id()), gen::set(&QueryResponse::truncated, flag()),
      gen::set(&QueryResponse::name, scoped_name()), gen::set(&QueryResponse::ttl, ttl()),
      gen::set(&QueryResponse::entries,
               gen::nonEmpty(gen::container<std::vector<NbEntry>>(entry()))));
}

Gen<NegativeQueryResponse> negative_query_response() {
  return gen::build<NegativeQueryResponse>(gen::set(&NegativeQueryResponse::id, id()),
                                           gen::set(&NegativeQueryResponse::rcode, rcode(1)),
                                           gen::set(&NegativeQueryResponse::name, scoped_name()));
}

Gen<RedirectResponse> redirect_response() {
  return gen::build<RedirectResponse>(
      gen::set(&RedirectResponse::id, id()), gen::set(&RedirectResponse::name, scoped_name()),
      gen::set(&RedirectResponse::ttl, ttl()), gen::set(&RedirectResponse::server, scoped_name()),
      gen::set(&RedirectResponse::server_address, address()));
}

Gen<Wack> wack() {
  return gen::build<Wack>(gen::set(&Wack::id, id()), gen::set(&Wack::name, scoped_name()),
                          gen::set(&Wack::ttl, ttl()), gen::set(&Wack::held_flags, id()));
}

Gen<NodeName> node_name() {
  return gen::build<NodeName>(
      gen::set(&NodeName::name, any_name()), gen::set(&NodeName::group, flag()),
      gen::set(&NodeName::node, node()), gen::set(&NodeName::deregistering, flag()),
      gen::set(&NodeName::conflict, flag()), gen::set(&NodeName::active, flag()),
      gen::set(&NodeName::permanent, flag()));
}

Gen<NodeStatusResponse> node_status_response() {
  return gen::build<NodeStatusResponse>(
      gen::set(&NodeStatusResponse::id, id()), gen::set(&NodeStatusResponse::name, scoped_name()),
      gen::set(&NodeStatusResponse::names, gen::container<std::vector<NodeName>>(node_name())),
      gen::set(&NodeStatusResponse::unit_id));
}

/// What `encode` writes, or nothing.
std::vector<std::uint8_t> encoded(const Message& message) {
  std::vector<std::uint8_t> room(8'192);
  const auto octets = encode(message, room);
  return {octets.begin(), octets.end()};
}

void reads_back(const Message& message) {
  const auto octets = encoded(message);
  RC_ASSERT(!octets.empty());
  const auto decoded = decode(octets);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == message);
}

void no_prefix_is_read(const Message& message) {
  const auto octets = encoded(message);
  const auto length = *gen::inRange<std::size_t>(0, octets.size());
  RC_ASSERT(!decode({octets.data(), length}).has_value());
}

// RFC 1002 4.1
RC_GTEST_PROP(NameProperty, EncodedNamesReadBackAndAreBounded, ()) {
  const auto name = *scoped_name();
  std::vector<std::uint8_t> room(512);
  ByteWriter out(room);
  encode_name(out, name.view());
  RC_ASSERT(out.ok());
  const auto scope = name.scope.view().size();
  RC_ASSERT(out.size() == 34 + (scope == 0 ? 0 : scope + 1));

  std::vector<std::uint8_t> datagram(12);
  datagram.insert(datagram.end(), out.written().begin(), out.written().end());
  ByteReader in(datagram, 12);
  ScopeBuffer buffer;
  const auto decoded = decode_name(in, buffer);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == name.view());
  RC_ASSERT(in.remaining() == 0U);
}

RC_GTEST_PROP(NameProperty, TextReadsBack, ()) {
  const auto name = *scoped_name();
  RC_ASSERT(parse_name(to_text(name), *gen::arbitrary<std::uint8_t>(), false) == name);
}

RC_GTEST_PROP(NameProperty, DifferentNamesHaveDifferentTexts, ()) {
  const auto one = *scoped_name();
  const auto other = *scoped_name();
  RC_ASSERT((one == other) == (to_text(one) == to_text(other)));
}

RC_GTEST_PROP(NameProperty, AnyTextIsReadOrRefused, (const std::string& text)) {
  const auto name = parse_name(text, 0x20);
  if (name) RC_ASSERT(parse_name(to_text(*name), 0x20, false) == name);
}

RC_GTEST_PROP(MessageProperty, QueryRequestsReadBack, ()) {
  reads_back(*query_request());
}
RC_GTEST_PROP(MessageProperty, NameRequestsReadBack, ()) {
  reads_back(*name_request());
}
RC_GTEST_PROP(MessageProperty, NameResponsesReadBack, ()) {
  reads_back(*name_response());
}
RC_GTEST_PROP(MessageProperty, QueryResponsesReadBack, ()) {
  reads_back(*query_response());
}
RC_GTEST_PROP(MessageProperty, NegativeResponsesReadBack, ()) {
  reads_back(*negative_query_response());
}
RC_GTEST_PROP(MessageProperty, RedirectsReadBack, ()) {
  reads_back(*redirect_response());
}
RC_GTEST_PROP(MessageProperty, WacksReadBack, ()) {
  reads_back(*wack());
}
RC_GTEST_PROP(MessageProperty, NodeStatusesReadBack, ()) {
  reads_back(*node_status_response());
}

RC_GTEST_PROP(MessageProperty, NoPrefixIsRead, ()) {
  no_prefix_is_read(*name_request());
  no_prefix_is_read(*query_response());
  no_prefix_is_read(*redirect_response());
  no_prefix_is_read(*node_status_response());
}

RC_GTEST_PROP(MessageProperty, AnyOctetsAreReadOrRefused,
              (const std::vector<std::uint8_t>& octets)) {
  const auto message = decode(octets);
  if (message) reads_back(*message);
}

RC_GTEST_PROP(MessageProperty, OneOctetChangedIsReadOrRefused, ()) {
  auto octets = encoded(*name_request());
  octets[*gen::inRange<std::size_t>(0, octets.size())] = *gen::arbitrary<std::uint8_t>();
  const auto message = decode(octets);
  if (message) reads_back(*message);
}

// The answer plane reads what the full decoder reads.
RC_GTEST_PROP(QueryViewProperty, AgreesWithTheFullDecoder, ()) {
  auto request = *query_request();
  request.broadcast = false;
  const auto octets = encoded(request);
  RC_ASSERT(preview(octets).kind ==
            (request.node_status ? DatagramKind::node_status : DatagramKind::query));
  QueryView view;
  RC_ASSERT(decode_query(octets, view).has_value());
  RC_ASSERT(view.id == request.id);
  RC_ASSERT(view.recursion_desired == request.recursion_desired);
  RC_ASSERT(view.scoped_name() == request.name.view());
}

}  // namespace
}  // namespace winsome::nbns
