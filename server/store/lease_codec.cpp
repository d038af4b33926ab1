#include "server/store/lease_codec.h"

#include <limits>
#include <string>
#include <utility>

#include "server/core/check.h"
#include "server/nbns/name.h"

namespace winsome::store {
namespace {

using dhcp::ClientId;
using dhcp::HardwareAddress;
using std::string_view;

constexpr std::size_t option_length_max = 0xffff;
constexpr std::size_t netbios_name_max = 15;

Octets octets_of(string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Octets octets_of(const ClientId& client) {
  return {client.octets.data(), client.octets.size()};
}

std::string text_of(Octets octets) {
  return {octets.begin(), octets.end()};
}

ClientId client_of(Octets octets) {
  ClientId client;
  client.octets.assign(octets.begin(), octets.end());
  return client;
}

bool in_range(std::int64_t value, std::int64_t max) {
  return value >= 0 && value <= max;
}

std::optional<Ipv4> address_of(std::int64_t value) {
  if (!in_range(value, std::numeric_limits<std::uint32_t>::max())) return {};
  return Ipv4(static_cast<std::uint32_t>(value));
}

Octets pack(const HardwareAddress& hardware, PackedParts& parts) {
  check(hardware.length <= hardware.octets.size(), "a hardware address has at most 16 octets");
  const auto octets = hardware.view();
  parts.hardware.assign(1, hardware.type);
  parts.hardware.insert(parts.hardware.end(), octets.begin(), octets.end());
  return parts.hardware;
}

std::optional<HardwareAddress> unpack_hardware(Octets packed) {
  HardwareAddress hardware;
  if (packed.empty() || packed.size() > 1 + hardware.octets.size()) return {};
  hardware.type = packed[0];
  hardware.length = static_cast<std::uint8_t>(packed.size() - 1);
  std::ranges::copy(packed.subspan(1), hardware.octets.begin());
  return hardware;
}

Octets pack(const dhcp::OptionValues& options, PackedParts& parts) {
  parts.options.clear();
  for (const auto& [code, value] : options) {
    check(value.size() <= option_length_max, "an option is too long to be stored");
    parts.options.push_back(code);
    parts.options.push_back(static_cast<std::uint8_t>(value.size() >> 8));
    parts.options.push_back(static_cast<std::uint8_t>(value.size() & 0xff));
    parts.options.insert(parts.options.end(), value.begin(), value.end());
  }
  return parts.options;
}

/// Nothing where a code stands twice or before a lower one, or the end is missing.
std::optional<dhcp::OptionValues> unpack_options(Octets packed) {
  dhcp::OptionValues options;
  ByteReader in(packed);
  while (in.ok() && in.remaining() > 0) {
    const auto code = in.u8();
    const auto value = in.take(in.u16());
    if (!in.ok() || (!options.empty() && options.rbegin()->first >= code)) return {};
    options.emplace_hint(options.end(), code, std::vector(value.begin(), value.end()));
  }
  return options;
}

/// What holds for every lease and reservation, whichever way it came.
string_view flaw(const dhcp::Lease& lease) {
  if (lease.client.octets.size() > dhcp::client_id_max) return "its client id is too long";
  if (lease.netbios_name.size() > netbios_name_max) return "its NetBIOS name is too long";
  return {};
}

string_view flaw(const dhcp::Reservation& reservation) {
  const int known_by = (reservation.hardware ? 1 : 0) + (reservation.client ? 1 : 0) +
                       (reservation.circuit.empty() ? 0 : 1);
  if (known_by != 1) return "it is not for exactly one client";
  if (reservation.client && reservation.client->octets.size() > dhcp::client_id_max)
    return "its client id is too long";
  return {};
}

}  // namespace

LeaseRow encode_row(const dhcp::Lease& lease, PackedParts& parts) {
  check(flaw(lease).empty(), "a lease contradicts itself");
  return {
      .address = lease.address.value(),
      .state = static_cast<std::int64_t>(lease.state),
      .client = octets_of(lease.client),
      .hardware = pack(lease.hardware, parts),
      .granted = lease.granted.time_since_epoch().count(),
      .due = lease.due.time_since_epoch().count(),
      .scope = octets_of(lease.scope),
      .host_name = octets_of(lease.host_name),
      .circuit = lease.circuit,
      .bootp = lease.bootp ? 1 : 0,
      .neighbour = lease.neighbour ? 1 : 0,
      .name_state = static_cast<std::int64_t>(lease.name_state),
      .netbios_name = octets_of(lease.netbios_name),
      .suffixes = lease.suffixes,
      .dns_name = octets_of(lease.dns_name),
  };
}

ReservationRow encode_row(const dhcp::StoredReservation& stored, PackedParts& parts) {
  const auto& [scope, reservation] = stored;
  check(flaw(reservation).empty(), "a reservation contradicts itself");
  const auto& boot = reservation.parameters.boot;
  ReservationRow row{
      .address = reservation.address.value(),
      .scope = octets_of(scope),
      .hardware = {},
      .client = {},
      .circuit = reservation.circuit,
      .name = octets_of(reservation.name),
      .options = pack(reservation.parameters.options, parts),
      .boot_file = octets_of(boot.file),
      .boot_name = octets_of(boot.server_name),
      .boot_server = boot.server.value(),
      .lease = {},
  };
  if (reservation.hardware) row.hardware = pack(*reservation.hardware, parts);
  if (reservation.client) row.client = octets_of(*reservation.client);
  if (const auto lease = reservation.parameters.lease) row.lease = lease->count();
  return row;
}

DnsWorkRow encode_row(const dhcp::DnsWork& work, PackedParts& parts) {
  return {
      .id = static_cast<std::int64_t>(work.id),
      .is_add = work.add ? 1 : 0,
      .name = octets_of(work.name),
      .address = work.address.value(),
      .is_reverse = work.reverse ? 1 : 0,
      .client = octets_of(work.client),
      .hardware = pack(work.hardware, parts),
      .ttl = work.ttl.count(),
  };
}

Result<dhcp::Lease, string_view> decode_row(const LeaseRow& row) {
  const auto address = address_of(row.address);
  const auto hardware = unpack_hardware(row.hardware);
  if (!address) return fail(string_view("its address is none"));
  if (!hardware) return fail(string_view("its hardware address is none"));
  if (!in_range(row.state, 2)) return fail(string_view("its state is unknown"));
  if (!in_range(row.name_state, 4)) return fail(string_view("the state of its name is unknown"));
  if (!in_range(row.bootp, 1) || !in_range(row.neighbour, 1))
    return fail(string_view("a flag is neither 0 nor 1"));

  dhcp::Lease lease;
  lease.address = *address;
  lease.state = static_cast<dhcp::LeaseState>(row.state);
  lease.client = client_of(row.client);
  lease.hardware = *hardware;
  lease.granted = Instant(milliseconds(row.granted));
  lease.due = Instant(milliseconds(row.due));
  lease.scope = text_of(row.scope);
  lease.host_name = text_of(row.host_name);
  lease.circuit.assign(row.circuit.begin(), row.circuit.end());
  lease.bootp = row.bootp != 0;
  lease.neighbour = row.neighbour != 0;
  lease.name_state = static_cast<dhcp::NameState>(row.name_state);
  lease.netbios_name = text_of(row.netbios_name);
  lease.suffixes.assign(row.suffixes.begin(), row.suffixes.end());
  lease.dns_name = text_of(row.dns_name);
  if (const auto what = flaw(lease); !what.empty()) return fail(what);
  return lease;
}

Result<dhcp::StoredReservation, string_view> decode_row(const ReservationRow& row) {
  dhcp::StoredReservation stored;
  auto& [scope, reservation] = stored;
  const auto address = address_of(row.address);
  const auto boot_server = address_of(row.boot_server);
  auto options = unpack_options(row.options);
  if (!address) return fail(string_view("its address is none"));
  if (!boot_server) return fail(string_view("its boot server has no address"));
  if (!options) return fail(string_view("its options do not decode"));
  if (row.hardware) {
    reservation.hardware = unpack_hardware(*row.hardware);
    if (!reservation.hardware) return fail(string_view("its hardware address is none"));
  }
  if (row.lease && *row.lease < 0) return fail(string_view("its lease is negative"));

  scope = text_of(row.scope);
  if (row.client) reservation.client = client_of(*row.client);
  reservation.circuit.assign(row.circuit.begin(), row.circuit.end());
  reservation.address = *address;
  reservation.name = text_of(row.name);
  reservation.parameters.options = *std::move(options);
  reservation.parameters.boot = {text_of(row.boot_file), text_of(row.boot_name), *boot_server};
  if (row.lease) reservation.parameters.lease = seconds(*row.lease);
  if (const auto what = flaw(reservation); !what.empty()) return fail(what);
  return stored;
}

Result<dhcp::DnsWork, string_view> decode_row(const DnsWorkRow& row) {
  const auto address = address_of(row.address);
  const auto hardware = unpack_hardware(row.hardware);
  if (!address) return fail(string_view("its address is none"));
  if (!hardware) return fail(string_view("its hardware address is none"));
  if (row.id < 0) return fail(string_view("its id is negative"));
  if (!in_range(row.is_add, 1) || !in_range(row.is_reverse, 1))
    return fail(string_view("a flag is neither 0 nor 1"));
  return dhcp::DnsWork{
      .id = static_cast<std::uint64_t>(row.id),
      .add = row.is_add != 0,
      .name = text_of(row.name),
      .address = *address,
      .reverse = row.is_reverse != 0,
      .client = client_of(row.client),
      .hardware = *hardware,
      .ttl = seconds(row.ttl),
  };
}

}  // namespace winsome::store
