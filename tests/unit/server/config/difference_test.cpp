#include <gmock/gmock.h>

#include "tests/unit/server/config/parsing.h"

namespace winsome::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Difference, OfEqualSettingsIsNothing) {
  const auto none = difference(settings_of(""), settings_of("log.level = \"info\""));
  EXPECT_THAT(none.lines, IsEmpty());
  EXPECT_THAT(none.needs_restart, IsEmpty());
}

TEST(Difference, SaysWhatWasAndWhatWillBe) {
  const auto changes = difference(
      settings_of(""), settings_of("log.level = \"debug\"\n[nbns]\nrenewal_interval = \"4d12h\"\n"
                                   "[nbns.access]\nquery_from = [\"10.0.0.0/8\", \"192.0.2.1\"]\n"
                                   "blocked_names = []"));
  EXPECT_THAT(changes.lines,
              ElementsAre("log.level: info -> debug", "nbns.renewal_interval: 6d -> 4d12h",
                          "nbns.access.query_from: [0.0.0.0/0] -> [10.0.0.0/8, 192.0.2.1/32]",
                          "nbns.access.blocked_names: [\"WPAD\", \"ISATAP\"] -> []"));
  EXPECT_THAT(changes.needs_restart, IsEmpty());
}

TEST(Difference, NamesWhatARunningDaemonCannotChange) {
  const auto changes = difference(
      settings_of(""),
      settings_of("data_dir = \"/srv\"\nlog.level = \"debug\"\nlog.format = \"json\"\nadmin.socket "
                  "= \"/run/a\"\n[nbns]\n"
                  "listen = [\"127.0.0.1:137\"]\nowner = \"192.0.2.1\"\nnetbios_name = \"A\"\n"
                  "answer_threads = 2\nchallenge_port = 138\nmigrate_on = true"));
  EXPECT_THAT(
      changes.needs_restart,
      ElementsAre("data_dir", "log.format", "nbns.listen", "nbns.owner", "nbns.netbios_name",
                  "nbns.answer_threads", "nbns.challenge_port", "admin.socket"));
}

TEST(Difference, SeesTheEndOfLongPaths) {
  const std::string path(200, 'p');
  EXPECT_THAT(difference(settings_of("data_dir = \"" + path + "1\""),
                         settings_of("data_dir = \"" + path + "2\""))
                  .needs_restart,
              ElementsAre("data_dir"));
}

}  // namespace
}  // namespace winsome::config
