#pragma once

#include <cstdint>
#include <string>

namespace winsome::replication {

/// What is worth telling the operator; the daemon's catalogue has the words.
enum class EventKind : std::uint8_t {
  pulled,       // number: records; from a partner, when there were any
  pull_failed,  // text: why
  push_failed,
  peer_refused,     // not a partner; text: what it wanted
  nonsense,         // text: what cannot be; at most once a minute a peer
  owner_went_back,  // a partner announces less of an owner than before; number: what; text: owner
  blocked_name_taken,  // decision 20; text: the name
  version_raised,      // partners knew more of us; number: our counter now
  recovery_started,    // the database is new or restored: partners are asked first
  recovered,           // number: records taken back
  recovery_timed_out,  // nobody answered; number: the version we begin with
  verified,            // text: owner; number: records that were different
  verification_failed,
};
inline constexpr std::size_t event_kind_count = 13;

struct Event {
  EventKind kind = EventKind::pulled;
  std::string peer;  // its name, else its address
  std::uint64_t number = 0;
  std::string text;
};

}  // namespace winsome::replication
