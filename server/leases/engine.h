#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/leases/circuit_limits.h"
#include "server/leases/dns_queue.h"
#include "server/leases/holds.h"
#include "server/leases/lease_server.h"
#include "server/leases/lease_table.h"
#include "server/leases/network.h"
#include "server/leases/pools.h"
#include "server/leases/reply.h"
#include "server/leases/reservations.h"

namespace winsome::dhcp {

/// What stands behind LeaseServer; only this folder's sources see it.
class LeaseServer::Engine {
 public:
  /// Leases that time alone moves in one step: a longer sweep goes on at the next (decision 6).
  static constexpr std::size_t aged_in_a_step = 1000;
  /// Addresses in use that are found for one request before its client has to ask again.
  static constexpr unsigned conflicts_max = 3;
  /// What is added to a probe's own timeout before it is given up: the prober has threads to wake.
  static constexpr milliseconds probe_grace{200};
  /// Addresses remembered as free: all that a storm probes within `Probing::fresh`.
  static constexpr std::size_t proved_max = 65'536;
  /// Of our own addresses, by which clients know us.
  static constexpr std::size_t own_addresses_max = 256;
  /// Pointers that are asked for again at a renewal; of more than that only with a new lease.
  static constexpr std::size_t pointers_refused_max = 65'536;
  /// Messages answered in one batch whose duplicates are known; those of more are answered too.
  static constexpr std::size_t answered_max = 16'384;
  /// Reservations in all, so that a tool run amok does not fill memory.
  static constexpr std::size_t reservations_max = 100'000;

  Engine(const Configuration& configuration, std::uint64_t seed);

  void load(Memory&& memory);
  void begin(Instant now);
  void decide(std::span<Input> inputs);
  void names_came_to(Ipv4 address, NameState state);
  [[nodiscard]] std::vector<NameRequest> take_name_requests();
  [[nodiscard]] Actions finish();
  void committed();
  void undo();
  void configure(const Configuration& configuration);

  [[nodiscard]] const Configuration& configuration() const { return rules_->configuration; }
  [[nodiscard]] Statistics statistics() const;
  [[nodiscard]] const LeaseTable& leases() const { return leases_; }
  [[nodiscard]] const Reservations& reservations() const { return reservations_; }
  [[nodiscard]] const DnsQueue& dns() const { return dns_; }

 private:
  /// The configuration, and what is looked up in it all the time.
  struct Rules {
    explicit Rules(const Configuration& source);
    Configuration configuration;
    Networks networks;
    Pools pools;
    absl::flat_hash_set<std::string> denied;
    absl::flat_hash_map<std::string, std::size_t> scopes;
  };

  /// A message, and what is known of who sent it.
  struct Asker {
    ClientMessage& input;
    ClientId client;
    Octets circuit;
    std::size_t scope = 0;    // that of the wire's address that the message names
    std::size_t network = 0;  // its wire
    ClassList classes;
    const Reservation* reservation = nullptr;  // on this wire
    unsigned tries = 0;

    [[nodiscard]] const Message& message() const { return input.message; }
    [[nodiscard]] Reservations::Who who() const {
      return {client, input.message.hardware, circuit};
    }
  };

  // lease_server.cpp
  void handle(ClientMessage& input);
  void handle(ProbeResult& result);
  void handle(CommandRequest& request);
  void ask_for_pending_names();
  void put(Lease lease);
  void erase(Ipv4 address);
  void refresh(Ipv4 address);
  void refresh_all();
  void watch(std::size_t scope, bool refused);
  void drop(Drop why) { ++statistics_.drops[static_cast<std::size_t>(why)]; }
  void tell(EventKind kind, std::size_t scope, Ipv4 address, std::string who);
  [[nodiscard]] const Scope& scope(std::size_t index) const {
    return rules_->configuration.scopes[index];
  }
  [[nodiscard]] std::optional<std::size_t> scope_at(Ipv4 address) const {
    return rules_->networks.scope_at(address);
  }

  /// A message, as its duplicates are like it.
  struct Question {
    ClientId client;
    std::uint32_t xid = 0;
    MessageType type = MessageType::none;
    Ipv4 giaddr;
    friend bool operator==(const Question&, const Question&) = default;
    template <class H>
    friend H AbslHashValue(H state, const Question& question) {
      return H::combine(std::move(state), question.client, question.xid, question.type,
                        question.giaddr);
    }
  };

  // asker.cpp: who asks, and which addresses may be his
  void answer(ClientMessage& input, unsigned tries);
  void dispatch(Asker& asker);
  [[nodiscard]] std::optional<Asker> identify(ClientMessage& input);
  [[nodiscard]] bool is_ours(Ipv4 server) const { return own_addresses_.contains(server); }
  [[nodiscard]] Ipv4 server_identifier(const Asker& asker) const;
  [[nodiscard]] bool on_wire(const Asker& asker, Ipv4 address) const;
  [[nodiscard]] bool permitted(const Asker& asker, Ipv4 address) const;
  [[nodiscard]] bool holds_lease(const Asker& asker, const Lease& lease) const;
  [[nodiscard]] bool vacant(const Asker& asker, Ipv4 address) const;
  [[nodiscard]] bool awaited_elsewhere(const Asker& asker, Ipv4 address) const;
  [[nodiscard]] bool names_another_server(const Asker& asker) const;
  [[nodiscard]] bool admitted(const Asker& asker);
  [[nodiscard]] bool circuit_is_full(const Asker& asker) const;

  // offer.cpp: RFC 2131 4.3.1
  struct Choice {
    Ipv4 address;
    bool probe = true;
  };
  [[nodiscard]] bool left_to_primary(const Asker& asker) const;
  void discover(Asker& asker);
  void bootp(Asker& asker);
  [[nodiscard]] bool fold(Asker& asker);
  [[nodiscard]] std::optional<Choice> choose(const Asker& asker) const;
  [[nodiscard]] std::optional<Choice> choose_known(const Asker& asker) const;
  [[nodiscard]] std::optional<Choice> choose_former(const Asker& asker) const;
  [[nodiscard]] std::optional<Choice> choose_new(const Asker& asker) const;
  [[nodiscard]] bool probe_first(Asker& asker, const Choice& choice);
  void offer(const Asker& asker, Ipv4 address);
  void hold(const Asker& asker, Ipv4 address, Instant until,
            std::unique_ptr<ClientMessage> waiting);
  void drop_hold(Ipv4 address);
  enum class Probed : std::uint8_t { free, in_use, unknown };
  void conclude(Ipv4 address, Probed probed);
  void expire_holds();

  // request.cpp: RFC 2131 4.3.2 to 4.3.5
  void request(Asker& asker);
  void select(Asker& asker, Ipv4 address);
  void confirm(Asker& asker, Ipv4 address, bool renews);
  void refuse(const Asker& asker, std::string_view why);
  void decline(const Asker& asker);
  void release(const Asker& asker);
  void inform(const Asker& asker);

  // grant.cpp: a lease's beginning and end
  void grant(Asker& asker, Ipv4 address, bool renews);
  [[nodiscard]] Outgoing make_reply(const Asker& asker, MessageType type, Ipv4 address,
                                    std::optional<seconds> lease) const;
  [[nodiscard]] seconds lease_time(const Asker& asker, Ipv4 address) const;
  void end(Lease lease);
  void set_aside(Ipv4 address, const ClientId& client, const HardwareAddress& hardware);
  void age();

  // feed.cpp: decision 21, and DNS
  bool takes_name(const Lease& lease, const std::string& wanted, std::string Lease::* name,
                  void (Engine::*withdraw)(Lease&));
  void feed_names(Lease& lease, bool renews);
  void withdraw_names(Lease& lease);
  void let_names_go(const Asker& asker);
  void feed_dns(const Asker& asker, Lease& lease);
  void handle(DnsDone& done);
  void withdraw_dns(Lease& lease);
  [[nodiscard]] std::string fqdn_answer(const Asker& asker, const Scope& scope) const;

  // command.cpp
  [[nodiscard]] CommandResult run(const ReleaseLease& command);
  [[nodiscard]] CommandResult run(const FlushLeases& command);
  [[nodiscard]] CommandResult run(const AddReservations& command);
  [[nodiscard]] CommandResult run(const DeleteReservation& command);
  [[nodiscard]] CommandResult run(const ImportLeases& command);
  [[nodiscard]] std::string refusal(const AddReservations::Row& row) const;
  [[nodiscard]] std::string refusal(const ImportLeases::Row& row) const;
  void import(const ImportLeases::Row& row);

  std::unique_ptr<Rules> rules_;
  std::uint64_t seed_;
  LeaseTable leases_;
  Reservations reservations_;
  DnsQueue dns_;
  Holds holds_;
  CircuitLimits limits_;
  absl::flat_hash_map<Ipv4, Instant> proved_;  // nobody answered there, at that time
  absl::flat_hash_set<Ipv4> own_addresses_;
  struct Fullness {
    bool nearly = false;
    bool full = false;
  };
  std::vector<Fullness> told_;  // by scope
  /// For each batch that is not durable: what was answered, though nobody heard it yet.
  std::deque<absl::flat_hash_set<Question>> answered_;
  absl::flat_hash_set<Ipv4> pointers_refused_;
  bool dns_done_ = false;  // in the open batch
  bool ask_pending_ = true;
  Statistics statistics_;
  Instant now_{};
  Actions actions_;
};

}  // namespace winsome::dhcp
