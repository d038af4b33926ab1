#include "tests/sim/sweep.h"

#include <fmt/format.h>

#include <array>
#include <memory>

#include "tests/sim/host.h"

namespace winsome::sim {
namespace {

constexpr Ipv4 server_address{192, 0, 2, 1};

/// One run: the cast, drawn by lot, and what happens to them.
class Sweep {
 public:
  Sweep(World& world, Network& network, Links& links);

  void play();
  [[nodiscard]] const Server& server() const { return *server_; }

 private:
  void draw_weather();
  [[nodiscard]] names::Options draw_options();
  void act();
  void host_acts();
  void contend(const nbns::ScopedName& name, Kind kind);
  void host_changes();
  void server_suffers();
  void administrator_acts();
  void everybody_refreshes();
  void crowd();
  [[nodiscard]] milliseconds pause();

  std::uint32_t below(std::size_t bound) {
    return world_.random().below(static_cast<std::uint32_t>(bound));
  }
  template <class T>
  const T& one_of(const std::vector<T>& list) {
    return list[below(list.size())];
  }
  Host& host() { return *hosts_[below(hosts_.size())]; }

  struct Named {
    nbns::ScopedName name;
    Kind kind;
  };

  World& world_;
  Network& network_;
  std::vector<Named> names_;
  std::unique_ptr<Server> server_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::uint8_t moves_ = 100;
  bool short_lives_ = false;  // a run sees whole lives of names
};

Sweep::Sweep(World& world, Network& network, Links& links) : world_(world), network_(network) {
  draw_weather();
  const auto options = draw_options();
  const auto slow = world_.between(milliseconds(1), milliseconds(300));
  server_ = std::make_unique<Server>(Surroundings{world_, network_, links}, "server", options,
                                     DiskSpeed{.least = milliseconds(1), .most = slow},
                                     replication::Options{});
  const auto count = static_cast<std::uint8_t>(3 + below(5));
  for (std::uint8_t i = 1; i <= count; ++i) {
    std::vector<Ipv4> addresses = {Ipv4(10, 0, 0, i)};
    if (i % 3 == 0) addresses.emplace_back(10, 0, 1, i);
    hosts_.push_back(std::make_unique<Host>(world_, network_, fmt::format("pc{}", i), addresses,
                                            server_address));
  }
  for (const auto* text : {"A<00>", "A<20>", "B<00>", "C<00>", "C<20>.scope", "D<03>"}) {
    const auto kind = below(3) == 0 ? Kind::multihomed : Kind::unique;
    names_.push_back({*nbns::parse_name(text, 0), kind});
  }
  for (const auto* text : {"A<1B>", "WORK<1B>", "WORK<1D>", "WPAD<00>"})
    names_.push_back({*nbns::parse_name(text, 0), Kind::unique});
  for (const auto* text : {"WORK<00>", "WORK<1C>", "A<1C>", "WORK<1E>", "A<00>"})
    names_.push_back({*nbns::parse_name(text, 0), Kind::group});
}

void Sweep::draw_weather() {
  auto& weather = network_.weather;
  if (below(3) == 0) return;
  weather.loss = below(300);
  weather.duplication = below(200);
  weather.delay_most = world_.between(milliseconds(5), milliseconds(1500));
}

names::Options Sweep::draw_options() {
  names::Options options;
  options.owner = server_address;
  options.computer_name = "SERVER";
  options.migrate_on = below(3) == 0;
  short_lives_ = below(2) == 0;
  if (short_lives_) {
    options.intervals = {.renewal = seconds(60),
                         .extinction = seconds(40),
                         .extinction_timeout = seconds(60),
                         .verification = seconds(240),
                         .tombstone_uptime = seconds(30)};
  }
  if (below(3) == 0) options.burst = {.threshold = 3, .queue_limit = 20};
  if (below(4) == 0) {
    options.challenge.at_once = 2;
    options.challenge.at_once_per_requester = 1;
  }
  return options;
}

void Sweep::play() {
  const auto acts = 60 + below(80);
  for (std::uint32_t i = 0; i < acts && !world_.violation(); ++i) {
    act();
    world_.run_for(pause());
  }
  if (world_.violation()) return;
  // Whatever happened, in the end the server runs, writes, and agrees with its disk.
  server_->mend_disk();
  server_->restart();
  network_.weather = {};
  world_.run_for(seconds(30));
  server_->crash();
  server_->restart();
  world_.run_for(seconds(1));
}

/// Mostly moments, sometimes hours or days; where lives are short a minute is as good.
milliseconds Sweep::pause() {
  const auto kind = below(100);
  if (kind < 70) return world_.between(milliseconds(0), milliseconds(1500));
  if (kind < 90 || short_lives_) return world_.between(seconds(1), seconds(90));
  if (kind < 96) return world_.between(seconds(60), std::chrono::hours(5));
  return world_.between(std::chrono::hours(5), std::chrono::days(7));
}

void Sweep::act() {
  const auto what = below(100);
  if (what < 72) return host_acts();
  if (what < 84) return host_changes();
  if (what < 92) return server_suffers();
  if (what < 96) return administrator_acts();
  if (what < 98) return everybody_refreshes();
  crowd();
}

void Sweep::host_acts() {
  auto& who = host();
  const auto& [name, kind] = one_of(names_);
  const auto interface = static_cast<std::size_t>(below(2));
  switch (below(10)) {
    case 0:
    case 1: return who.release(name, interface);
    case 2: return who.refresh(name, interface);
    case 3: return who.query(name);
    case 4: return who.claim_for(name, Ipv4(10, 0, 0, static_cast<std::uint8_t>(1 + below(9))));
    case 5: return contend(name, kind);
    default: return who.register_name(name, kind, interface);
  }
}

/// Many want one name, and some give it up, while its owner may be being asked.
void Sweep::contend(const nbns::ScopedName& name, Kind kind) {
  for (int i = 0; i < 8; ++i) {
    auto& who = host();
    const bool gives_up = below(3) == 0;
    world_.after(world_.between(milliseconds(0), milliseconds(4000)), [&who, name, kind, gives_up] {
      if (gives_up) return who.release(name);
      who.register_name(name, kind);
    });
  }
}

void Sweep::host_changes() {
  auto& who = host();
  switch (below(6)) {
    case 0: return who.die();
    case 1: return who.alive() ? who.move(Ipv4(10, 0, 2, ++moves_)) : who.live();
    case 2: return who.alive() ? who.behave(Manner::honest) : who.live();
    default:
      who.lateness = world_.between(milliseconds(100), milliseconds(6000));
      return who.behave(static_cast<Manner>(below(7)));
  }
}

void Sweep::server_suffers() {
  switch (below(4)) {
    case 0: server_->crash(); break;
    case 1: return server_->refuse_disk();
    default: server_->mend_disk(); break;
  }
  if (below(3) != 0) server_->restart();
}

void Sweep::administrator_acts() {
  const auto& [name, kind] = one_of(names_);
  const Ipv4 address(10, 0, 0, static_cast<std::uint8_t>(1 + below(6)));
  switch (below(5)) {
    case 0: {
      names::AddRecords add;
      const auto type =
          kind == Kind::group ? names::MappingType::normal_group : names::MappingType::unique;
      const bool domain = name.name.suffix() == 0x1c;
      add.records.push_back(
          names::exact(domain ? names::MappingType::domain_name : type, name, {address}));
      add.records.back().is_static = below(2) == 0;
      add.records.back().life = seconds(below(1000));
      return server_->command(add);
    }
    case 1: return server_->command(names::DeleteRecord{name});
    case 2: return server_->command(names::TombstoneRecord{name});
    default: return server_->command(names::Scavenge{});
  }
}

/// As after a power cut.
void Sweep::everybody_refreshes() {
  for (const auto& who : hosts_) {
    for (const auto& [name, kind] : names_) who->refresh(name);
  }
}

/// More domain controllers than a group holds, all at once: the queue grows, too.
void Sweep::crowd() {
  const auto domain = *nbns::parse_name("WORK<1C>", 0);
  for (std::uint8_t i = 0; i < 40; ++i) {
    const nbns::NameRequest request{
        .id = i, .name = domain, .ttl = 60, .entry = {true, nbns::NodeType::h, Ipv4(10, 3, 0, i)}};
    network_.send({Ipv4(10, 3, 0, i), 137}, {server_address, 137}, request);
  }
}

}  // namespace

Outcome run_seed(std::uint64_t seed, bool keep_trace) {
  World world(seed);
  if (keep_trace) world.keep_trace();
  Network network(world);
  Links links(world);
  Sweep sweep(world, network, links);
  sweep.play();
  return {world.violation(), world.trace(), sweep.server().counts()};
}

}  // namespace winsome::sim
