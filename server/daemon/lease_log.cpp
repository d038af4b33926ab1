#include "server/daemon/lease_log.h"

#include "server/daemon/log.h"
#include "server/daemon/messages.h"

namespace winsome::daemon {
namespace {

template <std::size_t field_count>
PeerLog::Write write(const LogMessage<field_count>& message) {
  return [&message](const std::string& peer, const std::string& what, std::uint64_t times) {
    log(message, peer, what, times);
  };
}

/// What says nothing of a station's configuration, and comes as fast as anybody likes to send it.
bool is_noise(services::TftpEnd end) {
  using enum services::TftpEnd;
  return end == malformed || end == client_limit || end == full;
}

}  // namespace

LeaseLog::LeaseLog()
    : declined_(write(messages::address_declined)),
      in_use_(write(messages::address_in_use)),
      dns_refused_(write(messages::dns_refused)),
      files_not_sent_(write(messages::file_not_sent)) {}

void LeaseLog::event(const dhcp::Event& event) {
  using enum dhcp::EventKind;
  const auto address = to_text(event.address);
  switch (event.kind) {
    case nearly_full: return log(messages::scope_nearly_full, event.scope);
    case full: return log(messages::scope_full, event.scope);
    case declined: return declined_.note(event.scope, address + " by " + event.who);
    case conflict: return in_use_.note(event.scope, address);
    case limited: return log(messages::clients_limited, event.who, event.scope);
  }
}

void LeaseLog::dns(const dhcp::DnsWork& work, const dns::Outcome& outcome) {
  const auto address = to_text(work.address);
  if (outcome.verdict == dns::Verdict::done) return log(messages::dns_told, work.name, address);
  // A name that is another host's is a matter of its own, whatever else was refused is one of DNS.
  const bool conflict = outcome.verdict == dns::Verdict::conflict;
  dns_refused_.note(conflict ? work.name : outcome.text,
                    work.name + " and " + address + (conflict ? ": " + outcome.text : ""));
}

void LeaseLog::tftp(const services::TftpReport& report) {
  const auto client = to_text(report.client.address);
  const auto reason = services::to_text(report.end);
  if (report.end == services::TftpEnd::complete)
    return log(messages::file_sent, report.file, client, report.octets, report.took.count());
  if (is_noise(report.end)) return log(messages::file_refused, report.file, client, reason);
  files_not_sent_.note(client, report.file + ": " + std::string(reason));
}

}  // namespace winsome::daemon
