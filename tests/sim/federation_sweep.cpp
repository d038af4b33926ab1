#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "tests/sim/federation.h"
#include "tests/sim/host.h"
#include "tests/sim/sweep.h"

namespace winsome::sim {
namespace {

enum class Shape : std::uint8_t { chain, ring, star, mesh };

using std::chrono::hours;
using std::chrono::minutes;

/// One run: servers joined in some shape, hosts spread over them, and what happens to both.
class Run {
 public:
  explicit Run(std::uint64_t seed, bool keep_trace) : world_(seed) {
    if (keep_trace) world_.keep_trace();
  }

  [[nodiscard]] Outcome play();

 private:
  struct Named {
    nbns::ScopedName name;
    Kind kind;
  };
  struct Edge {
    std::size_t a;
    std::size_t b;
  };

  void draw_edges();
  void draw_servers();
  void join(std::size_t at, std::size_t to, replication::Partner terms);
  void draw_ways(const Edge& edge, bool slow);
  void draw_names();
  void draw_hosts();
  void act();
  void host_acts();
  void host_changes();
  void servers_suffer();
  void links_suffer();
  void administrator_acts();
  [[nodiscard]] milliseconds pause();
  void mend();
  void let_agree();
  [[nodiscard]] static Ipv4 address_of(std::size_t server) {
    return {192, 0, 2, static_cast<std::uint8_t>(1 + server)};
  }

  std::uint32_t below(std::size_t bound) {
    return world_.random().below(static_cast<std::uint32_t>(bound));
  }
  template <class T>
  T& one_of(std::vector<T>& list) {
    return list[below(list.size())];
  }
  Server& server() { return *one_of(servers_); }
  Host& host() { return *one_of(hosts_); }

  World world_;
  Network network_{world_};
  Links links_{world_};
  Federation federation_{world_};
  Shape shape_ = Shape::chain;
  std::size_t count_ = 0;
  std::vector<Edge> edges_;
  std::vector<names::Options> options_;
  std::vector<replication::Options> replication_;
  seconds longest_interval_{0};
  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<Named> names_;
  std::uint8_t moves_ = 100;
};

Outcome Run::play() {
  count_ = 3 + below(5);
  shape_ = static_cast<Shape>(below(4));
  draw_edges();
  draw_servers();
  draw_names();
  draw_hosts();
  const auto acts = 60 + below(80);
  for (std::uint32_t i = 0; i < acts && !world_.violation(); ++i) {
    act();
    world_.run_for(pause());
  }
  if (!world_.violation()) mend();
  if (!world_.violation()) let_agree();
  Server::Counts counts;
  for (const auto& one : servers_) {
    const auto& more = one->counts();
    counts.commits += more.commits;
    counts.undone += more.undone;
    counts.crashes += more.crashes;
  }
  return {world_.violation(), world_.trace(), counts};
}

void Run::draw_edges() {
  for (std::size_t i = 1; i < count_; ++i) {
    switch (shape_) {
      case Shape::chain:
      case Shape::ring: edges_.push_back({i - 1, i}); break;
      case Shape::star: edges_.push_back({0, i}); break;
      case Shape::mesh:
        for (std::size_t j = 0; j < i; ++j) edges_.push_back({j, i});
        break;
    }
  }
  if (shape_ != Shape::ring) return;
  edges_.push_back({count_ - 1, 0});
  if (count_ > 3) federation_.may_cross();
}

void Run::draw_servers() {
  const bool short_lives = below(3) == 0;
  for (std::size_t i = 0; i < count_; ++i) {
    names::Options options;
    options.owner = address_of(i);
    options.computer_name = fmt::format("SERVER{}", i);
    if (short_lives) {
      options.intervals = {.renewal = hours(12),
                           .extinction = hours(8),
                           .extinction_timeout = hours(12),
                           .verification = hours(48),
                           .tombstone_uptime = minutes(30)};
    }
    options_.push_back(options);
    replication::Options replication;
    replication.retry_interval = seconds(5 + below(30));
    replication.pull_at_start = below(4) != 0;
    replication.verification.interval = below(2) == 0 ? seconds(0) : seconds(hours(1));
    replication.verification.start = minutes(below(24 * 60));
    replication.start_wait = seconds(10 + below(50));
    replication_.push_back(replication);
  }
  for (const auto& edge : edges_) {
    const bool slow = below(4) == 0;
    draw_ways(edge, slow);
    replication::Partner terms;
    terms.carrier = below(2) == 0 ? replication::Carrier::grpc : replication::Carrier::winsra;
    terms.interval = slow ? seconds(minutes(12 + below(9))) : seconds(120 + below(480));
    longest_interval_ = std::max(longest_interval_, terms.interval);
    for (const auto& [at, to] : {std::pair(edge.a, edge.b), std::pair(edge.b, edge.a)}) {
      terms.persistent = below(2) == 0;
      terms.update_count = below(2) == 0 ? 0 : 1 + below(10);
      terms.on_address_change = below(3) == 0;
      join(at, to, terms);
    }
  }
  for (std::size_t i = 0; i < count_; ++i) {
    servers_.push_back(std::make_unique<Server>(
        Surroundings{world_, network_, links_, &federation_}, fmt::format("s{}", i), options_[i],
        DiskSpeed{.least = milliseconds(1), .most = milliseconds(1 + below(50))}, replication_[i]));
    federation_.add(*servers_.back());
  }
}

void Run::join(std::size_t at, std::size_t to, replication::Partner terms) {
  terms.name = fmt::format("s{}", to);
  terms.address = {address_of(to), 42};
  replication_[at].partners.push_back(std::move(terms));
}

void Run::draw_ways(const Edge& edge, bool slow) {
  for (const auto& [from, to] : {std::pair(edge.a, edge.b), std::pair(edge.b, edge.a)}) {
    auto& way = links_.way(address_of(from), address_of(to));
    way.delay_least = milliseconds(1 + below(20));
    way.delay_most = way.delay_least + milliseconds(below(slow ? 2000 : 100));
    if (slow) way.octets_per_second = 500 + below(5000);
    if (below(3) == 0) way.breaks = below(50);
  }
}

void Run::draw_names() {
  for (std::uint8_t i = 0; i < 12; ++i)
    names_.push_back({nbns::make_name(fmt::format("HOST{}", i), 0x00), Kind::unique});
  for (std::uint8_t i = 0; i < 6; ++i)
    names_.push_back({nbns::make_name(fmt::format("SERVER-{}", i), 0x20), Kind::multihomed});
  for (const auto* text : {"WORK<00>", "WORK<1E>", "OFFICE<00>"})
    names_.push_back({*nbns::parse_name(text, 0), Kind::group});
  for (const auto* text : {"WORK<1C>", "OFFICE<1C>"})
    names_.push_back({*nbns::parse_name(text, 0), Kind::group});
  for (const auto* text : {"WORK<1B>", "OFFICE<1B>"})
    names_.push_back({*nbns::parse_name(text, 0), Kind::unique});
}

void Run::draw_hosts() {
  const auto count = static_cast<std::uint8_t>(4 + below(10));
  for (std::uint8_t i = 1; i <= count; ++i) {
    std::vector<Ipv4> addresses = {Ipv4(10, 0, 0, i)};
    if (i % 3 == 0) addresses.emplace_back(10, 0, 1, i);
    hosts_.push_back(std::make_unique<Host>(world_, network_, fmt::format("pc{}", i), addresses,
                                            address_of(below(count_))));
  }
  network_.weather.delay_most = milliseconds(5 + below(100));
  if (below(3) == 0) network_.weather.loss = below(200);
}

milliseconds Run::pause() {
  const auto kind = below(100);
  if (kind < 60) return world_.between(milliseconds(0), milliseconds(1500));
  if (kind < 90) return world_.between(seconds(1), seconds(90));
  return world_.between(seconds(60), seconds(1200));
}

void Run::act() {
  const auto what = below(100);
  if (what < 66) return host_acts();
  if (what < 78) return host_changes();
  if (what < 86) return servers_suffer();
  if (what < 96) return links_suffer();
  administrator_acts();
}

void Run::host_acts() {
  auto& who = host();
  const auto& [name, kind] = one_of(names_);
  const auto interface = static_cast<std::size_t>(below(2));
  switch (below(10)) {
    case 0: return who.release(name, interface);
    case 1: return who.refresh(name, interface);
    case 2: return who.query(name);
    default: return who.register_name(name, kind, interface);
  }
}

void Run::host_changes() {
  auto& who = host();
  switch (below(6)) {
    case 0: return who.die();
    case 1: return who.alive() ? who.move(Ipv4(10, 0, 2, ++moves_)) : who.live();
    case 2: return who.alive() ? who.use(address_of(below(count_))) : who.live();
    case 3:
      who.lateness = world_.between(milliseconds(100), milliseconds(6000));
      return who.behave(static_cast<Manner>(below(7)));
    default: return who.alive() ? who.behave(Manner::honest) : who.live();
  }
}

void Run::servers_suffer() {
  auto& who = server();
  switch (below(8)) {
    case 0:
    case 1: who.crash(below(2) == 0); break;
    case 2: return who.refuse_disk();
    case 3: return who.mend_disk();
    case 4: return who.back_up();
    case 5:
      who.crash(false);
      who.restore(below(2) == 0);
      break;
    case 6: return who.set_clock(minutes(below(48 * 60)));
    default: break;
  }
  if (below(3) != 0) who.restart();
}

void Run::links_suffer() {
  const auto& edge = one_of(edges_);
  const auto a = address_of(edge.a);
  const auto b = address_of(edge.b);
  switch (below(5)) {
    case 0: links_.cut(a, b); break;
    case 1:
      links_.cut(a, b);
      links_.cut(b, a);
      break;
    default: links_.heal(a, b); links_.heal(b, a);
  }
}

void Run::administrator_acts() {
  auto& who = server();
  const auto& [name, kind] = one_of(names_);
  auto& other = server();
  switch (below(7)) {
    case 0: return who.command(replication::PullNow{});
    case 1: return who.command(replication::PushNow{.partner = {}, .propagate = below(2) == 0});
    case 2: return who.command(replication::VerifyNow{});
    case 3: return who.command(replication::DeleteOwner{other.address()});
    case 4:
      if (below(4) != 0 || who.address() == other.address()) return;
      federation_.owner_meddled(other.address());
      return who.command(replication::TombstoneOwner{other.address()});
    case 5: federation_.meddled(name); return who.command(names::TombstoneRecord{name});
    default: {
      federation_.meddled(name);
      names::AddRecords add;
      const auto type = name.name.suffix() == 0x1c ? names::MappingType::domain_name
                        : kind == Kind::group      ? names::MappingType::normal_group
                                                   : names::MappingType::unique;
      add.records.push_back(
          names::exact(type, name, {Ipv4(10, 0, 3, static_cast<std::uint8_t>(1 + below(6)))}));
      return who.command(add);
    }
  }
}

void Run::mend() {
  world_.note("-", "everything is mended");
  for (const auto& edge : edges_) {
    for (const auto& [from, to] : {std::pair(edge.a, edge.b), std::pair(edge.b, edge.a)}) {
      auto& way = links_.way(address_of(from), address_of(to));
      way.cut = false;
      way.breaks = 0;
    }
  }
  network_.weather = {};
  for (const auto& one : hosts_) {
    if (one->alive()) one->behave(Manner::honest);
  }
  for (const auto& one : servers_) {
    one->mend_disk();
    one->restart();
  }
}

/// As long as the way from one end to the other takes by intervals alone; then everything is
/// compared with its owner as often as there are steps from one end to the other (B11), and twice
/// more for what the first comparison brings to owners who had not heard of each other.
void Run::let_agree() {
  const auto steps = shape_ == Shape::mesh ? 1 : shape_ == Shape::star ? 2 : count_;
  for (const auto& one : hosts_) one->rest();
  world_.run_for(longest_interval_ * static_cast<int>(steps + 1));
  for (std::size_t i = 0; i < steps + 3 && !world_.violation(); ++i) {
    for (const auto& one : servers_) one->command(replication::VerifyNow{});
    world_.run_for(minutes(1) + longest_interval_ / 2);
  }
  if (!world_.violation()) world_.run_for(longest_interval_);
  if (!world_.violation()) federation_.check_agreement();
}

}  // namespace

Outcome run_federation(std::uint64_t seed, bool keep_trace) {
  return Run(seed, keep_trace).play();
}

}  // namespace winsome::sim
