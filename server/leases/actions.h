#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "server/core/instant.h"
#include "server/core/ipv4.h"
#include "server/dhcp/client.h"
#include "server/dhcp/delivery.h"
#include "server/leases/command.h"
#include "server/leases/configuration.h"
#include "server/leases/lease.h"

namespace winsome::dhcp {

/// A durable entry of the queue of DNS updates. Done in the order of ids, those of one name or
/// address one after the other.
struct DnsWork {
  std::uint64_t id = 0;
  bool add = true;   // else remove
  std::string name;  // fully qualified
  Ipv4 address;
  bool reverse = false;
  ClientId client;  // for DHCID (RFC 4701)
  HardwareAddress hardware;
  seconds ttl{0};
  friend bool operator==(const DnsWork&, const DnsWork&) = default;
};

/// A reservation that an administrator made by a tool; those of the file are not stored.
struct StoredReservation {
  std::string scope;
  Reservation reservation;
  friend bool operator==(const StoredReservation&, const StoredReservation&) = default;
};

struct PutLease {
  Lease lease;
};
struct EraseLease {
  Ipv4 address;
};
struct PutReservation {
  StoredReservation reservation;  // its address is the key
};
struct EraseReservation {
  Ipv4 address;
};
struct PutDnsWork {
  DnsWork work;
};
struct EraseDnsWork {
  std::uint64_t id = 0;
};

/// One change to the durable state. A batch has at most one for each key.
using Change =
    std::variant<PutLease, EraseLease, PutReservation, EraseReservation, PutDnsWork, EraseDnsWork>;

/// What a start finds.
struct Memory {
  std::vector<Lease> leases;
  std::vector<StoredReservation> reservations;
  std::vector<DnsWork> dns;
};

/// Is somebody there? By ICMP echo and ARP; answered by ProbeResult.
struct Probe {
  Ipv4 address;
  std::uint32_t interface = 0;  // 0: behind a relay, ICMP echo only
  milliseconds timeout{0};
};

/// The lease of `address` wants these names in the database until `due`, or, with `withdraw`, no
/// longer. Whoever carries it out says what came of it with `LeaseServer::names_came_to`.
struct NameRequest {
  Ipv4 address;
  std::string netbios_name;
  std::vector<std::uint8_t> suffixes;
  Instant due = never;
  bool withdraw = false;
};

/// What an administrator should hear of, once.
enum class EventKind : std::uint8_t { nearly_full, full, declined, conflict, limited };
struct Event {
  EventKind kind = EventKind::full;
  std::string scope;
  Ipv4 address;
  std::string who;  // client or circuit, as text
};

struct CommandReply {
  std::uint64_t ticket = 0;
  CommandResult result;
};

/// What one step wants done, in this order: make `changes` durable, then all the rest.
struct Actions {
  std::vector<Change> changes;
  std::vector<Outgoing> sends;
  std::vector<Probe> probes;
  std::vector<NameRequest> names;  // carried out in the same batch
  std::vector<Ipv4> neighbours_gone;
  std::vector<Event> events;
  std::vector<CommandReply> replies;
  bool dns_waits =
      false;  // the queue of DNS work got longer, or some of it was done: hand over more
  Instant wake_at = never;
};

}  // namespace winsome::dhcp
