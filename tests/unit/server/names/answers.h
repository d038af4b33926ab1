#pragma once

#include <memory>
#include <string>

#include "server/names/responder.h"
#include "tests/unit/server/names/fixture.h"

namespace winsome::names {

/// A server, its index and one answer thread: what a client that asks meets.
struct Answers {
  explicit Answers(const Options& the_options = options(),
                   std::initializer_list<Record> records = {})
      : server(the_options, records),
        responder(index, server.engine.pending_ids(), *limits, 5),
        responder_options(the_options) {
    server.engine.publish_all([this](Publication&& one) { index.publish(std::move(one)); });
    responder.reader().quiescent();
  }

  /// Steps, and publishes as the daemon does.
  Actions step(std::vector<Input> inputs = {}) {
    auto actions = server.step(std::move(inputs));
    index.publish(actions.publications);
    return actions;
  }

  Responder::Outcome respond(Octets datagram, Ipv4 source = alice) {
    responder.reader().quiescent();
    return responder.respond(datagram, {.remote = {source, 137}, .local = us, .socket = 0},
                             responder_options, server.now, out);
  }
  Responder::Outcome respond(const nbns::Message& message, Ipv4 source = alice) {
    std::array<std::uint8_t, nbns::payload_length_max> octets{};
    return respond(nbns::encode(message, octets), source);
  }

  /// The answer to a message; none: silence.
  std::optional<nbns::Message> ask(const nbns::Message& message, Ipv4 source = alice) {
    const auto outcome = respond(message, source);
    const auto* reply = std::get_if<Responder::Reply>(&outcome);
    if (!reply) return {};
    auto decoded = nbns::decode(Octets(out).first(reply->length));
    EXPECT_TRUE(decoded);
    return decoded ? std::optional(*decoded) : std::nullopt;
  }
  std::optional<nbns::QueryResponse> query(const nbns::ScopedName& what, bool recursion = true) {
    const auto answer =
        ask(nbns::QueryRequest{.id = 0x1235, .recursion_desired = recursion, .name = what});
    const auto* positive = answer ? std::get_if<nbns::QueryResponse>(&*answer) : nullptr;
    if (positive) return *positive;
    EXPECT_TRUE(answer && std::holds_alternative<nbns::NegativeQueryResponse>(*answer));
    return {};
  }

  /// The addresses that a query finds; none: a negative answer.
  std::vector<Ipv4> find(std::string_view text) { return find(name(text)); }
  std::vector<Ipv4> find(const nbns::ScopedName& what) {
    std::vector<Ipv4> found;
    if (const auto answer = query(what)) {
      for (const auto& entry : answer->entries) found.push_back(entry.address);
    }
    return found;
  }

  [[nodiscard]] std::uint64_t drops(Drop why) const {
    return responder.counters().drops[static_cast<std::size_t>(why)];
  }

  Server server;
  AnswerIndex index;
  std::unique_ptr<SourceLimits> limits = std::make_unique<SourceLimits>();
  Responder responder;
  ResponderOptions responder_options;
  std::array<std::uint8_t, nbns::payload_length_max> out{};
};

}  // namespace winsome::names
