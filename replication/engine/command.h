#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "server/core/ipv4.h"

namespace winsome::replication {

/// What an administrator may ask for. `partner` is its name in the configuration; empty: all.
struct PullNow {
  std::string partner;
};
struct PushNow {
  std::string partner;
  bool propagate = false;
};
struct SetPaused {
  std::string partner;
  bool paused = true;
};

/// Compares what we hold of `owner` (unspecified: of everybody) with what its server, or a partner,
/// says (fact base B11). By versions all partners are asked for their maps, and nothing changes.
struct VerifyNow {
  Ipv4 owner;
  bool versions_only = false;
};

/// Forgets all records of an owner here; they come back with the next pull.
struct DeleteOwner {
  Ipv4 owner;
};
/// Makes all records of an owner tombstones of ours, so that they disappear everywhere.
struct TombstoneOwner {
  Ipv4 owner;
};

using Command = std::variant<PullNow, PushNow, SetPaused, VerifyNow, DeleteOwner, TombstoneOwner>;

enum class Outcome : std::uint8_t {
  done,
  not_found,    // no such partner or owner
  refused,      // `text` says why
  failed,       // a partner could not be reached, or did not play along; `text` says what
  unavailable,  // the store cannot write now; nothing changed
};

/// The reply comes when the work has ended.
struct CommandResult {
  Outcome outcome = Outcome::done;
  std::string text{};         // what failed and what to do; lines for several partners
  std::string differences{};  // by versions: a line each
  std::size_t received = 0;   // records, or entries of maps
  std::size_t changed = 0;    // names that are different now
  std::size_t deleted = 0;
};

}  // namespace winsome::replication
