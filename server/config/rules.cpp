#include "server/config/rules.h"

#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>
#include <initializer_list>

#include "server/config/duration.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t computer_name_length_max = 15;

/// Fact base B7: the least that Windows takes.
constexpr seconds renewal_min = 40min;
constexpr seconds extinction_min = 40min;
constexpr seconds extinction_forced = std::chrono::days(4);  // unless names are renewed more often
constexpr seconds extinction_timeout_min = 24h;
constexpr seconds verification_min = std::chrono::days(24);

bool may_stand_in_a_computer_name(char c) {
  constexpr std::string_view forbidden = R"("*/:;<>?\|)";
  return c > 0x20 && c < 0x7f && forbidden.find(c) == std::string_view::npos;
}

void complete_computer_name(Settings& settings, const HostFacts& host, const SaidKeys& said,
                            Rules& rules) {
  auto& name = settings.names.computer_name;
  const bool given = said.contains({"nbns.netbios_name", {}});
  if (!given) {
    name = host.host_name.substr(0, host.host_name.find('.')).substr(0, computer_name_length_max);
  }
  name = upper_case(name);
  const auto wrong = std::ranges::find_if_not(name, may_stand_in_a_computer_name);
  const std::string hint = given ? "" : "; set it, the host's name does not serve";
  rules.require(!name.empty(), {"nbns.netbios_name"}, "expected a name, found none" + hint);
  rules.require(
      name.size() <= computer_name_length_max, {"nbns.netbios_name"},
      fmt::format("expected at most {} octets, found {}", computer_name_length_max, name.size()));
  rules.require(wrong == name.end(), {"nbns.netbios_name"},
                fmt::format("{} may not stand in a computer name{}",
                            wrong == name.end() ? "" : quote({&*wrong, 1}), hint));
}

void check_intervals(const names::Intervals& intervals, Rules& rules) {
  const auto at_least = [&](seconds value, seconds least,
                            std::initializer_list<std::string_view> paths, std::string_view why) {
    rules.require(value >= least, paths, explain_short(least, why, value));
  };
  at_least(intervals.renewal, renewal_min, {"nbns.renewal_interval"}, "");
  at_least(intervals.extinction, extinction_min, {"nbns.extinction_interval"}, "");
  at_least(intervals.extinction_timeout, extinction_timeout_min, {"nbns.extinction_timeout"}, "");
  at_least(intervals.verification, verification_min, {"nbns.verification_interval"}, "");

  const auto extinction_least = std::min(intervals.renewal, extinction_forced);
  if (intervals.extinction >= extinction_min) {
    at_least(intervals.extinction, extinction_least,
             {"nbns.extinction_interval", "nbns.renewal_interval"},
             extinction_least == intervals.renewal ? ", the renewal interval" : "");
  }
  if (intervals.extinction_timeout >= extinction_timeout_min) {
    at_least(intervals.extinction_timeout, intervals.renewal,
             {"nbns.extinction_timeout", "nbns.renewal_interval"}, ", the renewal interval");
  }
}

}  // namespace

void Rules::require(bool holds, std::initializer_list<std::string_view> paths,
                    std::string_view text) {
  require(holds, Place{}, paths, text);
}

void Rules::require(bool holds, const Place& place, std::initializer_list<std::string_view> names,
                    std::string_view text) {
  if (holds) return;
  Position at;
  for (const auto name : names) {
    const auto found = said_.find({join_path(place.table, name), place.rows});
    if (found == said_.end()) continue;
    if (!found->second.understood) return;
    if (at == Position{}) at = found->second.at;
  }
  if (const auto table = said_.find({place.table, place.rows});
      at == Position{} && table != said_.end()) {
    at = table->second.at;
  }
  complaints_.push_back({at, fmt::format("{}{}: {}", place.prefix, *names.begin(), text)});
}

void Rules::complain(const Place& place, std::string_view name, std::size_t element,
                     std::string_view text) {
  const auto found = said_.find({join_path(place.table, name), place.rows});
  if (found == said_.end() || element >= found->second.elements.size()) {
    return require(false, place, {name}, text);
  }
  complaints_.push_back(
      {found->second.elements[element], fmt::format("{}{}: {}", place.prefix, name, text)});
}

bool Rules::says(std::string_view path) const {
  return said_.contains({std::string(path), {}});
}

std::string explain_short(seconds least, std::string_view why, seconds found) {
  return fmt::format(
      "expected at least {}{}, found {} (nbns.allow_short_intervals = true lifts this)",
      to_text(least), why, to_text(found));
}

void apply_rules(Settings& settings, const HostFacts& host, const SaidKeys& said,
                 Complaints& complaints) {
  Rules rules(said, complaints);
  auto& names = settings.names;

  settings.nbns.owner_is_default = names.owner.unspecified();
  if (names.owner.unspecified()) names.owner = host.address;
  rules.require(!names.owner.unspecified(), {"nbns.owner"},
                "this host has no address but loopback; set the address under which partners know "
                "this server");
  complete_computer_name(settings, host, said, rules);
  names.unit_id = host.hardware;

  auto& intervals = names.intervals;
  if (settings.nbns.allow_short_intervals) {
    intervals.tombstone_uptime = std::min(intervals.tombstone_uptime, intervals.extinction_timeout);
  } else {
    check_intervals(intervals, rules);
  }

  rules.require(names.challenge.total >= names.challenge.interval,
                {"nbns.challenge.total", "nbns.challenge.interval"},
                fmt::format("expected at least {}, the interval of the first try, found {}",
                            to_text(names.challenge.interval), to_text(names.challenge.total)));
  rules.require(names.burst.queue_limit >= names.burst.threshold,
                {"nbns.burst.queue_limit", "nbns.burst.threshold"},
                fmt::format("expected at least {}, the threshold, found {}", names.burst.threshold,
                            names.burst.queue_limit));

  const auto socket_length = settings.admin.socket.native().size();
  rules.require(socket_length < sizeof(sockaddr_un::sun_path), {"admin.socket"},
                fmt::format("expected a path shorter than {} octets, found {}",
                            sizeof(sockaddr_un::sun_path), socket_length));

  apply_replication_rules(settings, rules);
  apply_dhcp_rules(settings, rules);
  apply_service_rules(settings, rules);
}

}  // namespace winsome::config
