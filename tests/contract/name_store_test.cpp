// What every NameStore promises, whatever it is made of.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "server/store/memory_store.h"
#include "server/store/sqlite_store.h"
#include "tests/unit/server/store/leases.h"
#include "tests/unit/server/store/records.h"
#include "tests/unit/server/store/temporary_directory.h"

namespace winsome::store {
namespace {

/// A kind of store, and how its server is stopped and started.
class Kind {
 public:
  virtual ~Kind() = default;
  virtual NameStore& start() = 0;
};

class InMemory final : public Kind {
 public:
  NameStore& start() override { return store_; }

 private:
  MemoryStore store_;
};

class InSqlite final : public Kind {
 public:
  explicit InSqlite(std::size_t refresh_generation) : refresh_generation_(refresh_generation) {}

  NameStore& start() override {
    store_.reset();
    auto opened = SqliteStore::open(directory_.path(), {.refresh_generation = refresh_generation_});
    EXPECT_TRUE(opened) << opened.error().text;
    store_ = *std::move(opened);
    return *store_;
  }

 private:
  std::size_t refresh_generation_;
  TemporaryDirectory directory_;
  std::unique_ptr<NameStore> store_;
};

struct Choice {
  std::string name;
  std::function<std::unique_ptr<Kind>()> make;
};

class NameStoreContract : public testing::TestWithParam<Choice> {
 protected:
  void SetUp() override { start(); }

  /// Ends the server, as far as there is one, and starts it again.
  void start() {
    store_ = &kind_->start();
    auto loaded = load(*store_);
    ASSERT_TRUE(loaded) << loaded.error().text;
    loaded_ = *std::move(loaded);
  }

  void expect_committed(const std::vector<names::Change>& changes,
                        const std::vector<replication::Change>& memory = {},
                        const std::vector<dhcp::Change>& leases = {}) {
    const auto committed = commit(*store_, changes, 0, memory, leases);
    ASSERT_TRUE(committed) << committed.error().text;
  }

  std::unique_ptr<Kind> kind_ = GetParam().make();
  NameStore* store_ = nullptr;
  Known loaded_;  // as of the last start
};

TEST_P(NameStoreContract, ANewStoreIsEmpty) {
  EXPECT_TRUE(loaded_.records.empty());
  EXPECT_EQ(loaded_.counters.version, 0U);
  EXPECT_EQ(loaded_.counters.clock, ClockMark{});
  EXPECT_TRUE(loaded_.owner.unspecified());
  EXPECT_TRUE(loaded_.memory.owners.empty());
  EXPECT_TRUE(loaded_.memory.pending.empty());
}

TEST_P(NameStoreContract, RecordsComeBackAsTheyWerePut) {
  auto plain = unique_record("FRED", 1000);
  auto scoped = unique_record("FRED", 2000, "scope.example");
  auto pinned = unique_record("PINNED", 0);
  pinned.is_static = true;
  pinned.due = never;
  pinned.version = 0xffff'ffff'ffff'ffffU;
  auto group = unique_record("GROUP", 3000);
  group.type = names::RecordType::normal_group;
  group.members.clear();
  auto replica = unique_record("REPLICA", 4000);
  replica.owner = Ipv4(198, 51, 100, 1);
  replica.state = names::State::tombstone;
  auto multihomed = special_group("MULTI", 2);
  multihomed.type = names::RecordType::multihomed;
  const auto full = special_group("FULL", names::members_max);

  expect_committed({names::PutRecord{plain}, names::PutRecord{scoped}, names::PutRecord{pinned},
                    names::PutRecord{group}, names::PutRecord{replica},
                    names::PutRecord{multihomed}, names::PutRecord{full}});
  start();

  Records expected;
  for (const auto& record : {plain, scoped, pinned, group, replica, multihomed, full}) {
    expected.emplace(record.name, record);
  }
  EXPECT_EQ(loaded_.records, expected);
}

TEST_P(NameStoreContract, CountersBelongToTheBatch) {
  const std::vector<names::Change> changes{names::PutRecord{unique_record("FRED", 1000)}};
  const ClockMark clock{at(123'456), 1'700'000'000'000};
  ASSERT_TRUE(store_->commit({.changes = changes, .version = 42, .clock = clock}));
  start();
  EXPECT_EQ(loaded_.counters.version, 42U);
  EXPECT_EQ(loaded_.counters.clock, clock);
}

TEST_P(NameStoreContract, TheOwnerStaysAsItWasSaid) {
  ASSERT_TRUE(store_->set_owner(Ipv4(203, 0, 113, 7)));
  expect_committed({names::PutRecord{unique_record("FRED", 1000)}});
  start();
  EXPECT_EQ(loaded_.owner, Ipv4(203, 0, 113, 7));
  ASSERT_TRUE(store_->set_owner(Ipv4(203, 0, 113, 8)));
  start();
  EXPECT_EQ(loaded_.owner, Ipv4(203, 0, 113, 8));
}

TEST_P(NameStoreContract, ProbeMarksTheClockAndKeepsTheVersion) {
  const ClockMark clock{at(99), 1'700'000'000'000};
  ASSERT_TRUE(commit(*store_, {}, 42));
  ASSERT_TRUE(store_->probe(clock));
  start();
  EXPECT_EQ(loaded_.counters.version, 42U);
  EXPECT_EQ(loaded_.counters.clock, clock);
}

TEST_P(NameStoreContract, PutReplacesTheWholeRecord) {
  expect_committed({names::PutRecord{special_group("FRED", 3)}});
  expect_committed({names::PutRecord{unique_record("FRED", 9000)}});
  start();
  EXPECT_EQ(loaded_.records.at(name_of("FRED")), unique_record("FRED", 9000));
}

TEST_P(NameStoreContract, TouchMovesTheRecordAndItsOnlyMember) {
  auto lone = special_group("LONE", 1);
  lone.members[0].due = at(1);  // a time of its own, until the touch
  expect_committed({names::PutRecord{unique_record("FRED", 1000)}, names::PutRecord{lone}});
  expect_committed({touch("FRED", 2000), touch("LONE", 3000)});
  lone.due = at(3000);
  lone.members[0].due = at(3000);
  for (int due = 2001; due < 2010; ++due) {  // time enough to fold
    expect_committed({touch("FRED", due)});
    start();
    EXPECT_EQ(loaded_.records.at(name_of("FRED")), unique_record("FRED", due));
    EXPECT_EQ(loaded_.records.at(name_of("LONE")), lone);
  }
}

TEST_P(NameStoreContract, TheLastOfManyTouchesHolds) {
  expect_committed({names::PutRecord{unique_record("FRED", 1000)},
                    names::PutRecord{unique_record("GEORGE", 1000)}});
  for (int due = 1001; due <= 1020; ++due) {
    expect_committed({touch("FRED", due)});
    if (due % 3 == 0) expect_committed({touch("GEORGE", due)});
    if (due % 7 == 0) start();
  }
  start();
  EXPECT_EQ(loaded_.records.at(name_of("FRED")).due, at(1020));
  EXPECT_EQ(loaded_.records.at(name_of("GEORGE")).due, at(1020 / 3 * 3));
}

TEST_P(NameStoreContract, APutVoidsOlderTouches) {
  expect_committed({names::PutRecord{unique_record("FRED", 1000)}});
  expect_committed({touch("FRED", 5000)});
  expect_committed({names::PutRecord{unique_record("FRED", 2000)}});
  start();
  EXPECT_EQ(loaded_.records.at(name_of("FRED")), unique_record("FRED", 2000));
}

TEST_P(NameStoreContract, AnErasedNameDoesNotComeBack) {
  expect_committed({names::PutRecord{unique_record("FRED", 1000)}});
  expect_committed({touch("FRED", 5000)});
  expect_committed({erase("FRED")});
  start();
  EXPECT_TRUE(loaded_.records.empty());
}

TEST_P(NameStoreContract, ANameThatIsPutAgainForgetsItsOldTouches) {
  expect_committed({names::PutRecord{unique_record("FRED", 1000)}});
  expect_committed({touch("FRED", 5000)});
  expect_committed({erase("FRED")});
  expect_committed({names::PutRecord{unique_record("FRED", 2000)}});
  expect_committed({touch("GEORGE", 1), touch("HARRY", 1)});  // nobody's: says nothing
  start();
  EXPECT_EQ(loaded_.records, (Records{{name_of("FRED"), unique_record("FRED", 2000)}}));
}

TEST_P(NameStoreContract, TheSameNameInTwoScopesIsTwoRecords) {
  expect_committed({names::PutRecord{unique_record("FRED", 1000)},
                    names::PutRecord{unique_record("FRED", 2000, "a")}});
  expect_committed({names::TouchRecord{name_of("FRED", "a"), at(3000)}, erase("FRED")});
  start();
  EXPECT_EQ(loaded_.records, (Records{{name_of("FRED", "a"), unique_record("FRED", 3000, "a")}}));
}

// C4, decision 14
TEST_P(NameStoreContract, WhateverAPartnerMayBringComesBack) {
  using enum names::State;
  std::vector<names::Change> changes;
  Records expected;
  for (const auto state : {active, released, tombstone}) {
    const auto letter = std::to_string(static_cast<int>(state));
    auto empty = special_group("EMPTY" + letter, 0);
    auto lone = special_group("LONE" + letter, 1);
    auto group = replica("GROUP" + letter);
    group.type = names::RecordType::normal_group;
    auto bare = replica("BARE" + letter);
    bare.type = names::RecordType::normal_group;
    bare.members.clear();
    auto multihomed = special_group("MULTI" + letter, names::members_max);
    multihomed.type = names::RecordType::multihomed;
    for (auto record : {empty, lone, group, bare, multihomed, replica("UNIQUE" + letter)}) {
      record.owner = other_address;
      record.state = state;
      expected.emplace(record.name, record);
      changes.emplace_back(names::PutRecord{std::move(record)});
    }
  }
  expect_committed(changes);
  start();
  EXPECT_EQ(loaded_.records, expected);
}

// Decision 15
TEST_P(NameStoreContract, KnownOwnersBelongToTheBatchOfTheirRecords) {
  const Ipv4 last(255, 255, 255, 255);
  const auto record = replica("FRED");
  expect_committed({names::PutRecord{record}},
                   {replication::PutOwner{last, 0xffff'ffff'ffff'ffffU},
                    replication::PutOwner{other_address, 7}, replication::PutOwner{Ipv4(), 1}});
  start();
  EXPECT_EQ(loaded_.records, (Records{{record.name, record}}));
  EXPECT_EQ(loaded_.memory.owners,
            (replication::OwnerMap{
                {Ipv4(), 0, 1}, {other_address, 0, 7}, {last, 0, 0xffff'ffff'ffff'ffffU}}));

  expect_committed({}, {replication::PutOwner{other_address, 8}, replication::EraseOwner{last},
                        replication::EraseOwner{our_address}});  // nobody's: says nothing
  start();
  EXPECT_EQ(loaded_.memory.owners, (replication::OwnerMap{{Ipv4(), 0, 1}, {other_address, 0, 8}}));
  EXPECT_TRUE(loaded_.memory.filtered.empty());

  expect_committed({}, {replication::PutOwner{other_address, 9, true}});
  start();
  EXPECT_EQ(loaded_.memory.filtered, (std::vector{other_address}));
}

// Decision 17
TEST_P(NameStoreContract, PendingReplicasAreKeptByNameAndOwner) {
  const auto fred = replica("FRED");
  const auto scoped = replica("FRED", other_address, "scope.example");
  const auto of_third = replica("FRED", Ipv4(203, 0, 113, 1));
  auto multihomed = special_group("MULTI", names::members_max);
  multihomed.type = names::RecordType::multihomed;
  multihomed.version = 0xffff'ffff'ffff'ffffU;
  multihomed.is_static = true;
  multihomed.due = never;
  expect_committed({}, {replication::PutPending{multihomed}, replication::PutPending{of_third},
                        replication::PutPending{fred}, replication::PutPending{scoped}});
  start();
  EXPECT_EQ(loaded_.memory.pending, (std::vector{fred, of_third, scoped, multihomed}));
  EXPECT_TRUE(loaded_.records.empty());

  auto newer = special_group("FRED", 2);
  newer.type = names::RecordType::multihomed;
  newer.owner = other_address;
  expect_committed(
      {names::PutRecord{of_third}},
      {replication::PutPending{newer}, replication::ErasePending{of_third.name, of_third.owner},
       replication::ErasePending{scoped.name, our_address}});  // nobody's
  start();
  EXPECT_EQ(loaded_.memory.pending, (std::vector{newer, scoped, multihomed}));
  EXPECT_EQ(loaded_.records, (Records{{of_third.name, of_third}}));
}

TEST_P(NameStoreContract, ChangesOfReplicationAreDoneOneAfterAnother) {
  const auto fred = replica("FRED");
  const auto george = replica("GEORGE");
  expect_committed(
      {}, {replication::PutPending{fred}, replication::ErasePending{fred.name, fred.owner},
           replication::ErasePending{george.name, george.owner}, replication::PutPending{george},
           replication::PutOwner{other_address, 9}, replication::EraseOwner{other_address},
           replication::PutOwner{other_address, 3}});
  start();
  EXPECT_EQ(loaded_.memory.pending, std::vector{george});
  EXPECT_EQ(loaded_.memory.owners, (replication::OwnerMap{{other_address, 0, 3}}));
}

// Decision 18
TEST_P(NameStoreContract, ANewStoreIsNotRecoveredBeforeItIsTold) {
  EXPECT_FALSE(loaded_.memory.recovered);
  expect_committed({names::PutRecord{replica("FRED")}}, {replication::PutOwner{other_address, 9}});
  start();
  EXPECT_FALSE(loaded_.memory.recovered);
  expect_committed({}, {replication::PutRecovered{}});
  start();
  EXPECT_TRUE(loaded_.memory.recovered);
}

// Decision 7
TEST_P(NameStoreContract, WhoseNameIsFedIsRemembered) {
  auto fed = unique_record("PRINTER", 1000);
  fed.fed = true;
  auto infinite = fed;
  infinite.name = name_of("KIOSK");
  infinite.due = infinite.members[0].due = never;
  expect_committed({names::PutRecord{fed}, names::PutRecord{infinite}});
  expect_committed({touch("PRINTER", 2000)});
  start();
  EXPECT_TRUE(loaded_.records.at(fed.name).fed);
  EXPECT_EQ(loaded_.records.at(fed.name).due, at(2000));
  EXPECT_EQ(loaded_.records.at(infinite.name), infinite);

  fed.fed = false;
  expect_committed({names::PutRecord{fed}});
  start();
  EXPECT_EQ(loaded_.records.at(fed.name), fed);
}

// Decision 40
TEST_P(NameStoreContract, LeasesAreKeptByAddress) {
  const auto first = ordinary_lease(1);
  const auto odd = odd_lease(2);
  expect_committed({}, {}, {dhcp::PutLease{odd}, dhcp::PutLease{first}});
  start();
  EXPECT_EQ(loaded_.leases.leases, (std::vector{first, odd}));

  auto renewed = first;
  renewed.due = at(20'000);
  renewed.state = dhcp::LeaseState::ended;
  expect_committed({}, {},
                   {dhcp::PutLease{renewed}, dhcp::EraseLease{odd.address},
                    dhcp::EraseLease{leased(9)}});  // nobody's: says nothing
  start();
  EXPECT_EQ(loaded_.leases.leases, std::vector{renewed});
}

TEST_P(NameStoreContract, EveryStateOfALeaseAndOfItsNameComesBack) {
  std::vector<dhcp::Change> changes;
  std::vector<dhcp::Lease> expected;
  for (std::uint8_t state = 0; state < 3; ++state) {
    for (std::uint8_t name_state = 0; name_state < 5; ++name_state) {
      auto lease = ordinary_lease(static_cast<std::uint8_t>(state * 10 + name_state));
      lease.state = static_cast<dhcp::LeaseState>(state);
      lease.name_state = static_cast<dhcp::NameState>(name_state);
      expected.push_back(lease);
      changes.emplace_back(dhcp::PutLease{std::move(lease)});
    }
  }
  expect_committed({}, {}, changes);
  start();
  EXPECT_EQ(loaded_.leases.leases, expected);
}

TEST_P(NameStoreContract, ReservationsAreKeptByAddress) {
  const auto plain = ordinary_reservation(1);
  const auto full = full_reservation(2);
  auto by_circuit = ordinary_reservation(3);
  by_circuit.reservation.hardware.reset();
  by_circuit.reservation.circuit = {0, 7};
  by_circuit.reservation.parameters.lease = seconds(0);
  expect_committed(
      {}, {},
      {dhcp::PutReservation{by_circuit}, dhcp::PutReservation{full}, dhcp::PutReservation{plain}});
  start();
  EXPECT_EQ(loaded_.leases.reservations, (std::vector{plain, full, by_circuit}));

  auto changed = ordinary_reservation(2);  // of a client id before, now of hardware
  expect_committed({}, {},
                   {dhcp::PutReservation{changed}, dhcp::EraseReservation{leased(1)},
                    dhcp::EraseReservation{leased(9)}});
  start();
  EXPECT_EQ(loaded_.leases.reservations, (std::vector{changed, by_circuit}));
}

TEST_P(NameStoreContract, DnsWorkComesBackInTheOrderOfIds) {
  expect_committed({}, {},
                   {dhcp::PutDnsWork{dns_work(300)}, dhcp::PutDnsWork{dns_work(4, false)},
                    dhcp::PutDnsWork{dns_work(20)}});
  start();
  EXPECT_EQ(loaded_.leases.dns, (std::vector{dns_work(4, false), dns_work(20), dns_work(300)}));
  expect_committed({}, {}, {dhcp::EraseDnsWork{20}, dhcp::EraseDnsWork{21}});
  start();
  EXPECT_EQ(loaded_.leases.dns, (std::vector{dns_work(4, false), dns_work(300)}));
}

// Decision 21
TEST_P(NameStoreContract, ALeaseItsNameAndItsDnsWorkAreOneBatch) {
  auto name = unique_record("PRINTER", 9000);
  name.fed = true;
  expect_committed({names::PutRecord{name}}, {},
                   {dhcp::PutLease{ordinary_lease(7)}, dhcp::PutDnsWork{dns_work(1)}});
  start();
  EXPECT_EQ(loaded_.records, (Records{{name.name, name}}));
  EXPECT_EQ(loaded_.leases.leases, std::vector{ordinary_lease(7)});
  EXPECT_EQ(loaded_.leases.dns, std::vector{dns_work(1)});
}

INSTANTIATE_TEST_SUITE_P(
    All, NameStoreContract,
    testing::Values(Choice{"Memory", [] { return std::make_unique<InMemory>(); }},
                    Choice{"Sqlite",
                           [] { return std::make_unique<InSqlite>(RefreshLog::generation_size); }},
                    Choice{"SqliteFoldingAtOnce", [] { return std::make_unique<InSqlite>(1); }},
                    Choice{"SqliteFoldingLate", [] { return std::make_unique<InSqlite>(5); }}),
    [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace winsome::store
