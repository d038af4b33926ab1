#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <utility>
#include <vector>

#include "server/formats/dhcpd_conf.h"
#include "server/formats/dnsmasq_hosts.h"
#include "server/formats/hosts.h"
#include "server/formats/kea_leases.h"
#include "server/formats/lmhosts.h"
#include "server/formats/wins_dat.h"
#include "server/formats/zone.h"
#include "tools/winsome/command.h"
#include "tools/winsome/files.h"
#include "tools/winsome/import_failure.h"
#include "tools/winsome/json.h"
#include "tools/winsome/leases.h"
#include "tools/winsome/mappings.h"
#include "tools/winsome/records.h"
#include "tools/winsome/reservations.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

struct ImportFlags {
  std::string format;
  std::string file;
  std::string origin;
  bool dry_run = false;
  bool keep_going = false;
  bool allow_blocked = false;
  bool quiet = false;
};

std::int64_t unix_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

/// Files named in `first` lie relative to it, as with every include.
formats::ReadFile reader_beside(const std::filesystem::path& first) {
  return [directory = first.parent_path()](std::string_view path) -> std::optional<std::string> {
    auto text = read_file(directory / std::filesystem::path(path));
    if (!text) return std::nullopt;
    return std::move(*text);
  };
}

/// What the server said to the rows of a file.
struct Answer {
  bool applied = false;
  v1::ChangeCounts counts;
  std::uint64_t refused = 0;
  std::vector<v1::Refusal> refusals;
};

/// A file that was read, whatever its rows are.
struct ReadRows {
  std::string_view row;  // what one is called
  formats::Reported reported;
  std::vector<std::pair<std::string, std::size_t>> places;  // file and line of each row
  std::function<Result<Answer, Failure>(AdminClient&, const ImportFlags&)> send;
};

std::string json_of(const formats::Problem& problem) {
  return JsonObject()
      .text("file", problem.file)
      .number("line", problem.line)
      .text("text", problem.text)
      .str();
}

std::vector<std::string> json_of(const std::vector<formats::Problem>& problems) {
  std::vector<std::string> values;
  for (const auto& problem : problems) values.push_back(json_of(problem));
  return values;
}

/// What the server refused, by the line where the row stood.
std::vector<formats::Problem> located(const Answer& answer, const ReadRows& rows) {
  std::vector<formats::Problem> problems;
  for (const auto& refusal : answer.refusals) {
    if (refusal.index() >= rows.places.size()) continue;
    const auto& [file, line] = rows.places[refusal.index()];
    problems.push_back({file, line, refusal.text()});
  }
  return problems;
}

void print_problems(const std::vector<formats::Problem>& problems, std::string_view kind = {}) {
  for (const auto& problem : problems) {
    fmt::print(stderr, "{}{}\n", formats::to_text(problem), kind);
  }
}

void print_json(const ImportFlags& flags, const ReadRows& rows, const Answer& answer) {
  print(JsonObject()
            .flag("dry_run", flags.dry_run)
            .flag("applied", answer.applied)
            .number(fmt::format("{}s", rows.row), rows.places.size())
            .number("added", answer.counts.added())
            .number("changed", answer.counts.changed())
            .number("unchanged", answer.counts.unchanged())
            .number("refused", answer.refused)
            .value("problems", json_array(json_of(rows.reported.problems)))
            .value("refusals", json_array(json_of(located(answer, rows))))
            .value("skipped", json_array(json_of(rows.reported.skipped)))
            .str() +
        '\n');
}

template <class Response>
Answer answer_of(const Response& response) {
  Answer answer;
  answer.applied = response.applied();
  answer.refused = response.refused();
  answer.refusals.assign(response.refusals().begin(), response.refusals().end());
  return answer;
}

/// Static mappings, and the records of wins.dat.
ReadRows mappings_of(formats::Parsed parsed) {
  ReadRows rows{.row = "mapping", .reported = parsed, .places = {}, .send = {}};
  for (const auto& mapping : parsed.mappings) rows.places.emplace_back(mapping.file, mapping.line);
  rows.send = [mappings = std::move(parsed.mappings)](
                  AdminClient& client, const ImportFlags& flags) -> Result<Answer, Failure> {
    v1::ImportOptions options;
    options.set_dry_run(flags.dry_run);
    options.set_keep_going(flags.keep_going);
    options.set_allow_blocked(flags.allow_blocked);
    const auto response = client.import(
        options, mappings.size(),
        [&](std::size_t index, v1::Mapping& mapping) { fill(mapping, mappings[index]); });
    if (!response) return fail(response.error());
    auto answer = answer_of(*response);
    answer.counts = response->counts();
    return answer;
  };
  return rows;
}

v1::RowOptions row_options(const ImportFlags& flags) {
  v1::RowOptions options;
  options.set_dry_run(flags.dry_run);
  options.set_keep_going(flags.keep_going);
  return options;
}

ReadRows reservations_of(formats::ParsedReservations parsed) {
  ReadRows rows{.row = "reservation", .reported = parsed, .places = {}, .send = {}};
  for (const auto& row : parsed.rows) rows.places.emplace_back(row.file, row.line);
  rows.send = [found = std::move(parsed.rows)](
                  AdminClient& client, const ImportFlags& flags) -> Result<Answer, Failure> {
    const auto response = client.add_reservations(
        row_options(flags), found.size(),
        [&](std::size_t index, v1::Reservation& out) { fill(out, found[index]); });
    if (!response) return fail(response.error());
    auto answer = answer_of(*response);
    answer.counts.set_added(response->added());
    return answer;
  };
  return rows;
}

ReadRows leases_of(formats::ParsedLeases parsed, std::int64_t now) {
  ReadRows rows{.row = "lease", .reported = parsed, .places = {}, .send = {}};
  for (const auto& row : parsed.rows) rows.places.emplace_back(row.file, row.line);
  rows.send = [found = std::move(parsed.rows), now](
                  AdminClient& client, const ImportFlags& flags) -> Result<Answer, Failure> {
    const auto response = client.import_leases(
        row_options(flags), found.size(),
        [&](std::size_t index, v1::ImportedLease& out) { fill(out, found[index], now); });
    if (!response) return fail(response.error());
    auto answer = answer_of(*response);
    answer.counts.set_added(response->added());
    return answer;
  };
  return rows;
}

using Parse = ReadRows (*)(const ImportFlags& flags, const std::string& text);
enum class Brings : std::uint8_t { names, addresses };
struct Format {
  std::string_view name;
  Brings brings;
  Parse parse;
};

constexpr std::array all_formats = {
    Format{"lmhosts", Brings::names,
           [](const ImportFlags& flags, const std::string& text) {
             return mappings_of(
                 formats::parse_lmhosts(text, flags.file, reader_beside(flags.file)));
           }},
    Format{"hosts", Brings::names,
           [](const ImportFlags& flags, const std::string& text) {
             return mappings_of(formats::parse_hosts(text, flags.file));
           }},
    Format{"zone", Brings::names,
           [](const ImportFlags& flags, const std::string& text) {
             return mappings_of(
                 formats::parse_zone(text, flags.file, flags.origin, reader_beside(flags.file)));
           }},
    Format{"wins.dat", Brings::names,
           [](const ImportFlags& flags, const std::string& text) {
             return mappings_of(formats::parse_wins_dat(text, flags.file, unix_now()));
           }},
    Format{"dhcpd.conf", Brings::addresses,
           [](const ImportFlags& flags, const std::string& text) {
             return reservations_of(
                 formats::parse_dhcpd_conf(text, flags.file, reader_beside(flags.file)));
           }},
    Format{"dnsmasq", Brings::addresses,
           [](const ImportFlags& flags, const std::string& text) {
             return reservations_of(
                 formats::parse_dnsmasq_hosts(text, flags.file, reader_beside(flags.file)));
           }},
    Format{"kea", Brings::addresses, [](const ImportFlags& flags, const std::string& text) {
             const auto now = unix_now();
             return leases_of(formats::parse_kea_leases(text, flags.file, now), now);
           }}};

Result<void, Failure> import(const Session& session, const ImportFlags& flags) {
  const auto* const format = std::ranges::find(all_formats, flags.format, &Format::name);
  if (format == all_formats.end()) {
    return usage(fmt::format(
        "format '{}' is none of lmhosts, hosts, zone, wins.dat, dhcpd.conf, dnsmasq, kea",
        flags.format));
  }
  if (!flags.origin.empty() && format->name != "zone") {
    return usage(fmt::format("--origin is for zone, not for {}", format->name));
  }
  if (flags.allow_blocked && format->brings != Brings::names) {
    return usage(fmt::format("--allow-blocked is for names, and {} brings none", format->name));
  }
  const auto text = read_file(flags.file);
  if (!text) return fail(Failure{ExitCode::failure, text.error()});
  const auto rows = format->parse(flags, *text);
  const auto& reported = rows.reported;

  if (!session.style.json) {
    if (!flags.quiet) print_problems(reported.skipped, " (skipped)");
    print_problems(reported.problems);
  }
  if (!reported.problems.empty() && !flags.keep_going) {
    if (session.style.json) print_json(flags, rows, {});
    return fail(Failure{ExitCode::failure, problems_text(reported.problem_count, flags.dry_run)});
  }
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto answer = rows.send(*client, flags);
  if (!answer) return fail(answer.error());
  const bool refused = answer->refused > 0 && !flags.keep_going;
  if (session.style.json) {
    print_json(flags, rows, *answer);
  } else {
    print_problems(located(*answer, rows));
    if (!refused) print(counts_text(answer->counts, flags.dry_run) + '\n');
  }
  if (!refused) return {};
  return fail(Failure{ExitCode::failure,
                      refusals_text(answer->refused, rows.places.size(), rows.row, flags.dry_run)});
}

}  // namespace

void add_import_command(CLI::App& app, Session& session) {
  add_command<ImportFlags>(
      app, session, "import", "Add the hosts of a file, all or none",
      "Formats of names: lmhosts, hosts, zone (a DNS master file: its A records), wins.dat "
      "(Samba's\n"
      "nmbd). The first three make static records; wins.dat brings its records with what is left "
      "of\n"
      "their lives. Formats of addresses: dhcpd.conf (ISC dhcpd: its hosts), dnsmasq (dhcp-host\n"
      "lines), which make reservations, and kea (kea-leases4.csv), which brings leases with what\n"
      "is left of them. All is one transaction.\n"
      "Examples:\n  winsome import lmhosts /etc/lmhosts --dry-run\n"
      "  winsome import zone db.example --origin example.org\n"
      "  winsome import wins.dat /var/lib/samba/wins.dat\n"
      "  winsome import dhcpd.conf /etc/dhcp/dhcpd.conf --dry-run --quiet\n"
      "  winsome import kea /var/lib/kea/kea-leases4.csv",
      [](CLI::App& command, ImportFlags& flags) {
        command
            .add_option("FORMAT", flags.format,
                        "lmhosts, hosts, zone, wins.dat, dhcpd.conf, dnsmasq or kea")
            ->required()
            ->type_name("");
        command.add_option("FILE", flags.file, "The file; - for standard input")
            ->required()
            ->type_name("");
        command.add_option("--origin", flags.origin, "Name of the zone, where it does not say")
            ->type_name("ZONE");
        command.add_flag("--dry-run", flags.dry_run, "Say what would happen, and change nothing");
        command.add_flag("--keep-going", flags.keep_going, "Leave out what is wrong or refused");
        command.add_flag("--allow-blocked", flags.allow_blocked,
                         "Reserve names that are blocked for clients");
        command.add_flag("--quiet", flags.quiet,
                         "Say nothing of lines that are right but not for us");
      },
      import);
}

}  // namespace winsome::cli
