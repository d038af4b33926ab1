#include <fmt/format.h>

#include <array>
#include <memory>
#include <set>

#include "tests/sim/server.h"
#include "tests/sim/station.h"
#include "tests/sim/sweep.h"

namespace winsome::sim {
namespace {

constexpr Ipv4 first_server{10, 1, 0, 2};
constexpr Ipv4 second_server{10, 1, 0, 3};
constexpr std::array<Ipv4, 3> relays = {Ipv4(), Ipv4(10, 2, 0, 1), Ipv4(10, 3, 0, 1)};
constexpr Wire wires_max = 3;
constexpr std::size_t stations_max = 12;
constexpr const char* circuit = "port-7";  // said by the relay of the third wire
constexpr Ipv4 of_circuit{10, 3, 0, 201};  // all stations there are one client
/// Beside the pools of everybody, for members of the class.
constexpr std::uint8_t first_of_class = 100;
constexpr std::size_t addresses_of_class = 3;

dhcp::HardwareAddress hardware(std::size_t number) {
  dhcp::HardwareAddress address;
  address.length = 6;
  address.octets = {2, 0, 0, 0, 0, static_cast<std::uint8_t>(number)};
  return address;
}

/// Stations 3 to 5.
dhcp::ClientClass class_of_some() {
  dhcp::ClientClass some;
  some.name = "some";
  for (std::size_t number = 3; number <= 5; ++number) {
    const auto one = hardware(number);
    some.hardware_prefix.emplace_back(one.octets.begin(), one.octets.begin() + one.length);
  }
  return some;
}

/// One run: a site with one or two servers, relays, and stations drawn by lot.
class Run {
 public:
  Run(World& world, Network& network, Links& links);

  void play();
  [[nodiscard]] Server::Counts counts() const;

 private:
  [[nodiscard]] dhcp::Configuration draw_configuration(bool backup);
  void draw_stations();
  void act();
  void station_acts();
  void station_changes();
  void lie();
  void server_suffers();
  void administrator_acts();
  void bound(Station& station, std::optional<Ipv4> address);
  void mend();
  void check_end();
  void check_dns(const Server& server);

  std::uint32_t below(std::size_t bound) {
    return world_.random().below(static_cast<std::uint32_t>(bound));
  }
  Station& station() { return *stations_[below(stations_.size())]; }
  Server& server() { return *servers_[below(servers_.size())]; }

  World& world_;
  Wires wires_{world_};
  seconds lease_{};
  std::vector<std::unique_ptr<Relay>> relays_;
  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<std::unique_ptr<Station>> stations_;
  std::set<const Station*> strays_;  // go on using what they no longer have, or share an identity
  std::map<Ipv4, std::set<const Station*>> used_;
  std::set<Ipv4> meddled_ = {of_circuit};  // and addresses that the administrator took away
};

Run::Run(World& world, Network& network, Links& links) : world_(world) {
  wires_.weather = {.loss = below(3) == 0 ? below(200) : 0,
                    .duplication = below(3) == 0 ? below(200) : 0,
                    .delay_least = milliseconds(1),
                    .delay_most = milliseconds(1 + below(400))};
  lease_ = seconds(40 + below(600));
  const std::vector<Ipv4> addresses =
      below(2) == 0 ? std::vector{first_server} : std::vector{first_server, second_server};
  const auto slow = world.between(milliseconds(1), milliseconds(300));
  for (const auto address : addresses) {
    names::Options options;
    options.owner = address;
    options.computer_name = "SERVER";
    servers_.push_back(std::make_unique<Server>(
        Surroundings{world, network, links}, to_text(address), options,
        DiskSpeed{.least = milliseconds(1), .most = slow}, replication::Options{},
        Leasing{wires_, {{0, address}}, draw_configuration(address == second_server)}));
  }
  for (Wire wire = 1; wire < wires_max; ++wire) {
    relays_.push_back(
        std::make_unique<Relay>(wires_, wire, relays[wire], addresses, wire == 2 ? circuit : ""));
  }
  draw_stations();
}

dhcp::Configuration Run::draw_configuration(bool backup) {
  dhcp::Configuration configuration;
  configuration.enabled = true;
  configuration.parameters.lease = lease_;
  configuration.probing.enabled = below(2) == 0;
  configuration.decline_hold = seconds(60 + below(600));
  configuration.affinity = seconds(below(2) == 0 ? 60 : 86'400);
  configuration.authoritative = below(4) != 0;
  configuration.classes = {class_of_some()};
  for (std::uint8_t net = 1; net <= wires_max; ++net) {
    dhcp::Scope scope;
    scope.name = fmt::format("net{}", net);
    scope.subnet = Ipv4Prefix(Ipv4(10, net, 0, 0), 24);
    const std::uint8_t first = backup ? 60 : 10;
    const auto last = static_cast<std::uint8_t>(first + 4 + below(20));
    scope.pools = {{.range = {Ipv4(10, net, 0, first), Ipv4(10, net, 0, last)}, .classes = {}}};
    if (net == 2 && !backup) {
      const auto end = static_cast<std::uint8_t>(first_of_class + addresses_of_class - 1);
      scope.pools.push_back({.range = {Ipv4(10, net, 0, first_of_class), Ipv4(10, net, 0, end)},
                             .classes = {"some"}});
    }
    scope.exclusions = {{Ipv4(10, net, 0, first + 1), Ipv4(10, net, 0, first + 1)}};
    if (backup && below(2) == 0) scope.offer_delay = seconds(5);
    scope.bootp_dynamic = below(2) == 0;
    scope.bootp_lease = seconds(300);
    scope.dns.domain = "example.org";
    if (!backup && net == 1) {
      dhcp::Reservation inside;
      inside.hardware = hardware(1);
      inside.address = Ipv4(10, 1, 0, first + 2);
      inside.name = "reserved-1";
      dhcp::Reservation outside;
      outside.hardware = hardware(2);
      outside.address = Ipv4(10, 1, 0, 200);
      outside.parameters.lease = lease_;
      scope.reservations = {inside, outside};
    }
    if (!backup && net == 3) {
      dhcp::Reservation at_port;
      const std::string_view text = circuit;
      at_port.circuit.assign(text.begin(), text.end());
      at_port.address = of_circuit;
      at_port.parameters.lease = lease_;
      scope.reservations = {at_port};
    }
    configuration.scopes.push_back(scope);
  }
  return configuration;
}

void Run::draw_stations() {
  const auto count = 3 + below(stations_max - 2);
  for (std::size_t i = 1; i <= count; ++i) {
    auto one = std::make_unique<Station>(world_, wires_, fmt::format("pc{}", i), hardware(i));
    one->plug_into(below(wires_max));
    one->call_itself(below(5) == 0 ? "TWIN" : fmt::format("pc{}", i));
    one->behave(static_cast<Conduct>(below(4)));
    if (below(4) == 0) {
      one->identify_as({0, 'i', 'd', static_cast<std::uint8_t>(below(2))});  // shared by some
      strays_.insert(one.get());
    }
    one->on_bound([this](Station& who, std::optional<Ipv4> address) { bound(who, address); });
    stations_.push_back(std::move(one));
  }
}

/// Two stations that keep the rules never use one address.
void Run::bound(Station& station, std::optional<Ipv4> address) {
  for (auto& [used, by] : used_) by.erase(&station);
  if (!address || strays_.contains(&station)) return;
  auto& by = used_[*address];
  by.insert(&station);
  if (by.size() > 1 && !meddled_.contains(*address))
    world_.violate(fmt::format("{} and another use {}", station.who(), to_text(*address)));
}

void Run::station_acts() {
  auto& one = station();
  switch (below(8)) {
    case 0: return one.power_off();
    case 1: return one.release();
    case 2: return one.decline();
    case 3: return one.inform();
    case 4:
      strays_.insert(&one);  // takes its address for good, whatever the server thinks
      return one.ask_bootp();
    default: return one.boot();
  }
}

void Run::station_changes() {
  auto& one = station();
  if (below(2) == 0) {
    one.plug_into(below(wires_max));
    return world_.note(one.who(), "is plugged in elsewhere");
  }
  if (one.state() != Station::State::off) return;
  one.call_itself(fmt::format("host-{}", below(4)));
  const auto conduct = static_cast<Conduct>(below(4));
  if (conduct == Conduct::squatter) strays_.insert(&one);
  one.behave(conduct);
}

void Run::lie() {
  const auto& victim = station();
  if (victim.address().unspecified()) return;
  station().lie(below(2) == 0 ? dhcp::MessageType::release : dhcp::MessageType::decline,
                victim.address(), victim.server());
}

void Run::server_suffers() {
  auto& one = server();
  switch (below(5)) {
    case 0: return one.crash();
    case 1: return one.refuse_disk();
    case 2: return one.mend_disk();
    default: one.restart(); return one.mend_disk();
  }
}

void Run::administrator_acts() {
  auto& one = server();
  const auto address = station().address();
  switch (below(4)) {
    case 0: meddled_.insert(address); return one.command(dhcp::ReleaseLease{address});
    case 1: return one.command(dhcp::FlushLeases{});
    case 2: {
      dhcp::Reservation reservation;
      const auto number = 1 + below(stations_max);
      reservation.hardware = hardware(number);
      reservation.address = Ipv4(10, 2, 0, static_cast<std::uint8_t>(200 + number));
      return one.command(
          dhcp::AddReservations{.rows = {{.scope = "", .reservation = reservation}}});
    }
    default:
      return one.command(dhcp::DeleteReservation{
          Ipv4(10, 2, 0, static_cast<std::uint8_t>(201 + below(stations_max)))});
  }
}

void Run::act() {
  switch (below(10)) {
    case 0: return server_suffers();
    case 1: return station_changes();
    case 2: return lie();
    case 3: return below(3) == 0 ? administrator_acts() : station_acts();
    default: return station_acts();
  }
}

void Run::play() {
  for (int i = 0; i < 120 && !world_.violation(); ++i) {
    act();
    const auto longest =
        below(4) == 0 ? std::chrono::duration_cast<milliseconds>(lease_) / 2 : milliseconds(5000);
    world_.run_for(world_.between(milliseconds(0), longest));
  }
  if (world_.violation()) return;
  mend();
  check_end();
}

/// Everything works, and whoever is there has the time to get an address.
void Run::mend() {
  wires_.weather = {};
  for (auto& one : servers_) {
    one->mend_disk();
    one->restart();
  }
  world_.run_for(seconds(5));
  for (auto& one : stations_) {
    one->power_off();
    one->behave(Conduct::honest);
  }
  world_.run_for(std::chrono::minutes(20));  // what was declined or squatted is free again
  for (auto& one : stations_) one->boot();
  world_.run_for(std::chrono::minutes(3));
}

void Run::check_end() {
  if (world_.violation()) return;
  if (servers_.size() == 1) check_dns(*servers_.front());
  for (const auto& one : stations_) {
    if (one->state() == Station::State::bound || one->state() == Station::State::renewing) continue;
    if (one->state() == Station::State::rebinding) continue;
    std::size_t free = 0;
    for (const auto& server : servers_) {
      for (const auto& scope : server->leases().statistics().scopes)
        free += scope.addresses > scope.active + scope.declined + addresses_of_class ? 1 : 0;
    }
    // Where all pools have room, everybody has an address.
    if (free == servers_.size() * wires_max) world_.violate(one->who() + " got no address");
  }
}

/// Of names that only one station ever had.
void Run::check_dns(const Server& server) {
  std::set<std::string> leased;
  server.leases().for_each([&](const dhcp::Lease& lease) {
    if (lease.state == dhcp::LeaseState::active) leased.insert(lease.dns_name);
  });
  for (const auto& name : leased) {
    if (name.starts_with("pc") && !server.dns().contains(name))
      world_.violate("DNS was not told of " + name);
  }
  for (const auto& [name, work] : server.dns()) {
    if (name.starts_with("pc") && !leased.contains(name)) world_.violate("DNS still has " + name);
  }
}

Server::Counts Run::counts() const {
  Server::Counts all;
  for (const auto& one : servers_) {
    all.commits += one->counts().commits;
    all.undone += one->counts().undone;
    all.crashes += one->counts().crashes;
    all.acknowledged += one->counts().acknowledged;
  }
  return all;
}

}  // namespace

Outcome run_leases(std::uint64_t seed, bool keep_trace) {
  World world(seed);
  if (keep_trace) world.keep_trace();
  Network network(world);
  Links links(world);
  Outcome outcome;
  Run run(world, network, links);
  run.play();
  outcome.violation = world.violation();
  outcome.trace = world.trace();
  outcome.counts = run.counts();
  return outcome;
}

}  // namespace winsome::sim
