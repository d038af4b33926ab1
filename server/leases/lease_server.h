#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <variant>

#include "server/core/instant.h"
#include "server/leases/actions.h"
#include "server/leases/configuration.h"
#include "server/leases/statistics.h"

namespace winsome::dhcp {

/// A message of a client or a relay. The receiving thread has decoded it.
struct ClientMessage {
  Arrival arrival;
  Message message;
};

struct ProbeResult {
  Ipv4 address;
  bool in_use = false;
};

/// The updater did `id`, or, where DNS will not have it, gave it up.
struct DnsDone {
  std::uint64_t id = 0;
  bool refused = false;
};

struct CommandRequest {
  std::uint64_t ticket = 0;
  Command command;
};

using Input = std::variant<ClientMessage, ProbeResult, DnsDone, CommandRequest>;

/// Leases as rules (RFC 2131, 951, 1534). Has no clock, socket, thread or disk: the daemon and the
/// simulation call `begin`, `decide`, `finish`, make the changes durable, then say `committed`, or
/// `undo` if the disk refused. Works on the batch that the names have open, so that a lease and its
/// name are one transaction (decision 21).
class LeaseServer {
 public:
  /// `seed` spreads clients over the pools.
  LeaseServer(const Configuration& configuration, std::uint64_t seed);
  ~LeaseServer();

  /// Start-up, before the first step; leases whose names are pending ask for them in the first.
  void load(Memory&& memory);

  void begin(Instant now);
  void decide(std::span<Input> inputs);
  /// What came of a NameRequest; in an open batch, at once or after the challenge.
  void names_came_to(Ipv4 address, NameState state);
  /// What the steps until now want of the name database; in an open batch, carried out at once.
  [[nodiscard]] std::vector<NameRequest> take_name_requests();
  [[nodiscard]] Actions finish();

  void committed();
  /// As before the batches that are not durable. Offers and probes are forgotten.
  void undo();

  /// New rules for what comes. Leases outside them run out and are not renewed.
  void configure(const Configuration& configuration);

  [[nodiscard]] const Configuration& configuration() const;
  [[nodiscard]] Statistics statistics() const;
  [[nodiscard]] const Lease* find(Ipv4 address) const;
  /// Whose address it is on one of `networks`, those of a wire: by reservation or else by the lease
  /// of a client that has no other identifier. All that RARP can ask.
  [[nodiscard]] std::optional<Ipv4> find(const HardwareAddress& hardware,
                                         std::span<const Ipv4Prefix> networks) const;
  void for_each(const std::function<void(const Lease&)>& visit) const;
  void for_each_reservation(const std::function<void(const StoredReservation&)>& visit) const;
  /// Of the queue of DNS work, behind `after`, the first `most` entries that are durable.
  [[nodiscard]] std::vector<DnsWork> dns_work(std::size_t most, std::uint64_t after = 0) const;

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace winsome::dhcp
