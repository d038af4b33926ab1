#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "tools/winsome/command.h"
#include "tools/winsome/json.h"

namespace winsome::cli {
namespace {

struct RestoreFlags {
  std::string file;
  std::string data_dir;
  std::string config = "/etc/winsome/winsome.toml";
};

std::string error_text(int error) {
  return std::generic_category().message(error);
}

/// The daemon beside this program, else the one in PATH.
std::string daemon_path() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    for (const auto* beside : {"winsomed", "../sbin/winsomed"}) {
      const auto candidate = (self.parent_path() / beside).lexically_normal();
      if (::access(candidate.c_str(), X_OK) == 0) return candidate.native();
    }
  }
  return "winsomed";
}

/// A configuration that says only where the data is, under a path that lasts through exec.
Result<std::string, Failure> configuration_of(const std::filesystem::path& data_dir) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(data_dir, error);
  const auto text = fmt::format("data_dir = {}\n", json_string(absolute.native()));
  const int descriptor = ::memfd_create("winsome.toml", 0);
  if (descriptor < 0 ||
      ::write(descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return fail(Failure{ExitCode::failure, "cannot write a configuration: " + error_text(errno)});
  }
  return fmt::format("/proc/self/fd/{}", descriptor);
}

Result<void, Failure> restore(const Session& session, const RestoreFlags& flags) {
  if (session.style.json)
    return usage("restore has no --json: winsomed itself says what came of it");
  auto config = flags.config;
  if (!flags.data_dir.empty()) {
    auto written = configuration_of(flags.data_dir);
    if (!written) return fail(std::move(written.error()));
    config = std::move(*written);
  }
  const auto daemon = daemon_path();
  const std::array<const char*, 6> words{daemon.c_str(), "--restore",    flags.file.c_str(),
                                         "--config",     config.c_str(), nullptr};
  ::execvp(daemon.c_str(), const_cast<char* const*>(words.data()));
  return fail(Failure{
      ExitCode::failure,
      fmt::format("cannot run {}: {}; is winsomed installed here?", daemon, error_text(errno))});
}

}  // namespace

void add_restore_command(CLI::App& app, Session& session) {
  add_command<RestoreFlags>(
      app, session, "restore", "Put a backup in place of the database",
      "Stop the server first. The database that was there is kept beside it.\n"
      "Examples:\n  winsome restore backup-monday.db\n"
      "  winsome restore backup-monday.db --data-dir /var/lib/winsome",
      [](CLI::App& command, RestoreFlags& flags) {
        command.add_option("FILE", flags.file, "The backup")->required()->type_name("");
        auto* config =
            command.add_option("--config", flags.config, "Configuration file of the server")
                ->type_name("FILE")
                ->capture_default_str();
        command.add_option("--data-dir", flags.data_dir, "The server's data_dir, instead")
            ->type_name("DIR")
            ->excludes(config);
      },
      restore);
}

}  // namespace winsome::cli
