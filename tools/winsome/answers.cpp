#include "tools/winsome/answers.h"

#include <fmt/format.h>

#include <array>

#include "tools/winsome/json.h"
#include "tools/winsome/suffixes.h"

namespace winsome::cli {
namespace {

constexpr std::array query_columns{Column{"NAME", 19}, Column{"TYPE", 6}, Column{"NODE", 4},
                                   Column{"TTL", 8}, Column{"ADDRESS"}};
constexpr std::array node_columns{Column{"NAME", 19}, Column{"TYPE", 6}, Column{"NODE", 4},
                                  Column{"STATE", 13}, Column{"USE"}};

std::string_view type_text(bool group) {
  return group ? "group" : "unique";
}

std::string state_text(const nbns::NodeName& name) {
  if (name.conflict) return "conflict";
  if (name.deregistering) return "deregistering";
  if (!name.active) return "inactive";
  return name.permanent ? "permanent" : "active";
}

std::string unit_text(const std::array<std::uint8_t, 6>& unit) {
  return fmt::format("{:02x}", fmt::join(unit, ":"));
}

std::string json_of(const nbns::NbEntry& entry) {
  return JsonObject()
      .text("address", to_text(entry.address))
      .text("type", type_text(entry.group))
      .text("node", nbns::to_text(entry.node))
      .str();
}

std::string json_of(const nbns::NodeName& name) {
  return JsonObject()
      .text("name", nbns::to_text(name.name))
      .text("type", type_text(name.group))
      .text("node", nbns::to_text(name.node))
      .text("state", state_text(name))
      .text("use", suffix_meaning(name.name.suffix(), name.group))
      .str();
}

}  // namespace

std::string show(const nbns::QueryResponse& answer, const Style& style) {
  if (style.json) {
    std::vector<std::string> entries;
    for (const auto& entry : answer.entries) entries.push_back(json_of(entry));
    return JsonObject()
               .text("name", nbns::to_text(answer.name))
               .number("ttl", answer.ttl)
               .flag("truncated", answer.truncated)
               .value("entries", json_array(entries))
               .str() +
           '\n';
  }
  auto text = header_line(query_columns, style);
  for (const auto& entry : answer.entries) {
    const std::array<std::string, 5> cells{
        nbns::to_text(answer.name), std::string(type_text(entry.group)),
        std::string(nbns::to_text(entry.node)), std::to_string(answer.ttl), to_text(entry.address)};
    text += row_line(query_columns, cells);
  }
  if (answer.truncated) text += "(truncated: the server has more addresses)\n";
  return text;
}

std::string show(const nbns::NodeStatusResponse& answer, const Style& style) {
  if (style.json) {
    std::vector<std::string> names;
    for (const auto& name : answer.names) names.push_back(json_of(name));
    return JsonObject()
               .text("unit_id", unit_text(answer.unit_id))
               .value("names", json_array(names))
               .str() +
           '\n';
  }
  auto text = header_line(node_columns, style);
  for (const auto& name : answer.names) {
    const std::array<std::string, 5> cells{
        nbns::to_text(name.name), std::string(type_text(name.group)),
        std::string(nbns::to_text(name.node)), state_text(name),
        std::string(suffix_meaning(name.name.suffix(), name.group))};
    text += row_line(node_columns, cells);
  }
  return text + fmt::format("hardware address {}\n", unit_text(answer.unit_id));
}

std::string explain(nbns::Rcode rcode) {
  const auto code = nbns::to_text(rcode);
  switch (rcode) {
    case nbns::Rcode::ok: return "ok";
    case nbns::Rcode::fmt_err:
      return fmt::format("the server could not read the request ({})", code);
    case nbns::Rcode::srv_err:
      return fmt::format("the server has a problem; is the scope too long? ({})", code);
    case nbns::Rcode::nam_err: return fmt::format("the server does not know the name ({})", code);
    case nbns::Rcode::imp_err: return fmt::format("the server does not do this ({})", code);
    case nbns::Rcode::rfs_err:
      return fmt::format(
          "the server's policy forbids it: a blocked name, or a suffix that this type may not have "
          "({})",
          code);
    case nbns::Rcode::act_err:
      return fmt::format("another node holds the name and still defends it ({})", code);
    case nbns::Rcode::cft_err: return fmt::format("the name is in conflict ({})", code);
  }
  return fmt::format("the server says no ({})", code);
}

}  // namespace winsome::cli
