#include "server/store/replication_tables.h"

#include <fmt/format.h>

#include <limits>
#include <string>
#include <tuple>
#include <utility>

#include "server/store/each_row.h"
#include "server/store/names_table.h"

namespace winsome::store {
namespace {

std::string read_owner(const Statement& row, replication::Memory& memory) {
  auto& owners = memory.owners;
  if (!row.is_integer(0) || !row.is_integer(1) || !row.is_integer(2))
    return "its known owners are not numbers";
  const auto owner = row.integer(0);
  if (owner < 0 || owner > std::numeric_limits<std::uint32_t>::max()) {
    return "a known owner is no address";
  }
  const Ipv4 address(static_cast<std::uint32_t>(owner));
  if (!owners.empty() && owners.back().owner >= address) {
    return "known owners are out of order or there twice";
  }
  owners.push_back({.owner = address, .max = static_cast<std::uint64_t>(row.integer(1))});
  if (row.integer(2) != 0) memory.filtered.push_back(address);
  return {};
}

std::string read_pending(const Statement& row, std::vector<names::Record>& pending) {
  auto stored = read_record(row);
  if (!stored) return fmt::format("a pending replica: {}", stored.error());
  auto& replica = stored->record;
  if (!pending.empty() && std::tie(pending.back().name, pending.back().owner) >=
                              std::tie(replica.name, replica.owner)) {
    return "pending replicas are out of order or there twice";
  }
  pending.push_back(std::move(replica));
  return {};
}

}  // namespace

Result<replication::Memory, StoreFailure> read_memory(Database& database) {
  replication::Memory memory;
  auto done = each_row(database, "SELECT owner, known, filtered FROM owners ORDER BY owner",
                       [&](const Statement& row) { return read_owner(row, memory); });
  if (!done) return fail(std::move(done).error());

  // Nothing wrote them but their own batch, which does not matter: 0. No replica is fed: 0.
  done =
      each_row(database,
               "SELECT name, scope, type, state, node, static, owner, version, due, 0, members, 0 "
               "FROM pending ORDER BY name, scope, owner",
               [&](const Statement& row) { return read_pending(row, memory.pending); });
  if (!done) return fail(std::move(done).error());

  done = each_row(database, "SELECT restores, recovered_restores FROM counters",
                  [&](const Statement& row) -> std::string {
                    if (!row.is_integer(0) || !row.is_integer(1)) {
                      return "its counters are not numbers";
                    }
                    memory.recovered = row.integer(0) == row.integer(1);
                    return {};
                  });
  if (!done) return fail(std::move(done).error());
  return memory;
}

}  // namespace winsome::store
