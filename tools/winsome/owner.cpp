#include <fmt/format.h>

#include "tools/winsome/arguments.h"
#include "tools/winsome/command.h"
#include "tools/winsome/owners.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

struct NoFlags {};

Result<void, Failure> list(const Session& session, const NoFlags&) {
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto all = client->owners();
  if (!all) return fail(all.error());
  print(owner_header(session.style));
  for (const auto& owner : all->owners())
    print(owner_row(owner, all->now().seconds(), session.style));
  return {};
}

struct VerifyFlags {
  std::string owner;
  bool versions = false;
};

Result<void, Failure> verify(const Session& session, const VerifyFlags& flags) {
  v1::VerifyRequest request;
  request.set_versions_only(flags.versions);
  if (!flags.owner.empty()) {
    const auto owner = address_argument(flags.owner);
    if (!owner) return usage(owner.error());
    request.set_owner(to_text(*owner));
  }
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto done = client->verify(request);
  if (!done) return fail(done.error());
  print(show(request, *done, session.style));
  for (const auto& failure : done->failures()) complain(failure);
  if (done->failures().empty()) return {};
  return fail(Failure{ExitCode::failure, ""});
}

struct OwnerFlags {
  std::string owner;
};

using Removal = Result<std::uint64_t, Failure> (AdminClient::*)(const std::string&);
using Text = std::string (*)(const std::string&, std::uint64_t, const Style&);

Result<void, Failure> remove(const Session& session, const OwnerFlags& flags, Removal removal,
                             Text text) {
  const auto owner = address_argument(flags.owner);
  if (!owner) return usage(owner.error());
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto records = (*client.operator->().*removal)(to_text(*owner));
  if (!records) return fail(records.error());
  print(text(to_text(*owner), *records, session.style));
  return {};
}

void add_removal(CLI::App& owners, Session& session, const char* word, const char* purpose,
                 const char* examples, Removal removal, Text text) {
  add_command<OwnerFlags>(
      owners, session, word, purpose, examples,
      [](CLI::App& command, OwnerFlags& flags) {
        command.add_option("OWNER", flags.owner, "Address of the server whose records they are")
            ->required()
            ->type_name("");
      },
      [=](const Session& running, const OwnerFlags& flags) {
        return remove(running, flags, removal, text);
      });
}

}  // namespace

void add_owner_commands(CLI::App& app, Session& session) {
  add_command<NoFlags>(
      app, session, "owners", "Show whose records are here and at partners, and who is behind",
      "Versions are those of the owner's counter. A partner is shown as it last said, some time "
      "ago.\nExample:\n  winsome owners",
      [](CLI::App&, NoFlags&) {}, list);
  add_command<VerifyFlags>(
      app, session, "verify", "Compare records of other servers with what their owners have",
      "What is different is taken from there. Returns when all is done; waits an hour at most.\n"
      "Examples:\n  winsome verify\n  winsome verify 192.0.2.7\n  winsome verify --versions",
      [](CLI::App& command, VerifyFlags& flags) {
        command.add_option("OWNER", flags.owner, "Address of a server; without one: all others")
            ->type_name("");
        command.add_flag("--versions", flags.versions,
                         "Only ask partners which versions they have, and compare");
      },
      verify);
  auto& owners = *app.add_subcommand("owner", "Remove all records of another server");
  owners.require_subcommand(1);
  add_removal(owners, session, "delete", "Remove all records of a server here only",
              "They come back with the next pull from a partner that has them; see tombstone.\n"
              "Example:\n  winsome owner delete 192.0.2.7",
              &AdminClient::delete_owner, deleted_text);
  add_removal(owners, session, "tombstone", "Make all records of a server disappear everywhere",
              "For a server that is gone for ever.\nExample:\n  winsome owner tombstone 192.0.2.7",
              &AdminClient::tombstone_owner, tombstoned_text);
}

}  // namespace winsome::cli
