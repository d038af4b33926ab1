#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/core/instant.h"
#include "server/core/ipv4.h"
#include "server/dhcp/client.h"

namespace winsome::dhcp {

/// Configured options by code.
using OptionValues = std::map<std::uint8_t, std::vector<std::uint8_t>>;

/// What a booting client is told (RFC 951): the fields siaddr, sname and file.
struct Boot {
  std::string file;
  std::string server_name;
  Ipv4 server;
  friend bool operator==(const Boot&, const Boot&) = default;
};

/// Everything that a place in the configuration can say to a client. What is empty is said by the
/// next wider place: reservation, class, scope, all.
struct Parameters {
  OptionValues options;
  Boot boot;
  std::optional<seconds> lease;  // seconds::max(): for ever
  friend bool operator==(const Parameters&, const Parameters&) = default;
};
inline constexpr seconds forever = seconds::max();

struct Range {
  Ipv4 first;
  Ipv4 last;  // included
  [[nodiscard]] constexpr bool contains(Ipv4 a) const { return first <= a && a <= last; }
  friend bool operator==(const Range&, const Range&) = default;
};

/// Addresses for anybody, or, with classes, for their members only.
struct Pool {
  Range range;
  std::vector<std::string> classes;
  friend bool operator==(const Pool&, const Pool&) = default;
};

/// An address kept for one client, who is known by exactly one of the three; inside or outside the
/// pools. Its lease is infinite unless it says otherwise.
struct Reservation {
  std::optional<HardwareAddress> hardware;
  std::optional<ClientId> client;
  std::vector<std::uint8_t> circuit;  // sub-option 1 of option 82; empty: not meant
  Ipv4 address;
  std::string name;  // host name; empty: the client's
  Parameters parameters;
  friend bool operator==(const Reservation&, const Reservation&) = default;
};

/// Where the names of a lease go (D11).
struct NameFeed {
  bool enabled = true;
  std::vector<std::uint8_t> suffixes = {0x00, 0x20};
  friend bool operator==(const NameFeed&, const NameFeed&) = default;
};

/// Whether DNS is told of a lease. A zone that is empty is not updated.
struct DnsPolicy {
  std::string domain;    // appended to the host name, "example.org"
  bool reverse = false;  // PTR in in-addr.arpa
  bool override_client =
      true;  // also where the client asks to do it itself (RFC 4702, flag N or not S)
  friend bool operator==(const DnsPolicy&, const DnsPolicy&) = default;
};

struct Scope {
  std::string name;  // unique
  std::string comment;
  Ipv4Prefix subnet;
  std::string shared_network;  // scopes of the same one lie on the same wire; empty: alone
  std::vector<Pool> pools;
  std::vector<Range> exclusions;
  Parameters parameters;
  seconds offer_delay{0};      // a backup server's: of clients with less secs, reserved ones only
  bool bootp_dynamic = false;  // BOOTP clients without reservation get pool addresses
  std::optional<seconds> bootp_lease;  // of those; none: for ever
  std::optional<bool> authoritative;   // none: as [dhcp] says
  NameFeed names;
  DnsPolicy dns;
  std::vector<Reservation> reservations;
  friend bool operator==(const Scope&, const Scope&) = default;
};

/// Members satisfy every condition that is there; one of the values of each is enough.
struct ClientClass {
  std::string name;                       // unique
  std::vector<std::string> vendor_class;  // beginning of option 60
  std::vector<std::string>
      user_class;  // one of option 77's, or all of it (not every client counts)
  std::vector<std::uint16_t> architecture;  // option 93
  std::vector<std::vector<std::uint8_t>> hardware_prefix;
  bool deny = false;  // members get no answer
  Parameters parameters;
  friend bool operator==(const ClientClass&, const ClientClass&) = default;
};

struct Probing {
  bool enabled = true;
  seconds fresh = std::chrono::minutes(10);  // an address found free is not asked again so soon
  milliseconds timeout{300};
  std::size_t at_once = 1024;  // beyond it addresses are offered unprobed
  friend bool operator==(const Probing&, const Probing&) = default;
};

/// [dhcp] and what stands below it.
struct Configuration {
  bool enabled = false;
  bool authoritative = true;
  Parameters parameters{.options = {}, .boot = {}, .lease = std::chrono::hours(24)};
  double renewal = 0.5;      // T1 as a part of the lease
  double rebinding = 0.875;  // T2
  seconds offer_hold{60};
  seconds decline_hold = std::chrono::hours(24);
  seconds affinity = std::chrono::hours(24 * 30);  // how long an ended lease is remembered
  Probing probing;
  std::size_t new_clients_per_second = 0;  // through one relay circuit or interface; 0: no limit
  std::size_t leases_per_circuit = 0;      // 0: no limit
  unsigned nearly_full = 90;               // per cent of a scope, reported once
  std::vector<HardwareAddress> denied;     // clients that get no answer
  std::vector<ClientClass> classes;
  std::vector<Scope> scopes;
  /// For options 44 and 46 where nothing else is said: our address on the client's network first
  /// (filled in as the answer is made), then these.
  std::vector<Ipv4> name_servers;
  /// Where our own name server listens; the unspecified address: at all addresses that we have.
  std::vector<Ipv4> own_name_servers = {Ipv4()};
  /// What a BOOTP client may call us in sname; another name means another server (RFC 951 7.3).
  std::vector<std::string> own_names;
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

}  // namespace winsome::dhcp
