#include "tools/winsome/statistics.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "tools/winsome/json.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

using Value = std::variant<std::uint64_t, std::string, bool>;

struct Line {
  std::string key;  // as in JSON
  Value value;
};

struct Section {
  std::string key;
  std::vector<Line> lines;
};

template <class Counters>
Section counters(std::string key, const Counters& counts) {
  Section section{std::move(key), {}};
  for (const auto& counter : counts) section.lines.push_back({counter.name(), counter.value()});
  return section;
}

std::string last_text(bool known, const google::protobuf::Timestamp& time) {
  return known ? utc_text(time.seconds()) : "never";
}

void append_dhcp(std::vector<Section>& sections, const v1::Dhcp& dhcp) {
  sections.push_back({"dhcp",
                      {{"addresses", dhcp.addresses()},
                       {"active", dhcp.active()},
                       {"declined", dhcp.declined()},
                       {"reserved", dhcp.reserved()},
                       {"probes", dhcp.probes()},
                       {"conflicts", dhcp.conflicts()}}});
  sections.push_back(counters("dhcp_received", dhcp.received()));
  sections.push_back(counters("dhcp_sent", dhcp.sent()));
  sections.push_back(counters("dhcp_dropped", dhcp.drops()));
}

std::vector<Section> sections_of(const v1::GetStatisticsResponse& all) {
  const auto& names = all.registrations();
  const auto& queries = all.queries();
  const auto& challenges = all.challenges();
  const auto& database = all.database();
  const auto& scavenging = all.scavenging();
  std::vector<Section> sections{
      {"server", {{"version", all.version()}, {"started", utc_text(all.started().seconds())}}},
      {"database",
       {{"records", database.records()},
        {"active", database.active()},
        {"released", database.released()},
        {"tombstones", database.tombstones()},
        {"static", database.static_records()},
        {"last_version", std::to_string(database.version())},
        {"commits", database.commits()},
        {"commit_failures", database.commit_failures()},
        {"available", database.available()}}},
      {"registrations",
       {{"unique", names.unique()},
        {"group", names.group()},
        {"unique_renewals", names.unique_renewals()},
        {"group_renewals", names.group_renewals()},
        {"unique_conflicts", names.unique_conflicts()},
        {"group_conflicts", names.group_conflicts()},
        {"policy_refusals", names.policy_refusals()},
        {"burst_grants", names.burst_grants()},
        {"releases_found", names.releases_found()},
        {"releases_not_found", names.releases_not_found()}}},
      {"queries",
       {{"received", queries.received()},
        {"answered", queries.answered()},
        {"not_found", queries.not_found()},
        {"node_status", queries.node_status()}}},
      {"challenges",
       {{"begun", challenges.begun()},
        {"defended", challenges.defended()},
        {"denied", challenges.denied()},
        {"silent", challenges.silent()},
        {"pending", challenges.pending()}}},
      {"scavenging",
       {{"last", last_text(scavenging.has_last(), scavenging.last())},
        {"last_by_hand", last_text(scavenging.has_last_by_hand(), scavenging.last_by_hand())},
        {"released", scavenging.released()},
        {"tombstoned", scavenging.tombstoned()},
        {"deleted", scavenging.deleted()}}},
      {"replication", {{"last_pull", last_text(all.has_last_pull(), all.last_pull())}}},
      counters("malformed", all.malformed()),
      counters("replication_faults", all.replication_faults()),
      counters("dropped", all.drops()),
      {"network", {{"receive_drops", all.receive_drops()}, {"send_failures", all.send_failures()}}},
  };
  if (all.has_dhcp()) append_dhcp(sections, all.dhcp());
  if (all.services_size() > 0) sections.push_back(counters("services", all.services()));
  return sections;
}

std::string text_of(const Value& value) {
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "NO";
  return std::get<std::string>(value);
}

void add(JsonObject& object, const Line& line) {
  if (const auto* number = std::get_if<std::uint64_t>(&line.value)) {
    object.number(line.key, *number);
  } else if (const auto* flag = std::get_if<bool>(&line.value)) {
    object.flag(line.key, *flag);
  } else {
    object.text(line.key, std::get<std::string>(line.value));
  }
}

/// `UNIQUE RENEWALS` for a heading, `unique renewals` for a line.
std::string words_of(std::string_view key, bool heading) {
  std::string words(key);
  for (auto& letter : words) {
    if (letter == '_') letter = ' ';
    if (heading && letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return words;
}

}  // namespace

std::string show(const v1::GetStatisticsResponse& statistics, const Style& style) {
  if (style.json) {
    JsonObject all;
    for (const auto& section : sections_of(statistics)) {
      JsonObject object;
      for (const auto& line : section.lines) add(object, line);
      all.value(section.key, object.str());
    }
    return all.str() + '\n';
  }
  std::string text;
  for (const auto& section : sections_of(statistics)) {
    const auto words = words_of(section.key, true);
    text += header_line(std::array{Column{words}}, style);
    for (const auto& line : section.lines) {
      text += fmt::format("  {:<20} {}\n", words_of(line.key, false), text_of(line.value));
    }
  }
  return text;
}

}  // namespace winsome::cli
