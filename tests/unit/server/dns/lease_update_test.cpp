#include "server/dns/lease_update.h"

#include <gmock/gmock.h>

#include <deque>
#include <string>

namespace winsome::dns {
namespace {

using testing::ElementsAre;

const auto hardware = *dhcp::parse_hardware("02:00:00:00:00:01");

/// A name server that answers as told and remembers what it was asked, a line a record.
class Script {
 public:
  explicit Script(std::deque<std::optional<ldns_pkt_rcode>> rcodes) : rcodes_(std::move(rcodes)) {}

  std::optional<Answer> operator()(const Query& query) {
    ldns_pkt* parsed = nullptr;
    EXPECT_EQ(ldns_wire2pkt(&parsed, query.wire.data(), query.wire.size()), LDNS_STATUS_OK);
    const auto packet = Owned<ldns_pkt>(parsed);
    if (ldns_pkt_get_opcode(packet.get()) == LDNS_PACKET_QUERY) {
      ++zone_questions;
      return Answer{LDNS_RCODE_NOERROR, zone, false};
    }
    std::string text;
    describe("if", ldns_pkt_answer(packet.get()), text);
    describe("do", ldns_pkt_authority(packet.get()), text);
    updates.push_back(text);
    EXPECT_FALSE(rcodes_.empty()) << "one update too many: " << text;
    if (rcodes_.empty()) return std::nullopt;
    const auto rcode = rcodes_.front();
    rcodes_.pop_front();
    if (!rcode) return std::nullopt;
    return Answer{*rcode, "", false};
  }

  std::string zone = "example.org.";
  std::size_t zone_questions = 0;
  std::vector<std::string> updates;

 private:
  /// `if a.example.org. any none; do a.example.org. a in 300`
  static void describe(const char* what, const ldns_rr_list* list, std::string& text) {
    for (std::size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
      const auto* record = ldns_rr_list_rr(list, i);
      const auto take = [](char* allocated) {
        std::string copy = allocated ? allocated : "";
        LDNS_FREE(allocated);
        return copy;
      };
      text += std::string(text.empty() ? "" : "; ") + what + ' ' +
              take(ldns_rdf2str(ldns_rr_owner(record))) + ' ' +
              take(ldns_rr_type2str(ldns_rr_get_type(record))) + ' ' +
              take(ldns_rr_class2str(ldns_rr_get_class(record)));
    }
  }

  std::deque<std::optional<ldns_pkt_rcode>> rcodes_;
};

dhcp::DnsWork work(bool add, bool reverse) {
  return {.id = 1,
          .add = add,
          .name = "a.example.org",
          .address = Ipv4(192, 0, 2, 7),
          .reverse = reverse,
          .client = dhcp::ClientId::of(hardware),
          .hardware = hardware,
          .ttl = seconds(300)};
}

Outcome run(Script& script, const dhcp::DnsWork& what) {
  LeaseUpdate update({}, 1, std::ref(script));
  return update.carry_out(what);
}

const std::string take_free =
    "if a.example.org. ANY NONE; do a.example.org. A IN; do a.example.org. DHCID IN";
const std::string take_own =
    "if a.example.org. DHCID IN; do a.example.org. A ANY; do a.example.org. A IN";

// RFC 4703 5.3.1
TEST(LeaseUpdate, TakesAFreeName) {
  Script script({LDNS_RCODE_NOERROR});
  EXPECT_EQ(run(script, work(true, false)).verdict, Verdict::done);
  EXPECT_THAT(script.updates, ElementsAre(take_free));
}

// RFC 4703 5.3.2
TEST(LeaseUpdate, ReplacesTheAddressOfANameThatIsTheSameClients) {
  Script script({LDNS_RCODE_YXDOMAIN, LDNS_RCODE_NOERROR});
  EXPECT_EQ(run(script, work(true, false)).verdict, Verdict::done);
  EXPECT_THAT(script.updates, ElementsAre(take_free, take_own));
}

// RFC 4703 5.3.3
TEST(LeaseUpdate, LeavesANameThatIsAnothers) {
  Script script({LDNS_RCODE_YXDOMAIN, LDNS_RCODE_NXRRSET, LDNS_RCODE_YXDOMAIN, LDNS_RCODE_NXRRSET});
  EXPECT_EQ(run(script, work(true, false)).verdict, Verdict::conflict);
}

TEST(LeaseUpdate, TakesANameThatWasGivenUpBetweenTwoUpdates) {
  Script script({LDNS_RCODE_YXDOMAIN, LDNS_RCODE_NXDOMAIN, LDNS_RCODE_NOERROR});
  EXPECT_EQ(run(script, work(true, false)).verdict, Verdict::done);
  EXPECT_THAT(script.updates, ElementsAre(take_free, take_own, take_free));
}

// RFC 4703 5.5
TEST(LeaseUpdate, RemovesItsAddressAndTheNameWithTheLast) {
  Script script({LDNS_RCODE_NOERROR, LDNS_RCODE_NOERROR});
  EXPECT_EQ(run(script, work(false, false)).verdict, Verdict::done);
  EXPECT_THAT(script.updates,
              ElementsAre("if a.example.org. DHCID IN; do a.example.org. A NONE",
                          "if a.example.org. DHCID IN; if a.example.org. A NONE; if a.example.org. "
                          "AAAA NONE; do a.example.org. ANY ANY"));
}

TEST(LeaseUpdate, RemovesNothingOfOthers) {
  Script script({LDNS_RCODE_NXRRSET});
  EXPECT_EQ(run(script, work(false, false)).verdict, Verdict::done);
}

TEST(LeaseUpdate, LeavesANameThatHasOtherAddresses) {
  Script script({LDNS_RCODE_NOERROR, LDNS_RCODE_YXRRSET});
  EXPECT_EQ(run(script, work(false, false)).verdict, Verdict::done);
}

// RFC 4703 5.4
TEST(LeaseUpdate, PointsAnAddressToItsNameWhateverWasThere) {
  Script script({LDNS_RCODE_NOERROR});
  script.zone = "2.0.192.in-addr.arpa.";
  EXPECT_EQ(run(script, work(true, true)).verdict, Verdict::done);
  EXPECT_THAT(script.updates, ElementsAre("do 7.2.0.192.in-addr.arpa. PTR ANY; do "
                                          "7.2.0.192.in-addr.arpa. DHCID ANY; do "
                                          "7.2.0.192.in-addr.arpa. PTR IN; do "
                                          "7.2.0.192.in-addr.arpa. DHCID IN"));
}

TEST(LeaseUpdate, TakesAwayOnlyAPointerToThatName) {
  Script script({LDNS_RCODE_NXRRSET});
  EXPECT_EQ(run(script, work(false, true)).verdict, Verdict::done);
  EXPECT_THAT(script.updates, ElementsAre("if 7.2.0.192.in-addr.arpa. PTR IN; do "
                                          "7.2.0.192.in-addr.arpa. ANY ANY"));
}

TEST(LeaseUpdate, AsksForAZoneOnce) {
  Script script({LDNS_RCODE_NOERROR, LDNS_RCODE_NOERROR});
  LeaseUpdate update({}, 1, std::ref(script));
  EXPECT_EQ(update.carry_out(work(true, false)).verdict, Verdict::done);
  EXPECT_EQ(update.carry_out(work(true, false)).verdict, Verdict::done);
  EXPECT_EQ(script.zone_questions, 1);
}

TEST(LeaseUpdate, AsksAgainForAZoneThatWasNotUpdated) {
  Script script({LDNS_RCODE_NOTZONE, LDNS_RCODE_NOERROR});
  LeaseUpdate update({}, 1, std::ref(script));
  EXPECT_EQ(update.carry_out(work(true, false)).verdict, Verdict::unwilling);
  EXPECT_EQ(update.carry_out(work(true, false)).verdict, Verdict::done);
  EXPECT_EQ(script.zone_questions, 2);
}

TEST(LeaseUpdate, TellsTroubleThatPassesFromRefusals) {
  Script silent({std::nullopt});
  EXPECT_EQ(run(silent, work(true, false)).verdict, Verdict::no_answer);
  for (const auto passes : {LDNS_RCODE_SERVFAIL, LDNS_RCODE_NOTIMPL, LDNS_RCODE_REFUSED,
                            LDNS_RCODE_NOTAUTH, LDNS_RCODE_NOTZONE}) {
    Script ill({passes});
    EXPECT_EQ(run(ill, work(true, false)).verdict, Verdict::unwilling) << passes;
  }
  Script elsewhere({});
  elsewhere.zone = "";
  EXPECT_EQ(run(elsewhere, work(true, false)).verdict, Verdict::unwilling);
  Script strict({LDNS_RCODE_FORMERR});
  const auto outcome = run(strict, work(true, false));
  EXPECT_EQ(outcome.verdict, Verdict::refused);
  EXPECT_EQ(outcome.text, "FORMERR");
  Script never_asked({});
  auto nameless = work(true, false);
  nameless.name = std::string(70, 'x') + ".example.org";
  EXPECT_EQ(run(never_asked, nameless).verdict, Verdict::refused);
}

}  // namespace
}  // namespace winsome::dns
