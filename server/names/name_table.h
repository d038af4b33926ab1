#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "server/names/actions.h"
#include "server/names/record.h"

namespace winsome::names {

/// All records in memory, their deadlines, and what each batch in flight changed, so that it can be
/// undone when the disk refuses it. Belongs to NameServer; knows no rule of the protocol.
class NameTable {
 public:
  struct Counts {
    std::size_t active = 0;
    std::size_t released = 0;
    std::size_t tombstones = 0;
    std::size_t static_records = 0;
    std::size_t fed = 0;
  };

  NameTable();
  ~NameTable();

  [[nodiscard]] const Record* find(const nbns::ScopedNameView& name) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] const Counts& counts() const { return counts_; }

  /// Records that hold `address`.
  [[nodiscard]] std::size_t names_of(Ipv4 address) const;

  /// Who owns records here, in no particular order, and the least of their versions.
  struct Extent {
    Ipv4 owner;
    std::uint64_t min = 0;
    std::uint64_t max = 0;
    std::size_t records = 0;
  };
  [[nodiscard]] std::vector<Extent> extents() const;

  /// Visits the records of `owner` with versions from `from` to `to`, ascending, until `visit`
  /// returns false. `visit` changes nothing.
  void visit_owner(Ipv4 owner, std::uint64_t from, std::uint64_t to,
                   const std::function<bool(const Record&)>& visit) const;

  /// First addresses of the active domain master browsers, in the order of names (fact base B6,
  /// `*`<1B>).
  [[nodiscard]] const absl::btree_map<nbns::ScopedName, Ipv4>& domain_masters() const {
    return domain_masters_;
  }

  /// How often an active record has changed its first address.
  [[nodiscard]] std::uint64_t address_changes() const { return address_changes_; }

  /// Fills the table at start: nothing is noted for undoing.
  void load(Record&& record);
  void reserve(std::size_t records);

  /// Inserts or replaces, in the open batch.
  void put(Record record);
  void erase(const nbns::ScopedNameView& name);

  /// Opens a batch; `version` is the counter to go back to when it is undone.
  void begin_batch(std::uint64_t version);
  /// What the open batch changed, one change a name, and the names in the order they were first
  /// changed.
  [[nodiscard]] std::vector<Change> changes() const;
  [[nodiscard]] std::vector<nbns::ScopedName> changed_names() const;
  /// The oldest batch is durable: it can no longer be undone.
  void commit_oldest();
  /// Takes back all batches that are not durable; returns the counter as it was before the first of
  /// them.
  [[nodiscard]] std::optional<std::uint64_t> undo_all();

  /// The earliest deadline, or `never`. It may be early, never late.
  [[nodiscard]] Instant next_deadline() const;
  /// A record whose deadline has come; null when there is none at `now`. Put or erase it before
  /// asking again.
  [[nodiscard]] const Record* next_due(Instant now);

  void for_each(const std::function<void(const Record&)>& visit) const;

 private:
  struct Entry;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const std::unique_ptr<Entry>& entry) const;
    std::size_t operator()(const nbns::ScopedNameView& name) const;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const std::unique_ptr<Entry>& a, const std::unique_ptr<Entry>& b) const;
    bool operator()(const std::unique_ptr<Entry>& a, const nbns::ScopedNameView& b) const;
  };
  struct Deadline {
    Instant due;
    nbns::ScopedName name;
    friend bool operator<(const Deadline& a, const Deadline& b) {
      return a.due > b.due;
    }  // a min-heap
  };
  struct Before {
    nbns::ScopedName name;
    std::optional<Record> record;
  };
  struct OpenBatch {
    std::uint64_t version = 0;
    std::uint64_t number = 0;
    bool erased = false;  // so a name may stand in `before` twice
    std::vector<Before> before;
  };

  void store(Record&& record, std::uint64_t batch);
  void remove(const nbns::ScopedNameView& name);
  void count(const Record& record, std::ptrdiff_t sign);
  void index(Entry& entry);
  void drop_from_index(const Entry& entry);
  void schedule(Entry& entry);

  absl::flat_hash_set<std::unique_ptr<Entry>, Hash, Equal> entries_;
  absl::flat_hash_map<Ipv4, std::uint32_t> names_by_address_;
  /// A multimap: what a partner says of its versions may be anything.
  absl::flat_hash_map<Ipv4, absl::btree_multimap<std::uint64_t, Entry*>> by_owner_;
  absl::btree_map<nbns::ScopedName, Ipv4> domain_masters_;
  std::vector<Deadline>
      deadlines_;  // heap; an entry whose record moved on is dropped when it surfaces
  std::deque<OpenBatch> batches_;
  std::uint64_t batch_number_ = 0;
  Counts counts_;
  std::uint64_t address_changes_ = 0;
};

}  // namespace winsome::names
