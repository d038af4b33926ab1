#include "tests/unit/server/leases/fixture.h"

namespace winsome::dhcp {
namespace {

TEST(Request, MakesAnOfferALease) {  // RFC 2131 4.3.2, SELECTING
  Server server;
  const Client client(1, "alpha");
  const auto offer = server.ask(client.discover());
  const auto actions = server.say(from_broadcast(client.selecting(offer->yiaddr)));
  ASSERT_EQ(actions.sends.size(), 1U);
  EXPECT_EQ(actions.sends[0].message.type, MessageType::ack);
  EXPECT_EQ(actions.sends[0].message.yiaddr, offer->yiaddr);
  ASSERT_EQ(actions.changes.size(), 1U);
  const auto& lease = std::get<PutLease>(actions.changes[0]).lease;
  EXPECT_EQ(lease.address, offer->yiaddr);
  EXPECT_EQ(lease.state, LeaseState::active);
  EXPECT_EQ(lease.client, client.client_id());
  EXPECT_EQ(lease.hardware, client.hardware);
  EXPECT_EQ(lease.due, start + std::chrono::hours(1));
  EXPECT_EQ(lease.scope, "near");
  EXPECT_EQ(lease.host_name, "alpha");
}

TEST(Request, ForAnotherServerIsSilentAndFreesOurOffer) {  // RFC 2131 4.3.2
  Server server;
  EXPECT_EQ(server.ask(Client(1).discover(at(150)))->yiaddr, at(150));
  EXPECT_FALSE(server.ask(Client(1).selecting(at(7), other_server)));
  EXPECT_EQ(server.drops(Drop::not_for_us), 1U);
  EXPECT_EQ(server.ask(Client(2).discover(at(150)))->yiaddr, at(150));
}

TEST(Request, WithAForgedServerIdentifierEndsNoLease) {
  Server server;
  const auto address = server.lease(Client(1));
  EXPECT_FALSE(server.ask(Client(1).selecting(address, other_server)));
  EXPECT_TRUE(server.has(address));
}

TEST(Request, IsGrantedWithoutAnOfferThatARestartForgot) {
  Server server;
  EXPECT_EQ(server.ask(Client(1).selecting(at(140)))->type, MessageType::ack);
}

TEST(Request, ForAnAddressThatSomebodyHasIsRefused) {
  Server server;
  const auto address = server.lease(Client(1));
  EXPECT_EQ(server.ask(Client(2).selecting(address))->type, MessageType::nak);
  EXPECT_EQ(server.at(address).client, Client(1).client_id());
}

TEST(Request, ForAnAddressOfferedToSomebodyElseIsRefused) {
  Server server;
  const auto offer = server.ask(Client(1).discover());
  EXPECT_EQ(server.ask(Client(2).selecting(offer->yiaddr))->type, MessageType::nak);
  EXPECT_EQ(server.ask(Client(1).selecting(offer->yiaddr))->type, MessageType::ack);
}

TEST(Request, OutsideThePoolsIsRefused) {
  Server server;
  EXPECT_EQ(server.ask(Client(1).selecting(at(20)))->type, MessageType::nak);
}

TEST(Request, AfterARebootConfirmsTheLease) {  // INIT-REBOOT
  Server server;
  const auto address = server.lease(Client(1));
  server.now += std::chrono::minutes(30);
  const auto ack = server.ask(Client(1).rebooting(address));
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->type, MessageType::ack);
  EXPECT_EQ(ack->yiaddr, address);
  EXPECT_EQ(server.at(address).due, server.now + std::chrono::hours(1));
}

TEST(Request, FromTheWrongNetworkIsRefused) {  // RFC 2131 4.3.2
  for (const bool authoritative : {true, false}) {
    auto configuration = two_scopes();
    configuration.authoritative = authoritative;
    Server server(configuration);
    const auto address = server.lease(Client(1));
    EXPECT_EQ(server.ask(Client(1).rebooting({10, 9, 9, 9}))->type, MessageType::nak);
    EXPECT_EQ(server.ask(from_relay(Client(1).rebooting(address)))->type, MessageType::nak);
    EXPECT_EQ(server.ask(Client(1).renewing(far(100)))->type, MessageType::nak);
  }
}

TEST(Request, OfAnUnknownClientIsRefusedByWhoIsAuthoritative) {
  Server server;
  EXPECT_EQ(server.ask(Client(1).rebooting(at(150)))->type, MessageType::nak);
  EXPECT_EQ(server.ask(from_unicast(Client(1).renewing(at(150))))->type, MessageType::nak);
}

TEST(Request, OfAnUnknownClientMeetsSilenceElsewhere) {  // RFC 2131 4.3.2: MUST remain silent
  auto configuration = one_scope();
  configuration.authoritative = false;
  Server server(configuration);
  EXPECT_FALSE(server.ask(Client(1).rebooting(at(150))));
  EXPECT_FALSE(server.ask(from_unicast(Client(1).renewing(at(150)))));
  EXPECT_EQ(server.drops(Drop::unknown_client), 2U);
}

TEST(Request, IsJudgedByTheScopesOwnAuthority) {
  auto configuration = one_scope();
  configuration.authoritative = false;
  configuration.scopes[0].authoritative = true;
  Server server(configuration);
  EXPECT_TRUE(server.ask(Client(1).rebooting(at(150))));
}

TEST(Request, OfAnUnknownClientIsLeftToThePrimaryByABackup) {  // scenario S1, step 6
  auto configuration = one_scope();
  configuration.scopes[0].offer_delay = seconds(4);
  Server server(configuration);
  EXPECT_FALSE(server.ask(Client(1).rebooting(at(20))));
}

TEST(Request, ForAnotherAddressThanHisIsRefused) {  // RFC 2131 4.3.2: SHOULD send a NAK
  auto configuration = one_scope();
  configuration.authoritative = false;
  Server server(configuration);
  const auto address = server.lease(Client(1), at(120));
  ASSERT_EQ(address, at(120));
  EXPECT_EQ(server.ask(Client(1).rebooting(at(121)))->type, MessageType::nak);
}

TEST(Request, RenewsAndRebinds) {  // RFC 2131 4.4.5
  Server server;
  const auto address = server.lease(Client(1));
  server.now += std::chrono::minutes(30);
  auto actions = server.say(from_unicast(Client(1).renewing(address)));
  ASSERT_EQ(actions.sends.size(), 1U);
  EXPECT_EQ(actions.sends[0].message.type, MessageType::ack);
  EXPECT_EQ(actions.sends[0].message.ciaddr, address);
  EXPECT_EQ(actions.sends[0].message.yiaddr, address);
  EXPECT_EQ(server.at(address).due, server.now + std::chrono::hours(1));
  EXPECT_EQ(server.at(address).granted, start);
  server.now += std::chrono::minutes(53);
  actions = server.say(from_broadcast(Client(1).renewing(address)));
  ASSERT_EQ(actions.sends.size(), 1U);
  EXPECT_EQ(server.at(address).due, server.now + std::chrono::hours(1));
}

TEST(Request, RenewsALeaseThatHasJustEnded) {
  Server server;
  const auto address = server.lease(Client(1));
  server.run_for(std::chrono::hours(2));
  EXPECT_EQ(server.ask(from_unicast(Client(1).renewing(address)))->type, MessageType::ack);
  EXPECT_TRUE(server.has(address));
}

TEST(Request, OfSomebodyElsesLeaseIsRefused) {
  Server server;
  const auto address = server.lease(Client(1));
  EXPECT_EQ(server.ask(from_unicast(Client(2).renewing(address)))->type, MessageType::nak);
  EXPECT_EQ(server.ask(Client(2).rebooting(address))->type, MessageType::nak);
  EXPECT_EQ(server.at(address).client, Client(1).client_id());
}

TEST(Request, AfterAReloadRenewsNothingOutsideThePools) {
  Server server;
  const auto address = server.lease(Client(1), at(150));
  auto configuration = one_scope();
  configuration.scopes[0].exclusions = {{at(150), at(160)}};
  server.engine.configure(configuration);
  EXPECT_TRUE(server.has(address));
  EXPECT_EQ(server.ask(from_unicast(Client(1).renewing(address)))->type, MessageType::nak);
  EXPECT_NE(server.lease(Client(1)), address);
}

TEST(Request, KeepsTheHostNameThatARenewalLeavesOut) {
  Server server;
  const auto address = server.lease(Client(1, "alpha"));
  server.ask(from_unicast(Client(1).renewing(address)));
  EXPECT_EQ(server.at(address).host_name, "alpha");
}

TEST(Request, InAnotherNetworkGivesAnotherLease) {  // scenario S1, step 8
  Server server(two_scopes());
  const auto home = server.lease(Client(1));
  EXPECT_EQ(server.ask(from_relay(Client(1).rebooting(home)))->type, MessageType::nak);
  const auto away = server.lease_far(Client(1));
  EXPECT_TRUE((Range{far(100), far(199)}).contains(away));
}

TEST(Request, WithoutAnyAddressIsNonsense) {
  Server server;
  EXPECT_FALSE(server.ask(Client(1).message(MessageType::request)));
  EXPECT_EQ(server.drops(Drop::nonsense), 1U);
}

TEST(Request, GrantsInfiniteLeases) {  // RFC 2131 3.3
  auto configuration = one_scope();
  configuration.scopes[0].parameters.lease = forever;
  Server server(configuration);
  const Client client(1);
  const auto offer = server.ask(client.discover());
  const auto ack = server.ask(client.selecting(offer->yiaddr));
  EXPECT_EQ(ack->options.u32(option::lease_time), 0xffff'ffffU);
  EXPECT_EQ(ack->options.u32(option::renewal_time), 0xffff'ffffU);
  EXPECT_EQ(ack->options.u32(option::rebinding_time), 0xffff'ffffU);
  server.run_for(std::chrono::days(365));
  EXPECT_TRUE(server.has(ack->yiaddr));
}

TEST(Request, IsAnsweredUnderTheAddressItChose) {
  Server server;
  server.ask(Client(9).discover());  // came in at `us`
  const auto offer = server.ask(Client(1).discover());
  auto request = from_broadcast(Client(1).selecting(offer->yiaddr, us));
  request.arrival.local = at(3);  // another address of ours on that wire
  EXPECT_EQ(server.ask(std::move(request))->options.address(option::server_identifier), us);
}

}  // namespace
}  // namespace winsome::dhcp
