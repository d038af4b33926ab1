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

#include "server/dhcp/octet_text.h"
#include "server/dhcp/option_table.h"
#include "server/leases/lease_server.h"

/// What the tests of the lease engine share: one scope, short ways to say what a client says, and a
/// server whose every step is committed at once.
namespace winsome::dhcp {

inline constexpr Ipv4 us{192, 0, 2, 1};
inline constexpr Ipv4 other_server{192, 0, 2, 2};
inline constexpr Ipv4 relay_agent{198, 51, 100, 1};
inline constexpr Instant start{std::chrono::days(10'000)};

inline Ipv4 at(std::uint8_t last) {
  return {192, 0, 2, last};
}
/// On the wire behind the relay agent.
inline Ipv4 far(std::uint8_t last) {
  return {198, 51, 100, last};
}

inline Scope near_scope() {
  Scope scope;
  scope.name = "near";
  scope.subnet = Ipv4Prefix({192, 0, 2, 0}, 24);
  scope.pools = {{.range = {at(100), at(199)}, .classes = {}}};
  return scope;
}
inline Scope far_scope() {
  Scope scope;
  scope.name = "far";
  scope.subnet = Ipv4Prefix({198, 51, 100, 0}, 24);
  scope.pools = {{.range = {far(100), far(199)}, .classes = {}}};
  return scope;
}
inline Configuration one_scope() {
  Configuration configuration;
  configuration.enabled = true;
  configuration.probing.enabled = false;
  configuration.parameters.lease = std::chrono::hours(1);
  configuration.scopes = {near_scope()};
  return configuration;
}
inline Configuration two_scopes() {
  auto configuration = one_scope();
  configuration.scopes.push_back(far_scope());
  return configuration;
}

inline HardwareAddress hardware(std::uint32_t number) {
  HardwareAddress address;
  address.length = 6;
  address.octets[0] = 2;
  for (unsigned i = 0; i < 4; ++i)
    address.octets[2 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  return address;
}

/// A client and what it puts into its messages.
struct Client {
  HardwareAddress hardware;
  std::string name{};
  Octets id{};  // option 61; empty: none
  std::string vendor{};
  std::uint16_t secs = 0;
  bool broadcast = false;
  std::vector<std::uint8_t> parameters{};  // option 55

  explicit Client(std::uint32_t number, std::string the_name = {})
      : hardware(dhcp::hardware(number)), name(std::move(the_name)) {}

  [[nodiscard]] ClientId client_id() const {
    return id.empty() ? ClientId::of(hardware) : ClientId::of(id);
  }
  [[nodiscard]] Message message(MessageType type) const {
    Message message;
    message.type = type;
    message.hardware = hardware;
    message.xid = 0x1234;
    message.secs = secs;
    message.broadcast = broadcast;
    if (!id.empty()) message.options.put(option::client_identifier, id);
    if (!name.empty()) message.options.put_text(option::host_name, name);
    if (!vendor.empty()) message.options.put_text(option::vendor_class, vendor);
    if (!parameters.empty()) message.options.put(option::parameter_request_list, parameters);
    return message;
  }
  [[nodiscard]] Message discover(Ipv4 wanted = {}) const {
    auto it = message(MessageType::discover);
    if (!wanted.unspecified()) it.options.put_address(option::requested_address, wanted);
    return it;
  }
  /// RFC 2131 table 4.
  [[nodiscard]] Message selecting(Ipv4 address, Ipv4 server = us) const {
    auto it = message(MessageType::request);
    it.options.put_address(option::requested_address, address);
    it.options.put_address(option::server_identifier, server);
    return it;
  }
  [[nodiscard]] Message rebooting(Ipv4 address) const {
    auto it = message(MessageType::request);
    it.options.put_address(option::requested_address, address);
    return it;
  }
  [[nodiscard]] Message renewing(Ipv4 address) const {
    auto it = message(MessageType::request);
    it.ciaddr = address;
    return it;
  }
  [[nodiscard]] Message releasing(Ipv4 address, Ipv4 server = us) const {
    auto it = message(MessageType::release);
    it.ciaddr = address;
    it.options.put_address(option::server_identifier, server);
    return it;
  }
  [[nodiscard]] Message declining(Ipv4 address, Ipv4 server = us) const {
    auto it = message(MessageType::decline);
    it.options.put_address(option::requested_address, address);
    it.options.put_address(option::server_identifier, server);
    return it;
  }
  [[nodiscard]] Message bootp() const { return message(MessageType::none); }
};

inline Arrival broadcast_arrival() {
  Arrival arrival;
  arrival.interface = 3;
  arrival.local = us;
  arrival.source = {Ipv4(), client_port};
  arrival.broadcast = true;
  return arrival;
}
inline Arrival unicast_arrival(const Message& message) {
  auto arrival = broadcast_arrival();
  arrival.broadcast = false;
  arrival.source = {message.ciaddr, client_port};
  arrival.frame_source = message.hardware;
  return arrival;
}
inline ClientMessage from_broadcast(Message message) {
  return {broadcast_arrival(), std::move(message)};
}
inline ClientMessage from_unicast(Message message) {
  auto arrival = unicast_arrival(message);
  return {std::move(arrival), std::move(message)};
}
inline ClientMessage from_relay(Message message, std::string_view circuit = {},
                                Ipv4 giaddr = relay_agent) {
  message.giaddr = giaddr;
  if (!circuit.empty()) {
    std::vector<std::uint8_t> value{relay::circuit_id, static_cast<std::uint8_t>(circuit.size())};
    value.insert(value.end(), circuit.begin(), circuit.end());
    message.options.put(option::relay_agent_information, value);
  }
  auto arrival = broadcast_arrival();
  arrival.broadcast = false;
  arrival.source = {giaddr, server_port};
  return {std::move(arrival), std::move(message)};
}

/// A lease server and its clock.
struct Server {
  explicit Server(const Configuration& configuration = one_scope(), Memory memory = {})
      : engine(configuration, 42) {
    engine.load(std::move(memory));
  }

  Actions step(std::vector<Input> inputs = {}) {
    engine.begin(now);
    engine.decide(inputs);
    auto actions = engine.finish();
    engine.committed();
    return actions;
  }
  /// What one message leads to.
  Actions say(ClientMessage message) {
    std::vector<Input> inputs;
    inputs.emplace_back(std::move(message));
    return step(std::move(inputs));
  }
  /// The only answer; nothing: silence.
  std::optional<Message> ask(ClientMessage message) {
    auto actions = say(std::move(message));
    EXPECT_LE(actions.sends.size(), 1U);
    if (actions.sends.empty()) return {};
    return std::move(actions.sends.front().message);
  }
  std::optional<Message> ask(Message message) { return ask(from_broadcast(std::move(message))); }

  /// DISCOVER, REQUEST; the address, unspecified where there is none.
  Ipv4 lease(const Client& client, Ipv4 wanted = {}) {
    const auto offer = ask(client.discover(wanted));
    if (!offer || offer->type != MessageType::offer) return {};
    const auto ack = ask(client.selecting(offer->yiaddr));
    if (!ack || ack->type != MessageType::ack) return {};
    return ack->yiaddr;
  }
  Ipv4 lease_far(const Client& client, std::string_view circuit = {}) {
    const auto offer = ask(from_relay(client.discover(), circuit));
    if (!offer || offer->type != MessageType::offer) return {};
    const auto ack = ask(from_relay(client.selecting(offer->yiaddr), circuit));
    if (!ack || ack->type != MessageType::ack) return {};
    return ack->yiaddr;
  }
  CommandResult command(Command command) {
    std::vector<Input> inputs;
    inputs.emplace_back(CommandRequest{.ticket = 9, .command = std::move(command)});
    auto actions = step(std::move(inputs));
    EXPECT_EQ(actions.replies.size(), 1U);
    return std::move(actions.replies.front().result);
  }

  /// The lease of this address, or an empty one.
  [[nodiscard]] Lease at(Ipv4 address) const {
    const auto* found = engine.find(address);
    return found ? *found : Lease{};
  }
  [[nodiscard]] bool has(Ipv4 address, LeaseState state = LeaseState::active) const {
    const auto* found = engine.find(address);
    return found && found->state == state;
  }
  [[nodiscard]] std::uint64_t drops(Drop why) const {
    return engine.statistics().drops[static_cast<std::size_t>(why)];
  }
  /// Every step that is due until then; what the last one did.
  Actions run_for(milliseconds time) {
    const auto end = now + time;
    auto last = step();
    while (last.wake_at <= end) {
      now = std::max(last.wake_at, now + milliseconds(1));
      last = step();
    }
    now = end;
    return last;
  }

  LeaseServer engine;
  Instant now = start;
};

inline std::vector<Event> events_of(const Actions& actions, EventKind kind) {
  std::vector<Event> found;
  std::ranges::copy_if(actions.events, std::back_inserter(found),
                       [&](const Event& event) { return event.kind == kind; });
  return found;
}

}  // namespace winsome::dhcp
