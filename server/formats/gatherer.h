#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/formats/mapping.h"
#include "server/formats/reports.h"

namespace winsome::formats {

/// A name as a file has it: up to 15 octets of text, or all 16 octets. Text folds to upper case.
struct WrittenName {
  std::string text;
  std::optional<nbns::Name> exact;
};

/// What a second address makes of a host.
enum class SecondAddress : std::uint8_t {
  multihomed,  // hosts and zone files
  needs_mark,  // LMHOSTS: an error, unless one of the lines says #MH
};

/// Gathers the lines of a file and the files it includes into mappings: one for each name and kind,
/// in order of first appearance. Knows the rules that hold for every file: D2's for addresses and
/// names, D6's limit.
class Gatherer : public Reports {
 public:
  explicit Gatherer(SecondAddress second = SecondAddress::multihomed) : second_(second) {}

  /// An address that one host can have; else the reason is reported.
  [[nodiscard]] std::optional<Ipv4> address(const Place& place, std::string_view word);

  /// A name of 1 to 15 octets without blanks and controls, folded; else the reason is reported.
  [[nodiscard]] std::optional<std::string> host_name(const Place& place, std::string_view text);

  void add(const Place& place, MappingKind kind, const WrittenName& name,
           std::optional<Ipv4> address);

  /// A whole record at once (wins.dat); a second one of its name is a problem.
  void add_record(const Place& place, Mapping record);

  [[nodiscard]] Parsed finish() &&;

 private:
  struct Key {
    MappingKind kind;
    bool exact;
    nbns::Name name;
    friend bool operator==(const Key&, const Key&) = default;
    template <class H>
    friend H AbslHashValue(H h, const Key& key) {
      return H::combine(std::move(h), key.kind, key.exact, key.name);
    }
  };
  void join(const Place& place, Mapping& mapping, MappingKind kind, Ipv4 address);

  SecondAddress second_;
  std::vector<Mapping> mappings_;
  absl::flat_hash_map<Key, std::size_t> places_;  // in mappings_
};

}  // namespace winsome::formats
