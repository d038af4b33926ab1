#pragma once

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "server/core/random.h"
#include "server/names/actions.h"
#include "server/names/options.h"
#include "server/names/pending_ids.h"

namespace winsome::names {

/// One contested name: its present owner is being asked, address by address (fact base B4).
struct Challenge {
  /// Who contests it. Only a client is answered: of `path` nothing but our end means something for
  /// the others, and of a replica's `request` nothing but the name.
  enum class Asker : std::uint8_t { client, replica, lease };

  std::uint16_t id = 0;
  Asker asker = Asker::client;
  Path path;  // of the requester
  nbns::NameRequest request;
  Ipv4 owner;  // of the record as it was challenged
  std::uint64_t version = 0;
  std::vector<Ipv4> addresses;  // in the order they are asked
  unsigned tries = 0;           // for each address
  milliseconds interval{};      // before the second try; doubles
  std::size_t asking = 0;       // index into addresses
  unsigned tried = 0;           // questions sent to the present address
  Instant due;                  // of the next question, or of giving up
};

/// The challenges in flight, by name, by transaction id and by time. Knows when to ask whom; what
/// the outcome means is NameServer's business.
class Challenges {
 public:
  /// `ids` may hold those of others, which are not given twice.
  Challenges(std::uint64_t seed, PendingIds& ids) : random_(seed), ids_(ids) {}

  enum class Refusal : std::uint8_t { duplicate, limit };

  /// Why a challenge for this name may not begin, if so; with a requester also what its share is.
  [[nodiscard]] std::optional<Refusal> refusal(const nbns::ScopedNameView& name,
                                               std::optional<Ipv4> requester,
                                               const ChallengeOptions& options) const;

  /// Spreads the tries over the addresses so that all are asked within `options.total`. Returns how
  /// long it may take.
  milliseconds begin(Challenge challenge, const ChallengeOptions& options, Instant now);

  /// The question that is due at `now`, if any; `outcome` is set when every address stayed silent.
  struct Due {
    std::optional<Outgoing> question;
    std::optional<Challenge> silent;
  };
  [[nodiscard]] Due next(const ChallengeOptions& options, Instant now);
  [[nodiscard]] Instant next_due() const {
    return by_due_.empty() ? never : by_due_.begin()->first;
  }

  /// Ends the challenge that a response from `source` with this id and name answers, if there is
  /// one: an answer counts only from an address that was asked.
  [[nodiscard]] std::optional<Challenge> answered(std::uint16_t id,
                                                  const nbns::ScopedNameView& name, Ipv4 source);

  /// Forgets them all.
  void drop_all();

  [[nodiscard]] std::size_t size() const { return by_id_.size(); }

 private:
  Challenge take(std::uint16_t id);

  Random random_;
  PendingIds& ids_;
  absl::flat_hash_map<std::uint16_t, std::unique_ptr<Challenge>> by_id_;
  absl::flat_hash_map<nbns::ScopedName, std::uint16_t> by_name_;
  absl::btree_set<std::pair<Instant, std::uint16_t>> by_due_;
  absl::flat_hash_map<Ipv4, std::size_t> by_requester_;
};

}  // namespace winsome::names
