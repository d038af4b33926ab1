#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "replication/engine/input.h"

namespace winsome::replication {

struct PartnerState;

/// Why a range is asked for.
enum class Purpose : std::uint8_t {
  replicate,
  take_back,  // our own records, after the database was lost
  verify,     // B11
};

struct Task {
  OwnerRange range;
  Purpose purpose = Purpose::replicate;
  std::vector<std::uint64_t> tickets{};  // who waits for a verification
};

/// A conversation in which we ask: ranges of owners, one after the other.
struct Pull {
  /// So many versions are asked for at once over TCP 42, where an answer is one message; more when
  /// they turn out to be thinly sown.
  static constexpr std::uint64_t window_min = 65'536;

  PartnerState* partner = nullptr;
  std::string peer;   // its name, else its address
  bool here = false;  // on a link of the peer's, that ends with the pull (C5)
  bool windowed = false;
  bool map_asked = false;
  bool map_to_pull = false;  // and not only to be compared
  bool replicates = false;   // more than a verification
  std::deque<Task> todo{};
  std::optional<Task> asked{};  // the range that is being answered
  std::uint64_t asked_to = 0;   // a window of it
  std::uint64_t window = window_min;
  std::uint64_t in_window = 0;  // records that came
  std::uint64_t through = 0;    // verification: versions compared
  bool all_here = false;        // the last piece has come, and may still wait
  bool asked_filtered = false;  // the answer leaves out what the peer does not give to us
  std::size_t pieces = 0;       // waiting to be applied
  bool take_more = false;       // once there is room
  std::size_t received = 0;
  std::size_t changed = 0;
  std::size_t deleted = 0;
  std::optional<Ipv4> propagate{};  // tell the others, as this initiator
  Instant deadline = never;
};

/// Part of an answer, waiting for its turn.
struct Piece {
  Link link = 0;
  std::vector<names::Record> records;
  std::size_t next = 0;
  bool last = false;
  bool filtered = false;
};

}  // namespace winsome::replication
