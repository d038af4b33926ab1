#include <fmt/format.h>

#include "tools/winsome/answers.h"
#include "tools/winsome/arguments.h"
#include "tools/winsome/command.h"
#include "tools/winsome/json.h"
#include "tools/winsome/nbns_flags.h"

namespace winsome::cli {
namespace {

enum class Verb : std::uint8_t { enter, refresh, release };

struct RegisterFlags {
  std::string name;
  std::vector<std::string> targets;
  bool group = false;
  bool multihomed = false;
  std::uint32_t ttl = 300'000;  // what Windows asks for (fact base A8)
  std::string node = "h";
  NbnsFlags nbns;
};

/// A request for each address, as the protocol has it; they differ only there.
struct Claim {
  Verb verb;
  nbns::NameRequest request;
  std::vector<Ipv4> addresses;
};

nbns::Opcode opcode_of(Verb verb, bool multihomed) {
  switch (verb) {
    case Verb::enter:
      return multihomed ? nbns::Opcode::multihomed_registration : nbns::Opcode::registration;
    case Verb::refresh: return nbns::Opcode::refresh;
    case Verb::release: return nbns::Opcode::release;
  }
  return nbns::Opcode::registration;
}

std::string_view done_text(Verb verb) {
  switch (verb) {
    case Verb::enter: return "registered";
    case Verb::refresh: return "refreshed";
    case Verb::release: return "released";
  }
  return "?";
}

Result<Claim, Failure> claim_of(Verb verb, const RegisterFlags& flags, const Targets& targets) {
  auto name = name_argument(flags.name, flags.nbns.as_typed);
  if (!name) return usage(name.error());
  const auto node = node_argument(flags.node);
  if (!node) return usage(fmt::format("--node: '{}' is none of b, p, m, h", flags.node));
  if (flags.group && flags.multihomed) return usage("a group cannot be multihomed");
  const bool multihomed = !flags.group && (flags.multihomed || targets.addresses.size() > 1);
  Claim claim{verb, {}, targets.addresses};
  claim.request.opcode = opcode_of(verb, multihomed);
  claim.request.recursion_desired = verb != Verb::refresh;  // fact base A4
  claim.request.name = std::move(*name);
  claim.request.ttl = verb == Verb::release ? 0 : flags.ttl;
  claim.request.entry.group = flags.group;
  claim.request.entry.node = *node;
  return claim;
}

/// Fact base B3: <1C> and <1E> are for groups.
bool group_missing(const nbns::NameRequest& request) {
  const auto suffix = request.name.name.suffix();
  return !request.entry.group && (suffix == 0x1c || suffix == 0x1e);
}

void print_done(const Session& session, const Claim& claim, const nbns::NameResponse& answer) {
  const auto name = nbns::to_text(claim.request.name);
  const auto address = to_text(claim.request.entry.address);
  if (session.style.json) {
    JsonObject object;
    object.text("name", name).text("address", address).text("outcome", done_text(claim.verb));
    if (claim.verb != Verb::release) object.number("ttl", answer.ttl);
    print(object.str() + '\n');
  } else if (claim.verb == Verb::release) {
    print(fmt::format("{} {}: released\n", name, address));
  } else {
    print(fmt::format("{} {}: {}, for {} s\n", name, address, done_text(claim.verb), answer.ttl));
  }
}

Result<void, Failure> send_one(const Session& session, NbnsClient& client, Claim& claim,
                               Ipv4 address) {
  claim.request.id = NbnsClient::new_id();
  claim.request.entry.address = address;
  const auto name = nbns::to_text(claim.request.name);
  const auto answer = client.ask(claim.request, [&](const nbns::Wack& wack) {
    complain(
        fmt::format("{}: the server asks us to wait {} s while it challenges the present owner",
                    name, wack.ttl));
  });
  if (!answer) return fail(answer.error());
  const auto* response = std::get_if<nbns::NameResponse>(&*answer);
  const auto failure = [&](const std::string& why) {
    return fail(Failure{
        ExitCode::failure,
        fmt::format("{} {} is not {}: {}", name, to_text(address), done_text(claim.verb), why)});
  };
  if (response == nullptr) {
    return failure("the answer is not one to this request: " + nbns::to_text(*answer));
  }
  if (response->rcode == nbns::Rcode::nam_err) {
    return fail(
        Failure{ExitCode::not_found, fmt::format("{}: {}", name, explain(response->rcode))});
  }
  if (response->rcode == nbns::Rcode::rfs_err && group_missing(claim.request)) {
    return failure("only a group may have this suffix; add --group");
  }
  if (response->rcode != nbns::Rcode::ok) return failure(explain(response->rcode));
  if (claim.verb != Verb::release && !response->recursion_available) {
    return failure(fmt::format("the server leaves it to us to challenge the owner, {}",
                               to_text(response->entry.address)));
  }
  print_done(session, claim, *response);
  if (claim.verb == Verb::release && client.local_address() != address) {
    complain(
        fmt::format("a WINS server heeds a release only if it comes from {}; this came from "
                    "{}, so the name may still be there",
                    to_text(address), to_text(client.local_address())));
  }
  return {};
}

Result<void, Failure> send_all(const Session& session, Verb verb, const RegisterFlags& flags) {
  const auto targets = targets_argument(flags.targets);
  if (!targets) return usage(targets.error());
  auto claim = claim_of(verb, flags, *targets);
  if (!claim) return fail(claim.error());
  auto client = open_client(targets->server, flags.nbns);
  if (!client) return fail(client.error());
  if (claim->addresses.empty()) claim->addresses.push_back(client->local_address());
  for (const auto address : claim->addresses) {
    if (auto sent = send_one(session, *client, *claim, address); !sent) return sent;
  }
  return {};
}

void add(CLI::App& app, Session& session, Verb verb, const char* word, const char* purpose,
         const char* examples) {
  add_command<RegisterFlags>(
      app, session, word, purpose, examples,
      [verb](CLI::App& command, RegisterFlags& flags) {
        command.add_option("NAME", flags.name, "The name; <20> unless it has a suffix")
            ->required()
            ->type_name("");
        command
            .add_option("ADDRESS", flags.targets,
                        "Addresses, and @SERVER (default: ours, and @127.0.0.1)")
            ->type_name("...");
        command.add_flag("--group", flags.group, "A group name");
        if (verb == Verb::enter) {
          command.add_flag("--multihomed", flags.multihomed,
                           "One of several addresses of a host; implied by several");
        }
        if (verb != Verb::release) {
          command.add_option("--ttl", flags.ttl, "Seconds to ask for")
              ->type_name("SECONDS")
              ->capture_default_str();
        }
        command.add_option("--node", flags.node, "Node type: b, p, m or h")
            ->type_name("TYPE")
            ->capture_default_str();
        declare(command, flags.nbns);
      },
      [verb](const Session& running, const RegisterFlags& flags) {
        return send_all(running, verb, flags);
      });
}

}  // namespace

void add_register_commands(CLI::App& app, Session& session) {
  add(app, session, Verb::enter, "register", "Register a name, as a client does",
      "Examples:\n  winsome register FILESRV 192.0.2.1 @192.0.2.10\n"
      "  winsome register 'CORP<1C>' 192.0.2.1 --group\n"
      "  winsome register GATE 192.0.2.1 198.51.100.1");
  add(app, session, Verb::refresh, "refresh", "Refresh a name, as a client does",
      "Example:\n  winsome refresh FILESRV 192.0.2.1 @192.0.2.10");
  add(app, session, Verb::release, "release", "Release a name, as a client does",
      "A server heeds a release only if it comes from an address of the name: see --from.\n"
      "Example:\n  winsome release FILESRV 192.0.2.1 @192.0.2.10");
}

}  // namespace winsome::cli
