#pragma once

#include <absl/container/flat_hash_set.h>

#include <optional>
#include <string_view>

#include "server/names/options.h"
#include "server/names/record.h"
#include "server/nbns/message.h"

namespace winsome::names {

/// What is decided about a registration before anybody looks into the database (fact base B3, step
/// 1).
class Policy {
 public:
  explicit Policy(const Options& options);

  /// The record type that a request asks for (fact base B2): 1C first, then the group bit, then the
  /// opcode.
  [[nodiscard]] static RecordType type_asked(const nbns::NameRequest& request);

  enum class Ruling : std::uint8_t {
    decide,
    grant_unstored,
    refuse,
    refuse_scope,
    active_elsewhere,
    ignore
  };

  /// `decide` leaves it to the database. `grant_unstored` is the 1D of a segment; `ignore` is an
  /// address that no host can have.
  [[nodiscard]] Ruling rule(const nbns::NameRequest& request, Ipv4 source) const;

  /// Nobody but the administrator may have this name.
  [[nodiscard]] bool blocked(const nbns::Name& name) const;

  /// One of our own: served from nowhere but the configuration (decision 5).
  [[nodiscard]] bool is_own(const nbns::ScopedNameView& name) const;

 private:
  AccessOptions access_;
  nbns::Name computer_;
  absl::flat_hash_set<nbns::Name> blocked_;  // with suffix 0
};

/// Is this what a record of `type` may be called: 1C special groups only, 1B unique, 1E groups.
/// Nothing if it is, else what is expected.
[[nodiscard]] std::optional<std::string_view> suffix_problem(const nbns::Name& name,
                                                             RecordType type);

}  // namespace winsome::names
