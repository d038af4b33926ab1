#pragma once

#include <array>
#include <span>

#include "server/config/dhcp_values.h"
#include "server/config/keys.h"

namespace winsome::config {

// How the lines of the tables of keys are written; for the files that have some.

inline constexpr Limits any{};
inline constexpr Limits at_least_one{1};
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

/// For a field whose kind does not say how it stands in the file. `members` lead to it from
/// `Settings`.
template <auto read_it, auto print_it, auto... members>
constexpr Key key_as(std::string_view table, std::string_view name, OnReload on_reload,
                     Limits limits) {
  return {table,
          name,
          on_reload,
          limits,
          [](const Value& value, const Limits& bounds, Settings& out, Rows rows,
             Complaints& complaints) {
            read_it(value, bounds, follow(out, rows, members...), complaints);
          },
          [](const Settings& settings, Rows rows) {
            return print_it(follow(settings, rows, members...));
          }};
}

inline constexpr auto read_by_kind = [](const Value& value, const Limits& limits, auto& out,
                                        Complaints& complaints) {
  read(value, limits, out, complaints);
};
inline constexpr auto print_by_kind = [](const auto& field) { return print(field); };

template <auto... members>
constexpr Key key(std::string_view table, std::string_view name, OnReload on_reload,
                  Limits limits) {
  return key_as<read_by_kind, print_by_kind, members...>(table, name, on_reload, limits);
}

template <auto read_it, auto... members>
constexpr Key key_read_by(std::string_view table, std::string_view name, OnReload on_reload,
                          Limits limits) {
  return key_as<read_it, print_by_kind, members...>(table, name, on_reload, limits);
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

[[nodiscard]] std::span<const Key> name_server_keys();
[[nodiscard]] std::span<const Key> replication_keys();
[[nodiscard]] std::span<const Key> dhcp_keys();
[[nodiscard]] std::span<const Key> service_keys();

[[nodiscard]] std::span<const TableList> replication_lists();
[[nodiscard]] std::span<const TableList> dhcp_lists();

}  // namespace winsome::config
