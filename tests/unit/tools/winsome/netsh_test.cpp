#include <gmock/gmock.h>

#include "tools/winsome/arguments.h"

namespace winsome::cli {
namespace {

using testing::ElementsAre;

TEST(Netsh, ShowVerbsBecomeOurs) {
  EXPECT_THAT(translate_netsh({"show", "database"}), ElementsAre("name", "list"));
  EXPECT_THAT(translate_netsh({"Show", "Name", "FRED"}), ElementsAre("name", "show", "FRED"));
  EXPECT_THAT(translate_netsh({"init", "scavenge"}), ElementsAre("scavenge"));
}

TEST(Netsh, TaggedOperandsBecomeOurs) {
  EXPECT_THAT(
      translate_netsh({"add", "name", "Name=FRED", "EndChar=04", "IP={192.0.2.1,192.0.2.2}"}),
      ElementsAre("name", "add", "FRED<04>", "192.0.2.1", "192.0.2.2"));
  EXPECT_THAT(translate_netsh({"delete", "name", "name=FRED", "endchar=20"}),
              ElementsAre("name", "delete", "FRED<20>"));
  EXPECT_THAT(translate_netsh({"init", "import", "file=/etc/lmhosts"}),
              ElementsAre("import", "lmhosts", "/etc/lmhosts"));
}

TEST(Netsh, VerbsOfReplicationBecomeOurs) {
  EXPECT_THAT(translate_netsh({"show", "partner"}), ElementsAre("partner", "list"));
  EXPECT_THAT(translate_netsh({"show", "versionmap"}), ElementsAre("owners"));
  EXPECT_THAT(translate_netsh({"init", "replicate"}), ElementsAre("replicate"));
  EXPECT_THAT(translate_netsh({"init", "pull", "Server=192.0.2.7"}),
              ElementsAre("partner", "pull", "192.0.2.7"));
  EXPECT_THAT(translate_netsh({"init", "push", R"(server=\\EAST)", "PropReq=1"}),
              ElementsAre("partner", "push", "EAST", "--propagate"));
  EXPECT_THAT(translate_netsh({"init", "push", "EAST", "propreq=0"}),
              ElementsAre("partner", "push", "EAST"));
  EXPECT_THAT(translate_netsh({"check", "database"}), ElementsAre("verify"));
  EXPECT_THAT(translate_netsh({"check", "version", "server=192.0.2.7"}),
              ElementsAre("verify", "--versions", "192.0.2.7"));
  EXPECT_THAT(translate_netsh({"delete", "owner", "server=192.0.2.7"}),
              ElementsAre("owner", "delete", "192.0.2.7"));
}

TEST(Netsh, FlagsOfOursStay) {
  EXPECT_THAT(translate_netsh({"show", "database", "--json"}),
              ElementsAre("name", "list", "--json"));
}

TEST(Netsh, OurOwnVerbsAreLeftAlone) {
  EXPECT_THAT(translate_netsh({"name", "add", "Name=FRED"}),
              ElementsAre("name", "add", "Name=FRED"));
  EXPECT_THAT(translate_netsh({"show"}), ElementsAre("show"));
  EXPECT_THAT(translate_netsh({"show", "browser"}), ElementsAre("show", "browser"));
}

}  // namespace
}  // namespace winsome::cli
