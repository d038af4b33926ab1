#include <fmt/format.h>

#include "tools/winsome/command.h"
#include "tools/winsome/each_address.h"
#include "tools/winsome/json.h"
#include "tools/winsome/reservations.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

struct ListFlags {
  std::string scope;
};

Result<void, Failure> list(const Session& session, const ListFlags& flags) {
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  print(reservation_header(session.style));
  return client->list_reservations(flags.scope, [&](const v1::Reservation& reservation) {
    print(reservation_row(reservation, session.style));
  });
}

Result<void, Failure> add(const Session& session, const ReservationFlags& flags) {
  const auto request = reservation_request(flags);
  if (!request) return usage(request.error());
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  v1::RowOptions options;
  options.set_dry_run(flags.dry_run);
  const auto done = client->add_reservations(
      options, 1, [&](std::size_t, v1::Reservation& row) { row = *request; });
  if (!done) return fail(done.error());
  if (done->refused() > 0) {
    const auto why = done->refusals().empty() ? "refused" : done->refusals(0).text();
    return fail(Failure{ExitCode::failure, why});
  }
  if (session.style.json) {
    print(JsonObject()
              .text("address", request->address())
              .text("outcome", "reserved")
              .flag("dry_run", flags.dry_run)
              .str() +
          '\n');
  } else {
    print(fmt::format("{}: {}\n", request->address(),
                      flags.dry_run ? "would be reserved" : "reserved"));
  }
  return {};
}

struct DeleteFlags {
  std::vector<std::string> addresses;
};

Result<void, Failure> remove(const Session& session, const DeleteFlags& flags) {
  return for_each_address(session, flags.addresses, &AdminClient::delete_reservation, "deleted");
}

void declare_add(CLI::App& command, ReservationFlags& flags) {
  command.add_option("ADDRESS", flags.address, "The address to keep")->required()->type_name("");
  command.add_option("--hardware", flags.hardware, "Hardware address of the client")
      ->type_name("MAC");
  command
      .add_option("--client-id", flags.client_id,
                  "Its identifier (option 61): octets, or text in quotes")
      ->type_name("ID");
  command
      .add_option("--circuit", flags.circuit,
                  "The relay's circuit that it is behind (option 82): octets or text")
      ->type_name("ID");
  command.add_option("--name", flags.name, "Host name; without it, the client's")
      ->type_name("NAME");
  command.add_option("--scope", flags.scope, "The scope; without it, by the address")
      ->type_name("NAME");
  command
      .add_option("--option", flags.options, "An option for this client, several times if need be")
      ->type_name("NAME=VALUE")
      ->take_all()
      ->allow_extra_args(false);
  command.add_option("--boot-file", flags.boot_file, "What it boots")->type_name("FILE");
  command.add_option("--boot-server", flags.boot_server, "Where it boots from")
      ->type_name("ADDRESS");
  command.add_option("--boot-server-name", flags.boot_server_name, "That server's name")
      ->type_name("NAME");
  command.add_option("--lease", flags.lease, "How long its leases last; without it, for ever")
      ->type_name("DURATION");
  command.add_flag("--dry-run", flags.dry_run, "Say what would happen, and change nothing");
}

}  // namespace

void add_reservation_commands(CLI::App& app, Session& session) {
  auto& reservations = *app.add_subcommand("reservation", "Keep addresses for clients");
  reservations.require_subcommand(1);
  add_command<ListFlags>(
      reservations, session, "list", "List reservations, by address",
      "Examples:\n  winsome reservation list\n  winsome reservation list --scope office",
      [](CLI::App& command, ListFlags& flags) {
        command.add_option("--scope", flags.scope, "Of this scope only")->type_name("NAME");
      },
      list);
  add_command<ReservationFlags>(
      reservations, session, "add", "Keep an address for a client",
      "Who it is for is said by one of --hardware, --client-id and --circuit.\n"
      "Examples:\n  winsome reservation add 192.0.2.7 --hardware 00:1b:44:11:3a:b7 --name laser\n"
      "  winsome reservation add 192.0.2.8 --client-id '\"box\"' --option routers=192.0.2.1",
      declare_add, add);
  add_command<DeleteFlags>(
      reservations, session, "delete", "Keep addresses no longer",
      "Those of the configuration are deleted there. A lease goes on until its client renews.\n"
      "Example:\n  winsome reservation delete 192.0.2.7",
      [](CLI::App& command, DeleteFlags& flags) {
        command.add_option("ADDRESS", flags.addresses, "Addresses that are reserved")
            ->required()
            ->type_name("...");
      },
      remove);
}

}  // namespace winsome::cli
