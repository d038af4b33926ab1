#pragma once

#include <initializer_list>
#include <string_view>

#include "server/config/keys.h"
#include "server/config/reader.h"

namespace winsome::config {

/// Holds settings against what must be, and complains where the file says otherwise.
class Rules {
 public:
  Rules(const SaidKeys& said, Complaints& complaints) : said_(said), complaints_(complaints) {}

  /// The complaint stands at the first of `paths` that the file has, and bears the name of the
  /// first. A rule about a key that was not understood is not held.
  void require(bool holds, std::initializer_list<std::string_view> paths, std::string_view text);

  /// The same for keys of one table; it stands at the table if the file has none of them.
  void require(bool holds, const Place& place, std::initializer_list<std::string_view> names,
               std::string_view text);

  /// The same where it is known not to hold; about one element of the list `name`.
  void complain(const Place& place, std::string_view name, std::size_t element,
                std::string_view text);

  /// Is the key in the file?
  [[nodiscard]] bool says(std::string_view path) const;

 private:
  const SaidKeys& said_;
  Complaints& complaints_;
};

/// Fills in what the file left to the machine, and holds the settings against the rules that look
/// at more than one value (fact base B7, B11–B13).
void apply_rules(Settings& settings, const HostFacts& host, const SaidKeys& said,
                 Complaints& complaints);

/// The part of it that is about replication, once the rest is filled in.
void apply_replication_rules(Settings& settings, Rules& rules);

/// The part about leases, once that is done.
void apply_dhcp_rules(Settings& settings, Rules& rules);

/// The part about what stands beside leases: boot files, DNS, relay agent, the older chain.
void apply_service_rules(Settings& settings, Rules& rules);

/// Labels of letters, digits, hyphens and underscores, with dots between them (RFC 1123 2.1).
[[nodiscard]] bool is_domain(std::string_view domain);

/// `expected at least 40m, found 39m (nbns.allow_short_intervals = true lifts this)`
[[nodiscard]] std::string explain_short(seconds least, std::string_view why, seconds found);

}  // namespace winsome::config
