#include "server/dhcp/option_table.h"

#include <gtest/gtest.h>

namespace winsome::dhcp {
namespace {

TEST(OptionTable, IsFoundByCodeAndByName) {
  for (const auto& row : option_rows()) {
    EXPECT_EQ(find_option(row.code), &row);
    EXPECT_EQ(find_option(row.name), &row);
    EXPECT_EQ(option_name(row.code), row.name);
    EXPECT_EQ(option_code(row.name), row.code);
  }
}

// RFC 2132; 0 and 255 are no options.
TEST(OptionTable, HasEveryOptionOfTheStandard) {
  for (int code = 1; code <= 76; ++code) {
    EXPECT_NE(find_option(static_cast<std::uint8_t>(code)), nullptr) << code;
  }
  EXPECT_EQ(find_option(std::uint8_t{0}), nullptr);
  EXPECT_EQ(find_option(std::uint8_t{255}), nullptr);
}

TEST(OptionTable, SpeaksTheNamesOfAdministrators) {
  EXPECT_EQ(option_name(option::routers), "routers");
  EXPECT_EQ(option_name(6), "domain-name-servers");
  EXPECT_EQ(option_name(option::netbios_name_servers), "netbios-name-servers");
  EXPECT_EQ(option_name(option::netbios_node_type), "netbios-node-type");
  EXPECT_EQ(option_name(option::relay_agent_information), "dhcp-agent-options");
}

TEST(OptionTable, ACodeWithoutARowHasItsNumber) {
  EXPECT_EQ(option_name(224), "option-224");
  EXPECT_EQ(option_code("option-224"), 224);
  EXPECT_EQ(option_code("224"), 224);
  EXPECT_EQ(option_code("3"), option::routers);
}

TEST(OptionTable, RefusesOtherNames) {
  for (const auto* const name :
       {"", "Routers", "router", "option-", "option-256", "256", "-1", "3 ", "option-3x"}) {
    EXPECT_FALSE(option_code(name)) << name;
    EXPECT_EQ(find_option(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace winsome::dhcp
