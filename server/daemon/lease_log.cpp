#include "server/daemon/lease_log.h"

#include "server/daemon/log.h"
#include "server/daemon/messages.h"

namespace winsome::daemon {

void log_event(const dhcp::Event& event) {
  using enum dhcp::EventKind;
  const auto address = to_text(event.address);
  switch (event.kind) {
    case nearly_full: return log(messages::scope_nearly_full, event.scope);
    case full: return log(messages::scope_full, event.scope);
    case declined: return log(messages::address_declined, event.who, address, event.scope);
    case conflict: return log(messages::address_in_use, address, event.scope);
    case limited: return log(messages::clients_limited, event.who, event.scope);
  }
}

void log_dns(const dhcp::DnsWork& work, const dns::Outcome& outcome) {
  if (outcome.verdict == dns::Verdict::done)
    return log(messages::dns_told, work.name, to_text(work.address));
  log(messages::dns_refused, work.name, to_text(work.address), outcome.text);
}

void log_tftp(const services::TftpReport& report) {
  const auto client = to_text(report.client);
  if (report.end == services::TftpEnd::complete)
    return log(messages::file_sent, report.file, client, report.octets, report.took.count());
  log(messages::file_not_sent, report.file, client, services::to_text(report.end));
}

}  // namespace winsome::daemon
