#include "server/nbns/message.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/server/nbns/samples.h"

namespace winsome::nbns {
namespace {

// Where fields of a registration without scope are.
constexpr std::size_t question_type = 46;
constexpr std::size_t question_class = 48;
constexpr std::size_t record_name = 50;
constexpr std::size_t record_type = 52;
constexpr std::size_t record_class = 54;
constexpr std::size_t record_length = 60;

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
