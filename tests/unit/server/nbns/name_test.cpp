#include "server/nbns/name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "server/nbns/wire.h"

namespace winsome::nbns {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes encoded(const ScopedNameView& name) {
  Bytes room(512);
  ByteWriter out(room);
  encode_name(out, name);
  return out.ok() ? Bytes(out.written().begin(), out.written().end()) : Bytes();
}

std::string letters(const Name& name) {
  const auto octets = encode_half_ascii(name);
  return {octets.begin(), octets.end()};
}

/// Twelve octets of header, then `octets`: where names live in a datagram.
Bytes datagram(Bytes octets) {
  octets.insert(octets.begin(), 12, 0);
  return octets;
}

Result<ScopedName, DecodeError> decoded(const Bytes& octets, std::size_t offset = 12) {
  ByteReader in(octets, offset);
  ScopeBuffer scope;
  const auto name = decode_name(in, scope);
  if (!name) return fail(name.error());
  return ScopedName(*name);
}

std::optional<DecodeError> error_of(const Bytes& octets, std::size_t offset = 12) {
  const auto name = decoded(octets, offset);
  return name ? std::nullopt : std::optional(name.error());
}

void append(Bytes& octets, const Bytes& more) {
  octets.insert(octets.end(), more.begin(), more.end());
}

/// A scope of `length` characters in labels of at most 63.
std::string scope_of(std::size_t length) {
  std::string scope;
  while (scope.size() < length) {
    if (!scope.empty()) scope += '.';
    // A label needs a character: leave no room for a dot alone.
    auto label = std::min<std::size_t>(63, length - scope.size());
    if (length - scope.size() - label == 1) --label;
    scope.append(label, 'S');
  }
  return scope;
}

/// The wire form of a name with any scope, right or wrong.
Bytes raw_name(const std::string& scope) {
  auto octets = encoded({make_name("FRED", 0x20), {}});
  octets.pop_back();
  for (std::size_t at = 0; at < scope.size();) {
    const auto end = std::min(scope.find('.', at), scope.size());
    octets.push_back(static_cast<std::uint8_t>(end - at));
    for (; at < end; ++at) octets.push_back(static_cast<std::uint8_t>(scope[at]));
    ++at;
  }
  octets.push_back(0);
  return octets;
}

const Name fred = make_name("FRED", 0x20);

// A3, examples
TEST(NameEncoding, SpellsEachHalfOctetAsALetter) {
  EXPECT_EQ(letters(make_name("FRED", 0x00)), "EGFCEFEECACACACACACACACACACACAAA");
  EXPECT_EQ(letters(wildcard_name()), "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  EXPECT_EQ(letters(make_name("WORKGROUP", 0x1c)), "FHEPFCELEHFCEPFFFACACACACACACABM");
  EXPECT_EQ(letters(make_name("\x01\x02__MSBROWSE__\x02", 0x01)),
            "ABACFPFPENFDECFCEPFHFDEFFPFPACAB");
}

// F: RFC 1001 14.1's name by its own algorithm
TEST(NameEncoding, SpellsTheRfcsName) {
  EXPECT_EQ(letters(make_name("The NetBIOS nam", 'e')), "FEGIGFCAEOGFHEECEJEPFDCAGOGBGNGF");
}

TEST(NameEncoding, ReadsEveryOctetInEveryPlace) {
  for (unsigned octet = 0; octet < 256; ++octet) {
    Name name;
    name.octets.fill(static_cast<std::uint8_t>(octet));
    const auto spelled = encode_half_ascii(name);
    Name read;
    ASSERT_TRUE(decode_half_ascii(spelled.data(), read));
    ASSERT_EQ(read, name);
  }
}

// RFC 1002 4.1
TEST(NameCodec, NeedsThirtyFourOctetsWithoutScope) {
  const auto octets = encoded({fred, {}});
  ASSERT_EQ(octets.size(), 34U);
  EXPECT_EQ(octets.front(), 0x20);
  EXPECT_EQ(octets.back(), 0x00);
  EXPECT_EQ(decoded(datagram(octets)), ScopedName(fred));
}

TEST(NameCodec, CarriesAScopeAsLabels) {
  const auto octets = encoded({fred, "NETBIOS.com"});
  ASSERT_EQ(octets.size(), 34U + 8 + 4);
  EXPECT_EQ(octets[33], 7);
  EXPECT_EQ(octets[34], 'N');
  EXPECT_EQ(octets[41], 3);
  EXPECT_EQ(decoded(datagram(octets)), ScopedName(fred, Scope("NETBIOS.com")));
}

TEST(NameCodec, LeavesTheReaderBehindTheName) {
  auto octets = datagram(encoded({fred, "A.B"}));
  const auto end = octets.size();
  append(octets, {0xc0, 0x0c, 0x77});
  ByteReader in(octets, 12);
  ScopeBuffer scope;
  ASSERT_TRUE(decode_name(in, scope));
  EXPECT_EQ(in.offset(), end);
  ASSERT_TRUE(decode_name(in, scope));
  EXPECT_EQ(in.u8(), 0x77);
}

TEST(NameCodec, RefusesEveryPrefixOfAName) {
  const auto octets = datagram(encoded({fred, "NETBIOS.COM"}));
  for (std::size_t length = 12; length < octets.size(); ++length) {
    ASSERT_EQ(error_of(Bytes(octets.begin(), octets.begin() + length)), DecodeError::truncated)
        << length;
  }
}

// CVE-2004-0567: name lengths 0, 1, 31, 33, 63
TEST(NameCodec, RefusesAFirstLabelOfAnyOtherLength) {
  for (unsigned length = 0; length < 64; ++length) {
    if (length == 32) continue;
    Bytes octets(1 + length, 'A');
    octets[0] = static_cast<std::uint8_t>(length);
    octets.push_back(0);
    ASSERT_EQ(error_of(datagram(octets)), DecodeError::bad_label) << length;
  }
}

// Q155701: labels of 64 to 191 octets ended WINS
TEST(NameCodec, RefusesLabelsLongerThanSixtyThree) {
  for (unsigned length = 64; length < 192; ++length) {
    Bytes first(1 + length, 'A');
    first[0] = static_cast<std::uint8_t>(length);
    first.push_back(0);
    ASSERT_EQ(error_of(datagram(first)), DecodeError::bad_label) << length;

    auto second = encoded({fred, {}});
    second.pop_back();
    append(second, first);
    ASSERT_EQ(error_of(datagram(second)), DecodeError::bad_label) << length;
  }
}

TEST(NameCodec, RefusesEveryOctetThatIsNoLetterFromAToP) {
  const auto good = datagram(encoded({fred, {}}));
  for (std::size_t at = 13; at < 45; ++at) {
    for (unsigned octet = 0; octet < 256; ++octet) {
      auto octets = good;
      octets[at] = static_cast<std::uint8_t>(octet);
      const bool letter = octet >= 'A' && octet <= 'P';
      ASSERT_EQ(decoded(octets).has_value(), letter) << at << " " << octet;
    }
  }
}

// A3: comparison is byte-exact
TEST(NameCodec, FoldsNeitherNameNorScope) {
  const auto lower = decoded(datagram(encoded({make_name("fred", 0x20), "scope"})));
  EXPECT_EQ(lower, ScopedName(make_name("fred", 0x20), Scope("scope")));
  EXPECT_NE(lower, ScopedName(make_name("FRED", 0x20), Scope("scope")));
  EXPECT_NE(lower, ScopedName(make_name("fred", 0x20), Scope("SCOPE")));
}

// A3: 272 characters are accepted, 273 are not
TEST(NameCodec, AcceptsScopesOfUpTo239Characters) {
  for (const std::size_t length : {1U, 63U, 64U, 237U, 238U, 239U}) {
    const auto scope = scope_of(length);
    ASSERT_EQ(scope.size(), length);
    ASSERT_EQ(decoded(datagram(raw_name(scope))), ScopedName(fred, Scope(scope))) << length;
    ASSERT_EQ(encoded({fred, scope}), raw_name(scope)) << length;
  }
  for (const std::size_t length : {240U, 241U, 300U, 1'000U}) {
    ASSERT_EQ(error_of(datagram(raw_name(scope_of(length)))), DecodeError::name_too_long) << length;
    ASSERT_TRUE(encoded({fred, scope_of(length)}).empty()) << length;
  }
}

// CVE-2020-10745: many labels of one character
TEST(NameCodec, BoundsTheNumberOfLabelsByTheirLength) {
  std::string scope = "S";
  for (int i = 1; i < 120; ++i) scope += ".S";
  EXPECT_EQ(decoded(datagram(raw_name(scope))), ScopedName(fred, Scope(scope)));
  for (const int labels : {121, 127, 128, 4'000}) {
    auto longer = scope;
    for (int i = 120; i < labels; ++i) longer += ".S";
    ASSERT_EQ(error_of(datagram(raw_name(longer))), DecodeError::name_too_long) << labels;
  }
}

TEST(NameCodec, RefusesDotsAndNulsInsideAScopeLabel) {
  for (const auto octet : {std::uint8_t{'.'}, std::uint8_t{0}}) {
    auto octets = encoded({fred, "A-B"});
    octets[35] = octet;
    ASSERT_EQ(octets[34], 'A');
    ASSERT_EQ(error_of(datagram(octets)), DecodeError::bad_label);
  }
}

TEST(NameCodec, EncodesNoScopeThatItWouldNotRead) {
  for (const auto& scope :
       {std::string("."), std::string(".A"), std::string("A."), std::string("A..B"),
        std::string(64, 'A'), "A." + std::string(64, 'A'), std::string("A\0B", 3)}) {
    EXPECT_TRUE(encoded({fred, scope}).empty()) << scope;
  }
}

// A3: C0 0C in the additional record
TEST(NamePointer, StandsForAnEarlierName) {
  auto octets = datagram(encoded({fred, "SCOPE"}));
  const auto pointer = octets.size();
  append(octets, {0xc0, 0x0c});
  EXPECT_EQ(decoded(octets, pointer), ScopedName(fred, Scope("SCOPE")));
}

TEST(NamePointer, MayEndANameInTheScopeOfAnother) {
  auto octets = datagram(encoded({fred, "SCOPE.COM"}));
  const auto second = octets.size();
  append(octets, encoded({make_name("BARNEY", 0x00), {}}));
  octets.pop_back();
  append(octets, {0xc0, 12 + 33});
  EXPECT_EQ(decoded(octets, second), ScopedName(make_name("BARNEY", 0x00), Scope("SCOPE.COM")));
}

TEST(NamePointer, IsRefusedWhenItPointsToItself) {
  auto octets = datagram({});
  append(octets, {0xc0, 0x0c});
  EXPECT_EQ(error_of(octets), DecodeError::bad_pointer);
}

TEST(NamePointer, IsRefusedWhenItPointsForward) {
  auto octets = datagram({0xc0, 0x0e});
  append(octets, encoded({fred, {}}));
  EXPECT_EQ(error_of(octets), DecodeError::bad_pointer);
  EXPECT_EQ(error_of(datagram({0xff, 0xff})), DecodeError::bad_pointer);
}

TEST(NamePointer, IsRefusedWhenItPointsIntoTheHeader) {
  auto octets = datagram(encoded({fred, {}}));
  octets[11] = 0;  // a root label, if one read it there
  const auto pointer = octets.size();
  append(octets, {0xc0, 0x0b});
  EXPECT_EQ(error_of(octets, pointer), DecodeError::bad_pointer);
  octets.back() = 0x00;
  EXPECT_EQ(error_of(octets, pointer), DecodeError::bad_pointer);
}

TEST(NamePointer, IsRefusedWhenItPointsIntoItsOwnName) {
  auto octets = datagram(encoded({fred, {}}));
  octets.back() = 0xc0;
  octets.push_back(0x0c);
  EXPECT_EQ(error_of(octets), DecodeError::bad_pointer);
}

TEST(NamePointer, IsFollowedFiveTimesAndNoMore) {
  auto octets = datagram(encoded({fred, {}}));
  std::uint8_t target = 12;
  for (int hop = 1; hop <= 6; ++hop) {
    const auto at = static_cast<std::uint8_t>(octets.size());
    append(octets, {0xc0, target});
    target = at;
    const auto name = decoded(octets, at);
    if (hop <= 5) {
      ASSERT_EQ(name, ScopedName(fred)) << hop;
    } else {
      ASSERT_EQ(name, fail(DecodeError::bad_pointer)) << hop;
    }
  }
}

TEST(NamePointer, CutInHalfIsTruncated) {
  auto octets = datagram(encoded({fred, {}}));
  const auto pointer = octets.size();
  octets.push_back(0xc0);
  EXPECT_EQ(error_of(octets, pointer), DecodeError::truncated);
}

TEST(NameText, ShowsNameSuffixAndScope) {
  EXPECT_EQ(to_text(fred), "FRED<20>");
  EXPECT_EQ(to_text(ScopedName(make_name("CORP", 0x1c), Scope("scope.example"))),
            "CORP<1C>.scope.example");
  EXPECT_EQ(to_text(make_name("TWO WORDS", 0x00)), "TWO WORDS<00>");
  EXPECT_EQ(to_text(make_name("", 0x00)), "<00>");
}

TEST(NameText, EscapesWhatDoesNotPrint) {
  EXPECT_EQ(to_text(make_name("\x01\x02__MSBROWSE__\x02", 0x01)),
            "\\x01\\x02__MSBROWSE__\\x02<01>");
  EXPECT_EQ(to_text(make_name("A<B>\\\x7f\xff", 0x00)), "A\\x3CB\\x3E\\x5C\\x7F\\xFF<00>");
}

TEST(NameText, ShowsTheWildcardAsAStar) {
  EXPECT_EQ(to_text(wildcard_name()), "*");
  EXPECT_EQ(to_text(make_name("*", 0x1b)), "*<1B>");
}

TEST(ParseName, ReadsBothFormsOfSuffixAndTheDefault) {
  EXPECT_EQ(parse_name("FRED<20>", 0x00), ScopedName(fred));
  EXPECT_EQ(parse_name("FRED#20", 0x00), ScopedName(fred));
  EXPECT_EQ(parse_name("FRED", 0x20), ScopedName(fred));
  EXPECT_EQ(parse_name("FRED<1c>", 0x00), ScopedName(fred.with_suffix(0x1c)));
}

TEST(ParseName, ReadsAScopeBehindTheSuffixOnly) {
  EXPECT_EQ(parse_name("FRED<20>.NETBIOS.COM", 0x00), ScopedName(fred, Scope("NETBIOS.COM")));
  EXPECT_EQ(parse_name("FRED#20.NETBIOS.COM", 0x00), ScopedName(fred, Scope("NETBIOS.COM")));
  EXPECT_EQ(parse_name("FRED.COM", 0x20), ScopedName(make_name("FRED.COM", 0x20)));
}

TEST(ParseName, FoldsTheNameButNeitherScopeNorEscapes) {
  EXPECT_EQ(parse_name("fred<20>.scope", 0x00), ScopedName(fred, Scope("scope")));
  EXPECT_EQ(parse_name("\\x66red<20>", 0x00), ScopedName(make_name("fRED", 0x20)));
  EXPECT_EQ(parse_name("fred<20>", 0x00, false), ScopedName(make_name("fred", 0x20)));
}

TEST(ParseName, TakesAStarAloneForTheWildcard) {
  EXPECT_EQ(parse_name("*", 0x20), ScopedName(wildcard_name()));
  EXPECT_EQ(parse_name("*.SCOPE", 0x20), ScopedName(wildcard_name(), Scope("SCOPE")));
  EXPECT_EQ(parse_name("*<1B>", 0x20), ScopedName(make_name("*", 0x1b)));
  EXPECT_EQ(parse_name("*.X<1B>", 0x20), ScopedName(make_name("*.X", 0x1b)));
}

TEST(ParseName, RefusesWhatIsNoName) {
  for (const auto* text : {"",
                           "SIXTEEN-OCTETS-X",
                           "SIXTEEN-OCTETS-X<20>",
                           "FRED<>",
                           "FRED<2>",
                           "FRED<200>",
                           "FRED<2G>",
                           "FRED<20",
                           "FRED<20>X",
                           "FRED<20>20",
                           "FRED>",
                           "FRED20>",
                           "FRED#",
                           "FRED#2",
                           "FRED#200",
                           "FRED#XX",
                           "FRED\\",
                           "FRED\\20",
                           "FRED\\x2",
                           "FRED\\xZZ<20>",
                           "FRED<20>.",
                           "FRED<20>..A",
                           "FRED<20>.A.",
                           "FRED<20>.A\\x2EB",
                           "FRED<20>.A\\x00B",
                           "FRED<20>.A<B",
                           "*.",
                           "*.."}) {
    EXPECT_FALSE(parse_name(text, 0x20)) << text;
  }
  EXPECT_FALSE(parse_name("FRED<20>." + std::string(64, 'A'), 0x20));
  EXPECT_FALSE(parse_name("FRED<20>." + scope_of(240), 0x20));
  EXPECT_TRUE(parse_name("FRED<20>." + scope_of(239), 0x20));
}

TEST(ParseName, ReadsBackEveryOctetInNameAndScope) {
  for (unsigned octet = 0; octet < 256; ++octet) {
    for (std::size_t at = 0; at < 16; ++at) {
      auto name = make_name("A NAME OF BLANK", 0x20);
      name.octets[at] = static_cast<std::uint8_t>(octet);
      ASSERT_EQ(parse_name(to_text(name), 0x55, false), ScopedName(name)) << to_text(name);
    }
    if (octet == 0 || octet == '.') continue;
    const ScopedName scoped(fred, Scope(std::string("A") + static_cast<char>(octet)));
    ASSERT_EQ(parse_name(to_text(scoped), 0x55, false), scoped) << to_text(scoped);
  }
}

}  // namespace
}  // namespace winsome::nbns
