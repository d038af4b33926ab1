#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "server/core/version.h"
#include "tools/winsome/command.h"
#include "tools/winsome/json.h"
#include "tools/winsome/statistics.h"

namespace winsome::cli {
namespace {

struct NoFlags {};

Result<void, Failure> stats(const Session& session, const NoFlags&) {
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto statistics = client->statistics();
  if (!statistics) return fail(statistics.error());
  print(show(*statistics, session.style));
  return {};
}

Result<void, Failure> scavenge(const Session& session, const NoFlags&) {
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto done = client->scavenge();
  if (!done) return fail(done.error());
  if (session.style.json) {
    print(JsonObject()
              .number("released", done->released())
              .number("tombstoned", done->tombstoned())
              .number("deleted", done->deleted())
              .str() +
          '\n');
  } else {
    print(fmt::format("released {}, tombstoned {}, deleted {}\n", done->released(),
                      done->tombstoned(), done->deleted()));
  }
  return {};
}

struct BackupFlags {
  std::string file;
};

Result<void, Failure> backup(const Session& session, const BackupFlags& flags) {
  std::error_code error;
  const auto file = std::filesystem::absolute(flags.file, error);
  if (error) return fail(Failure{ExitCode::failure, flags.file + ": " + error.message()});
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  if (auto written = client->backup(file.native()); !written) return written;
  print(session.style.json ? JsonObject().text("file", file.native()).str() + '\n'
                           : fmt::format("backup written to {}\n", file.native()));
  return {};
}

Result<void, Failure> version(const Session& session, const NoFlags&) {
  print(session.style.json ? JsonObject().text("version", program_version()).str() + '\n'
                           : fmt::format("winsome {}\n", program_version()));
  return {};
}

void declare_nothing(CLI::App&, NoFlags&) {}

}  // namespace

void add_server_commands(CLI::App& app, Session& session) {
  add_command<NoFlags>(app, session, "stats", "Show what the server counted since it started",
                       "Example:\n  winsome stats --json", declare_nothing, stats);
  add_command<NoFlags>(app, session, "scavenge", "Age now whatever is due",
                       "Example:\n  winsome scavenge", declare_nothing, scavenge);
  add_command<BackupFlags>(
      app, session, "backup", "Copy the database while the server runs",
      "The server writes the file, as its own user; it must not exist yet. See also: restore.\n"
      "Example:\n  winsome backup /var/lib/winsome/backup-monday.db",
      [](CLI::App& command, BackupFlags& flags) {
        command.add_option("FILE", flags.file, "Where to, on the server")
            ->required()
            ->type_name("");
      },
      backup);
  add_command<NoFlags>(app, session, "version", "Print the version of this program",
                       "Example:\n  winsome version", declare_nothing, version);
}

}  // namespace winsome::cli
