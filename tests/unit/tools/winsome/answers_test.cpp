#include "tools/winsome/answers.h"

#include <gmock/gmock.h>

#include "tools/winsome/suffixes.h"

namespace winsome::cli {
namespace {

using testing::HasSubstr;

constexpr Style json{.json = true, .colour = false};

nbns::QueryResponse answer() {
  nbns::QueryResponse made;
  made.name = nbns::ScopedName(nbns::make_name("GATE", 0x20));
  made.ttl = 518'400;
  made.entries = {{false, nbns::NodeType::h, Ipv4(192, 0, 2, 1)},
                  {false, nbns::NodeType::h, Ipv4(198, 51, 100, 1)}};
  return made;
}

TEST(Answers, EveryAddressHasItsRow) {
  EXPECT_EQ(show(answer(), {}),
            "NAME                 TYPE    NODE  TTL       ADDRESS\n"
            "GATE<20>             unique  H     518400    192.0.2.1\n"
            "GATE<20>             unique  H     518400    198.51.100.1\n");
}

TEST(Answers, JsonIsOneObject) {
  EXPECT_EQ(show(answer(), json), R"({"name":"GATE<20>","ttl":518400,"truncated":false,"entries":[)"
                                  R"({"address":"192.0.2.1","type":"unique","node":"H"},)"
                                  R"({"address":"198.51.100.1","type":"unique","node":"H"}]})"
                                  "\n");
}

TEST(Answers, TruncationIsSaid) {
  auto cut = answer();
  cut.truncated = true;
  EXPECT_THAT(show(cut, {}), HasSubstr("truncated"));
}

TEST(Answers, ANodeStatusNamesStateAndUse) {
  nbns::NodeStatusResponse status;
  status.unit_id = {0x00, 0x16, 0x3e, 0x00, 0x00, 0x01};
  nbns::NodeName name;
  name.name = nbns::make_name("CORP", 0x00);
  name.group = true;
  name.conflict = true;
  status.names = {name};
  const auto text = show(status, {});
  EXPECT_THAT(text, HasSubstr("conflict"));
  EXPECT_THAT(text, HasSubstr("domain or workgroup"));
  EXPECT_THAT(text, HasSubstr("00:16:3e:00:00:01"));
}

TEST(Answers, EveryRefusalIsExplainedAndNamed) {
  EXPECT_THAT(explain(nbns::Rcode::act_err), HasSubstr("another node"));
  for (const auto rcode :
       {nbns::Rcode::fmt_err, nbns::Rcode::srv_err, nbns::Rcode::nam_err, nbns::Rcode::imp_err,
        nbns::Rcode::rfs_err, nbns::Rcode::act_err, nbns::Rcode::cft_err}) {
    EXPECT_THAT(explain(rcode), HasSubstr(std::string(nbns::to_text(rcode))));
  }
}

TEST(Suffixes, TheSameSuffixMeansOtherThingsForGroups) {  // B1
  EXPECT_EQ(suffix_meaning(0x00, false), "workstation");
  EXPECT_EQ(suffix_meaning(0x00, true), "domain or workgroup");
  EXPECT_EQ(suffix_meaning(0x99, false), "");
}

}  // namespace
}  // namespace winsome::cli
