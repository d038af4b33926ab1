#include "server/daemon/lease_services.h"

#include <algorithm>
#include <fstream>
#include <random>
#include <utility>

#include "server/daemon/lease_log.h"
#include "server/daemon/log.h"
#include "server/daemon/messages.h"

namespace winsome::daemon {
namespace {

/// What the updater is shown at a time of the queue of DNS work.
constexpr std::size_t dns_work_at_once = 128;

std::string list(const std::vector<std::string>& interfaces) {
  std::string text;
  for (const auto& one : interfaces) text += (text.empty() ? "" : ", ") + one;
  return text.empty() ? "all interfaces" : text;
}

std::string list(const std::vector<Endpoint>& endpoints) {
  std::string text;
  for (const auto& one : endpoints) text += (text.empty() ? "" : ", ") + to_text(one);
  return text;
}

bool relays(const config::Settings& settings) {
  return !settings.relay.interfaces.empty();
}

bool bootstraps(const config::Settings& settings) {
  const auto& wanted = settings.bootstrap;
  return wanted.rarp || wanted.address_mask || wanted.router_discovery.enabled;
}

}  // namespace

LeaseServices::LeaseServices(const config::Settings& settings, Mailbox& mailbox)
    : settings_(settings), mailbox_(mailbox) {}

Result<std::unique_ptr<LeaseServices>, std::string> LeaseServices::open(
    const config::Settings& settings, Mailbox& mailbox) {
  auto services = std::unique_ptr<LeaseServices>(new LeaseServices(settings, mailbox));
  if (auto opened = services->open_sockets(); !opened) return fail(opened.error());
  if (auto secret = services->read_dns_secret(); !secret) return fail(secret.error());
  return services;
}

Result<void, std::string> LeaseServices::open_sockets() {
  if (settings_.dhcp.enabled) {
    auto sockets = services::DhcpSockets::open(settings_.dhcp_carriers.interfaces);
    if (!sockets) return fail(sockets.error());
    dhcp_sockets_.emplace(std::move(*sockets));
    auto probes = services::ProbeSockets::open();
    if (!probes) return fail(probes.error());
    probe_sockets_.emplace(std::move(*probes));
  }
  if (relays(settings_)) {
    auto port = services::BootpPort::open(settings_.relay.interfaces);
    if (!port) return fail(port.error());
    relay_port_.emplace(std::move(*port));
  }
  if (bootstraps(settings_)) {
    auto sockets = services::BootstrapSockets::open(settings_.bootstrap);
    if (!sockets) return fail(sockets.error());
    bootstrap_sockets_.emplace(std::move(*sockets));
  }
  if (settings_.tftp.enabled) {
    auto files = services::BootFiles::at(settings_.tftp.root);
    if (!files) return fail(files.error());
    boot_files_.emplace(std::move(*files));
    auto ports = services::TftpPorts::bind(settings_.tftp.listen);
    if (!ports) return fail(ports.error());
    tftp_ports_.emplace(std::move(*ports));
  }
  return {};
}

/// The key stands in a file of its own, which not everybody may read who may read the rest.
Result<void, std::string> LeaseServices::read_dns_secret() {
  const auto& file = settings_.dns_secret_file;
  if (file.empty()) return {};
  std::ifstream in(file);
  if (!(in >> settings_.dns_update.key.secret))
    return fail("cannot read the key of DNS updates from " + file.string() +
                ": write it there in Base64, readable for this user");
  return {};
}

void LeaseServices::start(services::BootstrapResponder::Lookup lookup,
                          std::function<void()> tell_dns) {
  if (dhcp_sockets_) {
    endpoint_ = std::make_unique<services::DhcpEndpoint>(
        std::move(*dhcp_sockets_), [this](std::vector<dhcp::ClientMessage>&& messages) {
          queue_full_ += mailbox_.post(messages);
        });
    prober_ = std::make_unique<services::AddressProber>(
        std::move(*probe_sockets_), [this](std::vector<dhcp::ProbeResult>&& results) {
          for (const auto& one : results) (void)mailbox_.post(dhcp::Input(one));
        });
    log(messages::leasing, list(settings_.dhcp_carriers.interfaces));
  }
  if (relay_port_) {
    relay_ = std::make_unique<services::RelayAgent>(std::move(*relay_port_), settings_.relay);
    log(messages::relaying, list(settings_.relay.interfaces));
  }
  if (bootstrap_sockets_) {
    bootstrap_ = std::make_unique<services::BootstrapResponder>(
        std::move(*bootstrap_sockets_), settings_.bootstrap, std::move(lookup));
  }
  if (tftp_ports_) {
    const auto where = list(tftp_ports_->endpoints());
    tftp_ = std::make_unique<services::TftpService>(
        std::move(*tftp_ports_), std::move(*boot_files_), settings_.tftp,
        [this](const services::TftpReport& report) { log_.tftp(report); });
    log(messages::serving_files, where);
  }
  if (settings_.dhcp.enabled && !settings_.dns_update.server.address.unspecified()) {
    std::random_device source;
    const auto server = to_text(settings_.dns_update.server);
    updater_ = std::make_unique<dns::Updater>(
        settings_.dns_update, source(),
        dns::Updater::Listener{
            .finished =
                [this](const dhcp::DnsWork& work, const dns::Outcome& outcome) {
                  log_.dns(work, outcome);
                  const bool refused = outcome.verdict != dns::Verdict::done;
                  (void)mailbox_.post(dhcp::Input(dhcp::DnsDone{work.id, refused}));
                },
            .reach_changed =
                [server](bool reached) {
                  log(reached ? messages::dns_in_reach : messages::dns_out_of_reach, server);
                },
            .postponed =
                [](const std::string& zone, const dns::Outcome& outcome) {
                  log(messages::dns_postponed, zone, outcome.text);
                },
            .resumed = std::move(tell_dns)});
  }
}

void LeaseServices::stop_asking() {
  tftp_.reset();
  bootstrap_.reset();
  relay_.reset();
}

void LeaseServices::carry_out(dhcp::Actions&& actions, const dhcp::LeaseServer& leases) {
  if (endpoint_) {
    endpoint_->send(actions.sends);
    endpoint_->remove_neighbours(actions.neighbours_gone);
  }
  if (prober_ && !actions.probes.empty()) prober_->ask(actions.probes);
  for (const auto& event : actions.events) log_.event(event);
  if (actions.dns_waits) tell_dns(leases);
}

void LeaseServices::tell_dns(const dhcp::LeaseServer& leases) {
  if (!updater_) return;
  updater_->fill(
      [&leases](std::uint64_t after) { return leases.dns_work(dns_work_at_once, after); });
}

std::vector<std::pair<std::string, std::uint64_t>> LeaseServices::counters() const {
  std::vector<std::pair<std::string, std::uint64_t>> all;
  const auto add = [&all](std::string_view service, std::string_view event, std::uint64_t count) {
    if (count == 0) return;
    auto key = std::string(service) + '_' + std::string(event);
    std::ranges::replace(key, ' ', '_');
    all.emplace_back(std::move(key), count);
  };
  // Of the UDP socket the kernel counts what its filter leaves to the packet socket together with
  // what found no room: that number says nothing.
  const auto add_port = [&add](std::string_view service,
                               const services::BootpPortStatistics& counted) {
    for (std::size_t i = 0; i < net::packet_errors; ++i) {
      const auto error = to_text(static_cast<net::PacketError>(i));
      add(service, "packet " + std::string(error), counted.malformed[i]);
    }
    add(service, "not for us", counted.not_for_us);
    add(service, "no address on the interface", counted.no_address);
    add(service, "dropped by the kernel", counted.overflowed);
  };
  if (endpoint_) {
    const auto counted = endpoint_->statistics();
    add_port("dhcp", counted.port);
    for (std::size_t i = 0; i < dhcp::decode_errors; ++i) {
      add("dhcp", to_text(static_cast<dhcp::DecodeError>(i)), counted.malformed[i]);
    }
    add("dhcp", "not sent", counted.lost);
    add("dhcp", "options without room", counted.omitted);
    add("dhcp", "queue full", queue_full_);
    add("dhcp", "neighbour table full", counted.neighbours_full);
    add("dhcp", "neighbour entry refused", counted.neighbours_refused);
  }
  if (prober_) add("dhcp", "probes skipped", prober_->skipped());
  if (relay_) {
    const auto counted = relay_->statistics();
    add_port("relay", counted.port);
    add("relay", "requests", counted.requests);
    add("relay", "replies", counted.replies);
    add("relay", "not sent", counted.lost);
    for (std::size_t i = 0; i < dhcp::relay_drops; ++i) {
      add("relay", to_text(static_cast<dhcp::RelayDrop>(i)), counted.drops[i]);
    }
  }
  if (tftp_) {
    const auto counted = tftp_->statistics();
    add("tftp", "requests", counted.requests);
    add("tftp", "duplicates", counted.duplicates);
    add("tftp", "octets", counted.octets);
    add("tftp", "transfers now", counted.transfers);
    for (std::size_t i = 0; i < services::tftp_end_kinds; ++i) {
      add("tftp", to_text(static_cast<services::TftpEnd>(i)), counted.ends[i]);
    }
  }
  if (bootstrap_) {
    const auto counted = bootstrap_->statistics();
    add("bootstrap", "RARP answers", counted.rarp_answers);
    add("bootstrap", "RARP from unknown hardware", counted.rarp_unknown);
    add("bootstrap", "address masks", counted.masks);
    add("bootstrap", "router advertisements", counted.advertisements);
    add("bootstrap", "malformed", counted.malformed);
  }
  if (updater_) {
    const auto counted = updater_->counters();
    add("dns", "updates done", counted.done);
    add("dns", "names of others", counted.conflicts);
    add("dns", "refused", counted.refused);
    add("dns", "postponed", counted.postponed);
    add("dns", "server out of reach", counted.unreachable);
  }
  return all;
}

}  // namespace winsome::daemon
