#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "replication/engine/action.h"
#include "replication/engine/memory.h"
#include "server/core/instant.h"
#include "server/core/result.h"
#include "server/leases/actions.h"
#include "server/names/actions.h"
#include "server/names/record.h"

namespace winsome::store {

enum class StoreError : std::uint8_t {
  cannot_open,   // no such folder, no permission, locked by another server
  damaged,       // not a database, or it contradicts itself; to be restored by the administrator
  newer_schema,  // written by a later version of the program
  unavailable,   // full, read-only, I/O error: nothing of the batch is durable, and a later try may
                 // succeed
};

struct StoreFailure {
  StoreError error = StoreError::unavailable;
  std::string text;  // what failed and what to do, in one sentence
};

/// The server's timeline and the wall clock read at the same moment, so that a restart can continue
/// the timeline whatever the wall clock did while the server ran.
struct ClockMark {
  Instant now{};
  std::int64_t wall = 0;  // Unix milliseconds; 0: never marked
  friend bool operator==(const ClockMark&, const ClockMark&) = default;
};

/// What every batch brings up to date.
struct Counters {
  std::uint64_t version = 0;  // the last version that was given to a record of ours
  ClockMark clock;
};

/// What a start finds beside the records.
struct Loaded {
  Counters counters;
  Ipv4 owner;  // as `set_owner` said; unspecified: it never did
  replication::Memory memory;
  dhcp::Memory leases;
};

/// All of it or none of it becomes durable.
struct Batch {
  std::span<const names::Change> changes;
  std::span<const replication::Change> replication = {};  // done one after another
  std::span<const dhcp::Change> leases = {};
  std::uint64_t version = 0;
  ClockMark clock;
};

/// The durable name database: written in batches, read once, at start. `commit`, `probe` and `load`
/// belong to one thread; `backup` may run beside them.
class NameStore {
 public:
  using Sink = std::function<void(names::Record&&)>;

  virtual ~NameStore() = default;

  /// Hands every record to `sink`, in no particular order.
  [[nodiscard]] virtual Result<Loaded, StoreFailure> load(const Sink& sink) = 0;

  /// All of `batch` or none of it is durable when this returns. After an I/O error whose outcome is
  /// unknown the database is opened again and compared, so the answer is always one of the two.
  [[nodiscard]] virtual Result<void, StoreFailure> commit(const Batch& batch) = 0;

  /// Writes something small: can we write again?
  [[nodiscard]] virtual Result<void, StoreFailure> probe(const ClockMark& clock) = 0;

  /// Once, at start: the records that carry `owner` are ours. Durable when this returns.
  [[nodiscard]] virtual Result<void, StoreFailure> set_owner(Ipv4 owner) = 0;

  /// Copies the database, as of some moment during the call, into a new file.
  [[nodiscard]] virtual Result<void, StoreFailure> backup(const std::filesystem::path& file) = 0;
};

}  // namespace winsome::store
