#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/unit/server/config/parsing.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr std::string_view lifts = " (nbns.allow_short_intervals = true lifts this)";

/// Four lines, then `more` from the fifth on.
std::string partner(std::string_view name, std::string_view address, std::string_view more = "") {
  return fmt::format(
      "[[replication.partner]]\nname = \"{}\"\naddress = \"{}\"\ntransport = \"winsra\"\n{}\n",
      name, address, more);
}

std::string east(std::string_view more = "") {
  return partner("east", "192.0.2.7", more);
}

TEST(TableLists, MayBeEmptyOrWrittenInOneLine) {
  EXPECT_THAT(settings_of("replication.partner = []").replication.partners, IsEmpty());
  EXPECT_THAT(settings_of("[replication]\npartner = [{name = \"east\", address = \"192.0.2.7\", "
                          "transport = \"winsra\"}]")
                  .replication.partners,
              SizeIs(1));
}

// Versions that begin near the end are of no use: partners drop what is beyond it.
TEST(StartVersion, StaysFarBelowTheHighestThatPartnersTake) {
  EXPECT_THAT(problems_of("[replication]\nstart_version = 281474976710656"), IsEmpty());
  EXPECT_THAT(problems_of("[replication]\nstart_version = 281474976710657"), SizeIs(1));
}

TEST(TableLists, ConsistOfTables) {
  EXPECT_THAT(
      problems_of("[replication.partner]\nname = \"east\""),
      ElementsAre("winsome.toml:1:1: error: replication.partner: expected a list of tables, "
                  "each in double brackets, [[replication.partner]], found a table"));
  EXPECT_THAT(problems_of("replication.partner = [\"east\", 7]"),
              ElementsAre("winsome.toml:1:24: error: replication.partner: expected a table, found "
                          "the text \"east\"",
                          "winsome.toml:1:32: error: replication.partner: expected a table, found "
                          "the integer 7"));
}

TEST(TableLists, HaveNoMoreThanTheirMaximum) {
  std::string text;
  for (int i = 0; i < 256; ++i) text += partner(std::to_string(i), fmt::format("10.0.0.{}", i));
  EXPECT_THAT(problems_of(text), IsEmpty());
  EXPECT_THAT(
      problems_of(text + east() + east()),
      ElementsAre("winsome.toml:1281:1: error: replication.partner: more than 256 of them"));
}

TEST(TableLists, ShowWhichTableIsMeantByItsLabelOrItsNumber) {
  EXPECT_THAT(problems_of(partner("west", "192.0.2.8") + east("retries = 3\ninterval = 7")),
              ElementsAre("winsome.toml:10:1: error: unknown key 'retries' in "
                          "[[replication.partner]] (it belongs in [replication])",
                          "winsome.toml:11:12: error: replication.partner \"east\": interval: "
                          "expected a duration such as \"6d\", \"2h30m\" or \"500ms\", found the "
                          "integer 7 (say of what: \"7s\"?)"));
  EXPECT_THAT(
      problems_of(east() + "[[replication.partner]]\naddress = \"192.0.2.8\"\nname = 8\n"
                           "transport = \"tcp\""),
      ElementsAre("winsome.toml:8:8: error: replication.partner 2: name: expected a text in "
                  "quotes, found the integer 8",
                  "winsome.toml:9:13: error: replication.partner 2: transport: expected "
                  "\"grpc\" or \"winsra\", found the text \"tcp\""));
}

TEST(TableLists, ShowWhatWasMeant) {
  EXPECT_THAT(problems_of("[[replication.partners]]\nname = \"east\""),
              ElementsAre("winsome.toml:1:15: error: unknown table 'replication.partners' (did you "
                          "mean 'replication.partner'?)"));
  EXPECT_THAT(problems_of("[[replicaton]]"),
              ElementsAre("winsome.toml:1:3: error: unknown table 'replicaton' (did you mean "
                          "'replication'?)"));
  EXPECT_THAT(problems_of(east("persistant = true")),
              ElementsAre("winsome.toml:5:1: error: unknown key 'persistant' in "
                          "[[replication.partner]] (did you mean 'persistent'?)"));
  EXPECT_THAT(problems_of("[nbns]\nmembers_count_as_local = true"),
              ElementsAre("winsome.toml:2:1: error: unknown key 'members_count_as_local' in [nbns] "
                          "(it belongs in [[replication.partner]])"));
}

TEST(TableLists, NeedWhatHasNoDefault) {
  EXPECT_THAT(problems_of("\n[[replication.partner]]\ninterval = \"1h\"\n"),
              ElementsAre("winsome.toml:2:1: error: replication.partner 1: address is missing",
                          "winsome.toml:2:1: error: replication.partner 1: name is missing",
                          "winsome.toml:2:1: error: replication.partner 1: transport is missing"));
}

TEST(TableLists, HaveEveryLabelOnceWhateverItsCase) {
  EXPECT_THAT(
      problems_of(east() + partner("East", "192.0.2.8")),
      ElementsAre("winsome.toml:7:8: error: replication.partner \"East\": name: another one "
                  "has it, in line 2"));
}

TEST(Partners, HaveNamesThatACertificateCanHave) {
  EXPECT_THAT(problems_of(partner("wins-1.example_2", "192.0.2.7")), IsEmpty());
  EXPECT_THAT(problems_of(partner(std::string(253, 'a'), "192.0.2.7")), IsEmpty());
  for (const auto& name : {std::string(), std::string("a b"), std::string("*"), std::string("a/b"),
                           std::string(254, 'a'), std::string(100'000, 'a')}) {
    const auto problems = problems_of(partner(name, "192.0.2.7"));
    ASSERT_THAT(problems, SizeIs(1)) << name.substr(0, 300);
    EXPECT_THAT(problems[0], HasSubstr("expected 1 to 253 letters, digits, hyphens"));
    EXPECT_LT(problems[0].size(), 500U);
  }
}

// C1
TEST(Partners, HaveThePortOfTheirTransportUnlessTheySayIt) {
  EXPECT_EQ(settings_of(east()).replication.partners.at(0).address,
            (Endpoint{Ipv4(192, 0, 2, 7), 42}));
  EXPECT_EQ(settings_of(partner("east", "192.0.2.7:43")).replication.partners.at(0).address,
            (Endpoint{Ipv4(192, 0, 2, 7), 43}));
  EXPECT_EQ(settings_of("[[replication.partner]]\ntransport = \"grpc\"\ninsecure = true\n"
                        "name = \"east\"\naddress = \"192.0.2.7\"")
                .replication.partners.at(0)
                .address,
            (Endpoint{Ipv4(192, 0, 2, 7), 8137}));
}

TEST(Partners, HaveTheAddressOfAHost) {
  for (const auto* address :
       {"", "0.0.0.0", "224.0.1.24", "192.0.2.7:0", "192.0.2.7:65536", "192.0.2.7:", "east"}) {
    EXPECT_THAT(problems_of(partner("east", address)),
                ElementsAre(fmt::format(
                    "winsome.toml:3:11: error: replication.partner \"east\": address: expected an "
                    "address such as \"192.0.2.7\" or \"192.0.2.7:42\", found the text \"{}\"",
                    address)));
  }
}

TEST(Partners, HaveEachAddressAndTransportOnce) {
  EXPECT_THAT(problems_of(east() + partner("west", "192.0.2.7:42")),
              ElementsAre("winsome.toml:8:11: error: replication.partner \"west\": address: "
                          "192.0.2.7:42 is the address of partner \"east\" too"));
  EXPECT_THAT(problems_of(east() + partner("west", "192.0.2.7:43")), IsEmpty());
  EXPECT_THAT(problems_of(east() + "[[replication.partner]]\nname = \"west\"\ninsecure = true\n"
                                   "address = \"192.0.2.7:42\"\ntransport = \"grpc\""),
              IsEmpty());
}

TEST(Partners, AreNotThisServerItself) {
  const auto itself = [](std::string_view listen, std::string_view address) {
    return problems_of(fmt::format("replication.winsra.listen = [\"{}\"]\n", listen) +
                       partner("east", address));
  };
  EXPECT_THAT(itself("0.0.0.0", "192.0.2.10"),
              ElementsAre("winsome.toml:4:11: error: replication.partner \"east\": address: "
                          "192.0.2.10:42 is this server itself"));
  EXPECT_THAT(itself("192.0.2.11:43", "192.0.2.11:43"), SizeIs(1));
  EXPECT_THAT(itself("0.0.0.0", "192.0.2.10:43"), IsEmpty());
  EXPECT_THAT(itself("192.0.2.11", "192.0.2.10"), IsEmpty());
}

TEST(Partners, PullOrPushUnlessPaused) {
  EXPECT_THAT(problems_of(east("push = false\npull = false")),
              ElementsAre("winsome.toml:5:8: error: replication.partner \"east\": push: neither "
                          "pulls nor pushes; remove this partner, or set paused = true"));
  EXPECT_THAT(problems_of(east("push = false\npull = false\npaused = true")), IsEmpty());
  EXPECT_THAT(problems_of(east("push = false")), IsEmpty());
  EXPECT_THAT(problems_of(east("pull = false")), IsEmpty());
}

// B13
TEST(Partners, AreNotPulledFromMoreOftenThanEveryMinute) {
  EXPECT_THAT(problems_of(east("interval = \"59s\"")),
              ElementsAre("winsome.toml:5:12: error: replication.partner \"east\": interval: "
                          "expected at least 1m or 0, found 59s" +
                          std::string(lifts)));
  EXPECT_THAT(problems_of(east("interval = \"1m\"")), IsEmpty());
  EXPECT_THAT(problems_of(east("interval = \"0\"")), IsEmpty());
  EXPECT_THAT(problems_of("nbns.allow_short_intervals = true\n" + east("interval = \"1s\"")),
              IsEmpty());
}

TEST(Partners, MayBePulledFromOnceADay) {
  const auto once = settings_of(east("interval = \"0\"\nstart = \"00:00\"")).replication.partners;
  EXPECT_EQ(once.at(0).interval, 0s);
  EXPECT_EQ(once.at(0).start, 0s);
}

TEST(Partners, StartAtATimeOfDay) {
  for (const auto* time : {"24:00", "6:00", "06:60", "06:00:00", "06.00", "6", "", "+6:00"}) {
    EXPECT_THAT(problems_of(east(fmt::format("start = \"{}\"", time))),
                ElementsAre(fmt::format(
                    "winsome.toml:5:9: error: replication.partner \"east\": start: expected a time "
                    "of day such as \"02:00\", found the text \"{}\"",
                    time)));
  }
  EXPECT_THAT(problems_of(east("start = 06:00:00")), SizeIs(1));
}

// B13, decision 19
TEST(Partners, AreNotToldOfFewerThanTwentyChangesUnlessPersistent) {
  EXPECT_THAT(problems_of(east("persistent = false\nupdate_count = 19")),
              ElementsAre("winsome.toml:6:16: error: replication.partner \"east\": update_count: "
                          "expected 0 or at least 20 where persistent = false, found 19" +
                          std::string(lifts)));
  EXPECT_THAT(problems_of(east("persistent = false\nupdate_count = 20")), IsEmpty());
  EXPECT_THAT(problems_of(east("persistent = false\nupdate_count = 0")), IsEmpty());
  EXPECT_THAT(problems_of(east("update_count = 1")), IsEmpty());
  EXPECT_THAT(problems_of("nbns.allow_short_intervals = true\n" +
                          east("persistent = false\nupdate_count = 1")),
              IsEmpty());
}

constexpr std::string_view certificates =
    "replication.grpc.certificate = \"c\"\nreplication.grpc.key = \"k\"\n"
    "replication.grpc.authority = \"a\"\n";
constexpr std::string_view grpc_partner =
    "[[replication.partner]]\nname = \"east\"\naddress = \"192.0.2.7\"\ntransport = \"grpc\"\n";

TEST(Certificates, AreNeededByPartnersThatAreNotInsecure) {
  EXPECT_THAT(problems_of(grpc_partner),
              ElementsAre("winsome.toml:4:13: error: replication.partner \"east\": transport: "
                          "expected certificate, key and authority in [replication.grpc]; without "
                          "them, insecure = true says that anybody may read and change what is "
                          "sent"));
  EXPECT_THAT(problems_of(std::string(certificates) + std::string(grpc_partner)), IsEmpty());
  EXPECT_THAT(problems_of(std::string(grpc_partner) + "insecure = true"), IsEmpty());
  EXPECT_THAT(problems_of("replication.grpc.insecure = true\n" + std::string(grpc_partner)),
              SizeIs(1));
}

TEST(Certificates, AreNeededByAServerThatIsNotInsecure) {
  const std::string listening = "replication.grpc.listen = [\"0.0.0.0\"]\n";
  EXPECT_THAT(problems_of(listening),
              ElementsAre("winsome.toml:1:27: error: replication.grpc.listen: expected "
                          "certificate, key and authority too; without them, insecure = true says "
                          "that anybody may read and change what is sent"));
  EXPECT_THAT(problems_of(listening + std::string(certificates)), IsEmpty());
  EXPECT_THAT(problems_of(listening + "replication.grpc.insecure = true"), IsEmpty());
}

TEST(Certificates, GoWithTheirKeyAndAuthority) {
  EXPECT_THAT(problems_of("[replication.grpc]\ncertificate = \"c\"\ninsecure = true"),
              ElementsAre("winsome.toml:2:15: error: replication.grpc.authority: is missing; "
                          "certificate, key and authority go together",
                          "winsome.toml:2:15: error: replication.grpc.key: is missing; "
                          "certificate, key and authority go together"));
}

TEST(Certificates, AreNothingForWinsra) {
  EXPECT_THAT(problems_of(east("insecure = true")),
              ElementsAre("winsome.toml:5:12: error: replication.partner \"east\": insecure: of "
                          "transport \"grpc\" only; \"winsra\" never has certificates"));
}

TEST(Owners, AreNotBothRefusedAndAccepted) {
  EXPECT_THAT(problems_of("[replication]\naccept_owners = [\"192.0.2.1\"]\n"
                          "refuse_owners = [\"192.0.2.2\", \"192.0.2.1\"]"),
              ElementsAre("winsome.toml:3:17: error: replication.refuse_owners: 192.0.2.1 stands "
                          "in accept_owners too"));
}

TEST(Owners, AreHosts) {
  EXPECT_THAT(problems_of("replication.refuse_owners = [\"0.0.0.0\", \"192.0.2.0/24\", 1]"),
              ElementsAre(StartsWith("winsome.toml:1:30: error: replication.refuse_owners: "
                                     "expected the address of a host such as \"192.0.2.7\""),
                          StartsWith("winsome.toml:1:41: error: "),
                          StartsWith("winsome.toml:1:57: error: ")));
}

// B11
TEST(Verification, TakesAtLeastSixHoursAndAThousandRecords) {
  EXPECT_THAT(problems_of("replication.verification.interval = \"5h\""),
              ElementsAre("winsome.toml:1:37: error: replication.verification.interval: expected "
                          "at least 6h or 0, found 5h" +
                          std::string(lifts)));
  EXPECT_THAT(problems_of("replication.verification.interval = \"0\""), IsEmpty());
  EXPECT_THAT(problems_of("nbns.allow_short_intervals = true\n"
                          "replication.verification.interval = \"5s\""),
              IsEmpty());
  EXPECT_THAT(problems_of("replication.verification.records = 999"), SizeIs(1));
}

// C1
TEST(Discovery, TakesAtLeastFortyMinutes) {
  EXPECT_THAT(problems_of("replication.discovery.interval = \"39m\""),
              ElementsAre("winsome.toml:1:34: error: replication.discovery.interval: expected at "
                          "least 40m, found 39m" +
                          std::string(lifts)));
  EXPECT_THAT(problems_of("replication.discovery.ttl = 0"), SizeIs(1));
  EXPECT_THAT(problems_of("replication.discovery.ttl = 33"), SizeIs(1));
}

TEST(Discovery, AnnouncesOnlyAServerThatListens) {
  EXPECT_THAT(problems_of("replication.discovery.enabled = true"),
              ElementsAre(StartsWith("winsome.toml:1:33: error: replication.discovery.enabled: "
                                     "expected replication.winsra.listen too")));
  EXPECT_THAT(problems_of("[replication]\ndiscovery.enabled = true\nwinsra.listen = "
                          "[\"0.0.0.0\"]"),
              IsEmpty());
}

TEST(Difference, NamesPartners) {
  const auto west = partner("west", "192.0.2.8");
  const auto north = partner("north", "192.0.2.9");
  const auto changes =
      difference(settings_of(west + east()),
                 settings_of(east("interval = \"15m\"\nstart = \"06:00\"\npaused = true") + north));
  EXPECT_THAT(changes.lines, ElementsAre("replication.partner \"west\": removed",
                                         "replication.partner \"east\": interval: 30m -> 15m",
                                         "replication.partner \"east\": start: none -> 06:00",
                                         "replication.partner \"east\": paused: false -> true",
                                         "replication.partner \"north\": added"));
  EXPECT_THAT(changes.needs_restart, IsEmpty());
}

TEST(Difference, DoesNotCareForTheOrderOfPartners) {
  const auto west = partner("west", "192.0.2.8");
  EXPECT_THAT(difference(settings_of(west + east()), settings_of(east() + west)).lines, IsEmpty());
}

TEST(Difference, AppliesToReplicationButNotToWhereItListens) {
  const auto changes = difference(
      settings_of(""), settings_of("[replication]\nretries = 4\nrefuse_owners = [\"192.0.2.1\"]\n"
                                   "verification.start = \"03:00\"\nwinsra.listen = [\"0.0.0.0\"]\n"
                                   "grpc.listen = [\"0.0.0.0\"]\ngrpc.certificate = \"c\"\n"
                                   "grpc.key = \"k\"\ngrpc.authority = \"a\"\n"
                                   "discovery.ttl = 7"));
  EXPECT_THAT(changes.lines, SizeIs(9));
  EXPECT_THAT(changes.needs_restart,
              ElementsAre("replication.grpc.listen", "replication.grpc.certificate",
                          "replication.grpc.key", "replication.grpc.authority",
                          "replication.winsra.listen", "replication.discovery.ttl"));
}

}  // namespace
}  // namespace winsome::config
