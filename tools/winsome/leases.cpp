#include "tools/winsome/leases.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "tools/winsome/json.h"
#include "tools/winsome/parameters.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

constexpr std::array columns{Column{"ADDRESS", 15}, Column{"CLIENT", 20},  Column{"NAME", 24},
                             Column{"STATE", 8},    Column{"EXPIRES", 20}, Column{"SCOPE"}};

std::string_view to_text(v1::LeaseState state) {
  switch (state) {
    case v1::LEASE_STATE_ACTIVE: return "active";
    case v1::LEASE_STATE_ENDED: return "ended";
    case v1::LEASE_STATE_DECLINED: return "declined";
    default: return "?";
  }
}

std::string_view to_text(v1::LeaseNameState state) {
  switch (state) {
    case v1::LEASE_NAME_STATE_NONE: return "none";
    case v1::LEASE_NAME_STATE_PENDING: return "pending";
    case v1::LEASE_NAME_STATE_REGISTERED: return "registered";
    case v1::LEASE_NAME_STATE_REFUSED: return "refused";
    case v1::LEASE_NAME_STATE_CLIENT: return "client";
    default: return "?";
  }
}

/// What became of the names, for people.
std::string_view meaning(v1::LeaseNameState state) {
  switch (state) {
    case v1::LEASE_NAME_STATE_PENDING: return "its present holder is asked";
    case v1::LEASE_NAME_STATE_REGISTERED: return "in the name database";
    case v1::LEASE_NAME_STATE_REFUSED: return "refused: another host has it, or policy forbids it";
    case v1::LEASE_NAME_STATE_CLIENT: return "the client registered it itself";
    default: return "not registered";
  }
}

std::string expires_text(const v1::Lease& lease) {
  return lease.has_due() ? utc_text(lease.due().seconds()) : "never";
}

/// The hardware address, which people know; else the identifier.
const std::string& client_of(const v1::Lease& lease) {
  return lease.hardware().empty() ? lease.client_id() : lease.hardware();
}

std::string suffixes_text(const v1::Lease& lease) {
  std::string text;
  for (const auto suffix : lease.suffixes()) text += fmt::format("<{:02X}>", suffix);
  return text;
}

std::string json_of(const v1::Lease& lease) {
  JsonObject object;
  object.text("address", lease.address())
      .text("state", to_text(lease.state()))
      .text("hardware", lease.hardware())
      .text("client_id", lease.client_id())
      .text("host_name", lease.host_name())
      .text("scope", lease.scope())
      .text("granted", utc_text(lease.granted().seconds()))
      .text("expires", expires_text(lease))
      .flag("bootp", lease.bootp())
      .text("circuit", circuit_text(lease.circuit()))
      .text("name_state", to_text(lease.name_state()))
      .text("netbios_name", lease.netbios_name());
  std::vector<std::string> suffixes;
  for (const auto suffix : lease.suffixes()) suffixes.push_back(fmt::format("{:02X}", suffix));
  return object.value("suffixes", json_texts(suffixes)).text("dns_name", lease.dns_name()).str() +
         '\n';
}

}  // namespace

std::string lease_header(const Style& style) {
  return style.json ? "" : header_line(columns, style);
}

std::string lease_row(const v1::Lease& lease, const Style& style) {
  if (style.json) return json_of(lease);
  const std::array<std::string, columns.size()> cells{
      lease.address(),
      client_of(lease),
      lease.host_name().empty() ? "-" : lease.host_name(),
      std::string(to_text(lease.state())),
      expires_text(lease),
      lease.scope()};
  return row_line(columns, cells);
}

std::string lease_details(const v1::Lease& lease, const Style& style) {
  if (style.json) return json_of(lease);
  auto text = lease.address() + '\n';
  const auto line = [&text](std::string_view key, std::string_view value) {
    if (!value.empty()) text += fmt::format("  {:<9} {}\n", key, value);
  };
  line("STATE", to_text(lease.state()));
  line("HARDWARE", lease.hardware());
  line("CLIENT ID", lease.client_id());
  line("NAME", lease.host_name());
  line("SCOPE", lease.scope());
  line("GRANTED", utc_text(lease.granted().seconds()));
  line("EXPIRES", expires_text(lease));
  line("CIRCUIT", circuit_text(lease.circuit()));
  line("PROTOCOL", lease.bootp() ? "BOOTP" : "DHCP");
  if (!lease.netbios_name().empty()) {
    line("NETBIOS", fmt::format("{}{}: {}", lease.netbios_name(), suffixes_text(lease),
                                meaning(lease.name_state())));
  }
  line("DNS", lease.dns_name());
  return text;
}

Result<v1::LeaseState, std::string> lease_state(std::string_view text) {
  for (const auto state :
       {v1::LEASE_STATE_ACTIVE, v1::LEASE_STATE_ENDED, v1::LEASE_STATE_DECLINED}) {
    if (to_text(state) == text) return state;
  }
  return fail(fmt::format("state '{}' is none of active, ended, declined", text));
}

formats::ExportedLease to_exported(const v1::Lease& lease) {
  formats::ExportedLease out;
  out.address = lease.address();
  out.hardware = lease.hardware();
  out.client = lease.client_id();
  out.host_name = lease.host_name();
  out.scope = lease.scope();
  out.state = to_text(lease.state());
  out.granted = lease.granted().seconds();
  if (lease.has_due()) out.expires = lease.due().seconds();
  out.netbios_name = lease.netbios_name();
  out.name_state = to_text(lease.name_state());
  out.dns_name = lease.dns_name();
  return out;
}

void fill(v1::ImportedLease& out, const formats::LeaseRow& row, std::int64_t unix_now) {
  const auto& lease = row.lease;
  out.set_address(winsome::to_text(lease.address));
  if (lease.hardware.length > 0) out.set_hardware(dhcp::to_text(lease.hardware));
  if (lease.client) out.set_client_id(dhcp::to_text(*lease.client));
  if (lease.left != dhcp::forever) {
    out.mutable_expires()->set_seconds(unix_now + lease.left.count());
  }
  out.set_host_name(lease.host_name);
}

}  // namespace winsome::cli
