#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "replication/engine/action.h"
#include "replication/engine/partner.h"
#include "replication/engine/status.h"

namespace winsome::replication {

/// By versions (B11): of `owner`, or of everybody where it is unspecified.
struct Comparison {
  std::uint64_t ticket = 0;
  Ipv4 owner;
};

/// A partner, and how things stand with it.
struct PartnerState {
  Partner config;

  // Pulling: a link of ours.
  Link pull_link = 0;
  bool pull_up = false;
  bool watched = false;    // it tells us of changes on that link
  bool waits = false;      // nothing is pulled at start: not what it first tells either
  bool pull_due = false;   // its map is wanted
  bool map_ready = false;  // it came, and waits for the round to be complete
  Instant gather_until = never;
  Instant next_pull = never;
  Instant reconnect_at = never;
  unsigned failures_in_row = 0;
  OwnerMap map;                  // ascending, as it last said
  std::optional<Instant> heard;  // when it said something of it
  std::map<Ipv4, Fall> falls;    // owners of whom it said less than before, until it has caught up
  Instant fall_told = Instant::min();
  std::map<Ipv4, Lag> lags;             // of owners in its map
  std::vector<Comparison> comparisons;  // commands that wait for the map
  std::vector<std::uint64_t> tickets;   // commands that wait for the pull
  bool recovery_answered = false;

  // Pushing: a link of ours, or one on which it watches.
  Link push_link = 0;
  bool push_up = false;
  bool push_holds = false;  // the link stays for the next time
  bool push_sent = false;   // what was told waits for its end
  std::deque<Notify> notifications;
  std::vector<std::uint64_t> push_tickets;
  std::deque<Instant> push_failures;
  Link watcher = 0;
  bool watcher_ready = false;
  std::map<Ipv4, std::uint64_t> told;  // the watcher
  std::uint64_t changes_told = 0;

  // For people.
  std::optional<Instant> last_pull;
  std::uint64_t last_pull_records = 0;
  std::optional<Instant> last_push;
  std::uint64_t pulls = 0;
  std::uint64_t failures = 0;
  std::uint64_t records_received = 0;
  std::uint64_t records_sent = 0;
  std::uint64_t nonsense = 0;
  std::map<std::string, std::uint64_t> nonsense_by_kind;  // the kinds are constants of the code
  std::string last_error;
};

}  // namespace winsome::replication
