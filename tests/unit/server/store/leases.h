#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "server/leases/actions.h"
#include "tests/unit/server/store/records.h"

namespace winsome::store {

inline dhcp::HardwareAddress hardware(std::uint8_t last) {
  return {.type = 1, .length = 6, .octets = {0x02, 0, 0, 0, 0, last}};
}

inline Ipv4 leased(std::uint8_t last) {
  return {10, 1, 0, last};
}

/// An ordinary lease of `leased(last)`.
inline dhcp::Lease ordinary_lease(std::uint8_t last, std::int64_t due = 9000) {
  dhcp::Lease lease;
  lease.address = leased(last);
  lease.hardware = hardware(last);
  lease.client.octets = {1, 0x02, 0, 0, 0, 0, last};
  lease.granted = at(1000);
  lease.due = at(due);
  lease.scope = "office";
  lease.host_name = "printer";
  lease.name_state = dhcp::NameState::registered;
  lease.netbios_name = "PRINTER";
  lease.suffixes = {0x00, 0x20};
  lease.dns_name = "printer.example.org";
  return lease;
}

/// One with something else in every column.
inline dhcp::Lease odd_lease(std::uint8_t last) {
  auto lease = ordinary_lease(last);
  lease.state = dhcp::LeaseState::declined;
  lease.client.octets.assign(dhcp::client_id_max, 0xff);
  lease.hardware = {.type = 32, .length = 16, .octets = {}};
  lease.hardware.octets.fill(0xee);
  lease.granted = Instant{};
  lease.due = never;
  lease.scope = "";
  lease.host_name = std::string("nul\0, \xff", 7);
  lease.circuit = {0, 1, 2};
  lease.bootp = true;
  lease.neighbour = true;
  lease.name_state = dhcp::NameState::client;
  lease.netbios_name = "FIFTEEN OCTETS.";
  lease.suffixes.clear();
  lease.dns_name = "";
  return lease;
}

/// A reservation for a hardware address.
inline dhcp::StoredReservation ordinary_reservation(std::uint8_t last) {
  dhcp::StoredReservation stored;
  stored.scope = "office";
  stored.reservation.hardware = hardware(last);
  stored.reservation.address = leased(last);
  return stored;
}

inline dhcp::StoredReservation full_reservation(std::uint8_t last) {
  auto stored = ordinary_reservation(last);
  auto& reservation = stored.reservation;
  reservation.hardware.reset();
  reservation.client.emplace().octets = {0, 'x'};
  reservation.name = "kiosk";
  reservation.parameters.options = {{3, {10, 1, 0, 1}}, {43, std::vector<std::uint8_t>(300, 7)}};
  reservation.parameters.options[224] = {};
  reservation.parameters.boot = {"boot.img", "images", Ipv4(10, 1, 0, 2)};
  reservation.parameters.lease = dhcp::forever;
  return stored;
}

inline dhcp::DnsWork dns_work(std::uint64_t id, bool add = true) {
  return {.id = id,
          .add = add,
          .name = "printer.example.org",
          .address = leased(7),
          .reverse = !add,
          .client = {{1, 2, 3}},
          .hardware = hardware(7),
          .ttl = seconds(600)};
}

}  // namespace winsome::store
