#include "tests/sim/station.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/dhcp/option_table.h"

namespace winsome::sim {

using dhcp::MessageType;

namespace {

constexpr milliseconds first_pause{4000};  // RFC 2131 4.1
constexpr milliseconds longest_pause{64'000};
constexpr int reboot_tries = 3;
constexpr Ipv4 everybody{255, 255, 255, 255};

}  // namespace

Station::Station(World& world, Wires& wires, std::string who, dhcp::HardwareAddress hardware)
    : world_(world), wires_(wires), who_(std::move(who)), hardware_(hardware) {}

Station::~Station() {
  if (plugged_) wires_.unplug(wire_, hardware_);
  wires_.unbind(address_, this);
}

dhcp::ClientId Station::client() const {
  return client_id_.empty() ? dhcp::ClientId::of(hardware_)
                            : dhcp::ClientId::of(Octets(client_id_));
}

void Station::plug_into(Wire wire) {
  if (plugged_) wires_.unplug(wire_, hardware_);
  wire_ = wire;
  plugged_ = true;
  wires_.plug(wire, hardware_, who_, [this](const Frame& frame) { hear(frame); });
}

dhcp::Message Station::message(MessageType type) const {
  dhcp::Message message;
  message.type = type;
  message.hardware = hardware_;
  message.xid = xid_;
  const auto since = std::chrono::floor<seconds>(world_.now() - began_).count();
  message.secs = static_cast<std::uint16_t>(std::clamp<std::int64_t>(since, 0, 0xffff));
  if (!client_id_.empty()) message.options.put(dhcp::option::client_identifier, client_id_);
  if (!host_name_.empty()) message.options.put_text(dhcp::option::host_name, host_name_);
  constexpr std::array<std::uint8_t, 6> wanted = {
      dhcp::option::subnet_mask,          dhcp::option::routers,
      dhcp::option::netbios_name_servers, dhcp::option::netbios_node_type,
      dhcp::option::renewal_time,         dhcp::option::rebinding_time};
  message.options.put(dhcp::option::parameter_request_list, wanted);
  return message;
}

void Station::boot() {
  if (state_ != State::off) return;
  bootp_ = false;
  start();
}

void Station::start() {
  xid_ = static_cast<std::uint32_t>(world_.random().next());
  began_ = world_.now();
  tries_ = 0;
  state_ = former_.unspecified() ? State::selecting : State::rebooting;
  transmit();
}

/// Sends what the state asks for, and again after a pause that doubles.
void Station::transmit() {
  ++turn_;
  if (tries_ == 0) asked_ = world_.now();
  switch (state_) {
    case State::selecting: send(message(MessageType::discover), everybody); break;
    case State::requesting: {
      auto request = message(MessageType::request);
      request.options.put_address(dhcp::option::requested_address, offered_);
      request.options.put_address(dhcp::option::server_identifier, server_);
      if (tries_ >= reboot_tries) {
        state_ = State::selecting;
        tries_ = 0;
        return transmit();
      }
      send(request, everybody);
      break;
    }
    case State::rebooting: {
      if (tries_ >= reboot_tries) {
        former_ = Ipv4();
        return start();
      }
      auto request = message(MessageType::request);
      request.options.put_address(dhcp::option::requested_address, former_);
      send(request, everybody);
      break;
    }
    case State::renewing:
    case State::rebinding: {
      auto request = message(MessageType::request);
      request.ciaddr = address_;
      send(request, state_ == State::renewing ? server_ : everybody);
      ++tries_;
      return;  // T2 and the end have timers of their own
    }
    case State::off:
    case State::bound: return;
  }
  const auto pause = std::min(first_pause * (1 << std::min(tries_, 4)), longest_pause);
  ++tries_;
  again_after(pause + world_.between(milliseconds(0), milliseconds(1000)));
}

void Station::again_after(milliseconds pause) {
  world_.after(pause, [this, turn = turn_] {
    if (turn == turn_) transmit();
  });
}

void Station::send(const dhcp::Message& message, Ipv4 server) {
  const bool by_broadcast = server == everybody;
  Frame frame{.from = hardware_,
              .to = {},
              .source = {message.ciaddr, dhcp::client_port},
              .destination = {server, dhcp::server_port},
              .octets = dhcp::encode(message, dhcp::message_size_default).octets};
  const int copies = conduct_ == Conduct::hasty ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    if (by_broadcast) {
      wires_.send(wire_, frame);
    } else {
      wires_.route(frame);
    }
  }
}

void Station::hear(const Frame& frame) {
  if (state_ == State::off || frame.destination.port != dhcp::client_port) return;
  const auto answer = dhcp::decode(frame.octets);
  if (!answer || answer->op != dhcp::Op::reply || answer->xid != xid_ ||
      answer->hardware != hardware_)
    return;
  last_answer_ = *answer;
  if (bootp_) {
    if (answer->type == MessageType::none && state_ == State::selecting) take(*answer);
    return;
  }
  switch (answer->type) {
    case MessageType::offer:
      if (state_ == State::selecting) choose(*answer);
      return;
    case MessageType::ack:
      if (state_ != State::selecting && state_ != State::bound) take(*answer);
      return;
    case MessageType::nak:
      if (state_ == State::selecting || state_ == State::bound) return;
      ++naks_;
      give_up_address();
      former_ = Ipv4();
      return start();
    default: return;
  }
}

void Station::choose(const dhcp::Message& offer) {
  offered_ = offer.yiaddr;
  server_ = offer.options.address(dhcp::option::server_identifier).value_or(Ipv4());
  state_ = State::requesting;
  tries_ = 0;
  transmit();
}

void Station::take(const dhcp::Message& ack) {
  ++turn_;
  if (address_ != ack.yiaddr) give_up_address();
  address_ = former_ = ack.yiaddr;
  server_ = ack.options.address(dhcp::option::server_identifier).value_or(ack.siaddr);
  state_ = State::bound;
  wires_.bind(address_, [this](const Frame& frame) { hear(frame); }, this);
  if (heard_) heard_(*this, address_);
  const auto lease = ack.options.u32(dhcp::option::lease_time).value_or(0xffff'ffff);
  ends_ = never;
  if (lease == 0xffff'ffff) return;
  // RFC 2131 4.4.1: counted from when it was first asked for, so that the server never ends it
  // first.
  ends_ = asked_ + seconds(lease);
  const auto t1 = ack.options.u32(dhcp::option::renewal_time).value_or(lease / 2);
  const auto t2 = ack.options.u32(dhcp::option::rebinding_time).value_or(lease / 8 * 7);
  rebinds_ = asked_ + seconds(t2);
  if (conduct_ != Conduct::forgetful) {
    at(asked_ + seconds(t1), &Station::renew);
  }
  at(ends_, &Station::expire);
}

/// Unless it has another lease by then.
void Station::at(Instant when, void (Station::*what)()) {
  world_.at(when, [this, what, address = address_, ends = ends_] {
    if (address == address_ && ends == ends_ && state_ != State::off) (this->*what)();
  });
}

void Station::renew() {
  if (world_.now() >= ends_) return;
  if (world_.now() >= rebinds_) return rebind();
  if (state_ == State::bound) {
    xid_ = static_cast<std::uint32_t>(world_.random().next());
    began_ = world_.now();
    tries_ = 0;
  }
  state_ = State::renewing;
  transmit();
  // RFC 2131 4.4.5: half of what is left, at least a minute; short leases need less.
  const auto left = rebinds_ - world_.now();
  const auto pause = std::max(left / 2, std::min(milliseconds(60'000), left));
  at(world_.now() + std::max(pause, milliseconds(200)), &Station::renew);
}

void Station::rebind() {
  if (world_.now() >= ends_ || state_ == State::off) return;
  state_ = State::rebinding;
  transmit();
  const auto left = ends_ - world_.now();
  const auto pause = std::max(left / 2, std::min(milliseconds(60'000), left));
  at(world_.now() + std::max(pause, milliseconds(200)), &Station::rebind);
}

void Station::expire() {
  if (world_.now() < ends_) return;
  if (conduct_ == Conduct::squatter) {
    state_ = State::off;  // says nothing any more
    ++turn_;
    return;
  }
  give_up_address();
  former_ = Ipv4();
  start();
}

void Station::give_up_address() {
  ++turn_;
  if (address_.unspecified()) return;
  wires_.unbind(address_, this);
  address_ = Ipv4();
  ends_ = {};
  if (heard_) heard_(*this, std::nullopt);
}

void Station::power_off() {
  give_up_address();
  state_ = State::off;
}

void Station::release() {
  if (state_ != State::bound || bootp_) return;
  auto message = this->message(MessageType::release);
  message.options.erase(dhcp::option::parameter_request_list);
  message.ciaddr = address_;
  message.options.put_address(dhcp::option::server_identifier, server_);
  const auto server = server_;
  give_up_address();
  state_ = State::off;
  send(message, server);
}

void Station::decline() {
  if (state_ != State::bound || bootp_) return;
  auto message = this->message(MessageType::decline);
  message.options.put_address(dhcp::option::requested_address, address_);
  message.options.put_address(dhcp::option::server_identifier, server_);
  give_up_address();
  former_ = Ipv4();
  state_ = State::off;
  send(message, everybody);
}

void Station::lie(MessageType type, Ipv4 address, Ipv4 server) {
  auto message = this->message(type);
  message.xid = static_cast<std::uint32_t>(world_.random().next());
  message.options.put_address(dhcp::option::server_identifier, server);
  if (type == MessageType::decline) {
    message.options.put_address(dhcp::option::requested_address, address);
  } else {
    message.ciaddr = address;
  }
  send(message, type == MessageType::decline ? everybody : server);
}

void Station::inform() {
  if (state_ != State::bound) return;
  auto message = this->message(MessageType::inform);
  message.ciaddr = address_;
  send(message, everybody);
}

void Station::ask_bootp() {
  if (state_ != State::off) return;
  bootp_ = true;
  xid_ = static_cast<std::uint32_t>(world_.random().next());
  began_ = world_.now();
  state_ = State::selecting;
  ++turn_;
  auto request = message(MessageType::none);
  request.options = {};
  send(request, everybody);
  world_.after(seconds(10), [this, turn = turn_] {
    if (turn == turn_ && state_ == State::selecting) state_ = State::off;
  });
}

}  // namespace winsome::sim
