#pragma once

#include "server/daemon/peer_log.h"
#include "server/dns/lease_update.h"
#include "server/leases/actions.h"
#include "server/services/tftp_report.h"

namespace winsome::daemon {

/// What the log says of leases and of the services around them. What strangers can bring about as
/// often as they like is written once a minute of each scope, name or client. From any thread.
class LeaseLog {
 public:
  LeaseLog();

  void event(const dhcp::Event& event);
  void dns(const dhcp::DnsWork& work, const dns::Outcome& outcome);
  void tftp(const services::TftpReport& report);

 private:
  PeerLog declined_;
  PeerLog in_use_;
  PeerLog dns_refused_;
  PeerLog files_not_sent_;
};

}  // namespace winsome::daemon
