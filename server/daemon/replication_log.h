#pragma once

#include "replication/engine/event.h"
#include "server/core/ipv4.h"
#include "server/daemon/peer_log.h"

namespace winsome::daemon {

/// Writes what the replication engine has to tell into the log, in the words of the catalogue; once
/// a minute of each peer what comes as often as that peer likes.
class ReplicationLog {
 public:
  ReplicationLog();

  void write(const replication::Event& event);
  /// A server announced itself, or said that it goes.
  void write_announcement(Ipv4 address, bool up);

 private:
  PeerLog blocked_names_;
  PeerLog found_;
  PeerLog gone_;
};

}  // namespace winsome::daemon
