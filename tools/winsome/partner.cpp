#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "tools/winsome/command.h"
#include "tools/winsome/json.h"
#include "tools/winsome/partners.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

struct NoFlags {};

struct PartnerFlags {
  std::string partner;
};

struct PushFlags {
  std::string partner;
  bool propagate = false;
};

Result<void, Failure> list(const Session& session, const NoFlags&) {
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto all = client->partners();
  if (!all) return fail(all.error());
  print(partner_header(session.style));
  for (const auto& partner : all->partners())
    print(partner_row(partner, all->now().seconds(), session.style));
  if (!session.style.json) print(replication_notes(*all));
  return {};
}

Result<void, Failure> show_one(const Session& session, const PartnerFlags& flags) {
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto all = client->partners();
  if (!all) return fail(all.error());
  const auto partner = std::ranges::find(all->partners(), flags.partner, &v1::Partner::name);
  if (partner == all->partners().end()) {
    return fail(
        Failure{ExitCode::not_found,
                fmt::format("no partner is called '{}'; see winsome partner list", flags.partner)});
  }
  print(partner_details(*partner, all->now().seconds(), session.style));
  return {};
}

/// Partners that failed while others did not.
template <class Response>
Result<void, Failure> conclude(const Response& response) {
  for (const auto& failure : response.failures()) complain(failure);
  if (response.failures().empty()) return {};
  return fail(Failure{ExitCode::failure, ""});
}

Result<void, Failure> pull(const Session& session, const PartnerFlags& flags) {
  v1::PullRequest request;
  if (!flags.partner.empty()) request.set_partner(flags.partner);
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto done = client->pull(request);
  if (!done) return fail(done.error());
  print(show(*done, session.style));
  return conclude(*done);
}

Result<void, Failure> push(const Session& session, const PushFlags& flags) {
  v1::PushRequest request;
  if (!flags.partner.empty()) request.set_partner(flags.partner);
  request.set_propagate(flags.propagate);
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto done = client->push(request);
  if (!done) return fail(done.error());
  print(show(*done, session.style));
  return conclude(*done);
}

Result<void, Failure> set_paused(const Session& session, const PartnerFlags& flags, bool paused) {
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto name = client->set_paused(flags.partner, paused);
  if (!name) return fail(name.error());
  if (session.style.json) {
    print(JsonObject().text("name", *name).flag("paused", paused).str() + '\n');
  } else if (paused) {
    print(fmt::format("{}: paused until it is resumed, or winsomed starts anew\n", *name));
  } else {
    print(fmt::format("{}: resumed\n", *name));
  }
  return {};
}

/// Nothing where there is no such partner: some federations only pull, or only push.
template <class Response>
Result<std::optional<Response>, Failure> if_any(Result<Response, Failure> result) {
  if (result) return std::optional(std::move(*result));
  if (result.error().code == ExitCode::not_found) return std::nullopt;
  return fail(std::move(result.error()));
}

Result<void, Failure> replicate(const Session& session, const NoFlags&) {
  auto client = AdminClient::connect(session.server);
  if (!client) return fail(client.error());
  const auto pulled = if_any(client->pull({}));
  if (!pulled) return fail(pulled.error());
  if (*pulled) print(show(**pulled, session.style));
  const auto pushed = if_any(client->push({}));
  if (!pushed) return fail(pushed.error());
  if (*pushed) print(show(**pushed, session.style));
  if (!*pulled && !*pushed) {
    return fail(Failure{ExitCode::not_found,
                        "there is no partner that is not paused; see winsome partner list"});
  }
  Result<void, Failure> outcome;
  if (*pulled) outcome = conclude(**pulled);
  if (*pushed) {
    if (auto second = conclude(**pushed); !second) outcome = std::move(second);
  }
  return outcome;
}

void declare_nothing(CLI::App&, NoFlags&) {}

template <class Flags>
void declare_partner(CLI::App& command, Flags& flags, bool required) {
  command
      .add_option("PARTNER", flags.partner,
                  required ? "Its name in the configuration"
                           : "Its name in the configuration; without one: all")
      ->required(required)
      ->type_name("");
}

template <class Run>
void add_partner_command(CLI::App& partners, Session& session, const char* name,
                         const char* purpose, const char* examples, bool required, Run run) {
  add_command<PartnerFlags>(
      partners, session, name, purpose, examples,
      [required](CLI::App& command, PartnerFlags& flags) {
        declare_partner(command, flags, required);
      },
      run);
}

}  // namespace

void add_partner_commands(CLI::App& app, Session& session) {
  auto& partners = *app.add_subcommand("partner", "Look at and talk to replication partners");
  partners.require_subcommand(1);
  add_command<NoFlags>(partners, session, "list", "List partners, and how things stand with them",
                       "Example:\n  winsome partner list", declare_nothing, list);
  add_partner_command(partners, session, "show",
                      "Show all there is about a partner: what failed, and what to do",
                      "Example:\n  winsome partner show east", true, show_one);
  add_partner_command(partners, session, "pull", "Take now what is new at partners",
                      "Returns when all of it is here; waits an hour at most.\n"
                      "Examples:\n  winsome partner pull east\n  winsome partner pull",
                      false, pull);
  add_command<PushFlags>(
      partners, session, "push", "Tell partners now what is new here",
      "Examples:\n  winsome partner push east --propagate\n  winsome partner push",
      [](CLI::App& command, PushFlags& flags) {
        declare_partner(command, flags, false);
        command.add_flag("--propagate", flags.propagate, "Have them hand it on to their partners");
      },
      push);
  add_partner_command(partners, session, "pause", "Neither pull from a partner nor push to it",
                      "Stays so until the configuration says something else, or a restart.\n"
                      "Example:\n  winsome partner pause east",
                      true, [](const Session& running, const PartnerFlags& flags) {
                        return set_paused(running, flags, true);
                      });
  add_partner_command(partners, session, "resume", "Go on with a partner that is paused",
                      "Example:\n  winsome partner resume east", true,
                      [](const Session& running, const PartnerFlags& flags) {
                        return set_paused(running, flags, false);
                      });
  add_command<NoFlags>(app, session, "replicate", "Pull from all partners, then push to all",
                       "Returns when all of it is done; waits an hour at most for each.\n"
                       "Example:\n  winsome replicate",
                       declare_nothing, replicate);
}

}  // namespace winsome::cli
