#include <fmt/format.h>

#include "tools/winsome/arguments.h"
#include "tools/winsome/command.h"
#include "tools/winsome/each_address.h"
#include "tools/winsome/json.h"
#include "tools/winsome/leases.h"
#include "tools/winsome/reservations.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

struct ListFlags {
  std::string text;
  std::string scope;
  std::string state;
  std::uint64_t limit = 0;
};

Result<void, Failure> list(const Session& session, const ListFlags& flags) {
  v1::ListLeasesRequest request;
  request.mutable_filter()->set_text(flags.text);
  request.mutable_filter()->set_scope(flags.scope);
  if (flags.limit > 0) request.set_limit(flags.limit);
  if (!flags.state.empty()) {
    const auto state = lease_state(flags.state);
    if (!state) return usage(state.error());
    request.mutable_filter()->set_state(*state);
  }
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  print(lease_header(session.style));
  return client->list_leases(
      request, [&](const v1::Lease& lease) { print(lease_row(lease, session.style)); });
}

struct AddressFlags {
  std::string address;
};

Result<void, Failure> show(const Session& session, const AddressFlags& flags) {
  const auto address = address_argument(flags.address);
  if (!address) return usage(address.error());
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto lease = client->lease(to_text(*address));
  if (!lease) return fail(lease.error());
  print(lease_details(*lease, session.style));
  return {};
}

struct ReleaseFlags {
  std::vector<std::string> addresses;
};

Result<void, Failure> release(const Session& session, const ReleaseFlags& flags) {
  return for_each_address(session, flags.addresses, &AdminClient::release_lease, "released");
}

struct FlushFlags {
  std::string scope;
  bool active = false;
};

Result<void, Failure> flush(const Session& session, const FlushFlags& flags) {
  v1::FlushLeasesRequest request;
  request.set_scope(flags.scope);
  request.set_active(flags.active);
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto leases = client->flush_leases(request);
  if (!leases) return fail(leases.error());
  print(session.style.json ? JsonObject().number("flushed", *leases).str() + '\n'
                           : fmt::format("{} leases forgotten\n", *leases));
  return {};
}

struct ReserveFlags {
  std::string address;
  bool by_client_id = false;
};

Result<void, Failure> reserve(const Session& session, const ReserveFlags& flags) {
  const auto address = address_argument(flags.address);
  if (!address) return usage(address.error());
  v1::ReserveLeaseRequest request;
  request.set_address(to_text(*address));
  request.set_by_client_id(flags.by_client_id);
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto reservation = client->reserve_lease(request);
  if (!reservation) return fail(reservation.error());
  print(reservation_header(session.style) + reservation_row(*reservation, session.style));
  return {};
}

template <class Flags>
void declare_address(CLI::App& command, Flags& flags) {
  command.add_option("ADDRESS", flags.address, "The address that is leased")
      ->required()
      ->type_name("");
}

void declare_list(CLI::App& command, ListFlags& flags) {
  command
      .add_option("TEXT", flags.text,
                  "Part of an address, hardware address, client identifier or name")
      ->type_name("");
  command.add_option("--scope", flags.scope, "Leases of this scope")->type_name("NAME");
  command.add_option("--state", flags.state, "active, ended or declined")->type_name("STATE");
  command.add_option("--limit", flags.limit, "At most so many leases")->type_name("N");
}

}  // namespace

void add_lease_commands(CLI::App& app, Session& session) {
  auto& leases = *app.add_subcommand("lease", "Look at and end leases of addresses");
  leases.require_subcommand(1);
  add_command<ListFlags>(leases, session, "list", "List leases, by address",
                         "Examples:\n  winsome lease list\n  winsome lease list laser\n"
                         "  winsome lease list --scope office --state declined",
                         declare_list, list);
  add_command<AddressFlags>(leases, session, "show", "Show all there is about a lease",
                            "Example:\n  winsome lease show 192.0.2.7",
                            declare_address<AddressFlags>, show);
  add_command<ReleaseFlags>(
      leases, session, "release", "End leases as if their clients had given them back",
      "Their clients are not told, and use their addresses until they renew. A declined address\n"
      "is free again.\nExample:\n  winsome lease release 192.0.2.7",
      [](CLI::App& command, ReleaseFlags& flags) {
        command.add_option("ADDRESS", flags.addresses, "Addresses that are leased")
            ->required()
            ->type_name("...");
      },
      release);
  add_command<FlushFlags>(
      leases, session, "flush", "Forget leases that have ended, and declined addresses",
      "A client whose lease is forgotten may get another address when it comes back.\n"
      "Examples:\n  winsome lease flush\n  winsome lease flush --scope lab --active",
      [](CLI::App& command, FlushFlags& flags) {
        command.add_option("--scope", flags.scope, "Of this scope only")->type_name("NAME");
        command.add_flag("--active", flags.active, "Also those whose clients still use them");
      },
      flush);
  add_command<ReserveFlags>(
      leases, session, "reserve", "Keep the address of a lease for its client",
      "Example:\n  winsome lease reserve 192.0.2.7",
      [](CLI::App& command, ReserveFlags& flags) {
        declare_address(command, flags);
        command.add_flag("--by-client-id", flags.by_client_id,
                         "Know the client by its identifier, not its hardware address");
      },
      reserve);
}

}  // namespace winsome::cli
