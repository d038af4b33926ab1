#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "server/config/document.h"
#include "server/config/settings.h"

namespace winsome::config {

/// What a number, or the milliseconds of a duration, may be; both ends belong to it. Of a list of
/// endpoints `min` is the least length.
struct Limits {
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::uint16_t default_port = 0;  // of endpoints in a list that have none; 0: they must have one
};

/// Each `read` takes what the file says into a field of `Settings`, or says what it expected
/// instead; then the field keeps its default. A list that is wrong in several places gives several
/// complaints.
using Complaints = std::vector<Complaint>;

void read(const Value& value, const Limits& limits, bool& out, Complaints& complaints);
void read(const Value& value, const Limits& limits, std::int64_t& out, Complaints& complaints);
void read(const Value& value, const Limits& limits, seconds& out, Complaints& complaints);
void read(const Value& value, const Limits& limits, milliseconds& out, Complaints& complaints);
void read(const Value& value, const Limits& limits, LogLevel& out, Complaints& complaints);
void read(const Value& value, const Limits& limits, LogFormat& out, Complaints& complaints);
void read(const Value& value, const Limits& limits, replication::Carrier& out,
          Complaints& complaints);
void read(const Value& value, const Limits& limits, Ipv4& out, Complaints& complaints);
/// The port may be missing; then it is 0, and a rule fills it in.
void read(const Value& value, const Limits& limits, Endpoint& out, Complaints& complaints);
void read(const Value& value, const Limits& limits, std::string& out, Complaints& complaints);
void read(const Value& value, const Limits& limits, std::filesystem::path& out,
          Complaints& complaints);
void read(const Value& value, const Limits& limits, std::vector<Endpoint>& out,
          Complaints& complaints);
void read(const Value& value, const Limits& limits, std::vector<Ipv4>& out, Complaints& complaints);
void read(const Value& value, const Limits& limits, std::vector<Ipv4Prefix>& out,
          Complaints& complaints);
void read(const Value& value, const Limits& limits, std::vector<std::string>& out,
          Complaints& complaints);

template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>)
void read(const Value& value, const Limits& limits, T& out, Complaints& complaints) {
  auto number = static_cast<std::int64_t>(out);
  read(value, limits, number, complaints);
  out = static_cast<T>(number);
}

/// `HH:MM`, since midnight.
[[nodiscard]] std::optional<seconds> read_time_of_day(const Value& value, Complaints& complaints);
[[nodiscard]] std::string print_time_of_day(std::optional<seconds> time);

/// As it would stand in the file, but for the quotes.
[[nodiscard]] std::string print(bool flag);
[[nodiscard]] std::string print(milliseconds duration);
[[nodiscard]] std::string print(LogLevel level);
[[nodiscard]] std::string print(LogFormat format);
[[nodiscard]] std::string print(replication::Carrier carrier);
[[nodiscard]] std::string print(Ipv4 address);
[[nodiscard]] std::string print(const Endpoint& endpoint);
[[nodiscard]] std::string print(const std::string& text);
[[nodiscard]] std::string print(const std::filesystem::path& path);
[[nodiscard]] std::string print(const std::vector<Endpoint>& endpoints);
[[nodiscard]] std::string print(const std::vector<Ipv4>& addresses);
[[nodiscard]] std::string print(const std::vector<Ipv4Prefix>& networks);
[[nodiscard]] std::string print(const std::vector<std::string>& names);

template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>)
[[nodiscard]] std::string print(T number) {
  return std::to_string(number);
}

/// ASCII only: NetBIOS names are octets, and the upper case of other letters depends on the code
/// page.
[[nodiscard]] std::string upper_case(std::string text);

}  // namespace winsome::config
