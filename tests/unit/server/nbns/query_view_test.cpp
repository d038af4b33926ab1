#include "server/nbns/query_view.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

#include "server/nbns/message.h"
#include "tests/golden/hex.h"

namespace winsome::nbns {
namespace {

using Bytes = std::vector<std::uint8_t>;
using golden::from_hex;

const Name fred = make_name("FRED", 0x20);

Bytes encoded(const Message& message) {
  Bytes octets(payload_length_max);
  const auto written = encode(message, octets);
  return {written.begin(), written.end()};
}

Bytes query(bool recursion_desired = true, std::string_view scope = {}) {
  return encoded(QueryRequest{.id = 0x1235,
                              .recursion_desired = recursion_desired,
                              .name = ScopedName(fred, Scope(scope))});
}

DatagramKind kind_of(std::uint8_t high, std::uint8_t low) {
  auto octets = query();
  octets[2] = high;
  octets[3] = low;
  return preview(octets).kind;
}

// RFC 1002 4.2.17: the request has a B flag, and nbtscan sets it in what it sends to one host.
TEST(Preview, TakesANodeStatusRequestEvenAsABroadcast) {
  for (const bool broadcast : {false, true}) {
    const auto octets = encoded(QueryRequest{.node_status = true,
                                             .recursion_desired = false,
                                             .broadcast = broadcast,
                                             .name = ScopedName(wildcard_name())});
    EXPECT_EQ(preview(octets).kind, DatagramKind::node_status);
  }
}

// A5
TEST(Preview, TellsWhoseWorkADatagramIs) {
  EXPECT_EQ(kind_of(0x01, 0x00), DatagramKind::query);
  EXPECT_EQ(kind_of(0x00, 0x00), DatagramKind::query);
  EXPECT_EQ(kind_of(0x01, 0x10), DatagramKind::broadcast);
  EXPECT_EQ(kind_of(0x29, 0x10), DatagramKind::broadcast);
  for (const auto high : Bytes{0x28, 0x29, 0x30, 0x40, 0x41, 0x48, 0x49, 0x79}) {
    EXPECT_EQ(kind_of(high, 0x00), DatagramKind::request) << int{high};
  }
  for (const auto high : Bytes{0x85, 0xad, 0xbc, 0xb4, 0xf8}) {
    EXPECT_EQ(kind_of(high, 0x90), DatagramKind::response) << int{high};
  }
  for (const auto high : Bytes{0x08, 0x10, 0x18, 0x20, 0x38, 0x50, 0x58, 0x60, 0x68, 0x70}) {
    EXPECT_EQ(kind_of(high, 0x00), DatagramKind::other) << int{high};
  }
}

TEST(Preview, ReadsTheId) {
  EXPECT_EQ(preview(query()).id, 0x1235);
}

TEST(Preview, FindsTheTypeBehindNamesWithAndWithoutScope) {
  for (const auto* scope : {"", "A", "NETBIOS.COM"}) {
    QueryRequest request{.node_status = true, .name = ScopedName(fred, Scope(scope))};
    EXPECT_EQ(preview(encoded(request)).kind, DatagramKind::node_status) << scope;
    request.node_status = false;
    EXPECT_EQ(preview(encoded(request)).kind, DatagramKind::query) << scope;
  }
}

TEST(Preview, NeverLooksPastTheDatagram) {
  for (const auto* scope : {"", "NETBIOS.COM"}) {
    const auto whole =
        encoded(QueryRequest{.node_status = true, .name = ScopedName(fred, Scope(scope))});
    for (std::size_t length = 0; length < whole.size(); ++length) {
      // An allocation of its own, so that the address sanitizer sees the end.
      const auto room = std::make_unique<std::uint8_t[]>(length);
      std::copy_n(whole.begin(), length, room.get());
      const auto kind = preview({room.get(), length}).kind;
      if (length < 12) {
        ASSERT_EQ(kind, DatagramKind::too_short);
      } else {
        ASSERT_EQ(kind,
                  length + 2 >= whole.size() ? DatagramKind::node_status : DatagramKind::query);
      }
    }
  }
}

TEST(Preview, LeavesMalformedQuestionsToTheDecoder) {
  for (const unsigned octet : {0U, 31U, 63U, 64U, 0xc0U, 0xffU}) {
    auto octets = query();
    octets[12] = static_cast<std::uint8_t>(octet);
    EXPECT_EQ(preview(octets).kind, DatagramKind::query);
    QueryView view;
    EXPECT_FALSE(decode_query(octets, view));
  }
}

TEST(DecodeQuery, AgreesWithTheFullDecoder) {
  for (const bool recursion_desired : {true, false}) {
    for (const auto* scope : {"", "A", "NETBIOS.COM"}) {
      const auto octets = query(recursion_desired, scope);
      QueryView view;
      ASSERT_TRUE(decode_query(octets, view));
      const auto request = std::get<QueryRequest>(*decode(octets));
      EXPECT_EQ(view.id, request.id);
      EXPECT_EQ(view.recursion_desired, request.recursion_desired);
      EXPECT_EQ(view.scoped_name(), request.name.view());
      EXPECT_EQ(view.encoded_name.data(), octets.data() + 12);
      EXPECT_EQ(view.encoded_name.size(), octets.size() - 16);
    }
  }
}

TEST(DecodeQuery, ForgetsTheScopeOfTheQueryBefore) {
  QueryView view;
  ASSERT_TRUE(decode_query(query(true, "SCOPE"), view));
  ASSERT_TRUE(decode_query(query(), view));
  EXPECT_EQ(view.scoped_name(), (ScopedNameView{fred, {}}));
}

TEST(DecodeQuery, RefusesEveryPrefix) {
  for (const auto* scope : {"", "NETBIOS.COM"}) {
    const auto octets = query(true, scope);
    for (std::size_t length = 0; length < octets.size(); ++length) {
      QueryView view;
      ASSERT_EQ(decode_query({octets.data(), length}, view).error(), DecodeError::truncated);
    }
  }
}

TEST(DecodeQuery, RefusesLikeTheFullDecoderEachOctetMadeWrong) {
  for (const auto* scope : {"", "AB.C"}) {
    const auto good = query(true, scope);
    for (std::size_t at = 4; at < good.size(); ++at) {
      for (unsigned octet = 0; octet < 256; ++octet) {
        auto octets = good;
        octets[at] = static_cast<std::uint8_t>(octet);
        QueryView view;
        const auto mine = decode_query(octets, view);
        const auto full = decode(octets);
        ASSERT_EQ(mine.has_value(), full.has_value()) << at << " " << octet;
        if (!mine) {
          ASSERT_EQ(mine.error(), full.error()) << at << " " << octet;
        }
      }
    }
  }
}

TEST(DecodeQuery, RefusesALabelPointer) {
  auto octets = query();
  octets[12] = 0xc0;
  octets[13] = 0x0c;
  QueryView view;
  EXPECT_EQ(decode_query(octets, view).error(), DecodeError::bad_pointer);
}

class Answers : public testing::Test {
 protected:
  void ask(bool recursion_desired, std::string_view scope = {}) {
    octets_ = query(recursion_desired, scope);
    ASSERT_TRUE(decode_query(octets_, view_));
  }
  Bytes first(std::size_t length) const { return {out_.begin(), out_.begin() + length}; }

  /// The flags word of an answer of `length` octets.
  unsigned flags_of(std::size_t length) const {
    const auto octets = first(length);
    return static_cast<unsigned>(octets.at(2) << 8 | octets.at(3));
  }

  Bytes octets_;
  QueryView view_;
  std::array<std::uint8_t, payload_length_max> out_{};
  const Bytes entry_ = from_hex("60 00 c0 00 02 0a");
};

// F
TEST_F(Answers, ThatArePositiveAreTheVector) {
  ask(true);
  EXPECT_EQ(first(write_positive(view_, 0, entry_, false, out_)), from_hex(R"(
    12 35 85 80 00 00 00 01 00 00 00 00 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
    41 43 41 43 41 43 41 43 41 43 41 43 41 00 00 20 00 01 00 00 00 00 00 06 60 00 c0 00 02 0a)"));
}

// F
TEST_F(Answers, ThatAreNegativeAreTheVector) {
  ask(true);
  EXPECT_EQ(first(write_negative(view_, out_)), from_hex(R"(
    12 35 85 83 00 00 00 01 00 00 00 00 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
    41 43 41 43 41 43 41 43 41 43 41 43 41 00 00 0a 00 01 00 00 00 00 00 00)"));
}

TEST_F(Answers, AreThoseOfTheFullEncoder) {
  ask(true, "NETBIOS.COM");
  const ScopedName name(view_.scoped_name());
  const NbEntry entry{.node = NodeType::h, .address = Ipv4(192, 0, 2, 10)};
  EXPECT_EQ(
      first(write_positive(view_, 0x01020304, entry_, true, out_)),
      encoded(QueryResponse{
          .id = 0x1235, .truncated = true, .name = name, .ttl = 0x01020304, .entries = {entry}}));
  EXPECT_EQ(first(write_negative(view_, out_)),
            encoded(NegativeQueryResponse{.id = 0x1235, .name = name}));

  const Bytes no_names(47);
  EXPECT_EQ(first(write_node_status(view_, no_names, out_)),
            encoded(NodeStatusResponse{.id = 0x1235, .name = name}));
}

// RFC 1002 4.2.1.1
TEST_F(Answers, GiveRecursionDesiredBackAsItCame) {
  ask(false);
  EXPECT_EQ(flags_of(write_positive(view_, 0, entry_, false, out_)), 0x8480U);
  EXPECT_EQ(flags_of(write_negative(view_, out_)), 0x8483U);
  ask(true);
  EXPECT_EQ(flags_of(write_positive(view_, 0, entry_, false, out_)), 0x8580U);
  EXPECT_EQ(flags_of(write_positive(view_, 0, entry_, true, out_)), 0x8780U);
  EXPECT_EQ(flags_of(write_negative(view_, out_)), 0x8583U);
}

// RFC 1002 4.2.18: no other flag than AA
TEST_F(Answers, OfNodeStatusHaveFlagsOfTheirOwn) {
  ask(true);
  EXPECT_EQ(flags_of(write_node_status(view_, entry_, out_)), 0x8400U);
}

TEST_F(Answers, AreWrittenWholeOrNotAtAll) {
  ask(true);
  const std::span<std::uint8_t> out(out_);
  EXPECT_EQ(write_positive(view_, 0, entry_, false, out.first(62)), 62U);
  EXPECT_EQ(write_positive(view_, 0, entry_, false, out.first(61)), 0U);
  EXPECT_EQ(write_negative(view_, out.first(56)), 56U);
  EXPECT_EQ(write_negative(view_, out.first(55)), 0U);
  EXPECT_EQ(write_node_status(view_, {}, out.first(0)), 0U);
}

TEST_F(Answers, AreRefusedWhenTheirLengthCannotBeWritten) {
  ask(true);
  Bytes out(80'000);
  EXPECT_EQ(write_positive(view_, 0, Bytes(65'536), false, out), 0U);
  EXPECT_EQ(write_positive(view_, 0, Bytes(65'535), false, out), 56U + 65'535);
}

}  // namespace
}  // namespace winsome::nbns
