#include "server/formats/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "server/formats/csv.h"
#include "server/formats/mapping.h"

namespace winsome::formats {
namespace {

constexpr Ipv4 broadcast(255, 255, 255, 255);  // stands where a normal group has no address

bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/// As it stands between quotes in LMHOSTS.
std::string lmhosts_escaped(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    if (is_plain(c)) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "\\0x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

/// The type that LMHOSTS would give the name by its suffix alone.
bool suffix_allows(const ExportedRecord& record) {
  switch (record.name.name.suffix()) {
    case 0x1c: return record.type == ExportedType::special_group;
    case 0x1e: return record.type == ExportedType::normal_group;
    default: return true;
  }
}

std::string lmhosts_mark(const ExportedRecord& record) {
  const auto suffix = record.name.name.suffix();
  switch (record.type) {
    case ExportedType::unique: return "";
    case ExportedType::multihomed: return " #MH";
    case ExportedType::normal_group: return suffix == 0x1e ? "" : " #GROUP";
    case ExportedType::special_group: break;
  }
  if (suffix == 0x1c) return "";
  return fmt::format(" #SG:\"{}\"", lmhosts_escaped(text_of(record.name.name)));
}

/// How the Windows console names the suffixes; most of B1's others it does not know either.
std::string_view service(std::uint8_t suffix, bool group) {
  switch (suffix) {
    case 0x00: return group ? "Workgroup" : "WorkStation";
    case 0x03: return "Messenger";
    case 0x06: return "RAS Server";
    case 0x1b: return "Domain Master Browser";
    case 0x1c: return "Domain Controller";
    case 0x1d: return "Master Browser";
    case 0x1e: return "Normal Group Name";
    case 0x1f: return "NetDDE";
    case 0x20: return group ? "Internet Group" : "File Server";
    case 0x21: return "RAS Client";
    case 0xbe: return "Network Monitor Agent";
    case 0xbf: return "Network Monitor Name";
    default: return "Other";
  }
}

std::string csv_name(const nbns::ScopedName& name) {
  const auto text = nbns::to_text(name);  // NAME<20>.scope, with < and > nowhere else
  return csv_field(text.substr(0, text.find('<')) + text.substr(text.find('>') + 1));
}

}  // namespace

std::string_view to_text(NotCarried reason) {
  switch (reason) {
    case NotCarried::is_dynamic: return "it is dynamic";
    case NotCarried::is_not_active: return "it is not active";
    case NotCarried::has_scope: return "it has a scope";
    case NotCarried::has_no_address: return "it has no address";
    case NotCarried::has_odd_type: return "its type does not go with its suffix";
    case NotCarried::has_odd_octets: return "its name has octets that the format cannot hold";
  }
  return "";
}

Result<void, NotCarried> append_lmhosts(std::string& out, const ExportedRecord& record) {
  const auto& name = record.name.name;
  const bool is_normal_group = record.type == ExportedType::normal_group;
  if (!record.is_static) return fail(NotCarried::is_dynamic);
  if (record.state != ExportedState::active) return fail(NotCarried::is_not_active);
  if (!record.name.scope.empty()) return fail(NotCarried::has_scope);
  if (!suffix_allows(record)) return fail(NotCarried::has_odd_type);
  if (record.addresses.empty() && !is_normal_group) return fail(NotCarried::has_no_address);

  if (record.type == ExportedType::special_group && text_of(name).empty()) {
    return fail(NotCarried::has_odd_octets);
  }

  const std::string_view octets(reinterpret_cast<const char*>(name.octets.data()), 15);
  const auto entry = fmt::format("\"{}\\0x{:02x}\"{}\n", lmhosts_escaped(octets), name.suffix(),
                                 lmhosts_mark(record));
  if (is_normal_group) {
    fmt::format_to(std::back_inserter(out), "{:<15} {}", to_text(broadcast), entry);
    return {};
  }
  for (const auto address : record.addresses) {
    fmt::format_to(std::back_inserter(out), "{:<15} {}", to_text(address), entry);
  }
  return {};
}

Result<void, NotCarried> append_wins_dat(std::string& out, const ExportedRecord& record) {
  const auto& name = record.name.name;
  const auto text = text_of(name);
  const bool is_normal_group = record.type == ExportedType::normal_group;
  const bool is_group = is_normal_group || record.type == ExportedType::special_group;
  if (record.state != ExportedState::active) return fail(NotCarried::is_not_active);
  if (!record.name.scope.empty()) return fail(NotCarried::has_scope);
  if (record.addresses.empty() && !is_normal_group) return fail(NotCarried::has_no_address);
  if (text.empty() || text.find_first_of(std::string_view("\0\n", 2)) != std::string_view::npos) {
    return fail(NotCarried::has_odd_octets);
  }

  // 0 would make it permanent.
  const auto death_time = record.is_static ? 0 : std::max<std::int64_t>(record.expires, 1);
  fmt::format_to(std::back_inserter(out), "\"{}#{:02x}\" {}", text, name.suffix(), death_time);
  if (is_normal_group) {
    fmt::format_to(std::back_inserter(out), " {}", to_text(broadcast));
  } else {
    for (const auto address : record.addresses) {
      fmt::format_to(std::back_inserter(out), " {}", to_text(address));
    }
  }
  const unsigned flags = (is_group ? 0x80U : 0U) | static_cast<unsigned>(record.node) << 5 | 0x04U |
                         (record.is_static ? 0x02U : 0U);
  fmt::format_to(std::back_inserter(out), " {:02x}R\n", flags);
  return {};
}

void append_csv(std::string& out, const ExportedRecord& record) {
  constexpr auto states = std::to_array<std::string_view>({"Active", "Released", "Tombstone"});
  const bool is_group =
      record.type == ExportedType::normal_group || record.type == ExportedType::special_group;
  const auto suffix = record.name.name.suffix();

  std::string addresses;
  for (const auto address : record.addresses) {
    if (!addresses.empty()) addresses += ' ';
    addresses += to_text(address);
  }
  fmt::format_to(std::back_inserter(out), "{},[{:02X}h] {},{},{},{},{},{:X},{}\r\n",
                 csv_name(record.name), suffix, service(suffix, is_group), addresses,
                 states.at(static_cast<std::size_t>(record.state)), record.is_static ? "x" : "",
                 to_text(record.owner), record.version,
                 record.is_static ? "Infinite" : csv_time(record.expires));
}

}  // namespace winsome::formats
