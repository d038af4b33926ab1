#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/core/instant.h"
#include "server/core/ipv4.h"

namespace winsome::replication {

/// What carries the conversation with a partner.
enum class Carrier : std::uint8_t { grpc, winsra };

/// One line of the administrator's list of partners (fact base B13).
struct Partner {
  std::string name;  // with gRPC also the name in its certificate
  Endpoint address;
  Carrier carrier = Carrier::grpc;
  bool insecure = false;                        // gRPC without certificates
  bool pull = true;                             // we pull from it
  bool push = true;                             // we tell it what changed, and it may pull from us
  seconds interval = std::chrono::minutes(30);  // between pulls; 0: none by interval
  std::optional<seconds> start;                 // time of day of the first pull, local time
  std::size_t update_count = 0;                 // tell it after so many changes; 0: not by count
  bool on_address_change = false;               // tell it when a name of ours changes its address
  bool persistent = true;  // the conversation stays open, and changes are told at once
  bool paused = false;
  bool dynamic_only = false;  // OnlyDynRecs: static records are not given to it
  bool domains_only = false;  // ReplicationType 1: only 1B names and internet groups, both ways
  bool members_count_as_local = false;  // MemberPrec

  friend bool operator==(const Partner&, const Partner&) = default;
};

/// With whom a partnership may differ in what it lets through; a change of these asks for
/// everything again (decision 15).
[[nodiscard]] inline bool same_filters(const Partner& a, const Partner& b) {
  return a.domains_only == b.domains_only;
}

inline constexpr std::size_t partners_max = 256;

/// How our records of others are checked against theirs (fact base B11).
struct VerificationOptions {
  seconds interval = std::chrono::hours(24);  // 0: only by hand
  seconds start = std::chrono::hours(2);      // time of day
  std::size_t records_at_a_time = 30'000;     // in one period; by hand there is no limit
  bool with_partners = false;                 // ask a partner instead of the owner itself
};

struct Options {
  Ipv4 us;
  std::vector<Partner> partners;
  std::vector<Ipv4> refused_owners;   // persona non grata
  std::vector<Ipv4> accepted_owners;  // persona grata; empty: all
  bool partners_only = true;          // nobody else may pull, or tell us anything
  bool pull_at_start = true;
  bool refuse_blocked_names =
      false;                   // decision 20: replicas of blocked names are taken, and told of
  unsigned retries = 3;        // of a failed pull, before the next interval
  seconds retry_interval{30};  // doubles with each
  VerificationOptions verification;
  seconds start_wait{30};           // for partners, after the database was lost or restored
  std::uint64_t start_version = 0;  // the floor of our counter after that, where nobody answers
  bool migrate_on = false;
  seconds renewal = std::chrono::days(6);             // B7: of our own records
  seconds verification_life = std::chrono::days(24);  // B7: how long a replica stays unseen
  seconds extinction_timeout = std::chrono::days(6);
  std::vector<std::string> blocked_names;
};

}  // namespace winsome::replication
