#include <map>
#include <set>

#include "server/core/random.h"
#include "tests/unit/server/leases/fixture.h"

/// Random operations on a small server whose disk refuses now and then; after each step the rules
/// that must always hold are checked against what clients and disk were told.
namespace winsome::dhcp {
namespace {

Configuration crowded(bool reloaded) {
  auto configuration = two_scopes();
  configuration.scopes[0].pools = {{.range = {at(100), at(111)}, .classes = {}}};
  configuration.scopes[0].exclusions = {{at(104), at(105)}};
  configuration.scopes[1].pools = {{.range = {far(100), far(103)}, .classes = {}}};
  configuration.scopes[1].bootp_dynamic = true;
  Reservation inside;
  inside.hardware = hardware(reloaded ? 3 : 1);
  inside.address = at(107);
  Reservation outside;
  outside.hardware = hardware(2);
  outside.address = at(50);
  configuration.scopes[0].reservations = {inside, outside};
  configuration.decline_hold = std::chrono::minutes(10);
  configuration.affinity = std::chrono::minutes(30);
  configuration.probing.enabled = true;
  return configuration;
}

class Crowd {
 public:
  explicit Crowd(std::uint64_t seed) : random_(seed), server_(crowded(false)) {}

  void run() {
    for (int i = 0; i < 400 && !testing::Test::HasFatalFailure(); ++i) step();
    EXPECT_GT(uses_, 50U) << "a walk that gives no leases shows nothing";
  }

 private:
  /// Who stopped using what; no client: an administrator took it away, from all or at one address.
  struct GivenUp {
    std::optional<ClientId> client;
    std::optional<Ipv4> address;
  };
  struct Decided {
    Actions actions;
    Instant at;
    HardwareAddress owner_of_107;
    std::vector<GivenUp> given_up;
  };

  void step() {
    server_.now += seconds(random_.below(120));
    if (random_.below(60) == 0) {
      reloaded_ = !reloaded_;
      server_.engine.configure(crowded(reloaded_));
    }
    std::vector<Input> inputs = std::exchange(probes_, {});
    for (auto n = random_.below(4) + 1; n > 0; --n) inputs.push_back(input());
    server_.engine.begin(server_.now);
    server_.engine.decide(inputs);
    const auto names = server_.engine.take_name_requests();
    for (const auto& request : names) {
      if (!request.withdraw)
        server_.engine.names_came_to(request.address, static_cast<NameState>(1 + random_.below(4)));
    }
    in_flight_.push_back(
        {server_.engine.finish(), server_.now, owner_of_107(), std::exchange(given_up_, {})});
    if (random_.below(10) == 0) {
      server_.engine.undo();
      in_flight_.clear();
    } else if (in_flight_.size() == 2 || random_.below(2) == 0) {
      for (const auto& batch : in_flight_) {
        server_.engine.committed();
        settle(batch);
      }
      in_flight_.clear();
    }
    compare();
  }

  [[nodiscard]] HardwareAddress owner_of_107() const { return hardware(reloaded_ ? 3 : 1); }

  Input input() {
    const Client client(random_.below(20), "host" + std::to_string(random_.below(5)));
    const auto last = static_cast<std::uint8_t>(98 + random_.below(16));
    const bool here = random_.below(2) == 0;
    const auto mine = had_.contains(client.client_id()) && random_.below(4) != 0
                          ? had_.at(client.client_id())
                          : (here ? at(last) : far(last));
    Message message;
    switch (random_.below(8)) {
      case 0: message = client.discover(random_.below(2) == 0 ? mine : Ipv4()); break;
      case 1: message = client.selecting(mine, random_.below(8) == 0 ? other_server : us); break;
      case 2: message = client.rebooting(mine); break;
      case 3: message = client.renewing(mine); break;
      case 4:
        message = client.releasing(mine);
        give_up({client.client_id(), mine});
        break;
      case 5:
        message = client.discover();
        if (random_.below(4) != 0) break;
        message = client.declining(mine);
        give_up({client.client_id(), mine});
        break;
      case 6: message = client.bootp(); break;
      default:
        if (random_.below(4) == 0) {
          give_up({{}, mine});
          return CommandRequest{1, ReleaseLease{mine}};
        }
        if (random_.below(20) == 0) {
          give_up({{}, {}});
          return CommandRequest{1, FlushLeases{.scope = {}, .active = true}};
        }
        message = client.selecting(mine);
    }
    if (!here) return from_relay(std::move(message));
    if (random_.below(2) == 0) return from_unicast(std::move(message));
    return from_broadcast(std::move(message));
  }

  void give_up(GivenUp what) {
    forget(what, false);
    given_up_.push_back(std::move(what));
  }
  void forget(const GivenUp& what, bool unless_active) {
    std::erase_if(users_, [&](const auto& user) {
      if (what.address && *what.address != user.first) return false;
      if (what.client && *what.client != user.second.first) return false;
      const auto found = disk_.find(user.first);
      return !unless_active || found == disk_.end() || found->second.state != LeaseState::active;
    });
  }

  /// The disk took it, and the clients heard of it.
  void settle(const Decided& batch) {
    const auto& actions = batch.actions;
    std::set<Ipv4> touched;
    for (const auto& change : actions.changes) {
      if (const auto* put = std::get_if<PutLease>(&change)) {
        ASSERT_TRUE(touched.insert(put->lease.address).second) << "one change a key";
        disk_.insert_or_assign(put->lease.address, put->lease);
      } else if (const auto* erase = std::get_if<EraseLease>(&change)) {
        ASSERT_TRUE(touched.insert(erase->address).second) << "one change a key";
        ASSERT_EQ(disk_.erase(erase->address), 1U);
      }
    }
    for (const auto& probe : actions.probes) {
      if (random_.below(5) != 0)
        probes_.emplace_back(ProbeResult{probe.address, random_.below(6) == 0});
    }
    for (const auto& one : batch.given_up) forget(one, false);
    for (const auto& send : actions.sends) {
      const auto& answer = send.message;
      if (answer.type == MessageType::nak || answer.yiaddr.unspecified()) continue;
      ASSERT_TRUE(may_be_given(answer.yiaddr)) << to_text(answer.yiaddr);
      if (answer.yiaddr == at(107)) {
        ASSERT_EQ(answer.hardware, batch.owner_of_107) << "it is reserved";
      }
      if (answer.yiaddr == at(50)) {
        ASSERT_EQ(answer.hardware, hardware(2)) << "it is reserved";
      }
      const auto client = ClientId::of(answer.hardware);
      had_.insert_or_assign(client, answer.yiaddr);
      if (answer.type != MessageType::offer) use(client, answer, batch.at);
    }
    // What was given and given up in one batch.
    for (const auto& one : batch.given_up) forget(one, true);
  }

  /// The client has the address now, and no other on that wire; nobody else may think he has it.
  void use(const ClientId& client, const Message& answer, Instant decided) {
    const auto address = answer.yiaddr;
    std::erase_if(users_, [&](const auto& user) {
      return user.second.first == client && user.first != address &&
             (user.first < far(0)) == (address < far(0));
    });
    const auto [user, first] = users_.try_emplace(address, client, never);
    if (!first && user->second.second > decided) {
      ASSERT_EQ(user->second.first, client) << to_text(address) << " is used by two";
    }
    const auto time = answer.options.u32(option::lease_time).value_or(0xffff'ffff);
    user->second = {client, time == 0xffff'ffff ? never : decided + seconds(time)};
    ++uses_;
  }

  static bool may_be_given(Ipv4 address) {
    if (address == at(50)) return true;
    if ((Range{at(104), at(105)}).contains(address)) return false;
    return (Range{at(100), at(111)}).contains(address) ||
           (Range{far(100), far(103)}).contains(address);
  }

  void compare() {
    std::map<std::pair<ClientId, bool>, Ipv4> active;
    std::size_t leases = 0;
    server_.engine.for_each([&](const Lease& lease) {
      ++leases;
      ASSERT_TRUE(may_be_given(lease.address)) << to_text(lease.address);
      if (lease.state != LeaseState::active) {
        ASSERT_EQ(lease.name_state, NameState::none);
        return;
      }
      ASSERT_EQ(lease.name_state == NameState::none, lease.netbios_name.empty());
      ASSERT_TRUE(
          active.emplace(std::pair(lease.client, lease.address < far(0)), lease.address).second)
          << "one address a client and wire";
      if (lease.address == at(50)) {
        ASSERT_EQ(lease.hardware, hardware(2));
      }
    });
    if (!in_flight_.empty()) return;
    ASSERT_EQ(leases, disk_.size());
    for (const auto& [address, lease] : disk_) {
      ASSERT_TRUE(server_.engine.find(address));
      ASSERT_EQ(*server_.engine.find(address), lease);
    }
  }

  Random random_;
  Server server_;
  bool reloaded_ = false;
  std::vector<Decided> in_flight_;
  std::vector<Input> probes_;
  std::map<Ipv4, Lease> disk_;
  std::map<ClientId, Ipv4> had_;
  std::map<Ipv4, std::pair<ClientId, Instant>> users_;
  std::vector<GivenUp> given_up_;
  std::size_t uses_ = 0;
};

TEST(Invariants, HoldWhateverHappens) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(seed);
    Crowd(seed).run();
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace winsome::dhcp
