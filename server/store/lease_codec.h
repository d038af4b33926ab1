#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "server/core/byte_reader.h"
#include "server/core/result.h"
#include "server/leases/actions.h"
#include "server/leases/lease.h"

namespace winsome::store {

/// The columns of the tables of schema/0003_leases.sql. The spans are borrowed. As in
/// record_codec.h, what `decode` would refuse stops the server in `encode`, and `decode` trusts
/// nothing; its error says what is wrong.
struct LeaseRow {
  std::int64_t address = 0;
  std::int64_t state = 0;
  Octets client;
  Octets hardware;
  std::int64_t granted = 0;
  std::int64_t due = 0;
  Octets scope;
  Octets host_name;
  Octets circuit;
  std::int64_t bootp = 0;
  std::int64_t neighbour = 0;
  std::int64_t name_state = 0;
  Octets netbios_name;
  Octets suffixes;
  Octets dns_name;
};

struct ReservationRow {
  std::int64_t address = 0;
  Octets scope;
  std::optional<Octets> hardware;
  std::optional<Octets> client;
  Octets circuit;
  Octets name;
  Octets options;
  Octets boot_file;
  Octets boot_name;
  std::int64_t boot_server = 0;
  std::optional<std::int64_t> lease;
};

struct DnsWorkRow {
  std::int64_t id = 0;
  std::int64_t is_add = 0;
  Octets name;
  std::int64_t address = 0;
  std::int64_t is_reverse = 0;
  Octets client;
  Octets hardware;
  std::int64_t ttl = 0;
};

/// What the rows borrow beside the thing itself: hardware address and options, packed.
struct PackedParts {
  std::vector<std::uint8_t> hardware;
  std::vector<std::uint8_t> options;
};

[[nodiscard]] LeaseRow encode_row(const dhcp::Lease& lease, PackedParts& parts);
[[nodiscard]] ReservationRow encode_row(const dhcp::StoredReservation& stored, PackedParts& parts);
[[nodiscard]] DnsWorkRow encode_row(const dhcp::DnsWork& work, PackedParts& parts);

[[nodiscard]] Result<dhcp::Lease, std::string_view> decode_row(const LeaseRow& row);
[[nodiscard]] Result<dhcp::StoredReservation, std::string_view> decode_row(
    const ReservationRow& row);
[[nodiscard]] Result<dhcp::DnsWork, std::string_view> decode_row(const DnsWorkRow& row);

}  // namespace winsome::store
