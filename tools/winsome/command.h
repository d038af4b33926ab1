#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "tools/winsome/admin_client.h"
#include "tools/winsome/exit_code.h"
#include "tools/winsome/output.h"

namespace winsome::cli {

/// What all commands share: the global flags, and the outcome that becomes the exit status.
struct Session {
  std::string server = default_admin_address;
  Style style;
  ExitCode outcome = ExitCode::ok;
};

/// Adds a command whose flags live in an `Options`; `run(session, options)` gives its Result<void,
/// Failure>.
template <class Options, class Declare, class Run>
CLI::App* add_command(CLI::App& parent, Session& session, const std::string& name,
                      const std::string& purpose, const std::string& examples, Declare declare,
                      Run run) {
  auto options = std::make_shared<Options>();
  auto* command = parent.add_subcommand(name, purpose);
  command->footer("\n" + examples);
  declare(*command, *options);
  command->callback([&session, options, run] {
    const Result<void, Failure> done = run(session, *options);
    if (done) return;
    session.outcome = done.error().code;
    if (!done.error().text.empty()) complain(done.error().text);
  });
  return command;
}

[[nodiscard]] inline std::unexpected<Failure> usage(std::string text) {
  return fail(Failure{ExitCode::usage, std::move(text)});
}

void add_query_commands(CLI::App& app, Session& session);     // query, node
void add_register_commands(CLI::App& app, Session& session);  // register, refresh, release
void add_name_commands(CLI::App& app, Session& session);      // name list|show|add|delete|tombstone
void add_import_command(CLI::App& app, Session& session);
void add_export_command(CLI::App& app, Session& session);
void add_scope_commands(CLI::App& app, Session& session);        // scope list|show
void add_lease_commands(CLI::App& app, Session& session);        // lease list|show|release|…
void add_reservation_commands(CLI::App& app, Session& session);  // reservation list|add|delete
void add_partner_commands(CLI::App& app, Session& session);      // partner …, replicate
void add_owner_commands(CLI::App& app, Session& session);        // owners, owner …, verify
void add_server_commands(CLI::App& app, Session& session);       // stats, scavenge, backup, version
void add_restore_command(CLI::App& app, Session& session);

}  // namespace winsome::cli
