#include <gtest/gtest.h>

#include <vector>

#include "server/nbns/message.h"
#include "tests/unit/server/nbns/samples.h"

namespace winsome::nbns {
namespace {

// RFC 1002 4.2.7
TEST(NameResponse, WithoutRecursionAvailableIsAnEndNodeChallenge) {
  const NameResponse challenge{.id = 9, .recursion_available = false, .name = fred, .entry = entry};
  EXPECT_EQ(flags_of(challenge), 0xad00U);
  EXPECT_EQ(decode(encoded(challenge)), Message(challenge));
}

// RFC 1002 4.2.8
TEST(NameResponse, WithCftErrIsAConflictDemand) {
  const NameResponse demand{.id = 9, .rcode = Rcode::cft_err, .name = fred};
  EXPECT_EQ(flags_of(demand), 0xad87U);
  EXPECT_EQ(decode(encoded(demand)), Message(demand));
}

TEST(NameResponse, KeepsEveryRcode) {
  for (std::uint8_t rcode = 0; rcode < 16; ++rcode) {
    const auto decoded =
        decode(with(positive_registration, 3, {static_cast<std::uint8_t>(0x80 | rcode)}));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(std::get<NameResponse>(*decoded).rcode, static_cast<Rcode>(rcode));
  }
}

TEST(NameResponse, OfAReleaseHasNoRecursionAvailable) {
  const auto with_bit = decode(with(positive_registration, 2, {0xb4, 0x80}));
  const auto without = decode(with(positive_registration, 2, {0xb4, 0x00}));
  ASSERT_TRUE(without);
  EXPECT_EQ(with_bit, without);
}

TEST(NameResponse, NeedsItsOneRecord) {
  EXPECT_EQ(error_of(with(positive_registration, 6, {0, 0})), DecodeError::bad_counts);
  EXPECT_EQ(error_of(with(positive_registration, 4, {0, 1})), DecodeError::bad_counts);
  EXPECT_EQ(error_of(with(positive_registration, 46, {0x00, 0x0a})), DecodeError::bad_type);
  EXPECT_EQ(error_of(with(positive_registration, 48, {0x00, 0x03})), DecodeError::bad_class);
  EXPECT_EQ(error_of(with(positive_registration, 54, {0, 5})), DecodeError::bad_rdata);
  EXPECT_EQ(error_of(with(positive_registration, 54, {0, 0})), DecodeError::bad_rdata);
}

// RFC 1002 4.2.13
TEST(QueryResponse, HasAsManyEntriesAsItsLengthSays) {
  QueryResponse response{.id = 1, .truncated = true, .name = server, .ttl = 77, .entries = {}};
  for (std::uint8_t i = 0; i < 25; ++i) {
    response.entries.push_back(
        {.group = true, .node = static_cast<NodeType>(i % 4), .address = Ipv4(192, 0, 2, i)});
  }
  const auto octets = encoded(response, payload_length_max);
  EXPECT_EQ(octets.size(), 206U);  // A1
  EXPECT_EQ(decode(octets), Message(response));
}

TEST(QueryResponse, HasAtLeastOneWholeEntry) {
  EXPECT_TRUE(encoded(QueryResponse{.name = server}).empty());
  EXPECT_EQ(error_of(with(positive_query, 54, {0, 0})), DecodeError::bad_rdata);
  EXPECT_EQ(error_of(with(positive_query, 54, {0, 5})), DecodeError::bad_rdata);
  EXPECT_EQ(error_of(with(positive_query, 54, {0, 7})), DecodeError::truncated);
}

TEST(QueryResponse, IsNotEncodedWithMoreEntriesThanItsLengthCanCount) {
  QueryResponse response{.name = server, .entries = std::vector<NbEntry>(10'922, entry)};
  EXPECT_EQ(decode(encoded(response, 70'000)), Message(response));
  response.entries.push_back(entry);
  EXPECT_TRUE(encoded(response, 70'000).empty());
}

TEST(QueryResponse, NeedsItsOneRecord) {
  EXPECT_EQ(error_of(with(positive_query, 6, {0, 0})), DecodeError::bad_counts);
  EXPECT_EQ(error_of(with(positive_query, 6, {0, 2})), DecodeError::bad_counts);
  EXPECT_EQ(error_of(with(positive_query, 46, {0x00, 0x0a})), DecodeError::bad_type);
}

// A4: the RFC's picture has ANCOUNT 0; Samba's AD server sends 0x8403
TEST(NegativeQueryResponse, IsReadInEveryShapeThatServersSend) {
  const Message expected = NegativeQueryResponse{.id = 0x1235, .name = server};
  EXPECT_EQ(decode(with(negative_query, 6, {0, 0})), expected);
  EXPECT_EQ(decode(with(negative_query, 2, {0x84, 0x03})), expected);
  EXPECT_EQ(decode(with(negative_query, 46, {0x00, 0x20})), expected);
  EXPECT_EQ(error_of(with(negative_query, 6, {0, 2})), DecodeError::bad_counts);
  EXPECT_EQ(error_of(with(negative_query, 46, {0x00, 0x01})), DecodeError::bad_type);
}

// A4: RFC 1002 4.2.16 says NULL, Windows writes NB
TEST(Wack, IsReadWithEitherType) {
  EXPECT_EQ(decode(with(wack, 46, {0x00, 0x0a})), decode(wack));
  EXPECT_EQ(error_of(with(wack, 46, {0x00, 0x21})), DecodeError::bad_type);
}

TEST(Wack, HoldsOneFlagsWord) {
  EXPECT_EQ(error_of(with(wack, 54, {0, 0})), DecodeError::bad_rdata);
  EXPECT_EQ(error_of(with(wack, 54, {0, 1})), DecodeError::bad_rdata);
  EXPECT_EQ(error_of(with(wack, 6, {0, 0})), DecodeError::bad_counts);
}

// RFC 1002 4.2.15
TEST(RedirectResponse, NamesAnotherServerAndItsAddress) {
  const RedirectResponse redirect{.id = 3,
                                  .name = ScopedName(server, Scope("SCOPE")),
                                  .ttl = 60,
                                  .server = ScopedName(make_name("OTHER", 0x00), Scope("SCOPE")),
                                  .server_address = Ipv4(192, 0, 2, 2)};
  const auto octets = encoded(redirect);
  EXPECT_EQ(octets.size(), 12U + 40 + 10 + 40 + 40 + 10 + 4);
  EXPECT_EQ(decode(octets), Message(redirect));
  for (std::size_t length = 0; length < octets.size(); ++length) {
    ASSERT_EQ(error_of(Bytes(octets.begin(), octets.begin() + length)), DecodeError::truncated);
  }
}

TEST(RedirectResponse, NeedsRecordsThatBelongTogether) {
  const auto octets = encoded(
      RedirectResponse{.name = server, .server = fred, .server_address = Ipv4(192, 0, 2, 2)});
  ASSERT_EQ(octets.size(), 138U);
  constexpr std::size_t ns_length = 54, ns_name = 56, a_name = 90, a_type = 124, a_length = 132;
  EXPECT_EQ(error_of(with(octets, 46, {0x00, 0x20})), DecodeError::bad_type);
  EXPECT_EQ(error_of(with(octets, a_type, {0x00, 0x20})), DecodeError::bad_type);
  EXPECT_EQ(error_of(with(octets, a_name + 1, {'A'})), DecodeError::bad_label);
  EXPECT_EQ(error_of(with(octets, ns_name, {31})), DecodeError::bad_label);
  EXPECT_EQ(error_of(with(octets, ns_length, {0, 33})), DecodeError::truncated);
  EXPECT_EQ(error_of(with(octets, a_length, {0, 3})), DecodeError::bad_rdata);
}

// RFC 1002 4.2.18
TEST(NodeStatusResponse, HasEighteenOctetsANameAndStatistics) {
  NodeStatusResponse status{.id = 4, .name = wildcard_name(), .unit_id = {2, 0, 0, 0, 0, 1}};
  for (const std::size_t count : {0U, 1U, 25U, 255U}) {
    status.names.assign(count, NodeName{.name = server});
    const auto octets = encoded(status);
    EXPECT_EQ(octets.size(), 12 + 34 + 10 + 18 * count + 47) << count;
    EXPECT_EQ(decode(octets), Message(status)) << count;
  }
  status.names.emplace_back();
  EXPECT_TRUE(encoded(status).empty());
}

TEST(NodeStatusResponse, KeepsEachFlagOfAName) {
  NodeStatusResponse status{.name = wildcard_name()};
  for (unsigned bits = 0; bits < 128; ++bits) {
    status.names.push_back({.name = server,
                            .group = (bits & 1) != 0,
                            .node = static_cast<NodeType>(bits >> 1 & 3),
                            .deregistering = (bits & 8) != 0,
                            .conflict = (bits & 16) != 0,
                            .active = (bits & 32) != 0,
                            .permanent = (bits & 64) != 0});
  }
  EXPECT_EQ(decode(encoded(status)), Message(status));
}

// A2: NAME_FLAGS
TEST(NodeStatusResponse, PutsEachFlagWhereTheCatalogueHasIt) {
  const auto word = [](const NodeName& name) {
    const auto octets = encoded(NodeStatusResponse{.name = server, .names = {name}});
    return static_cast<unsigned>(octets.at(73) << 8 | octets.at(74));
  };
  EXPECT_EQ(word({.name = fred}), 0x0400U);
  EXPECT_EQ(word({.name = fred, .group = true, .active = false}), 0x8000U);
  EXPECT_EQ(word({.name = fred, .node = NodeType::h, .active = false}), 0x6000U);
  EXPECT_EQ(word({.name = fred, .deregistering = true, .active = false}), 0x1000U);
  EXPECT_EQ(word({.name = fred, .conflict = true, .active = false}), 0x0800U);
  EXPECT_EQ(word({.name = fred, .active = false, .permanent = true}), 0x0200U);
}

// A6: shorter statistics are accepted
TEST(NodeStatusResponse, MayEndAnywhereInItsStatistics) {
  const NodeStatusResponse status{
      .name = wildcard_name(), .names = {{.name = server}}, .unit_id = {2, 0, 0, 0, 0, 1}};
  auto octets = encoded(status);
  for (std::uint8_t length = 19; length < 65; ++length) {
    octets[55] = length;
    octets.resize(56 + length);
    auto expected = status;
    if (length < 25) expected.unit_id = {};
    ASSERT_EQ(decode(octets), Message(expected)) << int{length};
    octets = encoded(status);
  }
}

TEST(NodeStatusResponse, CannotClaimMoreNamesThanItHas) {
  const NodeStatusResponse status{.name = wildcard_name(), .names = {{.name = server}}};
  const auto octets = encoded(status);
  EXPECT_TRUE(decode(with(octets, 56, {3})));  // statistics read as names: nothing tells them apart
  EXPECT_EQ(error_of(with(octets, 56, {4})), DecodeError::bad_rdata);
  EXPECT_EQ(error_of(with(octets, 56, {255})), DecodeError::bad_rdata);
  EXPECT_EQ(error_of(with(octets, 55, {0})), DecodeError::bad_rdata);
}

}  // namespace
}  // namespace winsome::nbns
