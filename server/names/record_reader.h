#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/core/result.h"
#include "server/names/record.h"

namespace winsome::names {

/// Which records an administrator wants to see; what is not set does not filter.
struct RecordFilter {
  std::string
      name_pattern;  // shell pattern (* ? [..]) on the printed 15 octets, blanks cut; empty: all
  std::optional<std::uint8_t> suffix;
  std::optional<Ipv4> address;
  std::optional<Ipv4> owner;
  std::optional<RecordType> type;
  std::optional<State> state;
  std::optional<bool> is_static;
};

/// Reads the database as it was last committed, in the order of names, beside the server's work and
/// without disturbing it. Safe to call from any thread.
class RecordReader {
 public:
  virtual ~RecordReader() = default;

  /// At most `limit` records that pass `filter`, after `after` (none: from the start).
  [[nodiscard]] virtual Result<std::vector<Record>, std::string> page(
      const RecordFilter& filter, const std::optional<nbns::ScopedName>& after,
      std::size_t limit) = 0;

  /// The record of exactly this name.
  [[nodiscard]] virtual Result<std::optional<Record>, std::string> find(
      const nbns::ScopedName& name) = 0;
};

}  // namespace winsome::names
