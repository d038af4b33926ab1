#include "tests/sim/wires.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "server/dhcp/option_table.h"

namespace winsome::sim {

void Wires::plug(Wire wire, const dhcp::HardwareAddress& hardware, const std::string& who,
                 Receiver receiver) {
  plugs_.insert_or_assign({wire, hardware}, Plug{who, std::move(receiver)});
}

void Wires::unplug(Wire wire, const dhcp::HardwareAddress& hardware) {
  plugs_.erase({wire, hardware});
}

void Wires::bind(Ipv4 address, Receiver receiver, const void* whose) {
  hosts_.insert_or_assign(address, Holder{std::move(receiver), whose});
}

void Wires::unbind(Ipv4 address, const void* whose) {
  const auto found = hosts_.find(address);
  if (found != hosts_.end() && found->second.whose == whose) hosts_.erase(found);
}

void Wires::later(const std::function<void()>& deliver, const Frame& frame) {
  if (world_.chance(weather.loss)) return note(frame, " (lost)");
  note(frame, "");
  const int copies = world_.chance(weather.duplication) ? 2 : 1;
  for (int i = 0; i < copies; ++i)
    world_.after(world_.between(weather.delay_least, weather.delay_most), deliver);
}

void Wires::send(Wire wire, const Frame& frame) {
  later(
      [this, wire, frame] {
        std::vector<Receiver> receivers;
        for (const auto& [key, plug] : plugs_) {
          if (key.first != wire || key.second == frame.from) continue;
          if (frame.to.length == 0 || frame.to == key.second) receivers.push_back(plug.receiver);
        }
        for (const auto& receiver : receivers) receiver(frame);  // they may unplug themselves
      },
      frame);
}

void Wires::route(const Frame& frame) {
  later(
      [this, frame] {
        const auto found = hosts_.find(frame.destination.address);
        if (found == hosts_.end()) return;
        const auto receiver = found->second.receiver;
        receiver(frame);
      },
      frame);
}

void Wires::note(const Frame& frame, const std::string& fate) {
  if (!world_.keeps_trace()) return;
  const auto message = dhcp::decode(frame.octets);
  world_.note(to_text(frame.source.address),
              "-> " + to_text(frame.destination.address) + "  " +
                  (message ? summary(*message) : std::string("malformed")) + fate);
}

std::string summary(const dhcp::Message& message) {
  auto text = fmt::format("{} {}", dhcp::to_text(message.type), dhcp::to_text(message.hardware));
  const auto add = [&](const char* what, Ipv4 address) {
    if (!address.unspecified()) text += fmt::format(" {} {}", what, to_text(address));
  };
  add("ciaddr", message.ciaddr);
  add("yiaddr", message.yiaddr);
  add("giaddr", message.giaddr);
  add("wants", message.options.address(dhcp::option::requested_address).value_or(Ipv4()));
  add("server", message.options.address(dhcp::option::server_identifier).value_or(Ipv4()));
  if (const auto lease = message.options.u32(dhcp::option::lease_time))
    text += fmt::format(" for {} s", *lease);
  return text;
}

Relay::Relay(Wires& wires, Wire wire, Ipv4 address, std::vector<Ipv4> servers, std::string circuit)
    : wires_(wires),
      wire_(wire),
      address_(address),
      servers_(std::move(servers)),
      circuit_(std::move(circuit)) {
  hardware_.length = 6;
  hardware_.octets = {0x0e, 0, 0, 0, 0, static_cast<std::uint8_t>(wire)};
  wires_.plug(wire_, hardware_, "relay", [this](const Frame& frame) { hear(frame); });
  wires_.bind(address_, [this](const Frame& frame) { answer(frame); }, this);
}

Relay::~Relay() {
  wires_.unplug(wire_, hardware_);
  wires_.unbind(address_, this);
}

void Relay::hear(const Frame& frame) {
  auto message = dhcp::decode(frame.octets);
  if (!message || message->op != dhcp::Op::request || !message->giaddr.unspecified()) return;
  if (frame.to.length != 0) return;
  ++message->hops;
  message->giaddr = address_;
  if (!circuit_.empty()) {
    std::vector<std::uint8_t> information = {dhcp::relay::circuit_id,
                                             static_cast<std::uint8_t>(circuit_.size())};
    information.insert(information.end(), circuit_.begin(), circuit_.end());
    message->options.put(dhcp::option::relay_agent_information, information);
  }
  for (const auto server : servers_) {
    wires_.route({.from = hardware_,
                  .to = {},
                  .source = {address_, dhcp::server_port},
                  .destination = {server, dhcp::server_port},
                  .octets = dhcp::encode(*message, dhcp::message_size_max).octets});
  }
}

void Relay::answer(const Frame& frame) {
  auto message = dhcp::decode(frame.octets);
  if (!message || message->op != dhcp::Op::reply) return;
  message->options.erase(dhcp::option::relay_agent_information);
  const bool everybody = message->broadcast || message->yiaddr.unspecified();
  wires_.send(wire_, {.from = hardware_,
                      .to = everybody ? dhcp::HardwareAddress() : message->hardware,
                      .source = {address_, dhcp::server_port},
                      .destination = {everybody ? Ipv4(255, 255, 255, 255) : message->yiaddr,
                                      dhcp::client_port},
                      .octets = dhcp::encode(*message, dhcp::message_size_max).octets});
}

}  // namespace winsome::sim
