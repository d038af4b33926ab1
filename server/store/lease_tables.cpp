#include "server/store/lease_tables.h"

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <utility>

#include "server/store/each_row.h"

namespace winsome::store {
namespace {

constexpr std::string_view lease_columns =
    "address, state, client, hardware, granted, due, scope, host_name, circuit, bootp, neighbour, "
    "name_state, netbios_name, suffixes, dns_name";
constexpr std::string_view reservation_columns =
    "address, scope, hardware, client, circuit, name, options, boot_file, boot_name, boot_server, "
    "lease";
constexpr std::string_view dns_work_columns =
    "id, is_add, name, address, is_reverse, client, hardware, ttl";

/// One letter a column: an integer, a blob, and in capitals what may be missing.
bool is_typed(const Statement& row, std::string_view kinds) {
  for (int column = 0; column < static_cast<int>(kinds.size()); ++column) {
    const char kind = kinds[static_cast<std::size_t>(column)];
    const bool wants_integer = kind == 'i' || kind == 'I';
    const bool may_miss = kind == 'I' || kind == 'B';
    if (may_miss && row.is_null(column)) continue;
    if (!(wants_integer ? row.is_integer(column) : row.is_blob(column))) return false;
  }
  return true;
}

std::string wrong_kind(std::string_view table) {
  return fmt::format("a row of {} holds a value of a wrong kind", table);
}

Ipv4 key_of(const dhcp::Lease& lease) {
  return lease.address;
}
Ipv4 key_of(const dhcp::StoredReservation& stored) {
  return stored.reservation.address;
}
std::uint64_t key_of(const dhcp::DnsWork& work) {
  return work.id;
}

/// Appends what `row` decodes to; else says what is wrong with it.
template <class Row, class T>
std::string append(const Row& row, std::vector<T>& to, std::string_view table, std::int64_t key) {
  auto decoded = decode_row(row);
  if (!decoded) return fmt::format("row {} of {}: {}", key, table, decoded.error());
  if (!to.empty() && key_of(to.back()) >= key_of(*decoded))
    return fmt::format("rows of {} are out of order or there twice", table);
  to.push_back(*std::move(decoded));
  return {};
}

std::string read_lease(const Statement& row, std::vector<dhcp::Lease>& leases) {
  if (!is_typed(row, "iibbiibbbiiibbb")) return wrong_kind("leases");
  const LeaseRow columns{
      .address = row.integer(0),
      .state = row.integer(1),
      .client = row.blob(2),
      .hardware = row.blob(3),
      .granted = row.integer(4),
      .due = row.integer(5),
      .scope = row.blob(6),
      .host_name = row.blob(7),
      .circuit = row.blob(8),
      .bootp = row.integer(9),
      .neighbour = row.integer(10),
      .name_state = row.integer(11),
      .netbios_name = row.blob(12),
      .suffixes = row.blob(13),
      .dns_name = row.blob(14),
  };
  return append(columns, leases, "leases", columns.address);
}

std::string read_reservation(const Statement& row, std::vector<dhcp::StoredReservation>& stored) {
  if (!is_typed(row, "ibBBbbbbbiI")) return wrong_kind("reservations");
  ReservationRow columns{
      .address = row.integer(0),
      .scope = row.blob(1),
      .hardware = {},
      .client = {},
      .circuit = row.blob(4),
      .name = row.blob(5),
      .options = row.blob(6),
      .boot_file = row.blob(7),
      .boot_name = row.blob(8),
      .boot_server = row.integer(9),
      .lease = {},
  };
  if (!row.is_null(2)) columns.hardware = row.blob(2);
  if (!row.is_null(3)) columns.client = row.blob(3);
  if (!row.is_null(10)) columns.lease = row.integer(10);
  return append(columns, stored, "reservations", columns.address);
}

std::string read_dns_work(const Statement& row, std::vector<dhcp::DnsWork>& work) {
  if (!is_typed(row, "iibiibbi")) return wrong_kind("dns_work");
  const DnsWorkRow columns{
      .id = row.integer(0),
      .is_add = row.integer(1),
      .name = row.blob(2),
      .address = row.integer(3),
      .is_reverse = row.integer(4),
      .client = row.blob(5),
      .hardware = row.blob(6),
      .ttl = row.integer(7),
  };
  return append(columns, work, "dns_work", columns.id);
}

std::string insert(std::string_view table, std::string_view columns, int count) {
  std::string values = "?1";
  for (int i = 2; i <= count; ++i) values += fmt::format(", ?{}", i);
  return fmt::format("REPLACE INTO {} ({}) VALUES ({})", table, columns, values);
}

template <class T>
void bind_optional(Statement& statement, int index, const std::optional<T>& value) {
  if (value) {
    statement.bind(index, *value);
  } else {
    statement.bind(index, nullptr);
  }
}

}  // namespace

Result<dhcp::Memory, StoreFailure> read_leases(Database& database) {
  dhcp::Memory memory;
  const auto count = database.number("SELECT count(*) FROM leases");
  if (!count) return fail(count.error());
  memory.leases.reserve(static_cast<std::size_t>(*count));
  const auto select = [](std::string_view columns, std::string_view table, std::string_view key) {
    return fmt::format("SELECT {} FROM {} ORDER BY {}", columns, table, key);
  };
  auto done = each_row(database, select(lease_columns, "leases", "address"),
                       [&](const Statement& row) { return read_lease(row, memory.leases); });
  if (done) {
    done =
        each_row(database, select(reservation_columns, "reservations", "address"),
                 [&](const Statement& row) { return read_reservation(row, memory.reservations); });
  }
  if (done) {
    done = each_row(database, select(dns_work_columns, "dns_work", "id"),
                    [&](const Statement& row) { return read_dns_work(row, memory.dns); });
  }
  if (!done) return fail(std::move(done).error());
  return memory;
}

Result<void, StoreFailure> LeaseWriter::prepare(Database& database) {
  const std::pair<Statement*, std::string> statements[] = {
      {&put_lease_, insert("leases", lease_columns, 15)},
      {&erase_lease_, "DELETE FROM leases WHERE address = ?1"},
      {&put_reservation_, insert("reservations", reservation_columns, 11)},
      {&erase_reservation_, "DELETE FROM reservations WHERE address = ?1"},
      {&put_dns_work_, insert("dns_work", dns_work_columns, 8)},
      {&erase_dns_work_, "DELETE FROM dns_work WHERE id = ?1"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = database.prepare(sql);
    if (!prepared) return fail(std::move(prepared).error());
    *statement = *std::move(prepared);
  }
  return {};
}

Statement& LeaseWriter::bind(const dhcp::Change& change) {
  return std::visit([this](const auto& one) -> Statement& { return bind_one(one); }, change);
}

Statement& LeaseWriter::bind_one(const dhcp::PutLease& change) {
  const auto row = encode_row(change.lease, parts_);
  auto& to = put_lease_;
  to.bind(1, row.address);
  to.bind(2, row.state);
  to.bind(3, row.client);
  to.bind(4, row.hardware);
  to.bind(5, row.granted);
  to.bind(6, row.due);
  to.bind(7, row.scope);
  to.bind(8, row.host_name);
  to.bind(9, row.circuit);
  to.bind(10, row.bootp);
  to.bind(11, row.neighbour);
  to.bind(12, row.name_state);
  to.bind(13, row.netbios_name);
  to.bind(14, row.suffixes);
  to.bind(15, row.dns_name);
  return to;
}

Statement& LeaseWriter::bind_one(const dhcp::EraseLease& change) {
  erase_lease_.bind(1, change.address.value());
  return erase_lease_;
}

Statement& LeaseWriter::bind_one(const dhcp::PutReservation& change) {
  const auto row = encode_row(change.reservation, parts_);
  auto& to = put_reservation_;
  to.bind(1, row.address);
  to.bind(2, row.scope);
  bind_optional(to, 3, row.hardware);
  bind_optional(to, 4, row.client);
  to.bind(5, row.circuit);
  to.bind(6, row.name);
  to.bind(7, row.options);
  to.bind(8, row.boot_file);
  to.bind(9, row.boot_name);
  to.bind(10, row.boot_server);
  bind_optional(to, 11, row.lease);
  return to;
}

Statement& LeaseWriter::bind_one(const dhcp::EraseReservation& change) {
  erase_reservation_.bind(1, change.address.value());
  return erase_reservation_;
}

Statement& LeaseWriter::bind_one(const dhcp::PutDnsWork& change) {
  const auto row = encode_row(change.work, parts_);
  auto& to = put_dns_work_;
  to.bind(1, row.id);
  to.bind(2, row.is_add);
  to.bind(3, row.name);
  to.bind(4, row.address);
  to.bind(5, row.is_reverse);
  to.bind(6, row.client);
  to.bind(7, row.hardware);
  to.bind(8, row.ttl);
  return to;
}

Statement& LeaseWriter::bind_one(const dhcp::EraseDnsWork& change) {
  erase_dns_work_.bind(1, static_cast<std::int64_t>(change.id));
  return erase_dns_work_;
}

}  // namespace winsome::store
