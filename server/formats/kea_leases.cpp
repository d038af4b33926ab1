#include "server/formats/kea_leases.h"

#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "server/dhcp/octet_text.h"
#include "server/formats/lines.h"

namespace winsome::formats {
namespace {

constexpr std::size_t columns_max = 64;  // Kea 2.4 has 12
constexpr std::uint32_t infinite = 0xffff'ffff;
constexpr std::size_t name_length_max = 253;

enum class Column : std::uint8_t { address, hardware, client, life, expire, name, state };
constexpr std::array<std::string_view, 7> column_names = {
    "address", "hwaddr", "client_id", "valid_lifetime", "expire", "hostname", "state"};
constexpr std::size_t columns_required = 5;  // files of before Kea 1.0 have no state

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  while (fields.size() <= columns_max) {
    const auto end = line.find(',');
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  return fields;
}

/// `&#x2c` stands for a comma, and so on.
std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto octet = text.starts_with("&#x") ? parse_octet(text.substr(3, 2)) : std::nullopt;
    out += octet ? static_cast<char>(*octet) : text.front();
    text.remove_prefix(octet ? 5 : 1);
  }
  return out;
}

/// Without the root's dot. A name that no client should have is none.
std::string name_of(std::string_view field) {
  auto name = unescaped(field);
  if (name.ends_with('.')) name.pop_back();
  const auto is_graphic = [](char c) { return c > 0x20 && c < 0x7f; };
  if (name.size() > name_length_max || !std::ranges::all_of(name, is_graphic)) name.clear();
  return name;
}

class KeaParser {
 public:
  explicit KeaParser(std::int64_t now) : now_(now) {}

  void read(std::string_view text, std::string_view file);
  [[nodiscard]] ParsedLeases finish() &&;

 private:
  struct Row {
    LeaseRow kept;
    std::string_view ended;  // why it is no lease any longer; empty: it is one
  };
  [[nodiscard]] bool header(const Place& place, std::string_view line);
  void row(const Place& place, std::string_view line);
  [[nodiscard]] bool identity(const Place& place, dhcp::ImportLeases::Row& out);
  [[nodiscard]] bool life(const Place& place, Row& out);
  [[nodiscard]] std::string_view field(Column column) const {
    const auto index = columns_[static_cast<std::size_t>(column)];
    return index && *index < fields_.size() ? fields_[*index] : std::string_view();
  }

  std::int64_t now_;
  Reports reports_;
  std::array<std::optional<std::size_t>, column_names.size()> columns_;
  std::size_t column_count_ = 0;
  std::vector<std::string_view> fields_;  // of the row being read
  std::vector<Row> rows_;
  absl::flat_hash_map<Ipv4, std::size_t> places_;  // in rows_
};

void KeaParser::read(std::string_view text, std::string_view file) {
  LineReader lines(text, file, reports_);
  while (const auto line = lines.next()) {
    const auto content = trim(line->text);
    if (content.empty()) continue;
    const Place place{file, line->number};
    if (column_count_ > 0) {
      row(place, content);
    } else if (!header(place, content)) {
      return;
    }
  }
}

bool KeaParser::header(const Place& place, std::string_view line) {
  const auto names = fields_of(line);
  for (std::size_t i = 0; i < column_names.size(); ++i) {
    const auto found = std::ranges::find(names, column_names[i]);
    if (found != names.end()) {
      columns_[i] = static_cast<std::size_t>(found - names.begin());
    } else if (i < columns_required) {
      reports_.problem(place, fmt::format("there is no column '{}': this is not a kea-leases4.csv",
                                          column_names[i]));
      return false;
    }
  }
  column_count_ = names.size();
  return true;
}

void KeaParser::row(const Place& place, std::string_view line) {
  fields_ = fields_of(line);
  if (fields_.size() > column_count_) {
    reports_.problem(place, fmt::format("more fields than the {} columns", column_count_));
    return;
  }
  Row out;
  if (!identity(place, out.kept.lease) || !life(place, out)) return;
  out.kept.lease.host_name = name_of(field(Column::name));
  out.kept.file = place.file;
  out.kept.line = place.line;
  const auto [found, fresh] = places_.try_emplace(out.kept.lease.address, rows_.size());
  if (fresh) {
    rows_.push_back(std::move(out));
  } else {
    rows_[found->second] = std::move(out);
  }
}

bool KeaParser::identity(const Place& place, dhcp::ImportLeases::Row& out) {
  const auto address = parse_ipv4(field(Column::address));
  if (!address || !address->is_host()) {
    reports_.problem(place, fmt::format("address '{}' is not an IPv4 address of a host",
                                        shown(field(Column::address))));
    return false;
  }
  out.address = *address;
  if (const auto text = field(Column::hardware); !text.empty()) {
    const auto octets = dhcp::parse_octets(text);
    if (!octets || octets->size() > out.hardware.octets.size()) {
      reports_.problem(place, fmt::format("hwaddr '{}' is no hardware address", shown(text)));
      return false;
    }
    out.hardware.length = static_cast<std::uint8_t>(octets->size());
    std::ranges::copy(*octets, out.hardware.octets.begin());
  }
  if (const auto text = field(Column::client); !text.empty()) {
    const auto octets = dhcp::parse_octets(text);
    if (!octets || octets->size() > dhcp::client_id_max) {
      reports_.problem(place, fmt::format("client_id '{}' is no list of octets", shown(text)));
      return false;
    }
    out.client = dhcp::ClientId::of(Octets(*octets));
  }
  return true;
}

/// What is left of it. `expire` is Unix time; a life of 0 takes the lease of an earlier row away.
bool KeaParser::life(const Place& place, Row& out) {
  const auto life = parse_number<std::uint32_t>(field(Column::life));
  const auto expire = parse_number<std::uint64_t>(field(Column::expire));
  const auto state_text = field(Column::state);
  const auto state = state_text.empty() ? 0U : parse_number<std::uint32_t>(state_text);
  const auto bad = [&](std::string_view column, std::string_view text) {
    reports_.problem(place, fmt::format("{} '{}', expected a number", column, shown(text)));
    return false;
  };
  if (!life) return bad("valid_lifetime", field(Column::life));
  if (!expire || *expire > 1ULL << 40) return bad("expire", field(Column::expire));
  if (!state) return bad("state", state_text);
  auto& lease = out.kept.lease;
  const auto left = static_cast<std::int64_t>(*expire) - now_;
  lease.left = *life == infinite ? dhcp::forever : seconds(left);
  if (*state == 1) {
    out.ended = "the address is declined";
  } else if (*state != 0 || *life == 0 || (*life != infinite && left <= 0)) {
    out.ended = "the lease has ended";
  } else if (lease.hardware.length == 0 && !lease.client) {
    out.ended = "it says nothing of its client";
  }
  return true;
}

ParsedLeases KeaParser::finish() && {
  std::vector<LeaseRow> kept;
  for (auto& row : rows_) {
    if (row.ended.empty()) {
      kept.push_back(std::move(row.kept));
    } else {
      reports_.skip({row.kept.file, row.kept.line},
                    fmt::format("{}: {}", to_text(row.kept.lease.address), row.ended));
    }
  }
  return {std::move(reports_).finish(), std::move(kept)};
}

}  // namespace

ParsedLeases parse_kea_leases(std::string_view text, std::string_view file, std::int64_t now_unix) {
  KeaParser parser(now_unix);
  parser.read(text, file);
  return std::move(parser).finish();
}

}  // namespace winsome::formats
