#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "server/leases/lease_server.h"
#include "server/names/name_server.h"
#include "tests/sim/world.h"

namespace winsome::sim {

/// Watches what one server does with addresses, and knows what it must never do. Shares no code
/// with the engine.
class LeaseReferee {
 public:
  LeaseReferee(World& world, const dhcp::Configuration& configuration)
      : world_(world), configuration_(configuration) {}

  void configured(const dhcp::Configuration& configuration) { configuration_ = configuration; }

  /// These changes are on the disk.
  void committed(const dhcp::Actions& actions);
  /// What the server is about to say, after its batch is on the disk: no ACK before its lease.
  void about_to_send(const dhcp::Actions& actions);
  /// The engine has the leases of the disk, and no others.
  void check_same(const dhcp::LeaseServer& leases, const std::string& when);
  /// A lease has each name that it once had, or waits for one; no name is fed by nobody (decision
  /// 21). Where nobody but leases changes what is fed.
  void check_names(const std::map<nbns::ScopedName, names::Record>& records);

  [[nodiscard]] const std::map<Ipv4, dhcp::Lease>& leases() const { return leases_; }
  [[nodiscard]] std::size_t acknowledged() const { return acknowledged_; }

 private:
  struct Promise {
    dhcp::ClientId client;
    Instant until{};
  };

  void check_place(const dhcp::Lease& lease);
  [[nodiscard]] bool admits(const dhcp::Pool& pool, const dhcp::HardwareAddress& hardware) const;
  void check_lease(const dhcp::Lease* before, const dhcp::Lease& after);
  [[nodiscard]] const dhcp::Reservation* reservation_at(Ipv4 address) const;
  void violate(const std::string& what, const dhcp::Lease& lease);

  World& world_;
  dhcp::Configuration configuration_;
  std::map<Ipv4, dhcp::Lease> leases_;  // what is on the disk
  std::map<Ipv4, dhcp::StoredReservation> reservations_;
  std::map<Ipv4, Promise> promises_;                 // acknowledged, and until when
  std::set<std::pair<nbns::ScopedName, Ipv4>> fed_;  // at the last look
  std::size_t acknowledged_ = 0;
};

}  // namespace winsome::sim
