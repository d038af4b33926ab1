#include "tools/winsome/nbns_flags.h"

#include "tools/winsome/arguments.h"

namespace winsome::cli {

void declare(CLI::App& command, NbnsFlags& flags) {
  command.add_option("--port", flags.port, "UDP port of the server")
      ->check(CLI::Range(1, 65535).description(""))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--from", flags.from, "Send from this address of the host")
      ->type_name("ADDRESS");
  command.add_option("--tries", flags.tries, "How often to send")
      ->check(CLI::Range(1, 20).description(""))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--timeout", flags.timeout_ms, "Milliseconds to wait for each try")
      ->check(CLI::Range(1, 60'000).description(""))
      ->type_name("MS")
      ->capture_default_str();
  command.add_flag("--as-typed", flags.as_typed, "Take names as typed: do not upper-case letters");
}

Result<NbnsClient, Failure> open_client(const std::string& server, const NbnsFlags& flags) {
  NbnsOptions options;
  const auto endpoint = server_argument(server, flags.port);
  if (!endpoint) return usage(endpoint.error());
  options.server = *endpoint;
  if (!flags.from.empty()) {
    const auto from = address_argument(flags.from);
    if (!from) return usage("--from: " + from.error());
    options.from = *from;
  }
  options.tries = flags.tries;
  options.timeout = std::chrono::milliseconds(flags.timeout_ms);
  return NbnsClient::open(options);
}

}  // namespace winsome::cli
