#include "tools/winsome/lease_export.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>

#include "server/formats/lease_export.h"
#include "tools/winsome/files.h"
#include "tools/winsome/leases.h"
#include "tools/winsome/reservations.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

Result<void, Failure> finish(NewFile& file, std::size_t written, std::string_view what) {
  if (auto finished = file.finish(); !finished) {
    return fail(Failure{ExitCode::failure, finished.error()});
  }
  fmt::print(stderr, "{} {} written\n", written, what);
  return {};
}

}  // namespace

Result<void, Failure> export_leases(const Session& session, const std::string& path,
                                    const std::string& scope) {
  v1::ListLeasesRequest request;
  request.mutable_filter()->set_scope(scope);
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  auto file = NewFile::create(path);
  if (!file) return fail(Failure{ExitCode::failure, file.error()});
  if (!session.style.json) file->write(formats::lease_csv_header);
  std::size_t written = 0;
  auto listed = client->list_leases(request, [&](const v1::Lease& lease) {
    std::string text;
    if (session.style.json) {
      text = lease_row(lease, session.style);
    } else {
      formats::append_lease_csv(text, to_exported(lease));
    }
    file->write(text);
    ++written;
  });
  if (!listed) return listed;
  return finish(*file, written, "leases");
}

Result<void, Failure> export_reservations(const Session& session, const std::string& path,
                                          const std::string& scope) {
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  auto file = NewFile::create(path);
  if (!file) return fail(Failure{ExitCode::failure, file.error()});
  std::map<std::string, std::string> texts;  // by scope: they have to stand below its table
  std::size_t written = 0;
  auto listed = client->list_reservations(scope, [&](const v1::Reservation& reservation) {
    const auto exported = to_reservation(reservation);
    if (!exported) return;
    auto& text = texts[reservation.scope()];
    if (session.style.json) {
      text += reservation_row(reservation, session.style);
    } else {
      formats::append_reservation_toml(text, *exported);
    }
    ++written;
  });
  if (!listed) return listed;
  for (const auto& [name, text] : texts) {
    if (!session.style.json) file->write(fmt::format("# Below the scope {}.\n\n", name));
    file->write(text);
  }
  return finish(*file, written, "reservations");
}

}  // namespace winsome::cli
