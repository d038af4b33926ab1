#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/container/inlined_vector.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/instant.h"
#include "server/leases/actions.h"
#include "server/leases/lease.h"

namespace winsome::dhcp {

/// All leases in memory, by address and by client, their deadlines, and what each batch in flight
/// changed, so that it can be undone when the disk refuses it. Knows no rule of the protocol.
class LeaseTable {
 public:
  struct Counts {
    std::size_t active = 0;
    std::size_t declined = 0;
  };

  LeaseTable();
  ~LeaseTable();

  [[nodiscard]] const Lease* find(Ipv4 address) const;
  /// What a client has and had, on every wire; declined addresses are nobody's. Valid until one of
  /// them is erased.
  using List = absl::InlinedVector<const Lease*, 4>;
  [[nodiscard]] List of(const ClientId& client) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] Counts counts(std::string_view scope) const;
  /// Active leases through one circuit.
  [[nodiscard]] std::size_t of_circuit(std::string_view scope, Octets circuit) const;

  /// Fills the table at start: nothing is noted for undoing.
  void load(Lease&& lease);
  void reserve(std::size_t leases);

  /// Inserts or replaces, in the open batch.
  void put(Lease lease);
  void erase(Ipv4 address);

  void begin_batch();
  /// Appends what the open batch changed, one change an address.
  void changes(std::vector<Change>& changes) const;
  void commit_oldest();
  /// Takes back all batches that are not durable; returns the addresses that they had changed.
  std::vector<Ipv4> undo_all();

  /// The earliest deadline, or `never`. It may be early, never late.
  [[nodiscard]] Instant next_deadline() const;
  /// A lease whose deadline has come; null when there is none at `now`. Put or erase it before
  /// asking again.
  [[nodiscard]] const Lease* next_due(Instant now);

  void for_each(const std::function<void(const Lease&)>& visit) const;

 private:
  struct Entry;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Entry* entry) const;
    std::size_t operator()(const ClientId& client) const;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Entry* a, const Entry* b) const;
    bool operator()(const Entry* a, const ClientId& b) const;
    bool operator()(const ClientId& a, const Entry* b) const;
  };
  struct Deadline {
    Instant due;
    Ipv4 address;
    friend bool operator<(const Deadline& a, const Deadline& b) {
      return a.due > b.due;  // a min-heap
    }
  };
  struct Before {
    Ipv4 address;
    std::optional<Lease> lease;
  };
  struct OpenBatch {
    std::uint64_t number = 0;
    bool erased = false;  // so an address may stand in `before` twice
    std::vector<Before> before;
  };

  void store(Lease&& lease, std::uint64_t batch);
  void remove(Ipv4 address);
  void count(const Lease& lease, std::ptrdiff_t sign);
  void index(Entry& entry);
  void drop_from_index(Entry& entry);
  void schedule(Entry& entry);

  absl::flat_hash_map<Ipv4, std::unique_ptr<Entry>> entries_;
  absl::flat_hash_set<Entry*, Hash, Equal> by_client_;  // the first of a client's, then `next`
  absl::flat_hash_map<std::string, Counts> by_scope_;
  absl::flat_hash_map<std::string, std::size_t> by_circuit_;
  std::vector<Deadline> deadlines_;  // heap; what moved on is dropped when it surfaces
  std::deque<OpenBatch> batches_;
  std::uint64_t batch_number_ = 0;
};

}  // namespace winsome::dhcp
