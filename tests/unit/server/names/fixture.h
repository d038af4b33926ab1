#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/names/name_server.h"

/// What the tests of this folder share: a server whose every step is committed at once, and short
/// ways to say a request.
namespace winsome::names {

inline constexpr Ipv4 us{192, 0, 2, 1};
inline constexpr Ipv4 partner{192, 0, 2, 2};
inline constexpr Ipv4 alice{10, 0, 0, 1};
inline constexpr Ipv4 bob{10, 0, 0, 2};
inline constexpr Ipv4 carol{10, 0, 0, 3};
inline constexpr Instant start{std::chrono::days(10'000)};

inline nbns::ScopedName name(std::string_view text) {
  return nbns::parse_name(text, 0x00, false).value();
}

inline Options options() {
  Options options;
  options.owner = us;
  options.computer_name = "WINSOME";
  return options;
}

/// The parts of a request that most tests leave as they are.
struct How {
  nbns::Opcode opcode = nbns::Opcode::registration;
  bool group = false;
  Ipv4 source{};  // unspecified: the address that is registered
  std::uint16_t id = 0x1234;
  nbns::NodeType node = nbns::NodeType::h;
  std::uint16_t port = 137;
};

inline constexpr How group{.group = true};
inline constexpr How multihomed{.opcode = nbns::Opcode::multihomed_registration};
inline constexpr How refresh{.opcode = nbns::Opcode::refresh};
inline constexpr How group_refresh{.opcode = nbns::Opcode::refresh, .group = true};

inline Input request(const nbns::ScopedName& the_name, Ipv4 address, How how = {}) {
  const auto source = how.source.unspecified() ? address : how.source;
  return ClientRequest{
      .path = {.remote = {source, how.port}, .local = us, .socket = 3},
      .request = {.id = how.id,
                  .opcode = how.opcode,
                  .name = the_name,
                  .ttl = 300'000,
                  .entry = {.group = how.group, .node = how.node, .address = address}}};
}
inline Input request(std::string_view text, Ipv4 address, How how = {}) {
  return request(name(text), address, how);
}

/// A record as the store or a partner would bring it.
struct Stored {
  RecordType type = RecordType::unique;
  State state = State::active;
  bool is_static = false;
  Ipv4 owner = us;
  std::uint64_t version = 7;
  std::vector<Ipv4> addresses = {alice};
  Instant due = start + std::chrono::days(2);
  nbns::NodeType node = nbns::NodeType::h;
};

inline Record record(std::string_view text, const Stored& stored = {}) {
  Record record{.name = name(text),
                .type = stored.type,
                .state = stored.state,
                .node = stored.node,
                .is_static = stored.is_static,
                .owner = stored.owner,
                .version = stored.version,
                .due = stored.due,
                .members = {}};
  for (const auto address : stored.addresses)
    record.members.push_back({address, stored.owner, stored.due});
  return record;
}

inline std::vector<Ipv4> addresses(const Record& record) {
  std::vector<Ipv4> list;
  for (const auto& member : record.members) list.push_back(member.address);
  return list;
}

inline bool holds(const Record& record, Ipv4 address) {
  return std::ranges::find(record.members, address, &Member::address) != record.members.end();
}

/// The messages of one kind among what a step sends.
template <class M>
std::vector<M> sent(const Actions& actions) {
  std::vector<M> found;
  for (const auto& send : actions.sends) {
    if (const auto* message = std::get_if<M>(&send.message)) found.push_back(*message);
  }
  return found;
}

/// The code of the only answer to a registration, refresh or release; none: nobody was answered.
inline std::optional<nbns::Rcode> rcode(const Actions& actions) {
  const auto answers = sent<nbns::NameResponse>(actions);
  EXPECT_LE(answers.size(), 1U);
  if (answers.empty()) return {};
  return answers.front().rcode;
}

inline constexpr std::optional<nbns::Rcode> silence{};

/// A name server and its clock.
struct Server {
  explicit Server(const Options& the_options = options(),
                  std::initializer_list<Record> records = {}, std::uint64_t version = 100)
      : engine(the_options, 42, start) {
    for (auto one : records) engine.load(std::move(one));
    engine.load_version(version);
  }

  Actions step(std::vector<Input> inputs = {}, std::size_t waiting = 0) {
    auto actions = engine.step(inputs, waiting, now);
    engine.committed();
    return actions;
  }

  std::optional<nbns::Rcode> ask(std::string_view text, Ipv4 address, How how = {}) {
    return rcode(step({request(text, address, how)}));
  }
  std::optional<nbns::Rcode> release(std::string_view text, Ipv4 address, How how = {}) {
    how.opcode = nbns::Opcode::release;
    return ask(text, address, how);
  }
  CommandResult command(Command command) {
    auto actions = step({CommandRequest{.ticket = 9, .command = std::move(command)}});
    EXPECT_EQ(actions.replies.size(), 1U);
    EXPECT_EQ(actions.replies.front().ticket, 9U);
    return std::move(actions.replies.front().result);
  }

  /// The record of this name, or an empty one with version 0.
  [[nodiscard]] Record at(std::string_view text) const {
    const auto* found = engine.find(name(text).view());
    return found ? *found : Record{};
  }
  [[nodiscard]] bool knows(std::string_view text) const {
    return engine.find(name(text).view()) != nullptr;
  }
  [[nodiscard]] std::uint64_t drops(Drop why) const {
    return engine.statistics().drops[static_cast<std::size_t>(why)];
  }

  /// Runs every step that is due until then.
  void run_for(milliseconds time) {
    const auto end = now + time;
    auto wake_at = now;
    while (wake_at <= end) {
      now = wake_at;
      wake_at = std::max(step().wake_at, now + milliseconds(1));
    }
    now = end;
  }

  NameServer engine;
  Instant now = start;
};

}  // namespace winsome::names
