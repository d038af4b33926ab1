#include "server/services/bootstrap_responder.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>
#include <vector>

#include "server/bootstrap/address_mask.h"
#include "server/bootstrap/rarp.h"
#include "server/services/steady.h"

namespace winsome::services {
namespace {

constexpr Ipv4 everybody{255, 255, 255, 255};

bool has_on_its_network(const net::Interface& interface, Ipv4 address) {
  return std::ranges::any_of(interface.addresses, [&](const net::InterfaceAddress& one) {
    return one.network.contains(address);
  });
}

std::uint64_t seed() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

}  // namespace

Result<BootstrapSockets, std::string> BootstrapSockets::open(const bootstrap::Options& options) {
  auto interfaces = net::Interfaces::open();
  if (!interfaces) return fail(interfaces.error());
  BootstrapSockets sockets{.rarp = {}, .icmp = {}, .interfaces = std::move(*interfaces)};
  if (options.rarp) {
    auto rarp = net::PacketSocket::open(net::EtherType::rarp, {});
    if (!rarp) return fail(rarp.error());
    sockets.rarp.emplace(std::move(*rarp));
  }
  std::vector<std::uint8_t> types;
  if (options.address_mask) types.push_back(bootstrap::address_mask_request_type);
  if (options.router_discovery.enabled) types.push_back(bootstrap::router_solicitation_type);
  if (!types.empty()) {
    auto icmp = net::IcmpSocket::open(types);
    if (!icmp) return fail(icmp.error());
    sockets.icmp.emplace(std::move(*icmp));
  }
  return sockets;
}

BootstrapResponder::BootstrapResponder(BootstrapSockets sockets, bootstrap::Options options,
                                       Lookup lookup)
    : sockets_(std::move(sockets)),
      options_(std::move(options)),
      lookup_(std::move(lookup)),
      thread_([this] { run(); }) {}

BootstrapResponder::~BootstrapResponder() {
  stopping_ = true;
  stop_.signal();
  thread_.join();
}

void BootstrapResponder::run() {
  follow_interfaces();
  while (!stopping_) {
    wait();
    advertise_due();
    flush_icmp();
  }
  // RFC 1256 4.2: who ceases to be a router says so.
  for (const auto& [index, schedule] : schedules_) {
    if (const auto* interface = served(index)) advertise(*interface, seconds(0));
  }
  flush_icmp();
}

void BootstrapResponder::wait() {
  std::array<pollfd, 4> waiting{};
  waiting[0] = {.fd = stop_.fd(), .events = POLLIN, .revents = 0};
  waiting[1] = {.fd = sockets_.interfaces.fd(), .events = POLLIN, .revents = 0};
  // poll() passes over descriptors below zero.
  waiting[2] = {.fd = sockets_.rarp ? sockets_.rarp->fd() : -1, .events = POLLIN, .revents = 0};
  waiting[3] = {.fd = sockets_.icmp ? sockets_.icmp->fd() : -1, .events = POLLIN, .revents = 0};
  const auto timeout = poll_timeout(wake_at(), steady_now());
  if (::poll(waiting.data(), waiting.size(), timeout) <= 0) return;
  if (waiting[1].revents != 0 && sockets_.interfaces.refresh()) follow_interfaces();
  if (waiting[2].revents != 0) hear_rarp();
  if (waiting[3].revents != 0) hear_icmp();
}

void BootstrapResponder::follow_interfaces() {
  if (!options_.router_discovery.enabled) return;
  absl::erase_if(schedules_, [this](const auto& one) { return served(one.first) == nullptr; });
  for (const auto& interface : sockets_.interfaces.all()) {
    if (served(interface.index) == nullptr || schedules_.contains(interface.index)) continue;
    sockets_.icmp->join(bootstrap::all_routers, interface.index);
    schedules_.emplace(interface.index, bootstrap::AdvertisementSchedule(options_.router_discovery,
                                                                         seed(), steady_now()));
  }
}

const net::Interface* BootstrapResponder::served(std::uint32_t index) const {
  const auto* interface = sockets_.interfaces.find(index);
  const bool serves = interface != nullptr && interface->up && interface->hardware &&
                      !interface->addresses.empty() &&
                      net::is_chosen(options_.interfaces, interface->name);
  return serves ? interface : nullptr;
}

void BootstrapResponder::hear_rarp() {
  const auto count = in_->receive(sockets_.rarp->fd());
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto frame = net::PacketSocket::frame(*in_, i)) answer_rarp(*frame);
  }
  out_->flush(sockets_.rarp->fd());
}

void BootstrapResponder::answer_rarp(const net::Frame& frame) {
  const auto* interface = served(frame.interface);
  if (interface == nullptr) return;
  const auto question = bootstrap::decode_arp(frame.payload);
  if (!question) {
    ++malformed_;
    return;
  }
  if (!bootstrap::is_rarp_question(*question)) return;

  dhcp::HardwareAddress hardware;
  hardware.length = static_cast<std::uint8_t>(question->target_hardware.size());
  std::ranges::copy(question->target_hardware, hardware.octets.begin());
  // RARP has no relays: an address of another network is of no use here.
  std::vector<Ipv4Prefix> networks;
  for (const auto& one : interface->addresses) networks.push_back(one.network);
  const auto address = lookup_(hardware, networks);
  if (!address) {
    ++rarp_unknown_;
    return;
  }
  const auto octets = bootstrap::encode(bootstrap::rarp_answer(
      *question, *address,
      {.hardware = *interface->hardware, .address = interface->address_for(*address)}));
  std::ranges::copy(octets, out_->next().begin());
  sockets_.rarp->add(*out_, octets.size(), interface->index, question->sender_hardware);
  ++rarp_answers_;
}

void BootstrapResponder::hear_icmp() {
  const auto count = in_->receive(sockets_.icmp->fd());
  for (std::size_t i = 0; i < count; ++i) {
    const auto message = net::IcmpSocket::message(*in_, i);
    if (!message) continue;
    const auto* interface = served(message->interface);
    // Only neighbours may ask, and those who have no address yet (RFC 950, RFC 1256 4.2).
    if (interface == nullptr ||
        !(message->from.unspecified() || has_on_its_network(*interface, message->from)))
      continue;
    if (bootstrap::is_router_solicitation(message->payload)) {
      const auto schedule = schedules_.find(interface->index);
      if (schedule != schedules_.end()) schedule->second.solicited(steady_now());
    } else {
      answer_mask(*message, *interface);
    }
  }
}

void BootstrapResponder::answer_mask(const net::IcmpSocket::Message& message,
                                     const net::Interface& interface) {
  const auto request = bootstrap::decode_address_mask_request(message.payload);
  if (!request) {
    ++malformed_;
    return;
  }
  const auto local = interface.address_for(message.from);
  const auto own = std::ranges::find(interface.addresses, local, &net::InterfaceAddress::address);
  const auto octets = bootstrap::encode_address_mask_reply(*request, own->mask());
  if (out_->full()) flush_icmp();
  std::ranges::copy(octets, out_->next().begin());
  const auto to = message.from.unspecified() ? everybody : message.from;
  net::IcmpSocket::add(*out_, octets.size(), to, local, interface.index);
  ++masks_;
}

void BootstrapResponder::advertise_due() {
  const auto now = steady_now();
  for (auto& [index, schedule] : schedules_) {
    if (now < schedule.due()) continue;
    if (const auto* interface = served(index))
      advertise(*interface, options_.router_discovery.lifetime);
    schedule.advertised(now);
  }
}

void BootstrapResponder::advertise(const net::Interface& interface, seconds lifetime) {
  const auto& rules = options_.router_discovery;
  std::vector<Ipv4> routers;
  // A host minds only routers on its own network (RFC 1256 5.2).
  for (const auto router : rules.routers) {
    if (has_on_its_network(interface, router)) routers.push_back(router);
  }
  if (rules.routers.empty()) {
    for (const auto& one : interface.addresses) routers.push_back(one.address);
  }
  if (routers.empty()) return;
  const auto octets = bootstrap::encode_router_advertisement(routers, rules.preference, lifetime);
  if (out_->full()) flush_icmp();
  std::ranges::copy(octets, out_->next().begin());
  const auto to = rules.multicast ? bootstrap::all_systems : everybody;
  net::IcmpSocket::add(*out_, octets.size(), to, interface.addresses.front().address,
                       interface.index);
  ++advertisements_;
}

void BootstrapResponder::flush_icmp() {
  if (sockets_.icmp && !out_->empty()) out_->flush(sockets_.icmp->fd());
}

Instant BootstrapResponder::wake_at() const {
  auto first = never;
  for (const auto& [index, schedule] : schedules_) first = std::min(first, schedule.due());
  return first;
}

BootstrapStatistics BootstrapResponder::statistics() const {
  return {.rarp_answers = rarp_answers_,
          .rarp_unknown = rarp_unknown_,
          .masks = masks_,
          .advertisements = advertisements_,
          .malformed = malformed_};
}

}  // namespace winsome::services
