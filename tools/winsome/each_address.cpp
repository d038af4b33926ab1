#include "tools/winsome/each_address.h"

#include <fmt/format.h>

#include "tools/winsome/arguments.h"
#include "tools/winsome/json.h"

namespace winsome::cli {

Result<void, Failure> for_each_address(
    const Session& session, const std::vector<std::string>& addresses,
    Result<void, Failure> (AdminClient::*call)(const std::string&), std::string_view outcome) {
  for (const auto& text : addresses) {
    if (const auto address = address_argument(text); !address) return usage(address.error());
  }
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  Result<void, Failure> all;
  for (const auto& address : addresses) {
    const auto done = ((*client).*call)(address);
    if (done) {
      print(session.style.json
                ? JsonObject().text("address", address).text("outcome", outcome).str() + '\n'
                : fmt::format("{}: {}\n", address, outcome));
    } else if (done.error().code == ExitCode::not_found) {
      complain(done.error().text);
      all = fail(Failure{ExitCode::not_found, ""});
    } else {
      return done;
    }
  }
  return all;
}

}  // namespace winsome::cli
