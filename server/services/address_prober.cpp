#include "server/services/address_prober.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "server/bootstrap/arp.h"
#include "server/core/byte_writer.h"
#include "server/core/internet_checksum.h"
#include "server/services/steady.h"

namespace winsome::services {
namespace {

constexpr std::uint8_t echo_reply = 0;
constexpr std::uint8_t echo_request = 8;
constexpr std::size_t echo_length = 8;

/// Answers only, not what everybody else asks.
constexpr std::array arp_replies{
    sock_filter BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 6),
    sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 1),
    sock_filter BPF_STMT(BPF_RET | BPF_K, 0xffff'ffff),
    sock_filter BPF_STMT(BPF_RET | BPF_K, 0),
};

std::array<std::uint8_t, echo_length> encode_echo(std::uint16_t id, std::uint16_t sequence) {
  std::array<std::uint8_t, echo_length> octets{};
  ByteWriter out(octets);
  out.u8(echo_request);
  out.u8(0);
  out.u16(0);
  out.u16(id);
  out.u16(sequence);
  ByteWriter(std::span(octets).subspan(2)).u16(internet_checksum(octets));
  return octets;
}

bool is_echo_reply(Octets message, std::uint16_t id) {
  ByteReader in(message);
  const auto type = in.u8();
  in.take(3);
  return in.u16() == id && in.ok() && type == echo_reply && internet_checksum(message) == 0;
}

}  // namespace

Result<ProbeSockets, std::string> ProbeSockets::open() {
  auto arp = net::PacketSocket::open(net::EtherType::arp, arp_replies);
  if (!arp) return fail(arp.error());
  auto echo = net::IcmpSocket::open(std::array{echo_reply});
  if (!echo) return fail(echo.error());
  auto interfaces = net::Interfaces::open();
  if (!interfaces) return fail(interfaces.error());
  return ProbeSockets{std::move(*arp), std::move(*echo), std::move(*interfaces)};
}

AddressProber::AddressProber(ProbeSockets sockets, Report report)
    : sockets_(std::move(sockets)),
      report_(std::move(report)),
      echo_id_(static_cast<std::uint16_t>(std::random_device()())),
      thread_([this] { run(); }) {}

AddressProber::~AddressProber() {
  stopping_ = true;
  wake_.signal();
  thread_.join();
}

void AddressProber::ask(std::span<const dhcp::Probe> probes) {
  std::size_t taken = 0;
  {
    const std::lock_guard lock(mutex_);
    taken = std::min(probes.size(), ProbeTable::size_max - asked_.size());
    const auto chosen = probes.first(taken);
    asked_.insert(asked_.end(), chosen.begin(), chosen.end());
  }
  wake_.signal();
  if (taken == probes.size()) return;
  std::vector<dhcp::ProbeResult> skipped;
  for (const auto& probe : probes.subspan(taken)) skipped.push_back({probe.address, false});
  skipped_ += skipped.size();
  report_(std::move(skipped));
}

void AddressProber::run() {
  while (!stopping_) {
    wait();
    start_asked();
    auto due = table_.due(steady_now());
    for (const auto& probe : due.again) send(probe);
    for (const auto address : due.silent) results_.push_back({address, false});
    flush();
    if (!results_.empty()) report_(std::exchange(results_, {}));
  }
}

void AddressProber::wait() {
  std::array<pollfd, 4> waiting{};
  waiting[0] = {.fd = wake_.fd(), .events = POLLIN, .revents = 0};
  waiting[1] = {.fd = sockets_.interfaces.fd(), .events = POLLIN, .revents = 0};
  waiting[2] = {.fd = sockets_.arp.fd(), .events = POLLIN, .revents = 0};
  waiting[3] = {.fd = sockets_.echo.fd(), .events = POLLIN, .revents = 0};
  const auto timeout = poll_timeout(table_.wake_at(), steady_now());
  if (::poll(waiting.data(), waiting.size(), timeout) <= 0) return;
  if (waiting[0].revents != 0) wake_.clear();
  if (waiting[1].revents != 0) sockets_.interfaces.refresh();
  if (waiting[2].revents != 0) hear_arp();
  if (waiting[3].revents != 0) hear_echo();
}

void AddressProber::start_asked() {
  std::vector<dhcp::Probe> asked;
  {
    const std::lock_guard lock(mutex_);
    asked.swap(asked_);
  }
  for (const auto& probe : asked) {
    if (sockets_.interfaces.is_ours(probe.address)) {
      results_.push_back({probe.address, true});
    } else if (table_.add(probe, steady_now())) {
      send(probe);
    } else {
      ++skipped_;
      results_.push_back({probe.address, false});
    }
  }
}

void AddressProber::send(const dhcp::Probe& probe) {
  if (arp_out_->full() || echo_out_->full()) flush();
  const auto* interface = sockets_.interfaces.find(probe.interface);
  if (interface == nullptr || !interface->hardware) {
    const auto octets = encode_echo(echo_id_, ++echo_sequence_);
    std::ranges::copy(octets, echo_out_->next().begin());
    net::IcmpSocket::add(*echo_out_, octets.size(), probe.address, Ipv4(), 0);
    return;
  }
  // Without an address of the sender nobody's cache is touched (RFC 5227 1.1, "ARP probe").
  const auto octets =
      bootstrap::encode(bootstrap::ArpPacket{.operation = bootstrap::ArpOperation::request,
                                             .sender_hardware = *interface->hardware,
                                             .sender = {},
                                             .target_hardware = {},
                                             .target = probe.address});
  std::ranges::copy(octets, arp_out_->next().begin());
  sockets_.arp.add(*arp_out_, octets.size(), probe.interface, net::ethernet_broadcast);
}

void AddressProber::flush() {
  // What is lost here is asked again, or counts as free.
  arp_out_->flush(sockets_.arp.fd());
  echo_out_->flush(sockets_.echo.fd());
}

void AddressProber::hear_arp() {
  const auto count = in_->receive(sockets_.arp.fd());
  for (std::size_t i = 0; i < count; ++i) {
    const auto frame = net::PacketSocket::frame(*in_, i);
    if (!frame) continue;
    const auto packet = bootstrap::decode_arp(frame->payload);
    if (packet && packet->operation == bootstrap::ArpOperation::reply &&
        table_.answered(packet->sender))
      results_.push_back({packet->sender, true});
  }
}

void AddressProber::hear_echo() {
  const auto count = in_->receive(sockets_.echo.fd());
  for (std::size_t i = 0; i < count; ++i) {
    const auto message = net::IcmpSocket::message(*in_, i);
    if (message && is_echo_reply(message->payload, echo_id_) && table_.answered(message->from))
      results_.push_back({message->from, true});
  }
}

}  // namespace winsome::services
