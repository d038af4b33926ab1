#include "replication/winsra/name_record.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "replication/engine/owner_map.h"
#include "tests/unit/replication/winsra/samples.h"

namespace winsome::winsra {
namespace {

using names::RecordType;
using names::State;
using nbns::make_name;

/// The octets of a record whose name has this length and these octets, with padding.
Bytes with_name(const Bytes& name) {
  const Bytes padding(4 - name.size() % 4);
  return joined({u32(static_cast<std::uint32_t>(name.size())), name, padding,
                 Bytes(unique_record.begin() + 24, unique_record.end())});
}

Bytes scoped(std::string_view scope) {
  const auto name = make_name("FRED", 0x20).octets;
  Bytes octets(name.begin(), name.end());
  octets.insert(octets.end(), scope.begin(), scope.end());
  octets.push_back(0);
  return with_name(octets);
}

std::string scope_of(const Bytes& record) {
  const auto decoded = record_of(record);
  return decoded ? std::string(decoded->name.scope.view()) : "no record";
}

// C4
TEST(NameRecord, ReadsADomainMasterBrowserWithItsEndsSwapped) {
  EXPECT_EQ(record_of(unique_record), unique(make_name("CORP", 0x1b)));
}

// C4
TEST(NameRecord, WritesADomainMasterBrowserWithItsEndsSwapped) {
  EXPECT_EQ(encoded(unique(make_name("CORP", 0x1b))), unique_record);
}

// C4: Windows swaps back only what begins with 1B.
TEST(NameRecord, ReadsADomainMasterBrowserThatWasNotSwapped) {
  const auto plain = with(with(unique_record, name_at, {'C'}), name_at + 15, {0x1b});
  EXPECT_EQ(record_of(plain), unique(make_name("CORP", 0x1b)));
}

// C4
TEST(NameRecord, ReadsASpecialGroupWithTheOwnersOfItsMembers) {
  const auto record = record_of(special_record);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->name, nbns::ScopedName(make_name("CORP", 0x1c)));
  EXPECT_EQ(record->type, RecordType::special_group);
  EXPECT_EQ(record->version, 8U);
  const names::Members members{
      {.address = Ipv4(192, 0, 2, 20), .owner = Ipv4(192, 0, 2, 1), .due = {}},
      {.address = Ipv4(198, 51, 100, 7), .owner = Ipv4(192, 0, 2, 2), .due = {}}};
  EXPECT_EQ(record->members, members);
  EXPECT_EQ(encoded(*record), special_record);
}

// C4
TEST(NameRecord, ReadsEveryBitOfTheFlags) {
  const auto record = record_of(with(unique_record, flags_at, {0b1100'1001}));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->type, RecordType::normal_group);
  EXPECT_EQ(record->state, State::tombstone);
  EXPECT_EQ(record->node, nbns::NodeType::m);
  EXPECT_TRUE(record->is_static);
}

// C4
TEST(NameRecord, WritesEveryBitOfTheFlags) {
  auto record = unique(make_name("FRED", 0x00));
  record.type = RecordType::normal_group;
  record.state = State::tombstone;
  record.node = nbns::NodeType::m;
  record.is_static = true;
  EXPECT_EQ(encoded(record, false).at(flags_at), 0b1100'1001);
  EXPECT_EQ(encoded(record, true).at(flags_at), 0b1101'1001);
}

// C4
TEST(NameRecord, SaysWhetherTheSenderIsNotTheOwner) {
  EXPECT_FALSE(names_of(names_response(unique_record, 1)).replicas);
  EXPECT_TRUE(names_of(names_response(with(unique_record, flags_at, {0x70}), 1)).replicas);
}

// C4
TEST(NameRecord, IgnoresTheUpperOctetsOfTheFlags) {
  EXPECT_EQ(record_of(with(unique_record, 24, {0xff, 0xff, 0xff})), record_of(unique_record));
}

// C4: the group word is little-endian.
TEST(NameRecord, CallsBothKindsOfGroupAGroup) {
  auto record = unique(make_name("FRED", 0x00));
  for (const auto type : {RecordType::normal_group, RecordType::special_group}) {
    record.type = type;
    EXPECT_EQ(encoded(record).at(group_at), 1);
  }
  for (const auto type : {RecordType::unique, RecordType::multihomed}) {
    record.type = type;
    EXPECT_EQ(encoded(record).at(group_at), 0);
  }
}

// C4
TEST(NameRecord, BelievesTheTypeBitsAndNotTheGroupWord) {
  const auto disagreeing = with(unique_record, group_at, {1, 0, 0, 0});
  EXPECT_EQ(record_of(disagreeing), record_of(unique_record));
  const auto nonsense = with(special_record, group_at, {0xff, 0xff, 0xff, 0xff});
  EXPECT_EQ(record_of(nonsense), record_of(special_record));
}

// C4: four octets follow a name that ends on a border.
TEST(NameRecord, PadsNamesOfEveryLength) {
  const std::string_view scope = "abcdefghi";
  for (std::size_t length = 0; length <= scope.size(); ++length) {
    const auto octets = scoped(scope.substr(0, length));
    const auto name_length = 17 + length;
    EXPECT_EQ(octets.size(), 4 + name_length + 4 - name_length % 4 + 24);
    const auto expected = unique({make_name("FRED", 0x20), nbns::Scope(scope.substr(0, length))});
    EXPECT_EQ(record_of(octets), expected) << length;
    EXPECT_EQ(encoded(expected), octets) << length;
  }
}

// C4
TEST(NameRecord, IgnoresWhatThePaddingAndReservedOctetsHold) {
  EXPECT_EQ(record_of(with(unique_record, 21, {0xaa, 0xbb, 0xcc})), record_of(unique_record));
  EXPECT_EQ(record_of(with(unique_record, 44, {0, 0, 0, 0})), record_of(unique_record));
}

// A3; the peers' suite sends scopes of 237 and 238 characters that are one label.
TEST(NameRecord, CutsScopesAt237Characters) {
  EXPECT_EQ(scope_of(scoped(std::string(237, 'x'))), std::string(237, 'x'));
  EXPECT_EQ(scope_of(scoped(std::string(238, 'x'))), std::string(237, 'x'));
}

// C4: with 255 octets of name Windows would throw the whole response away.
TEST(NameRecord, NeverWritesALongerName) {
  const auto octets =
      encoded(unique({make_name("FRED", 0x20), nbns::Scope(std::string(239, 'x'))}));
  EXPECT_EQ(Bytes(octets.begin(), octets.begin() + 4), u32(254));
  EXPECT_EQ(scope_of(octets), std::string(237, 'x'));
}

TEST(NameRecord, EndsTheScopeAtItsNul) {
  EXPECT_EQ(scope_of(scoped(std::string_view("ab\0cd", 5))), "ab");
}

TEST(NameRecord, TakesTheLastOctetOfTheNameForItsNul) {
  auto octets = scoped("abc");
  octets[4 + 19] = 'd';
  EXPECT_EQ(scope_of(octets), "abc");
}

// C4
TEST(NameRecord, LeavesOutNamesTooShortForASuffixAndANul) {
  for (const std::size_t length : {0, 1, 15, 16}) {
    const auto response =
        names_of(names_response(joined({with_name(Bytes(length, 'A')), unique_record}), 2));
    EXPECT_EQ(count_of(response, RecordFault::name_too_short), 1U) << length;
    ASSERT_EQ(response.records.size(), 1U) << length;
    EXPECT_EQ(response.records.front().version, 7U);
  }
}

// C4: Windows 2000 and later throw the whole response away.
TEST(NameRecord, RefusesTheResponseForANameOfMoreThan255Octets) {
  EXPECT_FALSE(error_of(names_response(with_name(Bytes(255, 'A')), 1)));
  EXPECT_EQ(error_of(names_response(with_name(Bytes(256, 'A')), 1)), DecodeError::name_too_long);
  EXPECT_EQ(error_of(names_response(joined({unique_record, with_name(Bytes(256, 'A'))}), 2)),
            DecodeError::name_too_long);
}

// C4, decision 14
TEST(NameRecord, KeepsReleasedRecords) {
  const auto record = record_of(with(unique_record, flags_at, {0x64}));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->state, State::released);
}

TEST(NameRecord, LeavesOutTheFourthState) {
  const auto response = names_of(names_response(with(unique_record, flags_at, {0x6c}), 1));
  EXPECT_TRUE(response.records.empty());
  EXPECT_EQ(count_of(response, RecordFault::unknown_state), 1U);
}

// C8: a server takes its members back with an empty group.
TEST(NameRecord, KeepsEmptySpecialGroups) {
  auto empty = special_record;
  empty.erase(empty.begin() + members_at, empty.begin() + members_at + 16);
  empty[count_at] = 0;
  const auto record = record_of(empty);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->state, State::active);
  EXPECT_TRUE(record->members.empty());
  EXPECT_EQ(encoded(*record), empty);
}

TEST(NameRecord, LeavesOutMultihomedNamesWithoutAddresses) {
  auto empty = special_record;
  empty.erase(empty.begin() + members_at, empty.begin() + members_at + 16);
  empty[count_at] = 0;
  for (const auto flags : std::to_array<std::uint8_t>({0x63, 0x67, 0x6b})) {
    const auto response = names_of(names_response(with(empty, flags_at, {flags}), 1));
    EXPECT_TRUE(response.records.empty());
    EXPECT_EQ(count_of(response, RecordFault::no_members), 1U);
    EXPECT_EQ(response.skipped(), 1U);
  }
}

// C4, Windows event 4141
TEST(NameRecord, TakesTheFirst25OfTooManyMembers) {
  auto octets = Bytes(special_record.begin(), special_record.begin() + count_at);
  octets = joined({octets, {26, 0, 0, 0}});
  for (std::uint8_t i = 1; i <= 26; ++i) octets = joined({octets, u32(0xc0000201), {10, 0, 0, i}});
  octets = joined({octets, u32(0xffffffff), unique_record});

  const auto response = names_of(names_response(octets, 2));
  ASSERT_EQ(response.records.size(), 2U);
  const auto& members = response.records.front().members;
  ASSERT_EQ(members.size(), 25U);
  EXPECT_EQ(members.front().address, Ipv4(10, 0, 0, 1));
  EXPECT_EQ(members.back().address, Ipv4(10, 0, 0, 25));
  EXPECT_EQ(count_of(response, RecordFault::too_many_members), 1U);
  EXPECT_EQ(response.skipped(), 0U);
}

TEST(NameRecord, TakesAnAddressOnce) {
  const auto twice = with(special_record, members_at + 12, {192, 0, 2, 20});
  const auto record = record_of(twice);
  ASSERT_TRUE(record);
  ASSERT_EQ(record->members.size(), 1U);
  EXPECT_EQ(record->members.front().owner, Ipv4(192, 0, 2, 1));
}

// E
TEST(NameRecord, LeavesOutVersionsThatNobodyGave) {
  const auto highest = with(unique_record, version_at, {0x40, 0, 0, 0, 0, 0, 0, 0});
  const auto record = record_of(highest);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->version, replication::version_max);

  const auto above = with(highest, version_at + 7, {1});
  const auto near_the_end =
      with(highest, version_at, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe});
  const auto response = names_of(names_response(joined({above, near_the_end, unique_record}), 3));
  EXPECT_EQ(response.records.size(), 1U);
  EXPECT_EQ(count_of(response, RecordFault::version_too_high), 2U);
}

// B2: queries for a normal group are answered with 255.255.255.255, so some keep no address.
TEST(NameRecord, WritesANormalGroupWithoutAddressesAsEverybody) {
  auto record = unique(make_name("FRED", 0x00));
  record.type = RecordType::normal_group;
  record.members.clear();
  const auto octets = encoded(record);
  EXPECT_EQ(Bytes(octets.begin() + count_at, octets.begin() + members_at), u32(0xffffffff));
  EXPECT_EQ(record_of(octets), record);
}

TEST(NameRecord, KeepsTheAddressOfANormalGroup) {
  const auto record = record_of(with(unique_record, flags_at, {0x61}));
  ASSERT_TRUE(record);
  ASSERT_EQ(record->members.size(), 1U);
  EXPECT_EQ(record->members.front().address, Ipv4(192, 0, 2, 20));
}

// C4: whoever reads it swaps, so a client could forge a name that it may not register.
TEST(NameRecord, NamesThatWouldBeReadAsADomainMasterBrowserHaveNoEncoding) {
  auto forged = make_name("CORP", 'C');
  forged.octets[0] = 0x1b;
  EXPECT_FALSE(has_encoding(unique(forged)));

  const auto frame =
      encode(our_handle, NamesResponse{.records = {unique(forged), unique(make_name("FRED", 0))}});
  const auto response = names_of(frame);
  ASSERT_EQ(response.records.size(), 1U);
  EXPECT_EQ(response.records.front().name, nbns::ScopedName(make_name("FRED", 0)));
}

TEST(NameRecord, ANameOf1BAtBothEndsReadsBack) {
  auto name = make_name("xORP", 0x1b);
  name.octets[0] = 0x1b;
  ASSERT_TRUE(has_encoding(unique(name)));
  EXPECT_EQ(record_of(encoded(unique(name))), unique(name));
}

TEST(NameRecord, SingleNamesWithoutAddressesHaveNoEncoding) {
  auto record = unique(make_name("FRED", 0));
  record.members.clear();
  EXPECT_FALSE(has_encoding(record));
  record.type = RecordType::multihomed;
  EXPECT_FALSE(has_encoding(record));
  record.type = RecordType::special_group;
  EXPECT_TRUE(has_encoding(record));
}

TEST(NameRecord, RefusesEveryPrefix) {
  for (const auto& whole : {unique_record, special_record}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const Bytes prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      EXPECT_EQ(error_of(names_response(prefix, 1)), DecodeError::truncated) << length;
    }
  }
}

}  // namespace
}  // namespace winsome::winsra
