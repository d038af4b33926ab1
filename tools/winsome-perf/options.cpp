#include "tools/winsome-perf/options.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>

namespace winsome::perf {

namespace {

constexpr std::size_t sockets_max = 1024;
constexpr std::size_t outstanding_max = 1 << 20;

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number < Number{}) return std::nullopt;
  return number;
}

template <class Number>
bool set_number(Number& to, std::string_view text) {
  const auto number = parse_number<Number>(text);
  if (number) to = *number;
  return number.has_value();
}

bool set_mode(Mode& to, std::string_view text) {
  constexpr std::pair<std::string_view, Mode> modes[] = {
      {"query", Mode::query},     {"miss", Mode::miss},       {"register", Mode::registration},
      {"refresh", Mode::refresh}, {"release", Mode::release}, {"mixed", Mode::mixed}};
  for (const auto& [name, mode] : modes) {
    if (name == text) {
      to = mode;
      return true;
    }
  }
  return false;
}

bool set_from(std::vector<Ipv4>& to, std::string_view text) {
  to.clear();
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto address = parse_ipv4(text.substr(0, comma));
    if (!address) return false;
    to.push_back(*address);
    text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
  }
  return !to.empty();
}

bool set_server(Endpoint& to, std::string_view text) {
  const auto whole =
      text.find(':') == std::string_view::npos ? std::string(text) + ":137" : std::string(text);
  const auto endpoint = parse_endpoint(whole);
  if (endpoint) to = *endpoint;
  return endpoint.has_value();
}

bool set_seconds(std::chrono::milliseconds& to, std::string_view text) {
  const auto seconds = parse_number<double>(text);
  if (seconds) to = std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
  return seconds.has_value();
}

bool set_milliseconds(std::chrono::milliseconds& to, std::string_view text) {
  const auto number = parse_number<std::uint32_t>(text);
  if (number) to = std::chrono::milliseconds(*number);
  return number.has_value();
}

/// One `--key value`; empty when it is understood.
std::string set_option(Options& options, std::string_view key, std::string_view value) {
  bool good = false;
  if (key == "--server")
    good = set_server(options.server, value);
  else if (key == "--from")
    good = set_from(options.from, value);
  else if (key == "--ports")
    good = set_number(options.ports, value) && options.ports > 0;
  else if (key == "--mode")
    good = set_mode(options.mode, value);
  else if (key == "--names")
    good = set_number(options.names, value) && options.names > 0;
  else if (key == "--first")
    good = set_number(options.first, value);
  else if (key == "--count")
    good = set_number(options.count, value);
  else if (key == "--seconds")
    good = set_seconds(options.duration, value);
  else if (key == "--outstanding")
    good = set_number(options.outstanding, value) && options.outstanding > 0;
  else if (key == "--rate")
    good = set_number(options.rate, value);
  else if (key == "--storm")
    good = set_number(options.storm, value);
  else if (key == "--timeout")
    good = set_milliseconds(options.timeout, value);
  else if (key == "--retries")
    good = set_number(options.retries, value);
  else if (key == "--seed")
    good = set_number(options.seed, value);
  else
    return fmt::format("unknown option '{}'", key);
  return good ? "" : fmt::format("'{}' is not a value for {}", value, key);
}

}  // namespace

std::string usage() {
  return R"(usage: winsome-perf --server ADDRESS[:PORT] --from ADDRESS[,ADDRESS...] [options]

Loads a NetBIOS name server and counts right, wrong and lost answers.
To load a DHCP server: winsome-perf leases --help.

  --mode MODE        query (default), miss, register, refresh, release, or mixed: 80 % hits, 10 % refreshes, 10 % misses
  --names N          how many names there are (10000), three to a host; register, refresh and release
                     take them in order
  --first N          from which number on (0)
  --count N          how many requests; without it and --seconds, one for each name
  --seconds S        for how long
  --outstanding N    closed loop: so many requests without an answer at any time (64)
  --rate R           open loop: so many requests a second; latency counts from when a request was due
  --storm N          beside it, keep N registrations of other names outstanding
  --ports N          sockets for each address of --from (1)
  --timeout MS       until a request is repeated (1000)
  --retries N        how often (2)
  --seed N           of the random order of queries (1)
  --json             the result as one line of JSON

Exit status: 0 when every answer was right, 3 when one was wrong or lost, 2 for a wrong command line.
)";
}

Result<Options, std::string> parse_options(std::span<const char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view key = arguments[i];
    if (key == "--json") {
      options.json = true;
      continue;
    }
    if (i + 1 == arguments.size())
      return fail(fmt::format("'{}' is unknown, or lacks its value", key));
    if (auto problem = set_option(options, key, arguments[++i]); !problem.empty())
      return fail(problem);
  }
  if (options.server.port == 0) return fail(std::string("--server is required"));
  if (options.from.empty()) return fail(std::string("--from is required"));
  if (options.from.size() * options.ports > sockets_max) {
    return fail(fmt::format("at most {} sockets", sockets_max));
  }
  if (options.outstanding > outstanding_max || options.storm > outstanding_max) {
    return fail(fmt::format("at most {} outstanding", outstanding_max));
  }
  return options;
}

}  // namespace winsome::perf
