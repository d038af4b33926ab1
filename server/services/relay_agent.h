#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "server/dhcp/relay.h"
#include "server/net/event.h"
#include "server/services/bootp_port.h"
#include "server/services/bootp_sender.h"

namespace winsome::services {

struct RelayAgentStatistics {
  BootpPortStatistics port;
  std::uint64_t requests = 0;                            // carried to the servers
  std::uint64_t replies = 0;                             // carried to clients
  std::uint64_t lost = 0;                                // the kernel had no room or no way
  std::array<std::uint64_t, dhcp::relay_drops> drops{};  // by RelayDrop
};

/// The relay agent on a thread of its own, from construction to destruction. It has port 67, so the
/// machine is no DHCP server at the same time. What it decides is in dhcp/relay.h.
class RelayAgent {
 public:
  /// `port`: opened for `options.interfaces`.
  RelayAgent(BootpPort port, dhcp::RelayOptions options);
  RelayAgent(const RelayAgent&) = delete;
  RelayAgent& operator=(const RelayAgent&) = delete;
  ~RelayAgent();

  /// Any thread may ask.
  [[nodiscard]] RelayAgentStatistics statistics() const;

 private:
  void run();
  void carry(const Heard& heard);
  void carry_request(const Heard& heard);
  void carry_reply(const Heard& heard);
  [[nodiscard]] std::vector<Ipv4> our_addresses() const;

  BootpPort port_;
  dhcp::RelayOptions options_;
  BootpSender sender_;
  net::Event stop_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> requests_ = 0;
  std::atomic<std::uint64_t> replies_ = 0;
  std::atomic<std::uint64_t> lost_ = 0;
  std::array<std::atomic<std::uint64_t>, dhcp::relay_drops> drops_{};
  std::thread thread_;
};

}  // namespace winsome::services
