#include "server/dhcp/host_name.h"
#include "tests/unit/server/leases/fixture.h"

namespace winsome::dhcp {
namespace {

const std::vector<std::uint8_t> both_suffixes{0x00, 0x20};

/// A server whose names all come to `outcome`, in the batch that asks for them.
struct Fed : Server {
  using Server::Server;

  Actions feed(ClientMessage message) {
    std::vector<Input> inputs;
    inputs.emplace_back(std::move(message));
    engine.begin(now);
    engine.decide(inputs);
    asked = engine.take_name_requests();
    for (const auto& request : asked) {
      if (!request.withdraw) engine.names_came_to(request.address, outcome);
    }
    auto actions = engine.finish();
    engine.committed();
    return actions;
  }
  Ipv4 bind(const Client& client) {
    const auto offer = ask(client.discover());
    feed(from_broadcast(client.selecting(offer->yiaddr)));
    return offer->yiaddr;
  }

  NameState outcome = NameState::registered;
  std::vector<NameRequest> asked;
};

TEST(Feed, AsksForTheNamesOfALease) {  // D11
  Server server;
  const Client client(1, "alpha");
  const auto offer = server.ask(client.discover());
  const auto actions = server.say(from_broadcast(client.selecting(offer->yiaddr)));
  ASSERT_EQ(actions.names.size(), 1U);
  EXPECT_EQ(actions.names[0].address, offer->yiaddr);
  EXPECT_EQ(actions.names[0].netbios_name, "ALPHA");
  EXPECT_EQ(actions.names[0].suffixes, both_suffixes);
  EXPECT_EQ(actions.names[0].due, start + std::chrono::hours(1));
  EXPECT_FALSE(actions.names[0].withdraw);
  EXPECT_EQ(server.at(offer->yiaddr).name_state, NameState::pending);
}

TEST(Feed, OutcomeIsDurableWithTheLease) {  // decision 21
  Fed server;
  const Client client(1, "alpha");
  const auto offer = server.ask(client.discover());
  const auto actions = server.feed(from_broadcast(client.selecting(offer->yiaddr)));
  ASSERT_EQ(actions.changes.size(), 1U);
  const auto& lease = std::get<PutLease>(actions.changes[0]).lease;
  EXPECT_EQ(lease.name_state, NameState::registered);
  EXPECT_EQ(lease.netbios_name, "ALPHA");
  EXPECT_TRUE(actions.names.empty());
}

TEST(Feed, OffersFeedNothing) {
  Server server;
  EXPECT_TRUE(server.say(from_broadcast(Client(1, "alpha").discover())).names.empty());
}

TEST(Feed, ARenewalBringsTheNewDeadline) {
  Fed server;
  const auto address = server.bind(Client(1, "alpha"));
  server.now += std::chrono::minutes(30);
  server.feed(from_unicast(Client(1, "alpha").renewing(address)));
  ASSERT_EQ(server.asked.size(), 1U);
  EXPECT_EQ(server.asked[0].due, server.now + std::chrono::hours(1));
  EXPECT_EQ(server.at(address).name_state, NameState::registered);
}

TEST(Feed, ANewNameReplacesTheOld) {
  Fed server;
  const auto address = server.bind(Client(1, "alpha"));
  server.feed(from_unicast(Client(1, "beta").renewing(address)));
  ASSERT_EQ(server.asked.size(), 2U);
  EXPECT_TRUE(server.asked[0].withdraw);
  EXPECT_EQ(server.asked[0].netbios_name, "ALPHA");
  EXPECT_FALSE(server.asked[1].withdraw);
  EXPECT_EQ(server.asked[1].netbios_name, "BETA");
}

TEST(Feed, IsWithdrawnAtTheEnd) {
  for (const auto how : {MessageType::release, MessageType::decline, MessageType::none}) {
    Fed server;
    const auto address = server.bind(Client(1, "alpha"));
    if (how == MessageType::release) {
      server.feed(from_unicast(Client(1).releasing(address)));
    } else if (how == MessageType::decline) {
      server.feed(from_broadcast(Client(1).declining(address)));
    } else {
      server.now += std::chrono::hours(1);
      server.asked = server.step().names;
    }
    ASSERT_EQ(server.asked.size(), 1U);
    EXPECT_TRUE(server.asked[0].withdraw);
    EXPECT_EQ(server.asked[0].netbios_name, "ALPHA");
    EXPECT_EQ(server.at(address).name_state, NameState::none);
  }
}

// S1.8: a laptop that moved to another server's network
TEST(Feed, GoesToTheServerThatItsClientChooses) {
  Fed server;
  const Client client(1, "alpha");
  const auto address = server.bind(client);
  server.feed(from_broadcast(client.selecting(at(7), other_server)));
  ASSERT_EQ(server.asked.size(), 1U);
  EXPECT_TRUE(server.asked[0].withdraw);
  EXPECT_EQ(server.asked[0].netbios_name, "ALPHA");
  EXPECT_TRUE(server.has(address));
  EXPECT_EQ(server.at(address).name_state, NameState::none);

  server.feed(from_unicast(client.renewing(address)));  // it is on both networks
  ASSERT_EQ(server.asked.size(), 1U);
  EXPECT_FALSE(server.asked[0].withdraw);
  EXPECT_EQ(server.at(address).name_state, NameState::registered);
}

TEST(Feed, ARefusedNameIsAskedForAgainAtRenewals) {
  Fed server;
  server.outcome = NameState::refused;
  const auto address = server.bind(Client(1, "alpha"));
  EXPECT_EQ(server.at(address).name_state, NameState::refused);
  server.outcome = NameState::registered;
  server.feed(from_unicast(Client(1, "alpha").renewing(address)));
  EXPECT_EQ(server.asked.size(), 1U);
  EXPECT_EQ(server.at(address).name_state, NameState::registered);
}

TEST(Feed, ARefusedNameIsNotWithdrawn) {
  Fed server;
  server.outcome = NameState::refused;
  const auto address = server.bind(Client(1, "alpha"));
  server.feed(from_unicast(Client(1).releasing(address)));
  EXPECT_TRUE(server.asked.empty());
}

TEST(Feed, LeavesANameToTheClientThatRegisteredIt) {  // decision 7
  Fed server;
  server.outcome = NameState::client;
  const auto address = server.bind(Client(1, "alpha"));
  server.feed(from_unicast(Client(1, "alpha").renewing(address)));
  EXPECT_TRUE(server.asked.empty());
  server.feed(from_unicast(Client(1).releasing(address)));
  EXPECT_TRUE(server.asked.empty());
}

TEST(Feed, HearsOfAnOutcomeLater) {
  Server server;
  const auto address = server.lease(Client(1, "alpha"));
  server.engine.begin(server.now);
  server.engine.names_came_to(address, NameState::refused);
  const auto actions = server.engine.finish();
  server.engine.committed();
  ASSERT_EQ(actions.changes.size(), 1U);
  EXPECT_EQ(std::get<PutLease>(actions.changes[0]).lease.name_state, NameState::refused);
}

TEST(Feed, IgnoresOutcomesOfLeasesThatAreGone) {
  Server server;
  const auto address = server.lease(Client(1, "alpha"));
  server.say(from_unicast(Client(1).releasing(address)));
  server.engine.begin(server.now);
  server.engine.names_came_to(address, NameState::registered);
  server.engine.names_came_to(at(250), NameState::registered);
  EXPECT_TRUE(server.engine.finish().changes.empty());
  server.engine.committed();
}

TEST(Feed, AsksForPendingNamesAfterAStart) {  // decision 21
  Memory memory;
  for (const auto state : {NameState::pending, NameState::registered}) {
    Lease lease;
    lease.address = state == NameState::pending ? at(101) : at(102);
    lease.client = ClientId::of(hardware(lease.address.value()));
    lease.due = start + std::chrono::hours(1);
    lease.netbios_name = "ALPHA";
    lease.suffixes = both_suffixes;
    lease.name_state = state;
    memory.leases.push_back(lease);
  }
  Server server(one_scope(), std::move(memory));
  const auto actions = server.step();
  ASSERT_EQ(actions.names.size(), 1U);
  EXPECT_EQ(actions.names[0].address, at(101));
  EXPECT_TRUE(server.step().names.empty());
}

TEST(Feed, FollowsAClientToAnotherWire) {  // scenario S1
  Fed server(two_scopes());
  const Client client(1, "alpha");
  const auto home = server.bind(client);
  server.now += seconds(60);
  const auto offer = server.ask(from_relay(client.discover()));
  server.feed(from_relay(client.selecting(offer->yiaddr)));
  ASSERT_EQ(server.asked.size(), 2U);
  EXPECT_TRUE(server.asked[0].withdraw);
  EXPECT_EQ(server.asked[0].address, home);
  EXPECT_FALSE(server.asked[1].withdraw);
  EXPECT_EQ(server.asked[1].address, offer->yiaddr);
  // A machine that stands on both wires does not have its name carried to and fro.
  server.feed(from_unicast(client.renewing(home)));
  EXPECT_TRUE(server.asked.empty());
}

TEST(Feed, IsOffWhereTheScopeSaysSo) {
  auto configuration = one_scope();
  configuration.scopes[0].names.enabled = false;
  Fed server(configuration);
  const auto address = server.bind(Client(1, "alpha"));
  EXPECT_TRUE(server.asked.empty());
  EXPECT_EQ(server.at(address).name_state, NameState::none);
}

TEST(HostName, BecomesANetbiosName) {
  EXPECT_EQ(netbios_name_of("alpha"), "ALPHA");
  EXPECT_EQ(netbios_name_of("alpha.example.org"), "ALPHA");
  EXPECT_EQ(netbios_name_of("a-very-long-host-name"), "A-VERY-LONG-HOS");
  EXPECT_EQ(netbios_name_of("node_7$"), "NODE_7$");
  for (const auto* bad : {"", ".x", "a b", "a*", "a\\b", "a:b", "a/b", "a\"", "<a>", "a|b", "a?",
                          "a\tb", "a\x80", "*"})
    EXPECT_FALSE(netbios_name_of(bad)) << bad;
}

TEST(HostName, BecomesADnsName) {  // RFC 1123 2.1
  EXPECT_EQ(dns_name_of("Alpha", "example.org"), "alpha.example.org");
  EXPECT_EQ(dns_name_of("alpha.elsewhere.net", "example.org"), "alpha.example.org");
  for (const auto* bad : {"", "-a", "a-", "a_b", "a b"})
    EXPECT_FALSE(dns_name_of(bad, "example.org")) << bad;
  EXPECT_FALSE(dns_name_of(std::string(64, 'a'), "example.org"));
  EXPECT_FALSE(dns_name_of("alpha", ""));
}

TEST(HostName, ComesFromOption81First) {  // RFC 4702 2
  auto message = Client(1, "alpha").discover();
  message.options.put_text(option::client_fqdn, std::string("\x01\0\0beta.example.org", 19));
  EXPECT_EQ(host_name_of(message), "beta.example.org");
  message.options.put_text(option::client_fqdn, std::string("\x05\0\0\x05gamma\x03org\0", 14));
  EXPECT_EQ(host_name_of(message), "gamma.org");
  for (const auto& garbage : {std::string("\x05\0\0\x3fgam", 7), std::string("\x01"),
                              std::string("\x05\0\0\xc0\x04", 5), std::string("\x01\0\0a\tb", 6)}) {
    message.options.put_text(option::client_fqdn, garbage);
    EXPECT_EQ(host_name_of(message), "alpha");
  }
}

Configuration with_dns() {
  auto configuration = two_scopes();
  for (auto& scope : configuration.scopes)
    scope.dns = {.domain = "example.org", .reverse = true, .override_client = true};
  return configuration;
}

TEST(Dns, IsToldOfALeaseAndOfItsEnd) {
  Server server(with_dns());
  const Client client(1, "alpha");
  const auto offer = server.ask(client.discover());
  auto actions = server.say(from_broadcast(client.selecting(offer->yiaddr)));
  EXPECT_TRUE(actions.dns_waits);
  auto work = server.engine.dns_work(10);
  ASSERT_EQ(work.size(), 1U);
  EXPECT_TRUE(work[0].add);
  EXPECT_EQ(work[0].name, "alpha.example.org");
  EXPECT_EQ(work[0].address, offer->yiaddr);
  EXPECT_EQ(work[0].client, client.client_id());
  EXPECT_EQ(work[0].ttl, std::chrono::minutes(20));
  EXPECT_FALSE(work[0].reverse);
  EXPECT_EQ(server.at(offer->yiaddr).dns_name, "alpha.example.org");

  actions = server.step({DnsDone{work[0].id}});
  EXPECT_EQ(actions.changes.size(), 2U);
  EXPECT_TRUE(actions.dns_waits);
  work = server.engine.dns_work(10);
  ASSERT_EQ(work.size(), 1U);
  EXPECT_TRUE(work[0].add);
  EXPECT_TRUE(work[0].reverse);

  actions = server.step({DnsDone{work[0].id}});
  EXPECT_FALSE(actions.dns_waits);
  EXPECT_TRUE(server.engine.dns_work(10).empty());

  server.say(from_unicast(client.releasing(offer->yiaddr)));
  work = server.engine.dns_work(10);
  ASSERT_EQ(work.size(), 2U);
  EXPECT_FALSE(work[0].add);
  EXPECT_FALSE(work[1].add);
}

TEST(Dns, IsNotToldOfRenewals) {
  Server server(with_dns());
  const auto address = server.lease(Client(1, "alpha"));
  EXPECT_FALSE(server.say(from_unicast(Client(1, "alpha").renewing(address))).dns_waits);
  EXPECT_EQ(server.engine.dns_work(10).size(), 1U);
}

/// DNS says the same to everything that waits.
Actions answer_dns(Server& server, bool refused) {
  std::vector<Input> done;
  for (const auto& work : server.engine.dns_work(100))
    done.emplace_back(DnsDone{.id = work.id, .refused = refused});
  return server.step(std::move(done));
}

// RFC 4703 5.4
TEST(Dns, PointsToNoNameThatWasRefused) {
  Server server(with_dns());
  const auto address = server.lease(Client(1, "alpha"));
  answer_dns(server, true);
  EXPECT_EQ(server.at(address).dns_name, "");
  for (const auto& work : server.engine.dns_work(10)) EXPECT_FALSE(work.add);
}

TEST(Dns, IsAskedAgainForARefusedNameAtARenewal) {
  Server server(with_dns());
  const auto address = server.lease(Client(1, "alpha"));
  answer_dns(server, true);
  answer_dns(server, true);
  ASSERT_TRUE(server.engine.dns_work(10).empty());
  EXPECT_TRUE(server.say(from_unicast(Client(1, "alpha").renewing(address))).dns_waits);
  const auto work = server.engine.dns_work(10);
  ASSERT_EQ(work.size(), 1U);
  EXPECT_TRUE(work[0].add);
  EXPECT_EQ(server.at(address).dns_name, "alpha.example.org");
}

TEST(Dns, IsAskedAgainForARefusedPointerAtARenewal) {
  Server server(with_dns());
  const auto address = server.lease(Client(1, "alpha"));
  answer_dns(server, false);
  answer_dns(server, true);
  EXPECT_EQ(server.at(address).dns_name, "alpha.example.org");
  server.say(from_unicast(Client(1, "alpha").renewing(address)));
  answer_dns(server, false);
  const auto work = server.engine.dns_work(10);
  ASSERT_EQ(work.size(), 1U);
  EXPECT_TRUE(work[0].reverse);
  answer_dns(server, false);
  EXPECT_FALSE(server.say(from_unicast(Client(1, "alpha").renewing(address))).dns_waits);
}

TEST(Dns, RefusalsOfNamesThatAreGoneChangeNothing) {
  Server server(with_dns());
  const auto address = server.lease(Client(1, "alpha"));
  const auto old = server.engine.dns_work(1)[0].id;
  server.say(from_unicast(Client(1, "beta").renewing(address)));
  server.step({DnsDone{.id = old, .refused = true}});
  EXPECT_EQ(server.at(address).dns_name, "beta.example.org");
}

/// Nobody looks into the queue but when it is said that something waits.
TEST(Dns, IsToldOfAThousandLeasesAFewAtATime) {
  auto configuration = with_dns();
  configuration.scopes[0].subnet = Ipv4Prefix({10, 7, 0, 0}, 16);
  configuration.scopes[0].pools = {{.range = {{10, 7, 1, 0}, {10, 7, 254, 255}}, .classes = {}}};
  Server server(configuration);
  std::vector<Input> requests;
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    const Client client(i, "pc" + std::to_string(i));
    requests.emplace_back(
        from_relay(client.selecting(Ipv4(Ipv4(10, 7, 1, 0).value() + i)), {}, {10, 7, 0, 1}));
  }
  auto actions = server.step(std::move(requests));
  std::size_t told = 0;
  while (actions.dns_waits) {
    std::vector<Input> done;
    for (const auto& work : server.engine.dns_work(128)) done.emplace_back(DnsDone{work.id});
    ASSERT_FALSE(done.empty());
    told += done.size();
    actions = server.step(std::move(done));
  }
  EXPECT_EQ(told, 2'000U);
}

TEST(Dns, WorkCanBeLookedThroughInPieces) {
  Server server(with_dns());
  server.lease(Client(1, "alpha"));
  server.lease(Client(2, "beta"));
  const auto all = server.engine.dns_work(10);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(server.engine.dns_work(10, all[0].id), std::vector{all[1]});
  EXPECT_TRUE(server.engine.dns_work(10, all[1].id).empty());
}

TEST(Dns, IsToldOfANewName) {
  Server server(with_dns());
  const auto address = server.lease(Client(1, "alpha"));
  server.say(from_unicast(Client(1, "beta").renewing(address)));
  const auto work = server.engine.dns_work(10);
  ASSERT_EQ(work.size(), 4U);
  EXPECT_FALSE(work[1].add);
  EXPECT_EQ(work[1].name, "alpha.example.org");
  EXPECT_TRUE(work[3].add);
  EXPECT_EQ(work[3].name, "beta.example.org");
}

// RFC 4701: who made a record is told from its DHCID, so only he can take it back.
TEST(Dns, AReservationsFormerClientTakesBackWhatIsIts) {
  auto configuration = with_dns();
  Reservation reservation;
  reservation.hardware = Client(1).hardware;
  reservation.address = at(50);
  configuration.scopes[0].reservations = {reservation};
  Server server(configuration);
  const std::vector<std::uint8_t> other_id = {0, 'o', 's'};
  const Client boot_rom(1, "alpha");
  Client system(1, "alpha");
  system.id = other_id;
  ASSERT_EQ(server.lease(boot_rom), at(50));
  ASSERT_EQ(server.lease(system), at(50));
  const auto work = server.engine.dns_work(10);
  const auto taken = std::ranges::find(work, false, &DnsWork::add);
  ASSERT_NE(taken, work.end());
  EXPECT_EQ(taken->client, boot_rom.client_id());
  const auto again = std::ranges::find(taken, work.end(), true, &DnsWork::add);
  ASSERT_NE(again, work.end());
  EXPECT_EQ(again->client, system.client_id());
  EXPECT_EQ(again->name, "alpha.example.org");
}

TEST(Dns, WorkIsShownWhenItIsDurable) {
  Server server(with_dns());
  const auto offer = server.ask(Client(1, "alpha").discover());
  std::vector<Input> inputs{from_broadcast(Client(1, "alpha").selecting(offer->yiaddr))};
  server.engine.begin(server.now);
  server.engine.decide(inputs);
  const auto actions = server.engine.finish();
  EXPECT_EQ(actions.changes.size(), 2U);
  EXPECT_TRUE(server.engine.dns_work(10).empty());
  server.engine.committed();
  EXPECT_EQ(server.engine.dns_work(1).size(), 1U);
}

TEST(Dns, LeavesTheClientItsShare) {  // RFC 4702 3.3, 4
  auto configuration = with_dns();
  configuration.scopes[0].dns.override_client = false;
  Server server(configuration);
  const auto told = [&](std::uint32_t number, std::uint8_t flags) {
    Client client(number);
    auto discover = client.discover();
    std::string value{static_cast<char>(flags), '\0', '\0'};
    value += "host" + std::to_string(number);
    discover.options.put_text(option::client_fqdn, value);
    const auto offer = server.ask(discover);
    std::size_t work = 0;
    auto selecting = client.selecting(offer->yiaddr);
    selecting.options.put_text(option::client_fqdn, value);
    const auto ack = server.ask(selecting);
    for (auto waits = server.engine.dns_work(100); !waits.empty();
         waits = server.engine.dns_work(100)) {
      work += waits.size();
      answer_dns(server, false);
    }
    return std::pair(work, ack->options.find(option::client_fqdn)->front());
  };
  EXPECT_EQ(told(1, 0x01), std::pair(std::size_t{2}, std::uint8_t{0x01}));  // S: all is ours
  EXPECT_EQ(told(2, 0x00), std::pair(std::size_t{1}, std::uint8_t{0x00}));  // only the pointer
  EXPECT_EQ(told(3, 0x08), std::pair(std::size_t{0}, std::uint8_t{0x08}));  // N: nothing
}

TEST(Dns, OverridesTheClientAndSaysSo) {  // RFC 4702 2.1
  Server server(with_dns());
  auto discover = Client(1).discover();
  discover.options.put_text(option::client_fqdn, std::string("\x08\0\0host", 7));
  const auto offer = server.ask(discover);
  const auto value = *offer->options.find(option::client_fqdn);
  EXPECT_EQ(value.front(), 0x03);  // S and O
  EXPECT_EQ(characters_of(value.subspan(3)), "host.example.org");
}

}  // namespace
}  // namespace winsome::dhcp
