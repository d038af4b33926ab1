#pragma once

#include <absl/container/flat_hash_map.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "server/bootstrap/options.h"
#include "server/bootstrap/router_discovery.h"
#include "server/core/result.h"
#include "server/dhcp/client.h"
#include "server/net/event.h"
#include "server/net/icmp_socket.h"
#include "server/net/interfaces.h"
#include "server/net/packet_socket.h"

namespace winsome::services {

/// What the older chain has of the network while the daemon may still open it; only what is
/// switched on is opened.
struct BootstrapSockets {
  std::optional<net::PacketSocket> rarp;
  std::optional<net::IcmpSocket> icmp;
  net::Interfaces interfaces;

  /// The text of a failure is one sentence that says what to do.
  [[nodiscard]] static Result<BootstrapSockets, std::string> open(
      const bootstrap::Options& options);
};

struct BootstrapStatistics {
  std::uint64_t rarp_answers = 0;
  std::uint64_t rarp_unknown = 0;  // nobody is known by the hardware address
  std::uint64_t masks = 0;
  std::uint64_t advertisements = 0;
  std::uint64_t malformed = 0;
};

/// RARP, ICMP address mask and ICMP router discovery (B4) on a thread of its own, from construction
/// to destruction, which tells that we are a router no more.
class BootstrapResponder {
 public:
  /// Whose lease or reservation it is, on the networks of one interface; called by the thread of
  /// the responder, and may wait.
  using Lookup =
      std::function<std::optional<Ipv4>(const dhcp::HardwareAddress&, std::span<const Ipv4Prefix>)>;

  BootstrapResponder(BootstrapSockets sockets, bootstrap::Options options, Lookup lookup);
  BootstrapResponder(const BootstrapResponder&) = delete;
  BootstrapResponder& operator=(const BootstrapResponder&) = delete;
  ~BootstrapResponder();

  /// Any thread may ask.
  [[nodiscard]] BootstrapStatistics statistics() const;

 private:
  void run();
  void wait();
  void follow_interfaces();
  [[nodiscard]] const net::Interface* served(std::uint32_t index) const;
  void hear_rarp();
  void answer_rarp(const net::Frame& frame);
  void hear_icmp();
  void answer_mask(const net::IcmpSocket::Message& message, const net::Interface& interface);
  void advertise_due();
  void advertise(const net::Interface& interface, seconds lifetime);
  void flush_icmp();
  [[nodiscard]] Instant wake_at() const;

  BootstrapSockets sockets_;
  bootstrap::Options options_;
  Lookup lookup_;
  net::Event stop_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> rarp_answers_ = 0;
  std::atomic<std::uint64_t> rarp_unknown_ = 0;
  std::atomic<std::uint64_t> masks_ = 0;
  std::atomic<std::uint64_t> advertisements_ = 0;
  std::atomic<std::uint64_t> malformed_ = 0;

  // The thread's own. Schedules by interface index.
  absl::flat_hash_map<std::uint32_t, bootstrap::AdvertisementSchedule> schedules_;
  std::unique_ptr<net::MessagesIn> in_ = std::make_unique<net::MessagesIn>();
  std::unique_ptr<net::MessagesOut> out_ = std::make_unique<net::MessagesOut>();
  std::thread thread_;
};

}  // namespace winsome::services
