#include <fmt/format.h>

#include "tools/winsome/answers.h"
#include "tools/winsome/arguments.h"
#include "tools/winsome/command.h"
#include "tools/winsome/nbns_flags.h"

namespace winsome::cli {
namespace {

struct QueryFlags {
  std::string name;
  std::string server = "@127.0.0.1";
  bool recursion_desired = true;
  NbnsFlags nbns;
};

Failure unexpected_answer(const nbns::Message& answer) {
  return {ExitCode::failure,
          fmt::format("the answer is not one to this question: {}", nbns::to_text(answer))};
}

Result<void, Failure> query(const Session& session, const QueryFlags& flags) {
  const auto name = name_argument(flags.name, flags.nbns.as_typed);
  if (!name) return usage(name.error());
  if (!flags.server.starts_with('@')) {
    return usage(fmt::format("'{}': a name server is written @SERVER", flags.server));
  }
  auto client = open_client(flags.server.substr(1), flags.nbns);
  if (!client) return fail(client.error());
  nbns::QueryRequest request;
  request.id = NbnsClient::new_id();
  request.recursion_desired = flags.recursion_desired;
  request.name = *name;
  const auto answer = client->ask(request);
  if (!answer) return fail(answer.error());
  if (const auto* positive = std::get_if<nbns::QueryResponse>(&*answer)) {
    print(show(*positive, session.style));
    return {};
  }
  if (const auto* negative = std::get_if<nbns::NegativeQueryResponse>(&*answer)) {
    if (negative->rcode == nbns::Rcode::nam_err) {
      return fail(Failure{
          ExitCode::not_found,
          fmt::format("{} is not registered at {}", nbns::to_text(*name), flags.server.substr(1))});
    }
    return fail(Failure{ExitCode::failure, explain(negative->rcode)});
  }
  if (const auto* redirect = std::get_if<nbns::RedirectResponse>(&*answer)) {
    return fail(Failure{ExitCode::failure, fmt::format("the server does not know; ask @{} instead",
                                                       to_text(redirect->server_address))});
  }
  return fail(unexpected_answer(*answer));
}

struct NodeFlags {
  std::string node;
  std::string name = "*";
  NbnsFlags nbns;
};

Result<void, Failure> node(const Session& session, const NodeFlags& flags) {
  const auto name = name_argument(flags.name, flags.nbns.as_typed);
  if (!name) return usage(name.error());
  const auto address = flags.node.starts_with('@') ? flags.node.substr(1) : flags.node;
  auto client = open_client(address, flags.nbns);
  if (!client) return fail(client.error());
  nbns::QueryRequest request;
  request.id = NbnsClient::new_id();
  request.node_status = true;
  request.recursion_desired = false;
  request.name = *name;
  const auto answer = client->ask(request);
  if (!answer) return fail(answer.error());
  const auto* status = std::get_if<nbns::NodeStatusResponse>(&*answer);
  if (status == nullptr) return fail(unexpected_answer(*answer));
  print(show(*status, session.style));
  return {};
}

}  // namespace

void add_query_commands(CLI::App& app, Session& session) {
  add_command<QueryFlags>(
      app, session, "query", "Ask a name server for a name",
      "Without a suffix the file server's name is asked for, <20>.\n"
      "Examples:\n  winsome query FILESRV @192.0.2.10\n  winsome query 'CORP<1C>' @wins.example",
      [](CLI::App& command, QueryFlags& flags) {
        command.add_option("NAME", flags.name, "The name")->required()->type_name("");
        command.add_option("@SERVER", flags.server, "The name server")
            ->type_name("")
            ->capture_default_str();
        command.add_flag("!--no-recursion", flags.recursion_desired,
                         "Ask as one node asks another: only for the server's own names");
        declare(command, flags.nbns);
      },
      query);
  add_command<NodeFlags>(
      app, session, "node", "Ask a node for all of its names",
      "Examples:\n  winsome node 192.0.2.1\n  winsome node 192.0.2.1 --json",
      [](CLI::App& command, NodeFlags& flags) {
        command.add_option("ADDRESS", flags.node, "The node")->required()->type_name("");
        command.add_option("--name", flags.name, "Ask under this name")
            ->type_name("NAME")
            ->capture_default_str();
        declare(command, flags.nbns);
      },
      node);
}

}  // namespace winsome::cli
