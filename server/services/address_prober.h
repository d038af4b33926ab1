#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "server/core/result.h"
#include "server/leases/lease_server.h"
#include "server/net/event.h"
#include "server/net/icmp_socket.h"
#include "server/net/interfaces.h"
#include "server/net/packet_socket.h"
#include "server/services/probe_table.h"

namespace winsome::services {

/// What a prober has of the network while the daemon may still open it.
struct ProbeSockets {
  net::PacketSocket arp;
  net::IcmpSocket echo;
  net::Interfaces interfaces;

  /// The text of a failure is one sentence that says what to do.
  [[nodiscard]] static Result<ProbeSockets, std::string> open();
};

/// Asks whether somebody has an address before it is offered, on a thread of its own, from
/// construction to destruction. On Ethernet by ARP, which every host there answers if it is reached
/// at all; an echo request would cost an entry of the kernel's neighbour table for every free
/// address (decision 23). Elsewhere by ICMP echo. Our own addresses are in use.
class AddressProber {
 public:
  /// Called at the first answer or the end of the time, by the thread of the prober; by that of
  /// `ask` for what finds no room, which counts as free.
  using Report = std::function<void(std::vector<dhcp::ProbeResult>&&)>;

  AddressProber(ProbeSockets sockets, Report report);
  AddressProber(const AddressProber&) = delete;
  AddressProber& operator=(const AddressProber&) = delete;
  ~AddressProber();

  /// Any thread may ask; it does not wait.
  void ask(std::span<const dhcp::Probe> probes);

  /// Probes that found no room.
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

 private:
  void run();
  void wait();
  void start_asked();
  void send(const dhcp::Probe& probe);
  void flush();
  void hear_arp();
  void hear_echo();

  ProbeSockets sockets_;
  Report report_;
  net::Event wake_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> skipped_ = 0;
  std::mutex mutex_;
  std::vector<dhcp::Probe> asked_;

  // The thread's own.
  ProbeTable table_;
  std::vector<dhcp::ProbeResult> results_;
  std::unique_ptr<net::MessagesIn> in_ = std::make_unique<net::MessagesIn>();
  std::unique_ptr<net::MessagesOut> arp_out_ = std::make_unique<net::MessagesOut>();
  std::unique_ptr<net::MessagesOut> echo_out_ = std::make_unique<net::MessagesOut>();
  std::uint16_t echo_id_;  // tells our echoes from those of other programs
  std::uint16_t echo_sequence_ = 0;
  std::thread thread_;
};

}  // namespace winsome::services
