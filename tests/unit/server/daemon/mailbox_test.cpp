#include "server/daemon/mailbox.h"

#include <gtest/gtest.h>

namespace winsome::daemon {
namespace {

constexpr std::size_t queue_limit = 64;

struct MailboxTest : testing::Test {
  void post(Ipv4 source, int count) {
    std::vector<names::ClientRequest> requests;
    for (int i = 0; i < count; ++i) {
      requests.push_back({{{source, 1024}, Ipv4(192, 0, 2, 1), 0}, {}});
    }
    std::vector<names::ClientResponse> none;
    mailbox.post(requests, none, [this](names::Drop why) { drops.push_back(why); });
  }

  names::SourceLimits limits;
  Mailbox mailbox{limits, queue_limit};
  std::vector<names::Drop> drops;
};

TEST_F(MailboxTest, HandsOutRequestsInTheOrderTheyCame) {
  post(Ipv4(192, 0, 2, 10), 1);
  post(Ipv4(192, 0, 2, 11), 1);
  const auto contents = mailbox.take(1, 10, milliseconds(0));
  ASSERT_EQ(contents.inputs.size(), 2U);
  EXPECT_EQ(std::get<names::ClientRequest>(contents.inputs[0]).path.remote.address,
            Ipv4(192, 0, 2, 10));
  EXPECT_EQ(std::get<names::ClientRequest>(contents.inputs[1]).path.remote.address,
            Ipv4(192, 0, 2, 11));
}

TEST_F(MailboxTest, KeepsWhatIsMoreThanWasAskedForAndSaysHowMuch) {
  post(Ipv4(192, 0, 2, 10), 5);
  const auto contents = mailbox.take(1, 2, milliseconds(0));
  EXPECT_EQ(contents.inputs.size(), 2U);
  EXPECT_EQ(contents.waiting, 3U);
}

TEST_F(MailboxTest, KeepsTheOrderOfWhatComesWhileRequestsWait) {
  for (std::uint8_t host = 1; host <= 3; ++host) post(Ipv4(10, 0, 0, host), 1);
  std::vector<Ipv4> order;
  const auto take = [&] {
    const auto contents = mailbox.take(1, 2, milliseconds(0));
    for (const auto& input : contents.inputs)
      order.push_back(std::get<names::ClientRequest>(input).path.remote.address);
    return contents.waiting;
  };
  EXPECT_EQ(take(), 1U);
  for (std::uint8_t host = 4; host <= 5; ++host) post(Ipv4(10, 0, 0, host), 1);
  while (take() > 0) {
  }
  EXPECT_EQ(order, (std::vector{Ipv4(10, 0, 0, 1), Ipv4(10, 0, 0, 2), Ipv4(10, 0, 0, 3),
                                Ipv4(10, 0, 0, 4), Ipv4(10, 0, 0, 5)}));
}

TEST_F(MailboxTest, CountsWhatWaitsTowardsItsLimitAfterATake) {
  for (std::uint8_t host = 1; host <= queue_limit; ++host) post(Ipv4(10, 0, 0, host), 1);
  static_cast<void>(mailbox.take(1, 4, milliseconds(0)));
  for (std::uint8_t host = 1; host <= 10; ++host) post(Ipv4(10, 0, 1, host), 1);
  EXPECT_EQ(drops.size(), 6U);
}

// Decision 9
TEST_F(MailboxTest, LetsOneAddressHaveTheQueueWhileThereIsRoom) {
  post(Ipv4(192, 0, 2, 10), queue_limit / Mailbox::pressure_divisor);
  EXPECT_TRUE(drops.empty());
}

// Decision 9; E: floods from one address do not stop others
TEST_F(MailboxTest, KeepsAFloodFromOneAddressToItsShareOnceTheQueueFills) {
  post(Ipv4(192, 0, 2, 10), 1000);
  EXPECT_EQ(drops.size(), 1000 - queue_limit / Mailbox::pressure_divisor);
  EXPECT_EQ(drops.front(), names::Drop::queue_share);
  drops.clear();
  post(Ipv4(198, 51, 100, 7), 1);
  EXPECT_TRUE(drops.empty());
}

TEST_F(MailboxTest, NeverHoldsMoreThanItsLimit) {
  for (std::uint8_t host = 1; host <= 200; ++host) post(Ipv4(10, 0, 0, host), 1);
  EXPECT_EQ(mailbox.take(1, 1000, milliseconds(0)).inputs.size(), queue_limit);
  EXPECT_EQ(drops.back(), names::Drop::queue_full);
}

TEST_F(MailboxTest, ForgetsASourcesShareWhenItsRequestsAreTaken) {
  post(Ipv4(192, 0, 2, 10), 1000);
  static_cast<void>(mailbox.take(1, 1000, milliseconds(0)));
  drops.clear();
  post(Ipv4(192, 0, 2, 10), 1);
  EXPECT_TRUE(drops.empty());
}

TEST_F(MailboxTest, GivesNoInputsToThoseWhoWantNone) {
  post(Ipv4(192, 0, 2, 10), 3);
  mailbox.post(Completion{.batch = 1, .durable = true, .text = {}});
  const auto contents = mailbox.take(0, 10, milliseconds(0));
  EXPECT_TRUE(contents.inputs.empty());
  EXPECT_EQ(contents.completions.size(), 1U);
}

std::vector<dhcp::ClientMessage> from_clients(std::size_t first, std::size_t count) {
  std::vector<dhcp::ClientMessage> messages(count);
  for (std::size_t i = 0; i < count; ++i)
    messages[i].message.xid = static_cast<std::uint32_t>(first + i);
  return messages;
}

// D10
TEST_F(MailboxTest, HasRoomForASiteOfLeaseClientsAndSaysHowManyFoundNone) {
  auto messages = from_clients(0, Mailbox::leases_max + 5);
  EXPECT_EQ(mailbox.post(messages), 5U);
  EXPECT_TRUE(messages.empty());
  const auto contents = mailbox.take(1, 2 * Mailbox::leases_max, milliseconds(0));
  EXPECT_EQ(contents.leases.size(), Mailbox::leases_max);
}

TEST_F(MailboxTest, HandsOutLeaseClientsInTheOrderTheyCameAndKeepsTheRest) {
  auto messages = from_clients(1, 3);
  ASSERT_EQ(mailbox.post(messages), 0U);
  const auto first = mailbox.take(1, 2, milliseconds(0));
  ASSERT_EQ(first.leases.size(), 2U);
  EXPECT_EQ(std::get<dhcp::ClientMessage>(first.leases[0]).message.xid, 1U);
  EXPECT_EQ(std::get<dhcp::ClientMessage>(first.leases[1]).message.xid, 2U);
  const auto rest = mailbox.take(1, 2, milliseconds(0));
  ASSERT_EQ(rest.leases.size(), 1U);
  EXPECT_EQ(std::get<dhcp::ClientMessage>(rest.leases[0]).message.xid, 3U);
}

TEST_F(MailboxTest, TakesWhatTheLeaseEngineWaitsForThoughItsClientsFillTheQueue) {
  auto messages = from_clients(0, Mailbox::leases_max);
  ASSERT_EQ(mailbox.post(messages), 0U);
  EXPECT_TRUE(mailbox.post(dhcp::Input(dhcp::ProbeResult{Ipv4(192, 0, 2, 9), true})));
  const auto contents = mailbox.take(1, 1, milliseconds(0));
  ASSERT_EQ(contents.leases.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<dhcp::ProbeResult>(contents.leases[0]));
}

TEST_F(MailboxTest, FloodsOfNamesAndOfLeasesTakeNoRoomFromEachOther) {
  for (std::uint8_t host = 1; host <= 200; ++host) post(Ipv4(10, 0, 0, host), 1);
  auto messages = from_clients(0, Mailbox::leases_max);
  EXPECT_EQ(mailbox.post(messages), 0U);
  const auto contents = mailbox.take(1, 10, milliseconds(0));
  EXPECT_EQ(contents.inputs.size(), 10U);
  EXPECT_EQ(contents.leases.size(), 10U);
}

TEST_F(MailboxTest, WaitsForMoreLeaseClientsButNotWhenTheEngineIsAnswered) {
  auto messages = from_clients(0, 1);
  ASSERT_EQ(mailbox.post(messages), 0U);
  ASSERT_TRUE(mailbox.post(dhcp::Input(dhcp::DnsDone{7})));
  // Of 512 wanted two are there: it would wait for a minute.
  EXPECT_EQ(mailbox.take(512, 1000, seconds(60)).leases.size(), 2U);
}

TEST_F(MailboxTest, TakesNothingOfLeasesOnceStopped) {
  mailbox.stop();
  auto messages = from_clients(0, 2);
  EXPECT_EQ(mailbox.post(messages), 2U);
  EXPECT_FALSE(mailbox.post(dhcp::Input(dhcp::DnsDone{7})));
  EXPECT_TRUE(mailbox.take(1, 10, milliseconds(0)).leases.empty());
}

TEST_F(MailboxTest, TakesNoCommandOnceStopped) {
  mailbox.stop();
  EXPECT_FALSE(mailbox.post(names::CommandRequest{1, names::Scavenge{}}));
  EXPECT_TRUE(mailbox.take(1, 10, milliseconds(0)).stopping);
}

}  // namespace
}  // namespace winsome::daemon
