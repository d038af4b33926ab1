#include "tools/winsome/output.h"

#include <gtest/gtest.h>

#include <array>

#include "tools/winsome/json.h"

namespace winsome::cli {
namespace {

constexpr std::array columns{Column{"NAME", 6}, Column{"TYPE", 5}, Column{"USE"}};

TEST(Table, ColumnsStandUnderTheirHeaders) {
  const std::array<std::string, 3> cells{"FRED", "group", "any"};
  EXPECT_EQ(header_line(columns, {}), "NAME    TYPE   USE\n");
  EXPECT_EQ(row_line(columns, cells), "FRED    group  any\n");
}

TEST(Table, WhatIsTooWideIsNotCut) {
  const std::array<std::string, 3> cells{"LONGNAME", "x", "y"};
  EXPECT_EQ(row_line(columns, cells), "LONGNAME  x      y\n");
}

TEST(Table, LinesEndWithoutBlanks) {
  const std::array<std::string, 3> cells{"FRED", "", ""};
  EXPECT_EQ(row_line(columns, cells), "FRED\n");
}

TEST(Table, OnlyTheHeaderIsColoured) {
  EXPECT_EQ(header_line(std::array{Column{"A"}}, Style{.json = false, .colour = true}),
            "\033[1mA\033[0m\n");
}

TEST(Time, IsShownInUtc) {
  EXPECT_EQ(utc_text(1'700'000'000), "2023-11-14T22:13:20Z");
}

TEST(Time, ASpanHasOneOrTwoUnits) {
  EXPECT_EQ(span_text(-3), "0 s");
  EXPECT_EQ(span_text(59), "59 s");
  EXPECT_EQ(span_text(119), "1 min");
  EXPECT_EQ(span_text(3600), "1 h");
  EXPECT_EQ(span_text(7500), "2 h 5 min");
  EXPECT_EQ(span_text(3 * 86'400 + 4 * 3600 + 59), "3 d 4 h");
}

TEST(Json, KeepsTheOrderOfItsMembers) {
  EXPECT_EQ(JsonObject().text("b", "x").flag("a", true).number("c", 7).str(),
            R"({"b":"x","a":true,"c":7})");
  EXPECT_EQ(JsonObject().str(), "{}");
}

TEST(Json, VersionIdsAreStrings) {
  EXPECT_EQ(JsonObject().id("version", 0xffff'ffff'ffff'ffffU).str(),
            R"({"version":"18446744073709551615"})");
}

TEST(Json, StringsAreEscaped) {
  EXPECT_EQ(json_string("a\"b\\c\n\x01"), R"("a\"b\\c\u000a\u0001")");
}

TEST(Json, ArraysAreOfValues) {
  EXPECT_EQ(json_texts(std::vector<std::string>{"a", "b\""}), R"(["a","b\""])");
  EXPECT_EQ(json_array({}), "[]");
  EXPECT_EQ(json_array({"1", "\"x\""}), R"([1,"x"])");
}

}  // namespace
}  // namespace winsome::cli
