#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "replication/conflict/defence.h"
#include "replication/conflict/resolve.h"
#include "server/names/record.h"

namespace winsome::conflict {

using names::Member;
using names::Members;
using names::Record;
using names::RecordType;
using names::State;

inline constexpr Instant held_due{std::chrono::days(10'000)};
inline constexpr Instant due{std::chrono::days(10'024)};

/// Servers as smbtorture calls them: A, B and X are others, C is the one under test.
[[nodiscard]] constexpr Ipv4 server(char letter) {
  return {192, 0, 2, static_cast<std::uint8_t>(letter)};
}
inline constexpr Ipv4 us = server('C');

[[nodiscard]] constexpr Member member(Ipv4 address, char owner) {
  return {address, server(owner), held_due};
}

[[nodiscard]] inline Record record(RecordType type, State state, char owner, Members members) {
  return {.name = *nbns::parse_name("NAME<1C>", 0),
          .type = type,
          .state = state,
          .node = nbns::NodeType::h,
          .is_static = false,
          .owner = server(owner),
          .version = 5,
          .due = held_due,
          .members = std::move(members)};
}

/// Whose member each address is.
[[nodiscard]] inline std::map<Ipv4, Ipv4> owners(const Members& members) {
  std::map<Ipv4, Ipv4> all;
  for (const auto& m : members) all[m.address] = m.owner;
  return all;
}

[[nodiscard]] inline std::vector<std::string> words(std::string_view line) {
  std::istringstream in{std::string(line)};
  std::vector<std::string> all;
  for (std::string word; in >> word;) all.push_back(word);
  return all;
}

[[nodiscard]] inline std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::add: return "add";
    case Verdict::replace: return "replace";
    case Verdict::keep: return "keep";
    case Verdict::propagate: return "propagate";
    case Verdict::challenge: return "challenge";
    case Verdict::demand_release: return "demand_release";
    case Verdict::merge: return "merge";
  }
  return "?";
}

inline void PrintTo(Verdict verdict, std::ostream* out) {
  *out << to_text(verdict);
}

inline void PrintTo(Defence defence, std::ostream* out) {
  static constexpr std::array texts = {"replace", "keep", "keep_and_demand", "merge"};
  *out << texts.at(static_cast<std::size_t>(defence));
}

}  // namespace winsome::conflict
