#pragma once

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "server/core/random.h"
#include "server/names/actions.h"
#include "server/names/pending_ids.h"

namespace winsome::names {

/// Tells hosts that lost their name in a conflict to release it, address by address (fact base C9,
/// RFC 1002 4.2.9). Nothing depends on whether they do; an answer only ends the repeating.
class ReleaseDemands {
 public:
  /// More hosts are not told: they learn it when they refresh.
  static constexpr std::size_t at_once = 10'000;
  static constexpr seconds interval_of_several{2};  // no second try but for the last of them
  static constexpr seconds interval_of_last{1};
  static constexpr unsigned tries_of_last = 3;

  /// `ids` may hold those of others, which are not given twice.
  ReleaseDemands(std::uint64_t seed, PendingIds& ids) : random_(~seed), ids_(ids) {}

  void begin(const Record& record, std::uint16_t port, Instant now);

  /// The demand that is due at `now`; none when the one whose time it was has ended.
  [[nodiscard]] std::optional<Outgoing> next(Instant now);
  [[nodiscard]] Instant next_due() const {
    return by_due_.empty() ? never : by_due_.begin()->first;
  }

  /// A response from the address that was told last: the next one's turn. False if it is no answer
  /// to a demand.
  bool answered(std::uint16_t id, Ipv4 source, Instant now);

  void drop_all();

 private:
  struct Demand {
    nbns::ScopedName name;
    nbns::NodeType node = nbns::NodeType::b;
    std::uint16_t port = 0;
    std::vector<Ipv4> addresses;  // the present one is the first
    unsigned tried = 0;
    Instant due;
  };
  void end(std::uint16_t id);

  Random random_;
  PendingIds& ids_;
  absl::flat_hash_map<std::uint16_t, Demand> by_id_;
  absl::btree_set<std::pair<Instant, std::uint16_t>> by_due_;
};

}  // namespace winsome::names
