#include <gtest/gtest.h>
// rapidcheck directly behind gtest, before all else: its Shrink.hpp breaks otherwise.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "replication/winsra/discovery.h"
#include "replication/winsra/message.h"

namespace winsome::winsra {
namespace {

using names::RecordType;
using rc::Gen;
using replication::OwnerMap;
using replication::OwnerRange;
namespace gen = rc::gen;

Gen<bool> flag() {
  return gen::arbitrary<bool>();
}

Gen<Ipv4> address() {
  return gen::map(gen::arbitrary<std::uint32_t>(), [](std::uint32_t value) { return Ipv4(value); });
}

Gen<nbns::ScopedName> scoped_name() {
  const auto octets = gen::container<std::array<std::uint8_t, 16>>(gen::arbitrary<std::uint8_t>());
  const auto suffix = gen::oneOf(gen::element<std::uint8_t>(0x00, 0x1b, 0x1c, 0x20),
                                 gen::arbitrary<std::uint8_t>());
  const auto scope = gen::container<std::string>(gen::nonZero<char>());
  return gen::map(gen::tuple(octets, suffix, scope), [](const auto& parts) {
    const auto& [name, last, text] = parts;
    return nbns::ScopedName(nbns::Name{name}.with_suffix(last),
                            nbns::Scope(text.substr(0, nbns::scope_length_registered_max)));
  });
}

Gen<names::Members> members(bool list) {
  const auto member = gen::pair(address(), list ? address() : gen::just(Ipv4()));
  return gen::map(gen::container<std::vector<std::pair<Ipv4, Ipv4>>>(member),
                  [list](const std::vector<std::pair<Ipv4, Ipv4>>& pairs) {
                    names::Members chosen;
                    std::set<Ipv4> seen;
                    for (const auto& [each, owner] : pairs) {
                      if (chosen.size() == (list ? names::members_max : 1)) break;
                      if (seen.insert(each).second)
                        chosen.push_back({.address = each, .owner = owner, .due = {}});
                    }
                    return chosen;
                  });
}

/// What the database may hold and the wire can carry.
names::Record any_record() {
  names::Record record;
  record.name = *scoped_name();
  record.type = *gen::element(RecordType::unique, RecordType::normal_group,
                              RecordType::special_group, RecordType::multihomed);
  record.state =
      *gen::element(names::State::active, names::State::released, names::State::tombstone);
  record.node =
      *gen::element(nbns::NodeType::b, nbns::NodeType::p, nbns::NodeType::m, nbns::NodeType::h);
  record.is_static = *flag();
  record.version = *gen::map(gen::arbitrary<std::uint64_t>(), [](std::uint64_t version) {
    return version % (replication::version_max + 1);
  });
  record.members = *members(names::has_list(record.type));
  RC_PRE(has_encoding(record));
  return record;
}

OwnerRange any_range() {
  return {*address(), *gen::arbitrary<std::uint64_t>(), *gen::arbitrary<std::uint64_t>()};
}

OwnerMap any_owners() {
  OwnerMap owners(*gen::inRange<std::size_t>(0, 20));
  std::ranges::generate(owners, any_range);
  return owners;
}

void reads_back(const Message& message) {
  const auto destination = *gen::arbitrary<Handle>();
  const auto octets = encode(destination, message);
  const auto frame = decode(Octets(octets).subspan(4));
  RC_ASSERT(frame.has_value());
  RC_ASSERT(frame->destination == destination);
  RC_ASSERT(frame->message == message);
}

// C4
RC_GTEST_PROP(WinsraProperty, NamesReadBack, ()) {
  NamesResponse response;
  response.records.resize(*gen::inRange<std::size_t>(0, 8));
  std::ranges::generate(response.records, any_record);
  response.replicas = !response.records.empty() && *flag();
  reads_back(response);
}

// C4
RC_GTEST_PROP(WinsraProperty, ARecordIsAsLongAsItSays, ()) {
  const auto record = any_record();
  std::vector<std::uint8_t> octets(encoded_length(record));
  ByteWriter out(octets);
  encode_record(out, record, *flag());
  RC_ASSERT(out.ok());
  RC_ASSERT(out.size() == octets.size());
  RC_ASSERT(octets.size() % 4 == 0U);

  RecordFaults faults{};
  ByteReader in(octets);
  const auto decoded = decode_record(in, faults);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(decoded->has_value());
  RC_ASSERT((*decoded)->record == record);
  RC_ASSERT(in.remaining() == 0U);
}

// C3
RC_GTEST_PROP(WinsraProperty, MapsAndRequestsReadBack, ()) {
  reads_back(MapRequest{});
  reads_back(MapResponse{any_owners()});
  reads_back(NamesRequest{any_range()});
  reads_back(UpdateNotification{any_owners(), *address(), *flag(), *flag()});
}

// C2
RC_GTEST_PROP(WinsraProperty, StartsAndStopsReadBack,
              (Handle handle, std::uint16_t major, std::uint16_t minor)) {
  reads_back(StartRequest{handle, major, minor});
  reads_back(StartResponse{handle, major, minor});
  reads_back(Stop{*gen::element(StopReason::normal, StopReason::error)});
}

RC_GTEST_PROP(WinsraProperty, NoPrefixOfAMapIsRead, ()) {
  const auto octets = encode(0, MapResponse{any_owners()});
  const auto length = *gen::inRange<std::size_t>(0, octets.size() - 4);
  RC_ASSERT(!decode(Octets(octets).subspan(4, length)).has_value());
}

// C1
RC_GTEST_PROP(WinsraProperty, AnnouncementsReadBack, ()) {
  Announcement announcement{*flag(), {}};
  const auto addresses = *gen::container<std::vector<Ipv4>>(address());
  std::ranges::copy_if(addresses, std::back_inserter(announcement.addresses), &Ipv4::is_host);
  if (announcement.addresses.size() > announced_max) announcement.addresses.resize(announced_max);
  const auto decoded = decode_announcement(encode(announcement));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == announcement);
}

}  // namespace
}  // namespace winsome::winsra
