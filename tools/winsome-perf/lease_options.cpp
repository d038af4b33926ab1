#include "tools/winsome-perf/lease_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <vector>

namespace winsome::perf {
namespace {

constexpr std::uint32_t clients_max = 1 << 24;  // what a transaction id has room for
constexpr std::size_t outstanding_max = 1 << 20;

CLI::Validator address() {
  return {[](const std::string& text) {
            return parse_ipv4(text) ? std::string() : "'" + text + "' is no address";
          },
          "ADDRESS"};
}

}  // namespace

Result<LeaseOptions, LeaseUsage> parse_lease_options(std::span<const char* const> arguments) {
  LeaseOptions options;
  CLI::App app("Loads a DHCP server as the clients behind a relay agent would, and counts.",
               "winsome-perf leases");
  std::string server;
  std::string from;
  double duration = 0;
  std::uint32_t timeout = 1000;
  const std::map<std::string, LeaseMode> modes = {{"exchange", LeaseMode::exchange},
                                                  {"renew", LeaseMode::renew}};
  app.add_option("--server", server, "who is asked")->required()->check(address());
  app.add_option("--from", from, "our address, the relay agent's; port 67 there must be free")
      ->required()
      ->check(address());
  app.add_option("--mode", options.mode,
                 "exchange: DISCOVER to ACK (default); renew: REQUEST and ACK")
      ->transform(CLI::CheckedTransformer(modes));
  app.add_option("--clients", options.clients, "how many (10000)")
      ->check(CLI::Range(1U, clients_max));
  app.add_option("--first", options.first, "from which number on (0)");
  app.add_option("--seconds", duration, "for how long; without it each client once")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--outstanding", options.outstanding, "closed loop: so many at any time (64)")
      ->check(CLI::Range(std::size_t{1}, outstanding_max));
  app.add_option("--rate", options.rate, "open loop: so many begun a second")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--timeout", timeout, "milliseconds until a message is repeated (1000)");
  app.add_option("--retries", options.retries, "how often (2)");
  app.add_option("--leases", options.leases, "file that exchanges write and renewals read");
  app.add_flag("--json", options.json, "the result as one line of JSON");
  try {
    std::vector<std::string> reversed(arguments.begin(), arguments.end());
    std::ranges::reverse(reversed);
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return fail(LeaseUsage{app.help(), true});
  } catch (const CLI::ParseError& error) {
    return fail(LeaseUsage{error.what(), false});
  }
  if (options.mode == LeaseMode::renew && options.leases.empty())
    return fail(LeaseUsage{"renewals need --leases, the file of the exchanges before", false});
  options.server = *parse_ipv4(server);
  options.from = *parse_ipv4(from);
  options.duration = std::chrono::milliseconds(static_cast<std::int64_t>(duration * 1000));
  options.timeout = std::chrono::milliseconds(timeout);
  return options;
}

}  // namespace winsome::perf
