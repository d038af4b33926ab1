#include "server/core/printable.h"

#include <gtest/gtest.h>

namespace winsome {
namespace {

TEST(Printable, IsWhatPrints) {
  EXPECT_EQ(printable(" laser 4~"), " laser 4~");
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, CommandsNoTerminal) {
  EXPECT_EQ(printable("\x1b[2J\n\x7f\xff"), "\\x1b[2J\\x0a\\x7f\\xff");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
}

}  // namespace
}  // namespace winsome
