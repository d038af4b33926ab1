#include "server/daemon/decision_plane.h"

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "server/daemon/backend.h"
#include "server/dhcp/option_table.h"
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

  static dhcp::Configuration one_scope() {
    dhcp::Scope scope;
    scope.name = "near";
    scope.subnet = Ipv4Prefix(Ipv4(192, 0, 2, 0), 24);
    scope.pools = {{.range = {leased, leased}, .classes = {}}};
    dhcp::Configuration configuration;
    configuration.enabled = true;
    configuration.probing.enabled = false;
    configuration.scopes = {scope};
    return configuration;
  }

  /// A client that says it has been offered the one address.
  static dhcp::ClientMessage request(std::uint8_t client) {
    dhcp::Message message;
    message.type = dhcp::MessageType::request;
    message.hardware = {.length = 6, .octets = {2, 0, 0, 0, 0, client}};
    message.options.put_text(dhcp::option::host_name, "pc" + std::to_string(client));
    message.options.put_address(dhcp::option::requested_address, leased);
    message.options.put_address(dhcp::option::server_identifier, options().owner);
    return {.arrival = {.interface = 1,
                        .local = options().owner,
                        .source = {},
                        .frame_source = {},
                        .broadcast = true},
            .message = std::move(message)};
  }
  void ask_for_the_address(std::uint8_t client) {
    std::vector<dhcp::ClientMessage> messages;
    messages.push_back(request(client));
    ASSERT_EQ(mailbox.post(messages), 0U);
  }
  dhcp::CommandResult release() {
    std::promise<dhcp::CommandResult> result;
    {
      const std::lock_guard lock(mutex);
      waiting = &result;
    }
    EXPECT_TRUE(mailbox.post(
        dhcp::Input(dhcp::CommandRequest{.ticket = 1, .command = dhcp::ReleaseLease{leased}})));
    return result.get_future().get();
  }

  void take(dhcp::Actions&& actions) {
    const std::lock_guard lock(mutex);
    for (auto& send : actions.sends) sent.push_back(std::move(send));
    for (auto& reply : actions.replies)
      std::exchange(waiting, nullptr)->set_value(std::move(reply.result));
  }
  /// To these clients, in this order.
  std::vector<std::string> acknowledged() {
    counters();  // what was posted before has been decided
    const std::lock_guard lock(mutex);
    std::vector<std::string> clients;
    for (const auto& one : sent) {
      if (one.message.type == dhcp::MessageType::ack)
        clients.push_back(dhcp::to_text(one.message.hardware));
    }
    return clients;
  }
  std::vector<dhcp::Lease> stored_leases() {
    const auto loaded = store.load([](names::Record&&) {});
    EXPECT_TRUE(loaded);
    return loaded->leases.leases;
  }
  bool answers_host(const char* name) {
    names::AnswerIndex::Reader asks(index);
    return asks.find({nbns::make_name(name, 0x20), {}}) != nullptr;
  }
  void wait_for_the_disk() {
    store_thread.post({.batch = 0, .clock = clock.mark()});
    while (!counters().store_available) {
    }
  }

  static constexpr Ipv4 leased{192, 0, 2, 100};
  std::mutex mutex;
  std::vector<dhcp::Outgoing> sent;
  std::promise<dhcp::CommandResult>* waiting = nullptr;
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
  dhcp::LeaseServer leases{one_scope(), 1};
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
                       .leased = [this](dhcp::Actions&& actions) { take(std::move(actions)); },
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

// Decision 21: one transaction
TEST_F(DecisionPlaneTest, ALeaseIsAcknowledgedWhenItAndItsNameAreDurable) {
  ask_for_the_address(1);
  while (acknowledged().empty()) {
  }
  EXPECT_EQ(acknowledged(), std::vector<std::string>{"02:00:00:00:00:01"});
  ASSERT_EQ(stored_leases().size(), 1U);
  EXPECT_EQ(stored_leases()[0].address, leased);
  EXPECT_EQ(stored_leases()[0].name_state, dhcp::NameState::registered);
  EXPECT_EQ(stored(), 2U);  // PC1<00> and PC1<20>
  EXPECT_TRUE(answers_host("PC1"));
}

// Decisions 2 and 21
TEST_F(DecisionPlaneTest, ALeaseThatTheDiskRefusesIsUndoneWithItsNameAndNothingIsSent) {
  store.refuse(0, 1);
  ask_for_the_address(1);
  while (counters().commit_failures == 0) {
  }
  EXPECT_TRUE(acknowledged().empty());
  EXPECT_FALSE(answers_host("PC1"));
  wait_for_the_disk();
  EXPECT_TRUE(stored_leases().empty());
  EXPECT_EQ(stored(), 0U);

  ask_for_the_address(2);  // it is free: nobody has it
  while (acknowledged().empty()) {
  }
  EXPECT_EQ(acknowledged(), std::vector<std::string>{"02:00:00:00:00:02"});
  EXPECT_EQ(stored_leases().size(), 1U);
  EXPECT_TRUE(answers_host("PC2"));
}

TEST_F(DecisionPlaneTest, ALeaseWhoseReleaseTheDiskRefusesGoesOn) {
  ask_for_the_address(1);
  while (acknowledged().empty()) {
  }
  store.refuse(0, 1);
  EXPECT_EQ(release().status, dhcp::CommandStatus::unavailable);
  EXPECT_TRUE(answers_host("PC1"));
  wait_for_the_disk();
  ASSERT_EQ(stored_leases().size(), 1U);
  EXPECT_EQ(stored_leases()[0].state, dhcp::LeaseState::active);
  EXPECT_EQ(release().status, dhcp::CommandStatus::done);
  EXPECT_EQ(stored_leases()[0].state, dhcp::LeaseState::ended);
  EXPECT_FALSE(answers_host("PC1"));
}

TEST_F(DecisionPlaneTest, WhileTheDiskRefusesNoLeaseIsGiven) {
  store.refuse(0, 1000);
  static_cast<void>(add("FIRST"));
  const auto before = counters().unavailable_drops;
  ask_for_the_address(1);
  while (counters().unavailable_drops == before) {
  }
  EXPECT_EQ(release().status, dhcp::CommandStatus::unavailable);
  EXPECT_TRUE(acknowledged().empty());
  EXPECT_TRUE(stored_leases().empty());
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
