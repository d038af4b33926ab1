#include "tools/winsome/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "server/nbns/name.h"
#include "tools/winsome/json.h"
#include "tools/winsome/suffixes.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

template <class Value>
struct Word {
  Value value;
  std::string_view text;
};

constexpr std::array type_words{Word{v1::RECORD_TYPE_UNIQUE, "unique"},
                                Word{v1::RECORD_TYPE_NORMAL_GROUP, "group"},
                                Word{v1::RECORD_TYPE_SPECIAL_GROUP, "special-group"},
                                Word{v1::RECORD_TYPE_MULTIHOMED, "multihomed"}};
constexpr std::array state_words{Word{v1::RECORD_STATE_ACTIVE, "active"},
                                 Word{v1::RECORD_STATE_RELEASED, "released"},
                                 Word{v1::RECORD_STATE_TOMBSTONE, "tombstone"}};
constexpr std::array mapping_words{
    Word{v1::MAPPING_TYPE_UNIQUE, "unique"}, Word{v1::MAPPING_TYPE_MULTIHOMED, "multihomed"},
    Word{v1::MAPPING_TYPE_NORMAL_GROUP, "group"}, Word{v1::MAPPING_TYPE_DOMAIN_NAME, "domain"},
    Word{v1::MAPPING_TYPE_INTERNET_GROUP, "internet-group"}};
constexpr std::array node_words{Word{v1::NODE_TYPE_B, "B"}, Word{v1::NODE_TYPE_P, "P"},
                                Word{v1::NODE_TYPE_M, "M"}, Word{v1::NODE_TYPE_H, "H"}};

template <class Words, class Value>
std::string_view text_of(const Words& words, Value value) {
  const auto found =
      std::ranges::find_if(words, [=](const auto& word) { return word.value == value; });
  return found == words.end() ? std::string_view("?") : found->text;
}

template <class Words>
auto value_of(const Words& words, std::string_view text)
    -> std::optional<decltype(words.front().value)> {
  const auto found =
      std::ranges::find_if(words, [=](const auto& word) { return word.text == text; });
  if (found == words.end()) return std::nullopt;
  return found->value;
}

constexpr std::array columns{Column{"NAME", 19},    Column{"TYPE", 13},  Column{"STATE", 9},
                             Column{"SOURCE", 7},   Column{"OWNER", 15}, Column{"VERSION", 10},
                             Column{"EXPIRES", 20}, Column{"ADDRESSES"}};

bool is_group(const v1::Record& record) {
  return record.type() == v1::RECORD_TYPE_NORMAL_GROUP ||
         record.type() == v1::RECORD_TYPE_SPECIAL_GROUP;
}

std::string_view use_of(const v1::Record& record) {
  const auto name = nbns::parse_name(record.name(), 0, false);
  return name ? suffix_meaning(name->name.suffix(), is_group(record)) : std::string_view();
}

std::string expires_text(const v1::Record& record) {
  return record.has_due() ? utc_text(record.due().seconds()) : "never";
}

std::string_view source_text(const v1::Record& record) {
  if (record.is_static()) return "static";
  return record.fed() ? "lease" : "dynamic";
}

std::string addresses_text(const v1::Record& record) {
  std::string text;
  for (const auto& member : record.members()) {
    if (!text.empty()) text += ',';
    text += member.address();
  }
  return text.empty() ? "-" : text;
}

std::string json_of(const v1::Record& record) {
  std::vector<std::string> members;
  for (const auto& member : record.members()) {
    JsonObject object;
    object.text("address", member.address());
    if (!member.owner().empty()) object.text("owner", member.owner());
    if (member.has_due()) object.text("expires", utc_text(member.due().seconds()));
    members.push_back(object.str());
  }
  JsonObject object;
  object.text("name", record.name())
      .text("type", to_text(record.type()))
      .text("state", to_text(record.state()))
      .text("node", text_of(node_words, record.node()))
      .flag("static", record.is_static())
      .flag("fed", record.fed())
      .text("owner", record.owner())
      .id("version", record.version());
  if (record.has_due()) object.text("expires", utc_text(record.due().seconds()));
  return object.value("members", json_array(members)).str() + '\n';
}

}  // namespace

std::string record_header(const Style& style) {
  return style.json ? "" : header_line(columns, style);
}

std::string record_row(const v1::Record& record, const Style& style) {
  if (style.json) return json_of(record);
  const std::array<std::string, columns.size()> cells{record.name(),
                                                      std::string(to_text(record.type())),
                                                      std::string(to_text(record.state())),
                                                      std::string(source_text(record)),
                                                      record.owner(),
                                                      std::to_string(record.version()),
                                                      expires_text(record),
                                                      addresses_text(record)};
  return row_line(columns, cells);
}

std::string record_details(const v1::Record& record, const Style& style) {
  if (style.json) return json_of(record);
  const auto use = use_of(record);
  auto text = fmt::format("{}{}\n", record.name(), use.empty() ? "" : fmt::format("  ({})", use));
  const auto line = [&text](std::string_view key, std::string_view value) {
    text += fmt::format("  {:<9} {}\n", key, value);
  };
  line("TYPE", to_text(record.type()));
  line("STATE", to_text(record.state()));
  line("SOURCE", source_text(record));
  line("NODE", text_of(node_words, record.node()));
  line("OWNER", record.owner());
  line("VERSION", std::to_string(record.version()));
  line("EXPIRES", expires_text(record));
  for (const auto& member : record.members()) {
    std::string about = member.address();
    if (member.has_due()) about += ", expires " + utc_text(member.due().seconds());
    if (!member.owner().empty() && member.owner() != record.owner()) {
      about += ", registered at " + member.owner();
    }
    line("ADDRESS", about);
  }
  return text;
}

std::string counts_text(const v1::ChangeCounts& counts, bool dry_run) {
  const auto unchanged =
      counts.unchanged() > 0 ? fmt::format(" ({} unchanged)", counts.unchanged()) : std::string();
  if (dry_run) {
    return fmt::format("would add {}, change {}, delete 0{}", counts.added(), counts.changed(),
                       unchanged);
  }
  return fmt::format("added {}, changed {}, deleted 0{}", counts.added(), counts.changed(),
                     unchanged);
}

std::string_view to_text(v1::RecordType type) {
  return text_of(type_words, type);
}
std::string_view to_text(v1::RecordState state) {
  return text_of(state_words, state);
}

std::optional<v1::RecordType> record_type(std::string_view text) {
  return value_of(type_words, text);
}
std::optional<v1::RecordState> record_state(std::string_view text) {
  return value_of(state_words, text);
}
std::optional<v1::MappingType> mapping_type(std::string_view text) {
  return value_of(mapping_words, text);
}

}  // namespace winsome::cli
