#include "server/formats/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/formats/lmhosts.h"
#include "server/formats/wins_dat.h"
#include "tests/unit/server/formats/matchers.h"

namespace winsome::formats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Ipv4 host_1(192, 0, 2, 1);
const Ipv4 host_2(192, 0, 2, 2);

ExportedRecord record(std::string_view text, std::uint8_t suffix, ExportedType type,
                      std::vector<Ipv4> addresses) {
  ExportedRecord made;
  made.name = nbns::ScopedName(nbns::make_name(text, suffix));
  made.type = type;
  made.is_static = true;
  made.addresses = std::move(addresses);
  made.owner = Ipv4(198, 51, 100, 7);
  made.version = 0x1a2b;
  made.expires = 1'700'518'400;
  return made;
}

const std::vector<ExportedRecord> one_of_each = {
    record("FRED", 0x20, ExportedType::unique, {host_1}),
    record("GATE", 0x00, ExportedType::multihomed, {host_1, host_2}),
    record("CORP", 0x1c, ExportedType::special_group, {host_1, host_2}),
    record("PRINTERS", 0x20, ExportedType::special_group, {host_2}),
    record("my group", 0x20, ExportedType::special_group, {host_2}),
    record("CORP", 0x1e, ExportedType::normal_group, {}),
    record("CORP", 0x00, ExportedType::normal_group, {}),
    record("\x01\x02__MSBROWSE__\x02", 0x01, ExportedType::normal_group, {}),
    record("a\"\\b#;\xff", 0x42, ExportedType::unique, {host_1}),
};

TEST(ExportLmhosts, WritesAWholeNameALine) {
  std::string out;
  for (const auto& each : one_of_each) EXPECT_TRUE(append_lmhosts(out, each));
  EXPECT_EQ(out,
            "192.0.2.1       \"FRED           \\0x20\"\n"
            "192.0.2.1       \"GATE           \\0x00\" #MH\n"
            "192.0.2.2       \"GATE           \\0x00\" #MH\n"
            "192.0.2.1       \"CORP           \\0x1c\"\n"
            "192.0.2.2       \"CORP           \\0x1c\"\n"
            "192.0.2.2       \"PRINTERS       \\0x20\" #SG:\"PRINTERS\"\n"
            "192.0.2.2       \"my group       \\0x20\" #SG:\"my group\"\n"
            "255.255.255.255 \"CORP           \\0x1e\"\n"
            "255.255.255.255 \"CORP           \\0x00\" #GROUP\n"
            "255.255.255.255 \"\\0x01\\0x02__MSBROWSE__\\0x02\\0x01\" #GROUP\n"
            "192.0.2.1       \"a\\0x22\\0x5cb#;\\0xff        \\0x42\"\n");
}

TEST(ExportLmhosts, ReadsBackTheSame) {
  std::string out;
  for (const auto& each : one_of_each) EXPECT_TRUE(append_lmhosts(out, each));
  const auto parsed = parse_lmhosts(out, "export", {});
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
  EXPECT_THAT(texts(parsed.skipped), IsEmpty());
  using enum MappingKind;
  const auto maps = [](MappingKind kind, std::size_t i) {
    return MapsExactly(kind, one_of_each[i].name.name, one_of_each[i].addresses);
  };
  EXPECT_THAT(parsed.mappings,
              ElementsAre(maps(unique, 0), maps(multihomed, 1), maps(domain_name, 2),
                          maps(internet_group, 3), maps(internet_group, 4), maps(normal_group, 5),
                          maps(normal_group, 6), maps(normal_group, 7), maps(unique, 8)));
}

TEST(ExportLmhosts, RefusesWhatItCannotCarry) {
  std::string out = "before\n";
  auto dynamic = one_of_each[0];
  dynamic.is_static = false;
  auto tombstone = one_of_each[0];
  tombstone.state = ExportedState::tombstone;
  auto scoped = one_of_each[0];
  scoped.name.scope = nbns::Scope("corp");
  const auto odd = record("FRED", 0x1c, ExportedType::unique, {host_1});
  const auto empty = record("CORP", 0x1c, ExportedType::special_group, {});
  const auto blank = record("", 0x20, ExportedType::special_group, {host_1});
  EXPECT_EQ(append_lmhosts(out, dynamic), fail(NotCarried::is_dynamic));
  EXPECT_EQ(append_lmhosts(out, tombstone), fail(NotCarried::is_not_active));
  EXPECT_EQ(append_lmhosts(out, scoped), fail(NotCarried::has_scope));
  EXPECT_EQ(append_lmhosts(out, odd), fail(NotCarried::has_odd_type));
  EXPECT_EQ(append_lmhosts(out, empty), fail(NotCarried::has_no_address));
  EXPECT_EQ(append_lmhosts(out, blank), fail(NotCarried::has_odd_octets));
  EXPECT_EQ(out, "before\n");
}

TEST(ExportWinsDat, WritesNmbdsLines) {
  std::string out(wins_dat_header);
  auto dynamic = one_of_each[0];
  dynamic.is_static = false;
  dynamic.node = nbns::NodeType::p;
  for (const auto& each : {dynamic, one_of_each[2], one_of_each[6]}) {
    EXPECT_TRUE(append_wins_dat(out, each));
  }
  EXPECT_EQ(out,
            "VERSION 1 0\n"
            "\"FRED#20\" 1700518400 192.0.2.1 24R\n"
            "\"CORP#1c\" 0 192.0.2.1 192.0.2.2 e6R\n"
            "\"CORP#00\" 0 255.255.255.255 e6R\n");
}

TEST(ExportWinsDat, ReadsBackTheSame) {
  std::string out(wins_dat_header);
  auto records = one_of_each;
  records[0].is_static = false;
  records[1].is_static = false;
  records[1].node = nbns::NodeType::b;
  for (const auto& each : records) EXPECT_TRUE(append_wins_dat(out, each));

  const auto parsed = parse_wins_dat(out, "export", 1'700'000'000);
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
  EXPECT_THAT(texts(parsed.skipped), IsEmpty());
  ASSERT_EQ(parsed.mappings.size(), records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto& read = parsed.mappings[i];
    const bool is_group = records[i].type == ExportedType::normal_group ||
                          records[i].type == ExportedType::special_group;
    EXPECT_THAT(read,
                MapsExactly(MappingKind::dynamic, records[i].name.name, records[i].addresses));
    EXPECT_EQ(read.group, is_group);
    EXPECT_EQ(read.node, records[i].node);
    EXPECT_EQ(read.expires,
              records[i].is_static ? std::nullopt : std::optional(records[i].expires));
  }
}

TEST(ExportWinsDat, RefusesWhatItCannotCarry) {
  std::string out;
  auto released = one_of_each[0];
  released.state = ExportedState::released;
  auto scoped = one_of_each[0];
  scoped.name.scope = nbns::Scope("corp");
  const auto line_end = record("A\nB", 0x20, ExportedType::unique, {host_1});
  const auto nul = record(std::string_view("A\0B", 3), 0x20, ExportedType::unique, {host_1});
  const auto empty = record("CORP", 0x1c, ExportedType::special_group, {});
  EXPECT_EQ(append_wins_dat(out, released), fail(NotCarried::is_not_active));
  EXPECT_EQ(append_wins_dat(out, scoped), fail(NotCarried::has_scope));
  EXPECT_EQ(append_wins_dat(out, line_end), fail(NotCarried::has_odd_octets));
  EXPECT_EQ(append_wins_dat(out, nul), fail(NotCarried::has_odd_octets));
  EXPECT_EQ(append_wins_dat(out, empty), fail(NotCarried::has_no_address));
  EXPECT_EQ(out, "");
}

// D5
TEST(ExportCsv, HasTheColumnsOfTheWindowsConsole) {
  std::string out(csv_header);
  auto scoped = one_of_each[1];
  scoped.name.scope = nbns::Scope("corp.example");
  scoped.is_static = false;
  scoped.state = ExportedState::released;
  append_csv(out, one_of_each[0]);
  append_csv(out, scoped);
  append_csv(out, one_of_each[6]);
  EXPECT_EQ(out,
            "Record Name,Type,IP Address,State,Static,Owner,Version,Expiration\r\n"
            "FRED,[20h] File Server,192.0.2.1,Active,x,198.51.100.7,1A2B,Infinite\r\n"
            "GATE.corp.example,[00h] WorkStation,192.0.2.1 192.0.2.2,Released,,198.51.100.7,1A2B,"
            "2023-11-20T22:13:20Z\r\n"
            "CORP,[00h] Workgroup,,Active,x,198.51.100.7,1A2B,Infinite\r\n");
}

TEST(ExportCsv, NamesBreakNeitherLinesNorSpreadsheets) {
  const auto field = [](std::string_view name) {
    std::string out;
    append_csv(out, record(name, 0x00, ExportedType::unique, {host_1}));
    return out.substr(0, out.find(",[00h]"));
  };
  EXPECT_EQ(field("=1+1"), "'=1+1");
  EXPECT_EQ(field("-A"), "'-A");
  EXPECT_EQ(field("A,B\"C"), "\"A,B\"\"C\"");
  EXPECT_EQ(field("A\r\nB"), "A\\x0D\\x0AB");
  EXPECT_EQ(field("<A>"), "\\x3CA\\x3E");
}

TEST(ExportCsv, TimesBeyondTheCalendarAreNumbers) {
  for (const std::int64_t time : {std::int64_t{-1}, INT64_MAX, INT64_MIN}) {
    auto far = one_of_each[0];
    far.is_static = false;
    far.expires = time;
    std::string out;
    append_csv(out, far);
    EXPECT_THAT(out, testing::EndsWith("," + std::to_string(time) + "\r\n"));
  }
}

TEST(Export, EveryReasonHasWords) {
  for (int i = 0; i <= static_cast<int>(NotCarried::has_odd_octets); ++i) {
    EXPECT_NE(to_text(static_cast<NotCarried>(i)), "");
  }
}

}  // namespace
}  // namespace winsome::formats
