#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tools/winsome/command.h"

namespace winsome::cli {
namespace {

/// What becomes of a command where there is no server.
ExitCode outcome_of(std::vector<std::string> words) {
  Session session;
  session.server = "unix:/nowhere/admin.sock";
  CLI::App app;
  app.fallthrough();
  app.add_flag("--json", session.style.json);
  add_import_command(app, session);
  add_export_command(app, session);
  add_restore_command(app, session);
  std::ranges::reverse(words);  // CLI11 wants a stack
  app.parse(std::move(words));
  return session.outcome;
}

constexpr auto usage_error = ExitCode::usage;
constexpr auto unreachable = ExitCode::unreachable;

TEST(Usage, AScopeIsOfLeasesAndReservations) {
  for (const auto* format : {"lmhosts", "wins.dat", "csv", "json"})
    EXPECT_EQ(outcome_of({"export", format, "/dev/null", "--scope", "office"}), usage_error);
  for (const auto* format : {"leases", "reservations"})
    EXPECT_EQ(outcome_of({"export", format, "/dev/null", "--scope", "office"}), unreachable);
}

TEST(Usage, AnExportOfNamesSaysItsFormatOnce) {
  EXPECT_EQ(outcome_of({"export", "csv", "/dev/null", "--json"}), usage_error);
  EXPECT_EQ(outcome_of({"export", "json", "/dev/null", "--json"}), unreachable);
  EXPECT_EQ(outcome_of({"export", "leases", "/dev/null", "--json"}), unreachable);
}

TEST(Usage, OnlyAZoneHasAnOrigin) {
  for (const auto* format : {"lmhosts", "hosts", "wins.dat", "dhcpd.conf", "dnsmasq", "kea"})
    EXPECT_EQ(outcome_of({"import", format, "/dev/null", "--origin", "example.org"}), usage_error);
  EXPECT_EQ(outcome_of({"import", "zone", "/dev/null", "--origin", "example.org"}), unreachable);
}

TEST(Usage, OnlyNamesAreBlocked) {
  for (const auto* format : {"dhcpd.conf", "dnsmasq", "kea"})
    EXPECT_EQ(outcome_of({"import", format, "/dev/null", "--allow-blocked"}), usage_error);
  EXPECT_EQ(outcome_of({"import", "lmhosts", "/dev/null", "--allow-blocked"}), unreachable);
}

TEST(Usage, ARestoreSpeaksNoJson) {
  EXPECT_EQ(outcome_of({"restore", "/dev/null", "--json"}), usage_error);
}

}  // namespace
}  // namespace winsome::cli
