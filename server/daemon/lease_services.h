#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/config/settings.h"
#include "server/core/result.h"
#include "server/daemon/lease_log.h"
#include "server/daemon/mailbox.h"
#include "server/dns/updater.h"
#include "server/leases/lease_server.h"
#include "server/services/address_prober.h"
#include "server/services/bootstrap_responder.h"
#include "server/services/dhcp_endpoint.h"
#include "server/services/relay_agent.h"
#include "server/services/tftp_service.h"

namespace winsome::daemon {

/// What stands around the lease engine: sockets of DHCP, prober, DNS, boot files, relay agent and
/// the older chain, as far as the configuration has them. `open` while the daemon may bind low
/// ports; everything runs from `start` on.
class LeaseServices {
 public:
  /// The error is one sentence that says what to do.
  [[nodiscard]] static Result<std::unique_ptr<LeaseServices>, std::string> open(
      const config::Settings& settings, Mailbox& mailbox);
  LeaseServices(const LeaseServices&) = delete;
  LeaseServices& operator=(const LeaseServices&) = delete;

  /// `lookup` finds whose address it is, for RARP; it may be called until `stop_asking`. `tell_dns`
  /// has the decision plane call that of this class; any thread may call it.
  void start(services::BootstrapResponder::Lookup lookup, std::function<void()> tell_dns);
  /// Ends what asks the decision plane and waits for it; the plane may still send. The destructor,
  /// when the plane has ended, ends the rest.
  void stop_asking();

  /// Does what was decided and is durable; on the decision plane.
  void carry_out(dhcp::Actions&& actions, const dhcp::LeaseServer& leases);
  /// Hands over entries of the durable queue; on the decision plane.
  void tell_dns(const dhcp::LeaseServer& leases);

  /// What happened, by service and event: `tftp_file_not_found`.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters() const;

 private:
  LeaseServices(const config::Settings& settings, Mailbox& mailbox);
  [[nodiscard]] Result<void, std::string> open_sockets();
  [[nodiscard]] Result<void, std::string> read_dns_secret();

  config::Settings settings_;
  Mailbox& mailbox_;
  LeaseLog log_;
  std::atomic<std::uint64_t> queue_full_ = 0;

  // Opened, and then taken by what uses them.
  std::optional<services::DhcpSockets> dhcp_sockets_;
  std::optional<services::ProbeSockets> probe_sockets_;
  std::optional<services::BootpPort> relay_port_;
  std::optional<services::BootstrapSockets> bootstrap_sockets_;
  std::optional<services::TftpPorts> tftp_ports_;
  std::optional<services::BootFiles> boot_files_;

  std::unique_ptr<services::DhcpEndpoint> endpoint_;
  std::unique_ptr<services::AddressProber> prober_;
  std::unique_ptr<services::RelayAgent> relay_;
  std::unique_ptr<services::BootstrapResponder> bootstrap_;
  std::unique_ptr<services::TftpService> tftp_;
  std::unique_ptr<dns::Updater> updater_;
};

}  // namespace winsome::daemon
