#include "server/config/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using enum OnReload;
using Carriers = Settings::Replication;
using Discovery = Settings::Replication::Discovery;
using Grpc = Settings::Replication::Grpc;
using Nbns = Settings::Nbns;
using Winsra = Settings::Replication::Winsra;
using names::AccessOptions;
using names::BurstOptions;
using names::ChallengeOptions;
using names::Intervals;
using names::Options;
using replication::Partner;
using replication::VerificationOptions;

constexpr Limits any{};
constexpr Limits at_least_one{1};
constexpr Limits with_port(std::uint16_t port) {
  return {.default_port = port};
}

constexpr Limits between(std::int64_t min, std::int64_t max) {
  return {min, max};
}
constexpr Limits between(milliseconds min, milliseconds max) {
  return {min.count(), max.count()};
}

/// From `object` by way of members to a field. A vector on the way is a list of tables, entered at
/// the row whose turn it is.
template <class Object, class Member, class... Members>
auto& follow(Object& object, Rows rows, Member member, Members... members) {
  auto& field = object.*member;
  if constexpr (sizeof...(members) == 0) {
    return field;
  } else if constexpr (requires { field.front(); }) {
    return follow(field[rows.front()], rows.subspan(1), members...);
  } else {
    return follow(field, rows, members...);
  }
}

/// `members` lead from `Settings` to the field.
template <auto... members>
constexpr Key key(std::string_view table, std::string_view name, OnReload on_reload,
                  Limits limits) {
  return {table,
          name,
          on_reload,
          limits,
          [](const Value& value, const Limits& bounds, Settings& out, Rows rows,
             Complaints& complaints) {
            read(value, bounds, follow(out, rows, members...), complaints);
          },
          [](const Settings& settings, Rows rows) {
            return print(follow(settings, rows, members...));
          }};
}

template <auto... members>
constexpr Key required_key(std::string_view table, std::string_view name, OnReload on_reload,
                           Limits limits) {
  auto line = key<members...>(table, name, on_reload, limits);
  line.required = true;
  return line;
}

/// A duration in `Settings`, a time of day in the file.
template <auto... members>
constexpr Key time_of_day(std::string_view table, std::string_view name, OnReload on_reload) {
  return {table,
          name,
          on_reload,
          any,
          [](const Value& value, const Limits&, Settings& out, Rows rows, Complaints& complaints) {
            if (const auto time = read_time_of_day(value, complaints)) {
              follow(out, rows, members...) = *time;
            }
          },
          [](const Settings& settings, Rows rows) {
            return print_time_of_day(follow(settings, rows, members...));
          }};
}

template <auto... members>
constexpr TableList table_list(std::string_view table, std::string_view label, std::size_t max) {
  return {
      table, label, max,
      [](const Settings& settings, Rows outer) {
        return follow(settings, outer, members...).size();
      },
      [](Settings& settings, Rows outer) { follow(settings, outer, members...).emplace_back(); }};
}

/// More than a good label has, in quotes; what is longer only has to fit a message.
constexpr std::size_t label_length_max = 260;

constexpr auto in_nbns = &Settings::nbns;
constexpr auto in_names = &Settings::names;
constexpr auto in_intervals = &names::Options::intervals;
constexpr auto in_challenge = &names::Options::challenge;
constexpr auto in_burst = &names::Options::burst;
constexpr auto in_access = &names::Options::access;
constexpr auto in_replication = &Settings::replication;
constexpr auto in_verification = &replication::Options::verification;
constexpr auto in_partners = &replication::Options::partners;
constexpr auto in_carriers = &Settings::carriers;

/// So the counter can grow from there for ever.
constexpr std::int64_t start_version_max = std::int64_t{1} << 62;

// Upper bounds of the intervals are those of the WINS console (fact base B7); the lower ones depend
// on allow_short_intervals and on each other, see the rules. At most 65,535 challenges can be told
// apart by their transaction id. Burst: B12. Verification: B11. Discovery: B13. Other bounds only
// catch slips of the pen.
constexpr std::array table = {
    key<&Settings::data_dir>("", "data_dir", refuse, any),

    key<&Settings::log, &Settings::Log::level>("log", "level", apply, any),
    key<&Settings::log, &Settings::Log::format>("log", "format", refuse, any),

    key<in_nbns, &Nbns::listen>("nbns", "listen", refuse, at_least_one),
    key<in_names, &Options::owner>("nbns", "owner", refuse, any),
    key<in_names, &Options::computer_name>("nbns", "netbios_name", refuse, any),
    key<in_names, in_intervals, &Intervals::renewal>("nbns", "renewal_interval", apply,
                                                     between(1s, 999h)),
    key<in_names, in_intervals, &Intervals::extinction>("nbns", "extinction_interval", apply,
                                                        between(1s, 9999h)),
    key<in_names, in_intervals, &Intervals::extinction_timeout>("nbns", "extinction_timeout", apply,
                                                                between(1s, 9999h)),
    key<in_names, in_intervals, &Intervals::verification>("nbns", "verification_interval", apply,
                                                          between(1s, 9999h)),
    key<in_nbns, &Nbns::allow_short_intervals>("nbns", "allow_short_intervals", apply, any),
    key<in_names, &Options::migrate_on>("nbns", "migrate_on", apply, any),
    key<in_names, &Options::prepend_1b>("nbns", "prepend_1b", apply, any),
    key<in_names, &Options::randomize_1c>("nbns", "randomize_1c", apply, any),
    key<in_nbns, &Nbns::answer_threads>("nbns", "answer_threads", refuse, between(0, 64)),
    key<in_nbns, &Nbns::challenge_port>("nbns", "challenge_port", refuse, between(1, 65'535)),

    key<in_names, in_challenge, &ChallengeOptions::tries>("nbns.challenge", "tries", apply,
                                                          between(1, 10)),
    key<in_names, in_challenge, &ChallengeOptions::interval>("nbns.challenge", "interval", apply,
                                                             between(50ms, 10s)),
    key<in_names, in_challenge, &ChallengeOptions::total>("nbns.challenge", "total", apply,
                                                          between(50ms, 60s)),
    key<in_names, in_challenge, &ChallengeOptions::at_once>("nbns.challenge", "at_once", apply,
                                                            between(1, 65'535)),
    key<in_names, in_challenge, &ChallengeOptions::at_once_per_requester>(
        "nbns.challenge", "at_once_per_requester", apply, between(1, 65'535)),

    key<in_names, in_burst, &BurstOptions::threshold>("nbns.burst", "threshold", apply,
                                                      between(50, 5'000)),
    key<in_names, in_burst, &BurstOptions::queue_limit>("nbns.burst", "queue_limit", apply,
                                                        between(50, 1'000'000)),

    key<in_names, in_access, &AccessOptions::query_from>("nbns.access", "query_from", apply, any),
    key<in_names, in_access, &AccessOptions::register_from>("nbns.access", "register_from", apply,
                                                            any),
    key<in_names, in_access, &AccessOptions::register_1b_from>("nbns.access", "register_1b_from",
                                                               apply, any),
    key<in_names, in_access, &AccessOptions::register_1c_from>("nbns.access", "register_1c_from",
                                                               apply, any),
    key<in_names, in_access, &AccessOptions::register_1d_from>("nbns.access", "register_1d_from",
                                                               apply, any),
    key<in_names, in_access, &AccessOptions::blocked_names>("nbns.access", "blocked_names", apply,
                                                            any),
    key<in_names, in_access, &AccessOptions::register_other_addresses>(
        "nbns.access", "register_other_addresses", apply, any),
    key<in_names, in_access, &AccessOptions::names_per_address>("nbns.access", "names_per_address",
                                                                apply, between(0, 10'000'000)),
    key<in_names, in_access, &AccessOptions::requests_per_second>(
        "nbns.access", "requests_per_second", apply, between(0, 10'000'000)),

    key<in_replication, &replication::Options::partners_only>("replication", "partners_only", apply,
                                                              any),
    key<in_replication, &replication::Options::pull_at_start>("replication", "pull_at_start", apply,
                                                              any),
    key<in_replication, &replication::Options::retries>("replication", "retries", apply,
                                                        between(0, 100)),
    key<in_replication, &replication::Options::retry_interval>("replication", "retry_interval",
                                                               apply, between(1s, 1h)),
    key<in_replication, &replication::Options::start_wait>("replication", "start_wait", apply,
                                                           between(0s, 1h)),
    key<in_replication, &replication::Options::start_version>("replication", "start_version", apply,
                                                              between(0, start_version_max)),
    key<in_replication, &replication::Options::refused_owners>("replication", "refuse_owners",
                                                               apply, any),
    key<in_replication, &replication::Options::accepted_owners>("replication", "accept_owners",
                                                                apply, any),
    key<in_replication, &replication::Options::refuse_blocked_names>(
        "replication", "refuse_blocked_names", apply, any),

    key<in_carriers, &Carriers::grpc, &Grpc::listen>("replication.grpc", "listen", refuse,
                                                     with_port(grpc_port)),
    key<in_carriers, &Carriers::grpc, &Grpc::certificate>("replication.grpc", "certificate", refuse,
                                                          any),
    key<in_carriers, &Carriers::grpc, &Grpc::key>("replication.grpc", "key", refuse, any),
    key<in_carriers, &Carriers::grpc, &Grpc::authority>("replication.grpc", "authority", refuse,
                                                        any),
    key<in_carriers, &Carriers::grpc, &Grpc::insecure>("replication.grpc", "insecure", refuse, any),

    key<in_carriers, &Carriers::winsra, &Winsra::listen>("replication.winsra", "listen", refuse,
                                                         with_port(winsra_port)),

    key<in_carriers, &Carriers::discovery, &Discovery::enabled>("replication.discovery", "enabled",
                                                                refuse, any),
    key<in_carriers, &Carriers::discovery, &Discovery::interval>(
        "replication.discovery", "interval", refuse, between(1s, 9999h)),
    key<in_carriers, &Carriers::discovery, &Discovery::ttl>("replication.discovery", "ttl", refuse,
                                                            between(1, 32)),

    key<in_replication, in_verification, &VerificationOptions::interval>(
        "replication.verification", "interval", apply, between(0s, 9999h)),
    time_of_day<in_replication, in_verification, &VerificationOptions::start>(
        "replication.verification", "start", apply),
    key<in_replication, in_verification, &VerificationOptions::records_at_a_time>(
        "replication.verification", "records", apply, between(1'000, 1'000'000'000)),
    key<in_replication, in_verification, &VerificationOptions::with_partners>(
        "replication.verification", "with_partners", apply, any),

    required_key<in_replication, in_partners, &Partner::name>("replication.partner", "name", apply,
                                                              any),
    required_key<in_replication, in_partners, &Partner::address>("replication.partner", "address",
                                                                 apply, any),
    required_key<in_replication, in_partners, &Partner::carrier>("replication.partner", "transport",
                                                                 apply, any),
    key<in_replication, in_partners, &Partner::insecure>("replication.partner", "insecure", apply,
                                                         any),
    key<in_replication, in_partners, &Partner::pull>("replication.partner", "pull", apply, any),
    key<in_replication, in_partners, &Partner::push>("replication.partner", "push", apply, any),
    key<in_replication, in_partners, &Partner::interval>("replication.partner", "interval", apply,
                                                         between(0s, 9999h)),
    time_of_day<in_replication, in_partners, &Partner::start>("replication.partner", "start",
                                                              apply),
    key<in_replication, in_partners, &Partner::update_count>("replication.partner", "update_count",
                                                             apply, between(0, 1'000'000'000)),
    key<in_replication, in_partners, &Partner::on_address_change>("replication.partner",
                                                                  "on_address_change", apply, any),
    key<in_replication, in_partners, &Partner::persistent>("replication.partner", "persistent",
                                                           apply, any),
    key<in_replication, in_partners, &Partner::paused>("replication.partner", "paused", apply, any),
    key<in_replication, in_partners, &Partner::dynamic_only>("replication.partner", "dynamic_only",
                                                             apply, any),
    key<in_replication, in_partners, &Partner::domains_only>("replication.partner", "domains_only",
                                                             apply, any),
    key<in_replication, in_partners, &Partner::members_count_as_local>(
        "replication.partner", "members_count_as_local", apply, any),

    key<&Settings::admin, &Settings::Admin::socket>("admin", "socket", refuse, any),
};

constexpr std::array lists = {
    table_list<in_replication, in_partners>("replication.partner", "name",
                                            replication::partners_max),
};

}  // namespace

std::span<const Key> keys() {
  return table;
}

std::span<const TableList> table_lists() {
  return lists;
}

const Key* find_key(std::string_view table_path, std::string_view name) {
  const auto* found = std::ranges::find_if(
      table, [&](const Key& key) { return key.table == table_path && key.name == name; });
  return found == table.end() ? nullptr : found;
}

const TableList* find_table_list(std::string_view table_path) {
  const auto* found = std::ranges::find(lists, table_path, &TableList::table);
  return found == lists.end() ? nullptr : found;
}

std::vector<std::string_view> names_of_tables_in(std::string_view table_path) {
  std::vector<std::string_view> names;
  for (const auto& key : table) {
    auto below = key.table;
    if (!table_path.empty()) {
      if (!below.starts_with(table_path)) continue;
      below.remove_prefix(table_path.size());
      if (!below.starts_with('.')) continue;
      below.remove_prefix(1);
    }
    const auto name = below.substr(0, below.find('.'));
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

std::string join_path(std::string_view table_path, std::string_view name) {
  std::string path(table_path);
  if (!path.empty()) path += '.';
  return path.append(name);
}

Place enter(const Place& outer, std::string_view name) {
  return {join_path(outer.table, name), outer.rows, fmt::format("{}{}.", outer.prefix, name)};
}

Place enter(const Place& outer, std::string_view name, std::size_t row, const Settings& settings) {
  Place place{join_path(outer.table, name), outer.rows, {}};
  place.rows.push_back(row);
  const auto* label = find_key(place.table, find_table_list(place.table)->label);
  auto text = label->print(settings, place.rows);
  if (text == print(std::string())) text = std::to_string(row + 1);
  text.resize(std::min(text.size(), label_length_max));
  place.prefix = fmt::format("{}{} {}: ", outer.prefix, name, text);
  return place;
}

}  // namespace winsome::config
