// S1, Exotic Excursions: three networks, split scopes, a client whose name follows it everywhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "server/dhcp/option_table.h"
#include "tests/sim/server.h"
#include "tests/sim/station.h"

namespace winsome::sim {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr Wire engineering = 0;
constexpr Wire research = 1;
constexpr Wire dial_up = 2;

constexpr Ipv4 engr_as1{200, 192, 0, 2};
constexpr Ipv4 rsdv_as1{200, 192, 100, 3};
constexpr Ipv4 mis_as1{200, 192, 127, 2};

constexpr seconds weeks_2 = days(14);
constexpr seconds week = days(7);
constexpr seconds day = days(1);
constexpr seconds extinction = names::Intervals{}.extinction;

struct Network3 {
  const char* name;
  std::uint8_t third;
  Ipv4 near;  // the name server of the network, then the other
  Ipv4 far;
};
constexpr std::array networks = {Network3{"engr", 0, engr_as1, rsdv_as1},
                                 Network3{"research", 100, rsdv_as1, engr_as1},
                                 Network3{"dialup", 127, rsdv_as1, engr_as1}};

/// Fourth octet: 6-120 the network's primary server, 121-235 its backup, 236-245 the tertiary.
enum class Role { primary, backup, tertiary };

dhcp::Scope scope_for(const Network3& network, Role role) {
  const auto at = [&](std::uint8_t last) { return Ipv4(200, 192, network.third, last); };
  dhcp::Scope scope;
  scope.name = network.name;
  scope.subnet = Ipv4Prefix(at(0), 24);
  scope.parameters.options[dhcp::option::routers] = {200, 192, network.third, 1};
  auto& servers = scope.parameters.options[dhcp::option::netbios_name_servers];
  for (const auto server : {network.near, network.far}) {
    for (int shift = 24; shift >= 0; shift -= 8)
      servers.push_back(static_cast<std::uint8_t>(server.value() >> shift));
  }
  switch (role) {
    case Role::primary:
      scope.pools = {{.range = {at(6), at(120)}, .classes = {}}};
      scope.parameters.lease = weeks_2;
      break;
    case Role::backup:
      scope.pools = {{.range = {at(121), at(235)}, .classes = {}}};
      scope.parameters.lease = week;
      scope.offer_delay = seconds(2);
      break;
    case Role::tertiary:
      scope.pools = {{.range = {at(236), at(245)}, .classes = {}}};
      scope.parameters.lease = day;
      scope.offer_delay = seconds(30);
      break;
  }
  if (network.third == 100 && role == Role::primary) scope.exclusions = {{at(101), at(101)}};
  return scope;
}

dhcp::Configuration leases_of(std::array<Role, 3> roles) {
  dhcp::Configuration configuration;
  configuration.enabled = true;
  configuration.probing.enabled = true;
  for (std::size_t i = 0; i < networks.size(); ++i)
    configuration.scopes.push_back(scope_for(networks[i], roles[i]));
  return configuration;
}

dhcp::HardwareAddress hardware(std::uint8_t number) {
  dhcp::HardwareAddress address;
  address.length = 6;
  address.octets = {2, 0, 0, 0, 0, number};
  return address;
}

/// The site, with a client and the name servers: the two that clients are told of are partners, and
/// the tertiary server is one's.
class Excursions : public testing::Test {
 protected:
  Excursions() {
    const std::vector<Ipv4> all = {engr_as1, rsdv_as1, mis_as1};
    const auto others = [&](Ipv4 here) {
      std::vector<Ipv4> rest;
      std::ranges::copy_if(all, std::back_inserter(rest), [here](Ipv4 one) { return one != here; });
      return rest;
    };
    using enum Role;
    engr_ = start("ENGR_AS1", engr_as1, engineering, {primary, backup, backup},
                  {{"RSDV_AS1", rsdv_as1}});
    rsdv_ = start("RSDV_AS1", rsdv_as1, research, {backup, primary, primary},
                  {{"ENGR_AS1", engr_as1}, {"MIS_AS1", mis_as1}});
    mis_ = start("MIS_AS1", mis_as1, dial_up, {tertiary, tertiary, tertiary},
                 {{"RSDV_AS1", rsdv_as1}});
    relays_.push_back(
        std::make_unique<Relay>(wires_, engineering, Ipv4(200, 192, 0, 1), others(engr_as1), ""));
    relays_.push_back(
        std::make_unique<Relay>(wires_, research, Ipv4(200, 192, 100, 1), others(rsdv_as1), ""));
    relays_.push_back(
        std::make_unique<Relay>(wires_, dial_up, Ipv4(200, 192, 127, 1), others(mis_as1), ""));
    client_.call_itself("ENGR_NT1");
    client_.plug_into(engineering);
  }

  std::unique_ptr<Server> start(const char* who, Ipv4 address, Wire wire, std::array<Role, 3> roles,
                                const std::vector<std::pair<const char*, Ipv4>>& partners) {
    names::Options options;
    options.owner = address;
    options.computer_name = "SERVER";
    replication::Options replication;
    replication.verification.interval = seconds(0);
    replication.start_wait = seconds(1);
    for (const auto& [name, at] : partners) {
      replication::Partner terms;
      terms.name = name;
      terms.address = {at, 42};
      terms.interval = address == mis_as1 || at == mis_as1 ? hours(1) : minutes(15);
      replication.partners.push_back(terms);
    }
    return std::make_unique<Server>(Surroundings{world_, network_, links_}, who, options,
                                    DiskSpeed{}, replication,
                                    Leasing{wires_, {{wire, address}}, leases_of(roles)});
  }

  /// What a name server says of the client: its address, if it is active there.
  [[nodiscard]] static Ipv4 found(const Server& server) {
    const auto* record =
        server.engine().find(nbns::ScopedName{nbns::make_name("ENGR_NT1", 0x20), {}}.view());
    if (!record || record->state != names::State::active) return {};
    return record->members.front().address;
  }
  void expect_name_everywhere() {
    EXPECT_EQ(found(*engr_), client_.address());
    EXPECT_EQ(found(*rsdv_), client_.address());
  }
  void expect_name_nowhere() {
    EXPECT_EQ(found(*engr_), Ipv4());
    EXPECT_EQ(found(*rsdv_), Ipv4());
    EXPECT_EQ(found(*mis_), Ipv4());
  }
  [[nodiscard]] static bool is_from(Ipv4 address, std::uint8_t third, int first, int last) {
    const auto fourth = static_cast<int>(address.value() & 0xff);
    return Ipv4Prefix(Ipv4(200, 192, third, 0), 24).contains(address) && first <= fourth &&
           fourth <= last;
  }

  World world_{1994};
  Network network_{world_};
  Links links_{world_};
  Wires wires_{world_};
  std::unique_ptr<Server> engr_;
  std::unique_ptr<Server> rsdv_;
  std::unique_ptr<Server> mis_;
  std::vector<std::unique_ptr<Relay>> relays_;
  Station client_{world_, wires_, "ENGR_NT1", hardware(1)};
};

TEST_F(Excursions, TheClientAndItsNameComeThroughAllOfIt) {
  world_.run_for(minutes(1));

  // 1, 2: it boots, is served by its network's primary server, and is found by name everywhere.
  client_.boot();
  world_.run_for(seconds(10));
  ASSERT_EQ(client_.state(), Station::State::bound);
  EXPECT_EQ(client_.server(), engr_as1);
  EXPECT_TRUE(is_from(client_.address(), 0, 6, 120)) << to_text(client_.address());
  const auto first = client_.address();
  const auto servers = client_.last_answer()->options.find(dhcp::option::netbios_name_servers);
  ASSERT_TRUE(servers);
  EXPECT_EQ(std::vector<std::uint8_t>(servers->begin(), servers->end()),
            (std::vector<std::uint8_t>{200, 192, 0, 2, 200, 192, 100, 3}));  // the near one first
  expect_name_everywhere();

  // 3: it renews at 50 %, from the same server.
  const auto ends = client_.lease_ends();
  world_.run_for(days(7) + hours(1));
  EXPECT_EQ(client_.state(), Station::State::bound);
  EXPECT_GT(client_.lease_ends(), ends);
  EXPECT_EQ(client_.address(), first);
  expect_name_everywhere();

  // 3, 6: its server is gone; at 87.5 % it asks everybody, and nobody else may renew that lease. At
  // its end it starts again, and the backup serves it from its own range.
  engr_->crash();
  const auto renewed = client_.lease_ends();
  world_.run_for(days(7));
  EXPECT_EQ(client_.state(), Station::State::renewing);
  world_.run_for(days(5) + hours(6));
  EXPECT_EQ(client_.state(), Station::State::rebinding);
  EXPECT_EQ(client_.address(), first);
  world_.run_for(renewed - world_.now() + minutes(5));
  ASSERT_EQ(client_.state(), Station::State::bound);
  EXPECT_EQ(client_.server(), rsdv_as1);
  EXPECT_TRUE(is_from(client_.address(), 0, 121, 235)) << to_text(client_.address());
  EXPECT_EQ(found(*rsdv_), client_.address());  // 7: the backup holds the name

  // The primary comes back and learns where the name is now.
  engr_->restart();
  world_.run_for(hours(1));
  expect_name_everywhere();

  // 8: it is moved to another network: NAK, and it starts again there.
  client_.power_off();
  client_.plug_into(research);
  const auto naks = client_.naks();
  client_.boot();
  world_.run_for(minutes(2));
  ASSERT_EQ(client_.state(), Station::State::bound);
  EXPECT_GT(client_.naks(), naks);
  EXPECT_TRUE(is_from(client_.address(), 100, 6, 120)) << to_text(client_.address());
  EXPECT_NE(client_.address(), Ipv4(200, 192, 100, 101));
  world_.run_for(minutes(20));
  expect_name_everywhere();

  // 3: it goes away for good, and its name with its lease. A release is not replicated (fact base
  // B5): the other servers hear of it when the name is extinct.
  client_.release();
  world_.run_for(minutes(20));
  EXPECT_EQ(found(*rsdv_), Ipv4());
  world_.run_for(extinction + hours(3));
  expect_name_nowhere();
  EXPECT_EQ(world_.violation().value_or("none"), "none");
}

// The plan of addresses: when neither of the other servers is there, the tertiary has some for a
// day.
TEST_F(Excursions, TheTertiaryServerHelpsOutForADay) {
  world_.run_for(minutes(1));
  engr_->crash();
  rsdv_->crash();
  client_.plug_into(dial_up);
  client_.boot();
  world_.run_for(seconds(20));
  EXPECT_NE(client_.state(), Station::State::bound);  // it leaves clients to the others for 30 s
  world_.run_for(minutes(2));
  ASSERT_EQ(client_.state(), Station::State::bound);
  EXPECT_EQ(client_.server(), mis_as1);
  EXPECT_TRUE(is_from(client_.address(), 127, 236, 245)) << to_text(client_.address());
  EXPECT_LE(client_.lease_ends() - world_.now(), day);
  EXPECT_EQ(found(*mis_), client_.address());

  engr_->restart();
  rsdv_->restart();
  world_.run_for(hours(3));
  expect_name_everywhere();
  const auto ends = client_.lease_ends();
  world_.run_for(hours(12));
  EXPECT_GT(client_.lease_ends(), ends);  // while it stays on, its lease is renewed
  expect_name_everywhere();

  client_.release();
  world_.run_for(minutes(20));
  EXPECT_EQ(found(*mis_), Ipv4());
  world_.run_for(extinction + hours(3));
  expect_name_nowhere();
  EXPECT_EQ(world_.violation().value_or("none"), "none");
}

// 8: the server that gave the old address does not hear of the new one but by its partner, and its
// lease goes on.
TEST_F(Excursions, AMoveToAnotherServersNetworkTakesTheNameAlong) {
  world_.run_for(minutes(1));
  client_.boot();
  world_.run_for(minutes(1));
  ASSERT_EQ(client_.server(), engr_as1);
  world_.run_for(hours(1));
  expect_name_everywhere();

  client_.power_off();
  client_.plug_into(research);
  client_.boot();
  world_.run_for(minutes(2));
  ASSERT_EQ(client_.state(), Station::State::bound);
  EXPECT_EQ(client_.server(), rsdv_as1);
  EXPECT_TRUE(is_from(client_.address(), 100, 6, 120)) << to_text(client_.address());
  world_.run_for(hours(1));
  expect_name_everywhere();
  world_.run_for(days(5));
  expect_name_everywhere();
  EXPECT_EQ(world_.violation().value_or("none"), "none");
}

}  // namespace
}  // namespace winsome::sim
