#include "server/formats/export.h"

#include <fmt/format.h>

#include <array>

#include "tools/winsome/command.h"
#include "tools/winsome/exported.h"
#include "tools/winsome/files.h"
#include "tools/winsome/lease_export.h"
#include "tools/winsome/records.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

struct ExportFlags {
  std::string format;
  std::string file;
  std::string scope;
};

constexpr std::size_t reason_count = 6;

/// Writes records one by one, and counts those that the format does not carry.
class Exporter {
 public:
  Exporter(std::string_view format, NewFile& file) : format_(format), file_(file) {
    if (format_ == "wins.dat") file_.write(formats::wins_dat_header);
    if (format_ == "csv") file_.write(formats::csv_header);
  }

  void write(const v1::Record& record) {
    text_.clear();
    if (format_ == "json") {
      text_ = record_row(record, Style{.json = true, .colour = false});
    } else if (const auto exported = to_exported(record)) {
      if (const auto carried = append(*exported); !carried) {
        ++left_out_[static_cast<std::size_t>(carried.error())];
        return;
      }
    }
    ++written_;
    file_.write(text_);
  }

  /// `3 records written; left out: 2 dynamic`.
  [[nodiscard]] std::string summary() const {
    auto text = fmt::format("{} records written", written_);
    std::string_view separator = "; left out: ";
    for (std::size_t i = 0; i < left_out_.size(); ++i) {
      if (left_out_[i] == 0) continue;
      text += fmt::format("{}{} ({})", separator, left_out_[i],
                          formats::to_text(static_cast<formats::NotCarried>(i)));
      separator = ", ";
    }
    return text;
  }

 private:
  Result<void, formats::NotCarried> append(const formats::ExportedRecord& record) {
    if (format_ == "lmhosts") return formats::append_lmhosts(text_, record);
    if (format_ == "wins.dat") return formats::append_wins_dat(text_, record);
    formats::append_csv(text_, record);
    return {};
  }

  std::string_view format_;
  NewFile& file_;
  std::string text_;
  std::size_t written_ = 0;
  std::array<std::size_t, reason_count> left_out_{};
};

Result<void, Failure> export_records(const Session& session, const ExportFlags& flags) {
  if (flags.format == "leases") return export_leases(session, flags.file, flags.scope);
  if (flags.format == "reservations") return export_reservations(session, flags.file, flags.scope);
  if (flags.format != "lmhosts" && flags.format != "wins.dat" && flags.format != "csv" &&
      flags.format != "json") {
    return usage(fmt::format(
        "format '{}' is none of lmhosts, wins.dat, csv, json, leases, reservations", flags.format));
  }
  if (!flags.scope.empty()) {
    return usage(fmt::format("--scope is for leases and reservations, not for {}", flags.format));
  }
  if (session.style.json && flags.format != "json") {
    return usage("--json is for leases and reservations; for names say the format json");
  }
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  auto file = NewFile::create(flags.file);
  if (!file) return fail(Failure{ExitCode::failure, file.error()});
  Exporter exporter(flags.format, *file);
  const auto listed =
      client->list({}, [&exporter](const v1::Record& record) { exporter.write(record); });
  if (!listed) return listed;
  if (auto finished = file->finish(); !finished) {
    return fail(Failure{ExitCode::failure, finished.error()});
  }
  fmt::print(stderr, "{}\n", exporter.summary());
  return {};
}

}  // namespace

void add_export_command(CLI::App& app, Session& session) {
  add_command<ExportFlags>(
      app, session, "export", "Write the database to a file",
      "Formats: lmhosts (static records), wins.dat (active records, for Samba's nmbd), csv (for a\n"
      "spreadsheet, with the columns of the Windows console), json (all there is); leases (for a\n"
      "spreadsheet), reservations (for winsome.toml).\n"
      "Examples:\n  winsome export csv names.csv\n  winsome export lmhosts > lmhosts\n"
      "  winsome export reservations --scope office",
      [](CLI::App& command, ExportFlags& flags) {
        command
            .add_option("FORMAT", flags.format,
                        "lmhosts, wins.dat, csv, json, leases or reservations")
            ->required()
            ->type_name("");
        command.add_option("FILE", flags.file, "Where to; without it, standard output")
            ->type_name("");
        command.add_option("--scope", flags.scope, "Leases or reservations of this scope only")
            ->type_name("NAME");
      },
      export_records);
}

}  // namespace winsome::cli
