#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "tools/winsome/arguments.h"
#include "tools/winsome/command.h"

namespace winsome::cli {
namespace {

constexpr const char* purpose =
    "Asks and administers a WINS name server, and the addresses it leases.\n\n"
    "A NetBIOS name is typed FRED<20> (quote it: the shell knows < and >), FRED#20, or FRED.\n"
    "Exit status: 0 ok, 1 failure, 2 usage, 3 not found, 4 unreachable or denied.";

void add_commands(CLI::App& app, Session& session) {
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(
      "Verbs of `netsh wins server` are understood as well: show database, show name, show\n"
      "statistics, show partner, show versionmap, add name, delete name, delete owner, check\n"
      "database, check version, init scavenge, init backup, init import, init pull, init push,\n"
      "init replicate.");
  app.add_option("--server", session.server, "Address of the admin socket")
      ->envname("WINSOME_SERVER")
      ->type_name("unix:PATH")
      ->capture_default_str();
  app.add_flag("--json", session.style.json,
               "Machine-readable output; lists are one object a line");
  add_query_commands(app, session);
  add_register_commands(app, session);
  add_name_commands(app, session);
  add_scope_commands(app, session);
  add_lease_commands(app, session);
  add_reservation_commands(app, session);
  add_import_command(app, session);
  add_export_command(app, session);
  add_partner_commands(app, session);
  add_owner_commands(app, session);
  add_server_commands(app, session);
  add_restore_command(app, session);
}

int run(std::vector<std::string> words) {
  Session session;
  session.style.colour = colour_wanted();
  CLI::App app(purpose, "winsome");
  add_commands(app, session);
  words = translate_netsh(std::move(words));
  std::vector<std::string> backwards(words.rbegin(), words.rend());  // CLI11 wants a stack
  try {
    app.parse(std::move(backwards));
  } catch (const CLI::RequiredError& error) {
    // CLI11 looks for what is missing before it looks at what is there.
    if (const auto unknown = app.remaining(true); !unknown.empty()) {
      complain(fmt::format("'{}' is no command; see --help", unknown.front()));
    } else {
      app.exit(error);
    }
    return static_cast<int>(ExitCode::usage);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  if (std::fflush(stdout) != 0 && session.outcome == ExitCode::ok) {
    complain("cannot write to standard output");
    session.outcome = ExitCode::failure;
  }
  return static_cast<int>(session.outcome);
}

}  // namespace
}  // namespace winsome::cli

int main(int argc, char** argv) {
  try {
    return winsome::cli::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    winsome::cli::complain(error.what());
    return EXIT_FAILURE;
  }
}
