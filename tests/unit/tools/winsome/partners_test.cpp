#include "tools/winsome/partners.h"

#include <gmock/gmock.h>

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;
using testing::HasSubstr;
using testing::Not;

constexpr Style json{.json = true, .colour = false};
constexpr std::int64_t now = 1'700'000'000;

v1::Partner partner() {
  v1::Partner made;
  made.set_name("east");
  made.set_address("192.0.2.7:42");
  made.set_transport(v1::TRANSPORT_WINSRA);
  made.set_pull(true);
  made.set_push(true);
  made.mutable_interval()->set_seconds(1800);
  made.mutable_last_pull()->set_seconds(now - 200);
  made.set_last_pull_records(120);
  made.mutable_next_pull()->set_seconds(now + 1600);
  made.set_pulls(12);
  made.set_failures(3);
  made.set_records_received(5000);
  made.set_records_sent(40);
  return made;
}

TEST(Partners, ARowStandsUnderItsHeader) {
  const auto header = partner_header({});
  const auto row = partner_row(partner(), now, {});
  EXPECT_EQ(row.find("192.0.2.7:42"), header.find("ADDRESS"));
  EXPECT_EQ(row.find("winsra"), header.find("TRANSPORT"));
  EXPECT_EQ(row.find("both"), header.find("DIRECTION"));
  EXPECT_EQ(row.find("idle"), header.find("STATE"));
  EXPECT_EQ(row.find("3 min ago"), header.find("LAST PULL"));
  EXPECT_EQ(row.find("120"), header.find("RECORDS"));
  EXPECT_EQ(row.find("in 26 min"), header.find("NEXT PULL"));
}

TEST(Partners, TheStateIsTheMostUrgentWord) {
  auto one = partner();
  EXPECT_EQ(state_of(one), "idle");
  one.set_connected(true);
  EXPECT_EQ(state_of(one), "connected");
  one.set_last_error("it did not answer");
  EXPECT_EQ(state_of(one), "failing");
  one.set_paused(true);
  EXPECT_EQ(state_of(one), "paused");
}

TEST(Partners, WhatNeverHappenedIsSaid) {
  auto fresh = partner();
  fresh.clear_last_pull();
  fresh.clear_next_pull();
  EXPECT_THAT(partner_row(fresh, now, {}), HasSubstr("never           -          -\n"));
  const auto details = partner_details(fresh, now, {});
  EXPECT_THAT(details, HasSubstr("  LAST PULL  not since the server started\n"));
  EXPECT_THAT(details, HasSubstr("  NEXT PULL  not by itself\n"));
}

TEST(Partners, DetailsAreInWords) {
  const auto text = partner_details(partner(), now, {});
  EXPECT_THAT(text, HasSubstr("east  (192.0.2.7:42, winsra)\n"));
  EXPECT_THAT(text, HasSubstr("  DIRECTION  pull from it and push to it\n"));
  EXPECT_THAT(text, HasSubstr("  LAST PULL  2023-11-14T22:10:00Z (3 min ago): 120 records\n"));
  EXPECT_THAT(text,
              HasSubstr("  NEXT PULL  2023-11-14T22:40:00Z (in 26 min), then every 30 min\n"));
  EXPECT_THAT(text, HasSubstr("12 done; 3 failures"));
  EXPECT_THAT(text, HasSubstr("  RECORDS    5000 received, 40 sent\n"));
  EXPECT_THAT(text, Not(HasSubstr("LAST ERROR")));
  EXPECT_THAT(text, Not(HasSubstr("WHAT TO DO")));
  EXPECT_THAT(text, Not(HasSubstr("NONSENSE")));
}

TEST(Partners, AFailureComesWithWhatToDo) {
  auto failing = partner();
  failing.set_last_error("it did not answer");
  auto text = partner_details(failing, now, {});
  EXPECT_THAT(text, HasSubstr("  LAST ERROR it did not answer\n"));
  EXPECT_THAT(text, HasSubstr("192.0.2.7:42 (TCP) can be reached"));
  EXPECT_THAT(text, HasSubstr("replication partner there; then winsome partner pull east\n"));
  failing.set_transport(v1::TRANSPORT_GRPC);
  failing.set_pull(false);
  text = partner_details(failing, now, {});
  EXPECT_THAT(text, HasSubstr("certificate the other trusts; then winsome partner push east\n"));
  failing.set_insecure(true);
  EXPECT_THAT(partner_details(failing, now, {}), HasSubstr("without certificates too"));
  failing.set_paused(true);
  EXPECT_THAT(partner_details(failing, now, {}),
              HasSubstr("  WHAT TO DO winsome partner resume east\n"));
}

TEST(Partners, NonsenseIsCounted) {
  auto odd = partner();
  odd.set_nonsense(3);
  for (const auto* what : {"records that nobody asked for", "records that cannot be"}) {
    auto& kind = *odd.add_nonsense_by_kind();
    kind.set_what(what);
    kind.set_count(kind.what().size() > 22 ? 2 : 1);
  }
  EXPECT_THAT(partner_details(odd, now, {}),
              HasSubstr("it sent 3 entries or records that cannot be, which were left out or "
                        "mended: records that nobody asked for (2), records that cannot be (1)\n"));
  EXPECT_THAT(partner_details(odd, now, json),
              HasSubstr(R"([{"what":"records that nobody asked for","count":2},)"));
}

TEST(Partners, WhoAnnouncedLessThanBeforeIsShown) {
  EXPECT_THAT(partner_details(partner(), now, {}), Not(HasSubstr("WENT BACK")));
  auto odd = partner();
  for (int i = 1; i <= 7; ++i) {
    auto& fall = *odd.add_falls();
    fall.set_owner("192.0.2." + std::to_string(i));
    fall.set_from(50);
    fall.set_to(20);
  }
  const auto text = partner_details(odd, now, {});
  EXPECT_THAT(text, HasSubstr("  WENT BACK  192.0.2.1 from version 50 to 20, 192.0.2.2 from"));
  EXPECT_THAT(text, HasSubstr("192.0.2.5 from version 50 to 20, and 2 more\n"));
  EXPECT_THAT(partner_details(odd, now, json),
              HasSubstr(R"("falls":[{"owner":"192.0.2.1","from":"50","to":"20"})"));
}

TEST(Partners, JsonHasTheStateAndTimes) {
  const auto line = partner_row(partner(), now, json);
  EXPECT_EQ(line, partner_details(partner(), now, json));
  EXPECT_THAT(line, HasSubstr(R"("transport":"winsra")"));
  EXPECT_THAT(line, HasSubstr(R"("state":"idle")"));
  EXPECT_THAT(line, HasSubstr(R"("last_pull":"2023-11-14T22:10:00Z","last_pull_records":120)"));
  EXPECT_THAT(line, HasSubstr(R"("last_push":"never")"));
  EXPECT_EQ(partner_header(json), "");
}

TEST(Partners, NotesAreOnlyOfWhatIsNotAsUsual) {
  v1::ListPartnersResponse all;
  EXPECT_EQ(replication_notes(all), "");
  all.set_recovering(true);
  all.set_pending(4);
  all.set_refused_peers(5);
  all.mutable_now()->set_seconds(now);
  all.mutable_last_verification()->set_seconds(now - 7200);
  EXPECT_EQ(replication_notes(all),
            "The database is new or restored: clients are answered when partners were asked.\n"
            "4 records wait until the present holder of their name was asked.\n"
            "5 conversations with servers that are no partners were refused.\n"
            "Records of others were last verified 2 h ago.\n");
}

TEST(Partners, APullSaysWhatCame) {
  v1::PullResponse done;
  done.add_partners("old");
  done.set_records_received(120);
  done.set_names_changed(118);
  EXPECT_EQ(show(done, {}), "old: 120 records received, 118 names changed\n");
  done.add_partners("east");
  done.add_failures("east: no");
  EXPECT_EQ(show(done, {}), "old, east: 120 records received, 118 names changed\n");
  EXPECT_EQ(show(done, json),
            R"({"partners":["old","east"],"records_received":120,"names_changed":118,)"
            R"("failures":["east: no"]})"
            "\n");
}

TEST(Partners, APushSaysWhoWasTold) {
  v1::PushResponse done;
  done.add_partners("east");
  EXPECT_EQ(show(done, {}), "east: told what is new here\n");
  EXPECT_EQ(show(done, json), "{\"partners\":[\"east\"],\"failures\":[]}\n");
}

}  // namespace
}  // namespace winsome::cli
