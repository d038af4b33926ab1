#include "tools/winsome/command.h"
#include "tools/winsome/scopes.h"

namespace winsome::cli {
namespace {

struct NoFlags {};

Result<void, Failure> list(const Session& session, const NoFlags&) {
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto all = client->scopes();
  if (!all) return fail(all.error());
  print(scope_header(session.style));
  for (const auto& scope : all->scopes()) print(scope_row(scope, session.style));
  return {};
}

struct ScopeFlags {
  std::string name;
};

Result<void, Failure> show(const Session& session, const ScopeFlags& flags) {
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto scope = client->scope(flags.name);
  if (!scope) return fail(scope.error());
  print(scope_details(*scope, session.style));
  return {};
}

}  // namespace

void add_scope_commands(CLI::App& app, Session& session) {
  auto& scopes = *app.add_subcommand("scope", "Look at the scopes that addresses are leased from");
  scopes.require_subcommand(1);
  add_command<NoFlags>(
      scopes, session, "list", "List scopes, and how full they are",
      "Example:\n  winsome scope list", [](CLI::App&, NoFlags&) {}, list);
  add_command<ScopeFlags>(
      scopes, session, "show", "Show a scope, and what its clients are told",
      "Example:\n  winsome scope show office",
      [](CLI::App& command, ScopeFlags& flags) {
        command.add_option("NAME", flags.name, "Its name in the configuration")
            ->required()
            ->type_name("");
      },
      show);
}

}  // namespace winsome::cli
