#include <fmt/format.h>

#include "tools/winsome/arguments.h"
#include "tools/winsome/command.h"
#include "tools/winsome/json.h"
#include "tools/winsome/name_flags.h"
#include "tools/winsome/records.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

Result<void, Failure> list(const Session& session, const ListFlags& flags) {
  const auto request = list_request(flags);
  if (!request) return usage(request.error());
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  print(record_header(session.style));
  return client->list(*request,
                      [&](const v1::Record& record) { print(record_row(record, session.style)); });
}

struct ShowFlags {
  std::string name;
  bool as_typed = false;
};

Result<void, Failure> show(const Session& session, const ShowFlags& flags) {
  const auto name = name_argument(flags.name, flags.as_typed);
  if (!name) return usage(name.error());
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  if (has_suffix(flags.name)) {
    const auto record = client->get(nbns::to_text(*name));
    if (!record) return fail(record.error());
    print(record_details(*record, session.style));
    return {};
  }
  const auto request = list_request_of_name(flags.name, flags.as_typed);
  if (!request) return usage(request.error());
  std::size_t found = 0;
  auto listed = client->list(*request, [&](const v1::Record& record) {
    ++found;
    print(record_details(record, session.style));
  });
  if (listed && found == 0) {
    return fail(Failure{ExitCode::not_found,
                        fmt::format("{} is not in the database, with any suffix", flags.name)});
  }
  return listed;
}

Result<void, Failure> add(const Session& session, const AddFlags& flags) {
  const auto request = add_request(flags);
  if (!request) return usage(request.error());
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto counts = client->add(*request);
  if (!counts) return fail(counts.error());
  if (session.style.json) {
    print(JsonObject()
              .flag("dry_run", flags.dry_run)
              .number("added", counts->added())
              .number("changed", counts->changed())
              .number("unchanged", counts->unchanged())
              .str() +
          '\n');
  } else {
    print(counts_text(*counts, flags.dry_run) + '\n');
  }
  return {};
}

struct RemoveFlags {
  std::vector<std::string> names;
  bool dry_run = false;
  bool as_typed = false;
};

using Removal = Result<void, Failure> (AdminClient::*)(const std::string&);

/// Each name for itself: one that is not there does not keep the others.
Result<void, Failure> remove(const Session& session, const RemoveFlags& flags, Removal removal,
                             std::string_view past, std::string_view plain) {
  std::vector<std::string> names;
  for (const auto& text : flags.names) {
    const auto name = whole_name_argument(text, flags.as_typed);
    if (!name) return usage(name.error());
    names.push_back(nbns::to_text(*name));
  }
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  Result<void, Failure> outcome;
  std::size_t count = 0;
  for (const auto& name : names) {
    Result<void, Failure> done;
    if (flags.dry_run) {
      if (const auto record = client->get(name); !record) done = fail(record.error());
    } else {
      done = (*client.operator->().*removal)(name);
    }
    if (done) {
      ++count;
      if (session.style.json) {
        print(JsonObject()
                  .text("name", name)
                  .text("outcome", flags.dry_run ? plain : past)
                  .flag("dry_run", flags.dry_run)
                  .str() +
              '\n');
      } else {
        print(fmt::format("{}: {}\n", name,
                          flags.dry_run ? fmt::format("would {}", plain) : std::string(past)));
      }
      continue;
    }
    if (done.error().code != ExitCode::not_found) return done;
    complain(done.error().text);
    outcome = fail(Failure{ExitCode::not_found, ""});
  }
  if (flags.dry_run && !session.style.json) {
    const bool deletes = plain == "delete";
    print(fmt::format("would add 0, change {}, delete {}\n", deletes ? 0 : count,
                      deletes ? count : 0));
  }
  return outcome;
}

void declare_as_typed(CLI::App& command, bool& as_typed) {
  command.add_flag("--as-typed", as_typed, "Take names as typed: do not upper-case letters");
}

void declare_list(CLI::App& command, ListFlags& flags) {
  command.add_option("PATTERN", flags.pattern, "Shell pattern, with a suffix or without")
      ->type_name("");
  command.add_option("--suffix", flags.suffix, "The sixteenth octet, in hexadecimal")
      ->type_name("HEX");
  command.add_option("--address", flags.address, "Records that have this address")
      ->type_name("ADDRESS");
  command.add_option("--owner", flags.owner, "Records of this server")->type_name("ADDRESS");
  command.add_option("--type", flags.type, "unique, group, special-group or multihomed")
      ->type_name("TYPE");
  command.add_option("--state", flags.state, "active, released or tombstone")->type_name("STATE");
  auto* only_static = command.add_flag("--static", flags.only_static, "Static records only");
  command.add_flag("--dynamic", flags.only_dynamic, "Dynamic records only")->excludes(only_static);
  command.add_option("--limit", flags.limit, "At most so many records")->type_name("N");
  declare_as_typed(command, flags.as_typed);
}

void declare_add(CLI::App& command, AddFlags& flags) {
  command
      .add_option("NAME", flags.name,
                  "With a suffix just that record; without one all that the type stands for")
      ->required()
      ->type_name("");
  command.add_option("ADDRESS", flags.addresses, "Addresses, up to 25")->type_name("...");
  command.add_option("--type", flags.type, "unique, multihomed, group, domain or internet-group")
      ->type_name("TYPE");

  command.add_flag("--dry-run", flags.dry_run, "Say what would happen, and change nothing");
  declare_as_typed(command, flags.as_typed);
}

void add_removal(CLI::App& names, Session& session, const char* word, const char* purpose,
                 const char* examples, Removal removal, const char* past) {
  add_command<RemoveFlags>(
      names, session, word, purpose, examples,
      [](CLI::App& command, RemoveFlags& flags) {
        command.add_option("NAME", flags.names, "Names, with their suffixes")
            ->required()
            ->type_name("...");
        command.add_flag("--dry-run", flags.dry_run, "Say what would happen, and change nothing");
        declare_as_typed(command, flags.as_typed);
      },
      [=](const Session& running, const RemoveFlags& flags) {
        return remove(running, flags, removal, past, word);
      });
}

}  // namespace

void add_name_commands(CLI::App& app, Session& session) {
  auto& names = *app.add_subcommand("name", "Look at and change the server's database");
  names.require_subcommand(1);
  add_command<ListFlags>(names, session, "list", "List records",
                         "Examples:\n  winsome name list\n  winsome name list 'FILE*<20>' --state "
                         "active\n  winsome name list --address 192.0.2.1 --json",
                         declare_list, list);
  add_command<ShowFlags>(
      names, session, "show", "Show all there is about a name",
      "Examples:\n  winsome name show FILESRV\n  winsome name show 'CORP<1C>'",
      [](CLI::App& command, ShowFlags& flags) {
        command.add_option("NAME", flags.name, "Without a suffix: with every one that there is")
            ->required()
            ->type_name("");
        declare_as_typed(command, flags.as_typed);
      },
      show);
  add_command<AddFlags>(names, session, "add", "Add a static mapping",
                        "Examples:\n  winsome name add PRINTER 192.0.2.7\n"
                        "  winsome name add 'CORP<1C>' 192.0.2.1 192.0.2.2\n"
                        "  winsome name add ROUTERS --type internet-group 192.0.2.254",
                        declare_add, add);
  add_removal(names, session, "delete", "Remove records from this server only",
              "A replication partner's copy may bring a record back; see tombstone.\n"
              "Example:\n  winsome name delete 'PRINTER<20>' --dry-run",
              &AdminClient::remove, "deleted");
  add_removal(names, session, "tombstone", "Make records disappear on every server",
              "Example:\n  winsome name tombstone 'PRINTER<20>'", &AdminClient::tombstone,
              "tombstoned");
}

}  // namespace winsome::cli
