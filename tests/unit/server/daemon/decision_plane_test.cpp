#include "server/daemon/decision_plane.h"

#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <thread>

#include "server/daemon/backend.h"
#include "server/store/memory_store.h"

namespace winsome::daemon {
namespace {

/// A decision plane over a memory store, on its own thread, driven by commands as an administrator
/// gives them.
struct DecisionPlaneTest : testing::Test {
  DecisionPlaneTest() {
    plane_thread = std::thread([this] { plane.run(); });
  }
  ~DecisionPlaneTest() override {
    mailbox.stop();
    plane_thread.join();
  }

  static names::Options options() {
    names::Options options;
    options.owner = Ipv4(192, 0, 2, 1);
    options.computer_name = "WINSOME";
    return options;
  }

  names::CommandResult add(const char* name) {
    const auto records =
        names::expand(names::MappingType::domain_name, name, "", {Ipv4(192, 0, 2, 10)});
    return backend.execute(names::AddRecords{.records = records});
  }

  bool answers(const char* name) {
    names::AnswerIndex::Reader asks(index);
    return asks.find({nbns::make_name(name, 0x1c), {}}) != nullptr;
  }

  std::size_t stored() {
    std::size_t count = 0;
    EXPECT_TRUE(store.load([&](names::Record&&) { ++count; }));
    return count;
  }

  PlaneCounters counters() {
    std::promise<PlaneCounters> read;
    mailbox.post([&] { read.set_value(plane.counters()); });
    return read.get_future().get();
  }

  store::MemoryStore store;
  Clock clock{store::ClockMark{}};
  names::NameServer server{options(), 1, clock.now()};
  names::AnswerIndex index;
  names::SourceLimits limits;
  Mailbox mailbox{limits, 1000};
  Transmitter transmitter{{}};
  struct NoReader final : names::RecordReader {
    Result<std::vector<names::Record>, std::string> page(const names::RecordFilter&,
                                                         const std::optional<nbns::ScopedName>&,
                                                         std::size_t) override {
      return fail(std::string("none"));
    }
    Result<std::optional<names::Record>, std::string> find(const nbns::ScopedName&) override {
      return fail(std::string("none"));
    }
  } reader;
  static replication::Options partners() {
    replication::Options none;
    none.us = options().owner;
    return none;
  }
  replication::Replicator replicator{partners(), {}, server, {clock.now()}};
  Backend backend{mailbox, store, reader, [] { return admin::StatisticsReport{}; },
                  [this] { return replicator.status(); }};
  StoreThread store_thread{store, mailbox};
  dhcp::LeaseServer leases{{}, 1};
  DecisionPlane plane{{server, leases, replicator},
                      index,
                      mailbox,
                      store_thread,
                      transmitter,
                      clock,
                      {.replied =
                           [this](std::uint64_t ticket, names::CommandResult&& result) {
                             backend.reply(ticket, std::move(result));
                           },
                       .replicated =
                           [this](replication::Actions&& actions) {
                             for (auto& reply : actions.replies)
                               backend.reply(reply.ticket, std::move(reply.result));
                           },
                       .leased = [](dhcp::Actions&&) {},
                       .woke = [](Instant) {}}};
  std::thread plane_thread;
};

// Architecture 1.2: durable, then visible, then answered
TEST_F(DecisionPlaneTest, WhatIsAnsweredIsDurableAndVisible) {
  EXPECT_EQ(add("DOMAIN").added, 1U);
  EXPECT_EQ(stored(), 1U);
  EXPECT_TRUE(answers("DOMAIN"));
}

// Decision 2
TEST_F(DecisionPlaneTest, WhatTheDiskRefusesWasNeverDecided) {
  ASSERT_EQ(add("BEFORE").status, names::CommandStatus::done);
  store.refuse(0, 1000);
  EXPECT_EQ(add("LOST").status, names::CommandStatus::unavailable);
  EXPECT_FALSE(answers("LOST"));
  EXPECT_TRUE(answers("BEFORE"));
  EXPECT_FALSE(counters().store_available);
  EXPECT_EQ(counters().commit_failures, 1U);
}

TEST_F(DecisionPlaneTest, NothingIsDecidedWhileTheDiskRefuses) {
  store.refuse(0, 1000);
  static_cast<void>(add("FIRST"));
  EXPECT_EQ(add("SECOND").status, names::CommandStatus::unavailable);
  EXPECT_EQ(stored(), 0U);
}

TEST_F(DecisionPlaneTest, GoesOnWhenAProbeSucceeds) {
  store.refuse(0, 1);
  EXPECT_EQ(add("LOST").status, names::CommandStatus::unavailable);
  store_thread.post({.batch = 0, .clock = clock.mark()});
  while (!counters().store_available) {
  }
  EXPECT_EQ(add("AGAIN").status, names::CommandStatus::done);
  EXPECT_TRUE(answers("AGAIN"));
  EXPECT_FALSE(answers("LOST"));
}

TEST_F(DecisionPlaneTest, VersionsThatWereUndoneAreGivenAgain) {
  ASSERT_EQ(add("ONE").status, names::CommandStatus::done);
  store.refuse(0, 1);
  static_cast<void>(add("LOST"));
  store_thread.post({.batch = 0, .clock = clock.mark()});
  while (!counters().store_available) {
  }
  ASSERT_EQ(add("TWO").status, names::CommandStatus::done);
  const auto loaded = store.load([](names::Record&&) {});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->counters.version, 2U);
}

}  // namespace
}  // namespace winsome::daemon
