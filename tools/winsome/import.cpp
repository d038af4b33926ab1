#include <fmt/format.h>

#include <chrono>

#include "server/formats/hosts.h"
#include "server/formats/lmhosts.h"
#include "server/formats/wins_dat.h"
#include "server/formats/zone.h"
#include "tools/winsome/command.h"
#include "tools/winsome/files.h"
#include "tools/winsome/import_failure.h"
#include "tools/winsome/json.h"
#include "tools/winsome/mappings.h"
#include "tools/winsome/records.h"

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

bool is_format(std::string_view format) {
  return format == "lmhosts" || format == "hosts" || format == "zone" || format == "wins.dat";
}

formats::Parsed parse(const ImportFlags& flags, const std::string& text) {
  const auto read = reader_beside(flags.file);
  if (flags.format == "lmhosts") return formats::parse_lmhosts(text, flags.file, read);
  if (flags.format == "hosts") return formats::parse_hosts(text, flags.file);
  if (flags.format == "zone") return formats::parse_zone(text, flags.file, flags.origin, read);
  return formats::parse_wins_dat(text, flags.file, unix_now());
}

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

/// What the server refused, by the line where the mapping first stood.
std::vector<formats::Problem> located(const v1::ImportResponse& response,
                                      const std::vector<formats::Mapping>& mappings) {
  std::vector<formats::Problem> problems;
  for (const auto& refusal : response.refusals()) {
    if (refusal.index() >= mappings.size()) continue;
    const auto& mapping = mappings[refusal.index()];
    problems.push_back({mapping.file, mapping.line, refusal.text()});
  }
  return problems;
}

void print_problems(const std::vector<formats::Problem>& problems, std::string_view kind = {}) {
  for (const auto& problem : problems) {
    fmt::print(stderr, "{}{}\n", formats::to_text(problem), kind);
  }
}

void print_json(const ImportFlags& flags, const formats::Parsed& parsed,
                const v1::ImportResponse& response) {
  print(JsonObject()
            .flag("dry_run", flags.dry_run)
            .flag("applied", response.applied())
            .number("mappings", parsed.mappings.size())
            .number("added", response.counts().added())
            .number("changed", response.counts().changed())
            .number("unchanged", response.counts().unchanged())
            .number("refused", response.refused())
            .value("problems", json_array(json_of(parsed.problems)))
            .value("refusals", json_array(json_of(located(response, parsed.mappings))))
            .value("skipped", json_array(json_of(parsed.skipped)))
            .str() +
        '\n');
}

Result<v1::ImportResponse, Failure> send(const Session& session, const ImportFlags& flags,
                                         const std::vector<formats::Mapping>& mappings) {
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  v1::ImportOptions options;
  options.set_dry_run(flags.dry_run);
  options.set_keep_going(flags.keep_going);
  options.set_allow_blocked(flags.allow_blocked);
  return client->import(options, mappings.size(), [&](std::size_t index, v1::Mapping& mapping) {
    fill(mapping, mappings[index]);
  });
}

Result<void, Failure> import(const Session& session, const ImportFlags& flags) {
  if (!is_format(flags.format)) {
    return usage(
        fmt::format("format '{}' is none of lmhosts, hosts, zone, wins.dat", flags.format));
  }
  const auto text = read_file(flags.file);
  if (!text) return fail(Failure{ExitCode::failure, text.error()});
  const auto parsed = parse(flags, *text);

  if (!session.style.json) {
    if (!flags.quiet) print_problems(parsed.skipped, " (skipped)");
    print_problems(parsed.problems);
  }
  if (!parsed.problems.empty() && !flags.keep_going) {
    if (session.style.json) print_json(flags, parsed, {});
    return fail(Failure{ExitCode::failure, problems_text(parsed.problem_count, flags.dry_run)});
  }
  const auto response = send(session, flags, parsed.mappings);
  if (!response) return fail(response.error());
  const bool refused = response->refused() > 0 && !flags.keep_going;
  if (session.style.json) {
    print_json(flags, parsed, *response);
  } else {
    print_problems(located(*response, parsed.mappings));
    if (!refused) print(counts_text(response->counts(), flags.dry_run) + '\n');
  }
  if (!refused) return {};
  return fail(Failure{ExitCode::failure,
                      refusals_text(response->refused(), parsed.mappings.size(), flags.dry_run)});
}

}  // namespace

void add_import_command(CLI::App& app, Session& session) {
  add_command<ImportFlags>(
      app, session, "import", "Add the hosts of a file, all or none",
      "Formats: lmhosts, hosts, zone (a DNS master file: its A records), wins.dat (Samba's nmbd).\n"
      "The first three make static records; wins.dat brings its records with what is left of\n"
      "their lives. All is one transaction.\n"
      "Examples:\n  winsome import lmhosts /etc/lmhosts --dry-run\n"
      "  winsome import zone db.example --origin example.org\n"
      "  winsome import wins.dat /var/lib/samba/wins.dat",
      [](CLI::App& command, ImportFlags& flags) {
        command.add_option("FORMAT", flags.format, "lmhosts, hosts, zone or wins.dat")
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
