#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include "server/config/host_facts.h"
#include "server/config/settings.h"
#include "server/core/version.h"
#include "server/daemon/daemon.h"
#include "server/daemon/log.h"
#include "server/daemon/messages.h"
#include "server/daemon/notify.h"
#include "server/daemon/privileges.h"
#include "server/store/restore.h"

namespace winsome::daemon {
namespace {

constexpr int exit_failure = 1;

std::optional<config::Settings> read(const std::filesystem::path& file) {
  auto settings = config::load(file, config::read_host_facts());
  if (settings) return std::move(*settings);
  for (const auto& problem : settings.error()) std::cerr << config::to_text(problem) << '\n';
  return {};
}

int complain(const std::string& text) {
  std::cerr << "winsomed: " << text << '\n';
  return exit_failure;
}

int restore(const std::filesystem::path& backup, const config::Settings& settings) {
  const auto restored = store::restore(backup, settings.data_dir);
  if (!restored) return complain(restored.error().text);
  std::cout << "restored " << backup.string() << " into " << settings.data_dir.string() << '\n';
  return 0;
}

/// Reads the file again and puts it into force whole, or says why it stays as it was.
void reload(Daemon& daemon, const std::filesystem::path& file) {
  notify_reloading();
  auto settings = config::load(file, config::read_host_facts());
  if (!settings) {
    for (const auto& problem : settings.error())
      log(messages::configuration_refused, config::to_text(problem));
  } else if (const auto applied = daemon.reload(*settings); !applied) {
    log(messages::configuration_refused, applied.error());
  } else {
    set_log_level(settings->log.level);
  }
  notify_ready();
}

int serve(const std::filesystem::path& file, const config::Settings& settings) {
  asio::io_context io(1);
  asio::signal_set stop(io, SIGTERM, SIGINT);
  asio::signal_set hang_up(io, SIGHUP);
  std::signal(SIGPIPE, SIG_IGN);

  start_log(settings.log);
  auto daemon = Daemon::start(settings);
  if (!daemon) {
    stop_log();
    return complain(daemon.error());
  }
  drop_capabilities(settings.dhcp.enabled);

  stop.async_wait([&io](const asio::error_code&, int) { io.stop(); });
  std::function<void()> await_hang_up = [&] {
    hang_up.async_wait([&](const asio::error_code& error, int) {
      if (error) return;
      reload(**daemon, file);
      await_hang_up();
    });
  };
  await_hang_up();
  notify_ready();
  io.run();

  log(messages::stopping);
  notify_stopping();
  daemon->reset();
  log(messages::stopped);
  stop_log();
  return 0;
}

}  // namespace
}  // namespace winsome::daemon

int main(int argc, char** argv) {
  using namespace winsome;
  CLI::App app{"winsomed: a WINS-compatible NetBIOS name server with DHCP"};
  std::string config_file = "/etc/winsome/winsome.toml";
  std::string backup_file;
  bool check_only = false;
  app.add_option("--config", config_file, "Configuration file")->capture_default_str();
  app.add_flag("--check", check_only,
               "Check the configuration file, say what is wrong with it, and exit with 0 or 1");
  app.add_option("--restore", backup_file,
                 "Put a backup in place of the database and exit; no server may be running");
  app.set_version_flag("--version", "winsomed " + std::string(program_version()));
  app.footer(
      "winsomed stays in the foreground and logs to standard error.\n"
      "SIGTERM stops it, SIGHUP makes it read its configuration again.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  const auto settings = daemon::read(config_file);
  if (!settings) return daemon::exit_failure;
  if (check_only) {
    std::cout << config_file << ": ok\n";
    return 0;
  }
  if (!backup_file.empty()) return daemon::restore(backup_file, *settings);
  return daemon::serve(config_file, *settings);
}
