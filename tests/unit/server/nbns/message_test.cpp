#include "server/nbns/message.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "tests/unit/server/nbns/hex.h"

namespace winsome::nbns {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes encoded(const Message& message, std::size_t room = 6'000) {
  Bytes octets(room);
  const auto written = encode(message, octets);
  return {written.begin(), written.end()};
}

DecodeError error_of(const Bytes& octets) {
  return decode(octets).error();
}

Bytes with(Bytes octets, std::size_t at, std::initializer_list<std::uint8_t> values) {
  std::ranges::copy(values, octets.begin() + static_cast<std::ptrdiff_t>(at));
  return octets;
}

const Name fred = make_name("FRED", 0x00);
const Name server = make_name("FRED", 0x20);
const NbEntry entry{.group = false, .node = NodeType::h, .address = Ipv4(192, 0, 2, 10)};

// Where fields of a registration without scope are.
constexpr std::size_t question_type = 46;
constexpr std::size_t question_class = 48;
constexpr std::size_t record_name = 50;
constexpr std::size_t record_type = 52;
constexpr std::size_t record_class = 54;
constexpr std::size_t record_length = 60;

const Bytes registration = from_hex(R"(
  12 34 29 00 00 01 00 00 00 00 00 01 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
  41 43 41 43 41 43 41 43 41 43 41 41 41 00 00 20 00 01 c0 0c 00 20 00 01 00 04 93 e0 00 06 60 00
  c0 00 02 0a)");
const Bytes positive_registration = from_hex(R"(
  12 34 ad 80 00 00 00 01 00 00 00 00 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
  41 43 41 43 41 43 41 43 41 43 41 41 41 00 00 20 00 01 00 07 e9 00 00 06 60 00 c0 00 02 0a)");
const Bytes wack = from_hex(R"(
  12 34 bc 00 00 00 00 01 00 00 00 00 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
  41 43 41 43 41 43 41 43 41 43 41 41 41 00 00 20 00 01 00 00 00 09 00 02 29 00)");
const Bytes query = from_hex(R"(
  12 35 01 00 00 01 00 00 00 00 00 00 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
  41 43 41 43 41 43 41 43 41 43 41 43 41 00 00 20 00 01)");
const Bytes positive_query = from_hex(R"(
  12 35 85 80 00 00 00 01 00 00 00 00 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
  41 43 41 43 41 43 41 43 41 43 41 43 41 00 00 20 00 01 00 00 00 00 00 06 60 00 c0 00 02 0a)");
const Bytes negative_query = from_hex(R"(
  12 35 85 83 00 00 00 01 00 00 00 00 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
  41 43 41 43 41 43 41 43 41 43 41 43 41 00 00 0a 00 01 00 00 00 00 00 00)");

struct Vector {
  Bytes octets;
  Message message;
};

/// Fact base F, each with what it says.
std::vector<Vector> vectors() {
  return {
      {registration, NameRequest{.id = 0x1234, .name = fred, .ttl = 300'000, .entry = entry}},
      {positive_registration,
       NameResponse{.id = 0x1234, .name = fred, .ttl = 518'400, .entry = entry}},
      {wack, Wack{.id = 0x1234, .name = fred, .ttl = 9, .held_flags = 0x2900}},
      {query, QueryRequest{.id = 0x1235, .name = server}},
      {positive_query, QueryResponse{.id = 0x1235, .name = server, .ttl = 0, .entries = {entry}}},
      {negative_query, NegativeQueryResponse{.id = 0x1235, .name = server}},
  };
}

// F
TEST(Message, VectorsDecodeToWhatTheySay) {
  for (const auto& vector : vectors()) {
    const auto decoded = decode(vector.octets);
    ASSERT_TRUE(decoded) << to_text(vector.message);
    EXPECT_EQ(*decoded, vector.message) << to_text(*decoded);
  }
}

// F
TEST(Message, VectorsAreEncodedOctetByOctet) {
  for (const auto& vector : vectors()) {
    EXPECT_EQ(encoded(vector.message), vector.octets) << to_text(vector.message);
  }
}

TEST(Message, RefusesEveryPrefixOfAVector) {
  for (const auto& vector : vectors()) {
    for (std::size_t length = 0; length < vector.octets.size(); ++length) {
      const Bytes prefix(vector.octets.begin(), vector.octets.begin() + length);
      ASSERT_EQ(error_of(prefix), DecodeError::truncated)
          << to_text(vector.message) << " cut to " << length;
    }
  }
}

TEST(Message, IgnoresTrailingOctets) {
  for (auto& vector : vectors()) {
    vector.octets.push_back(0xff);
    EXPECT_EQ(decode(vector.octets), vector.message);
  }
}

TEST(Message, IsNotEncodedIntoARoomTooSmall) {
  for (const auto& vector : vectors()) {
    EXPECT_EQ(encoded(vector.message, vector.octets.size()), vector.octets);
    EXPECT_TRUE(encoded(vector.message, vector.octets.size() - 1).empty());
  }
}

/// The flags word that `message` has on the wire.
unsigned flags_of(const Message& message) {
  const auto octets = encoded(message);
  return static_cast<unsigned>(octets.at(2) << 8 | octets.at(3));
}

// A4
TEST(MessageFlags, OfRequestsAreThoseOfTheCatalogue) {
  NameRequest request{.name = fred, .entry = entry};
  EXPECT_EQ(flags_of(request), 0x2900U);
  request.opcode = Opcode::multihomed_registration;
  EXPECT_EQ(flags_of(request), 0x7900U);

  request.recursion_desired = false;
  request.opcode = Opcode::registration;  // overwrite request
  EXPECT_EQ(flags_of(request), 0x2800U);
  request.opcode = Opcode::refresh;
  EXPECT_EQ(flags_of(request), 0x4000U);
  request.opcode = Opcode::refresh_alternate;
  EXPECT_EQ(flags_of(request), 0x4800U);
  request.opcode = Opcode::release;
  EXPECT_EQ(flags_of(request), 0x3000U);

  request.broadcast = true;  // release demand
  EXPECT_EQ(flags_of(request), 0x3010U);
  EXPECT_EQ(flags_word(request), 0x3010U);

  EXPECT_EQ(flags_of(QueryRequest{.name = fred}), 0x0100U);
  EXPECT_EQ(flags_of(QueryRequest{.recursion_desired = false, .name = fred}), 0x0000U);
}

// A4
TEST(MessageFlags, OfResponsesAreThoseOfTheCatalogue) {
  NameResponse response{.name = fred, .entry = entry};
  EXPECT_EQ(flags_of(response), 0xad80U);
  response.rcode = Rcode::act_err;
  EXPECT_EQ(flags_of(response), 0xad86U);
  response.opcode = Opcode::release;
  EXPECT_EQ(flags_of(response), 0xb406U);
  response.rcode = Rcode::ok;
  EXPECT_EQ(flags_of(response), 0xb400U);

  QueryResponse found{.name = fred, .entries = {entry}};
  EXPECT_EQ(flags_of(found), 0x8580U);
  found.truncated = true;
  EXPECT_EQ(flags_of(found), 0x8780U);
  EXPECT_EQ(flags_of(NegativeQueryResponse{.name = fred}), 0x8583U);
  EXPECT_EQ(flags_of(RedirectResponse{.name = fred}), 0x8100U);
  EXPECT_EQ(flags_of(Wack{.name = fred}), 0xbc00U);
  EXPECT_EQ(flags_of(NodeStatusResponse{.name = fred}), 0x8400U);
}

// A2: opcodes 8 and 9 are both refreshes
TEST(NameRequest, IsReadForEachOfItsOpcodes) {
  for (const auto opcode : {Opcode::registration, Opcode::release, Opcode::refresh,
                            Opcode::refresh_alternate, Opcode::multihomed_registration}) {
    const NameRequest request{.id = 7, .opcode = opcode, .name = fred, .ttl = 5, .entry = entry};
    EXPECT_EQ(decode(encoded(request)), Message(request)) << to_text(opcode);
  }
}

TEST(NameRequest, TellsRecursionAndBroadcast) {
  const auto overwrite = decode(with(registration, 2, {0x28, 0x10}));
  ASSERT_TRUE(overwrite);
  EXPECT_FALSE(std::get<NameRequest>(*overwrite).recursion_desired);
  EXPECT_TRUE(std::get<NameRequest>(*overwrite).broadcast);
}

// A3: the record's name is a pointer or a whole name, but it is the question's
TEST(NameRequest, AcceptsTheNameWrittenTwice) {
  auto octets = registration;
  const Bytes name(octets.begin() + 12, octets.begin() + 46);
  octets.erase(octets.begin() + record_name, octets.begin() + record_type);
  octets.insert(octets.begin() + record_name, name.begin(), name.end());
  EXPECT_EQ(decode(octets), decode(registration));

  octets[record_name + 1] = 'F';
  EXPECT_EQ(error_of(octets), DecodeError::bad_label);
}

// A5, CVE-2026-3238
TEST(NameRequest, NeedsOneQuestionAndOneRecord) {
  for (const auto flags : Bytes{0x29, 0x31, 0x41, 0x49, 0x79}) {
    const auto request = with(registration, 2, {flags});
    ASSERT_TRUE(decode(request));
    EXPECT_EQ(error_of(with(request, 4, {0, 0})), DecodeError::bad_counts);
    EXPECT_EQ(error_of(with(request, 4, {0, 2})), DecodeError::bad_counts);
    EXPECT_EQ(error_of(with(request, 6, {0, 1})), DecodeError::bad_counts);
    EXPECT_EQ(error_of(with(request, 8, {0, 1})), DecodeError::bad_counts);
    EXPECT_EQ(error_of(with(request, 10, {0, 0})), DecodeError::bad_counts);
    EXPECT_EQ(error_of(with(request, 10, {0, 2})), DecodeError::bad_counts);
    EXPECT_EQ(error_of(with(request, 4, {0xff, 0xff})), DecodeError::bad_counts);
  }
}

TEST(NameRequest, NeedsTypeNbAndClassInTwice) {
  EXPECT_EQ(error_of(with(registration, question_type, {0x00, 0x21})), DecodeError::bad_type);
  EXPECT_EQ(error_of(with(registration, record_type, {0x00, 0x0a})), DecodeError::bad_type);
  EXPECT_EQ(error_of(with(registration, question_class, {0x00, 0x02})), DecodeError::bad_class);
  EXPECT_EQ(error_of(with(registration, record_class, {0x00, 0x00})), DecodeError::bad_class);
}

// A5: RDLENGTH below 6 or no multiple of it
TEST(NameRequest, NeedsWholeEntries) {
  auto octets = registration;
  octets.resize(registration.size() + 64);
  for (std::uint8_t length = 0; length < 64; ++length) {
    const bool whole = length > 0 && length % 6 == 0;
    const auto decoded = decode(with(octets, record_length, {0, length}));
    if (whole) {
      ASSERT_TRUE(decoded) << int{length};
    } else {
      ASSERT_EQ(decoded, fail(DecodeError::bad_rdata)) << int{length};
    }
  }
}

// A5
TEST(NameRequest, UsesTheFirstOfSeveralEntries) {
  auto octets = with(registration, record_length, {0, 12});
  for (const auto octet : Bytes{0xe0, 0x00, 0xc0, 0x00, 0x02, 0x0b}) octets.push_back(octet);
  EXPECT_EQ(decode(octets), decode(registration));
}

// CVE-2003-0825: lengths are held against what came
TEST(NameRequest, RefusesRdataBeyondTheDatagram) {
  for (const auto length : Bytes{7, 12, 255}) {
    EXPECT_EQ(error_of(with(registration, record_length, {0, length})), DecodeError::truncated);
  }
  EXPECT_EQ(error_of(with(registration, record_length, {0xff, 0xff})), DecodeError::truncated);
}

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

TEST(QueryRequest, NeedsExactlyOneQuestion) {
  EXPECT_EQ(error_of(with(query, 4, {0, 0})), DecodeError::bad_counts);
  EXPECT_EQ(error_of(with(query, 4, {0, 2})), DecodeError::bad_counts);
  EXPECT_EQ(error_of(with(query, 6, {0, 1})), DecodeError::bad_counts);
  EXPECT_EQ(error_of(with(query, 8, {0, 1})), DecodeError::bad_counts);
  EXPECT_EQ(error_of(with(query, 10, {0, 1})), DecodeError::bad_counts);
}

TEST(QueryRequest, AsksForNbOrNbstatOfTheInternet) {
  const auto status = decode(with(query, question_type, {0x00, 0x21}));
  ASSERT_TRUE(status);
  EXPECT_TRUE(std::get<QueryRequest>(*status).node_status);
  for (const auto type : Bytes{0x00, 0x01, 0x02, 0x0a, 0x22, 0xff}) {
    EXPECT_EQ(error_of(with(query, question_type, {0x00, type})), DecodeError::bad_type);
  }
  EXPECT_EQ(error_of(with(query, question_class, {0x00, 0x02})), DecodeError::bad_class);
  EXPECT_EQ(error_of(with(query, question_class, {0x80, 0x01})), DecodeError::bad_class);
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

// A2
TEST(Message, RefusesOpcodesThatNobodyHas) {
  const auto with_flags = [](std::uint8_t high) { return error_of(with(registration, 2, {high})); };
  for (const unsigned opcode : {1U, 2U, 3U, 4U, 10U, 11U, 12U, 13U, 14U}) {
    EXPECT_EQ(with_flags(static_cast<std::uint8_t>(opcode << 3)), DecodeError::unknown_opcode);
    EXPECT_EQ(with_flags(static_cast<std::uint8_t>(0x80 | opcode << 3)),
              DecodeError::unknown_opcode);
  }
  EXPECT_EQ(with_flags(0x38), DecodeError::unknown_opcode);  // a WACK that is a request
  EXPECT_EQ(with_flags(0xc0),
            DecodeError::unknown_opcode);  // refreshes are answered as registrations
}

TEST(Message, WithoutAWholeHeaderIsTruncated) {
  EXPECT_EQ(decode({}), fail(DecodeError::truncated));
  EXPECT_EQ(error_of({0x00}), DecodeError::truncated);
  EXPECT_EQ(error_of(Bytes(11)), DecodeError::truncated);
}

TEST(Message, IsNotEncodedWithAScopeThatHasNoLabels) {
  EXPECT_TRUE(encoded(QueryRequest{.name = ScopedName(fred, Scope("A..B"))}).empty());
  EXPECT_TRUE(encoded(Wack{.name = ScopedName(fred, Scope(std::string(64, 'A')))}).empty());
}

// A1
TEST(Message, OfOneEntryFitsIntoAPayloadWithTheLongestScope) {
  std::string scope = std::string(59, 'A') + '.' + std::string(59, 'B') + '.' +
                      std::string(59, 'C') + '.' + std::string(59, 'D');
  ASSERT_EQ(scope.size(), scope_length_max);
  const NameRequest request{.name = ScopedName(fred, Scope(scope)), .entry = entry};
  EXPECT_EQ(decode(encoded(request, payload_length_max)), Message(request));
}

TEST(DecodeErrorText, IsDifferentForEach) {
  std::vector<std::string_view> texts;
  for (std::size_t i = 0; i < decode_error_count; ++i) {
    texts.push_back(to_text(static_cast<DecodeError>(i)));
  }
  std::ranges::sort(texts);
  EXPECT_EQ(std::ranges::adjacent_find(texts), texts.end());
  EXPECT_EQ(to_text(DecodeError::bad_counts), "bad counts");
}

TEST(RcodeText, IsTheRfcs) {
  EXPECT_EQ(to_text(Rcode::act_err), "ACT_ERR");
  EXPECT_EQ(to_text(static_cast<Rcode>(9)), "UNKNOWN");
}

}  // namespace
}  // namespace winsome::nbns
