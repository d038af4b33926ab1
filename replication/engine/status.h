#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "replication/engine/owner_map.h"
#include "replication/engine/partner.h"

namespace winsome::replication {

/// Of an owner less was announced than before.
struct Fall {
  std::uint64_t from = 0;  // the most that was announced, or that we knew of its announcer
  std::uint64_t to = 0;
};

/// Since when a partner and we have not known the same of an owner.
struct Lag {
  bool ours = false;  // it is we who are behind
  Instant since;
};

/// One partner as `winsome partner show` has it.
struct PartnerStatus {
  Partner partner;  // with `paused` as it is now
  bool connected = false;
  bool watching = false;             // changes reach us or it at once
  std::optional<Instant> last_pull;  // that succeeded
  std::uint64_t last_pull_records = 0;
  std::optional<Instant> next_pull;
  std::optional<Instant> last_push;
  std::uint64_t pulls = 0;
  std::uint64_t failures = 0;  // of communication
  std::uint64_t records_received = 0;
  std::uint64_t records_sent = 0;
  std::uint64_t nonsense = 0;  // entries and records that cannot be
  std::map<std::string, std::uint64_t> nonsense_by_kind;
  std::string last_error;        // of what failed since the last success
  OwnerMap map;                  // as it last said
  std::optional<Instant> heard;  // when that was
  std::map<Ipv4, Fall> falls;    // that it has not made up for
  std::map<Ipv4, Lag> lags;      // none where it is level
};

/// One owner as `winsome owners` has it.
struct OwnerStatus {
  Ipv4 owner;
  std::uint64_t min = 0;  // of the records we hold
  std::uint64_t max = 0;  // known
  std::uint64_t records = 0;
  bool ours = false;
};

struct Status {
  bool recovering = false;
  std::vector<OwnerStatus> owners;
  std::vector<PartnerStatus> partners;
  std::uint64_t pending = 0;  // replicas that wait for a challenge
  std::uint64_t refused_peers = 0;
  std::optional<Instant> last_verification;
};

}  // namespace winsome::replication
