#include "server/store/name_pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace winsome::store {
namespace {

TEST(NamePattern, APlainPatternIsTheWholeText) {
  EXPECT_TRUE(matches("FRED", "FRED"));
  EXPECT_FALSE(matches("FRED", "FREDDY"));
  EXPECT_FALSE(matches("FREDDY", "FRED"));
  EXPECT_FALSE(matches("fred", "FRED"));
  EXPECT_TRUE(matches("", ""));
}

TEST(NamePattern, AStarStandsForAnythingOrNothing) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("PC*", "PC"));
  EXPECT_TRUE(matches("PC*7", "PC-007"));
  EXPECT_TRUE(matches("*A*B", "xAxAxB"));
  EXPECT_FALSE(matches("*A*B", "xAxAx"));
}

TEST(NamePattern, AQuestionMarkStandsForOneCharacter) {
  EXPECT_TRUE(matches("PC-??", "PC-07"));
  EXPECT_FALSE(matches("PC-??", "PC-7"));
}

TEST(NamePattern, ABracketStandsForOneOfItsCharacters) {
  EXPECT_TRUE(matches("PC[0-9]", "PC7"));
  EXPECT_FALSE(matches("PC[0-9]", "PCX"));
  EXPECT_TRUE(matches("PC[!0-9]", "PCX"));
  EXPECT_FALSE(matches("PC[!0-9]", "PC7"));
  EXPECT_TRUE(matches("[]a]", "]"));
  EXPECT_TRUE(matches("[a-]", "-"));
}

TEST(NamePattern, ABracketThatIsNotClosedStandsForItself) {
  EXPECT_TRUE(matches("PC[0", "PC[0"));
  EXPECT_FALSE(matches("PC[0", "PC0"));
}

TEST(NamePattern, ManyStarsEndSoon) {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "*A";
  EXPECT_FALSE(matches(pattern + "B", std::string(2000, 'A')));
}

}  // namespace
}  // namespace winsome::store
