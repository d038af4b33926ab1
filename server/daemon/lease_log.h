#pragma once

#include "server/dns/lease_update.h"
#include "server/leases/actions.h"
#include "server/services/tftp_report.h"

namespace winsome::daemon {

void log_event(const dhcp::Event& event);
void log_dns(const dhcp::DnsWork& work, const dns::Outcome& outcome);
void log_tftp(const services::TftpReport& report);

}  // namespace winsome::daemon
