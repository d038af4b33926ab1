#include "server/daemon/replication_log.h"

#include "server/daemon/log.h"
#include "server/daemon/messages.h"

namespace winsome::daemon {

ReplicationLog::ReplicationLog()
    : blocked_names_([](const std::string& partner, const std::string& name, std::uint64_t times) {
        log(messages::replication_blocked_name, name, partner, times);
      }),
      found_([](const std::string& address, const std::string&, std::uint64_t) {
        log(messages::partner_found, address);
      }),
      gone_([](const std::string& address, const std::string&, std::uint64_t) {
        log(messages::partner_gone, address);
      }) {}

void ReplicationLog::write_announcement(Ipv4 address, bool up) {
  (up ? found_ : gone_).note(to_text(address), {});
}

void ReplicationLog::write(const replication::Event& event) {
  using enum replication::EventKind;
  const auto& [kind, peer, number, text] = event;
  switch (kind) {
    case pulled: return log(messages::replication_pulled, number, peer);
    case pull_failed: return log(messages::replication_pull_failed, peer, text);
    case push_failed: return log(messages::replication_push_failed, peer, text);
    case peer_refused: return log(messages::replication_peer_refused, peer, text);
    case nonsense: return log(messages::replication_nonsense, peer, text, number);
    case owner_went_back: return log(messages::replication_owner_went_back, peer, text, number);
    case blocked_name_taken: return blocked_names_.note(peer, text);
    case version_raised: return log(messages::replication_version_raised, number, peer);
    case recovery_started: return log(messages::replication_recovery_started);
    case recovered: return log(messages::replication_recovered, number);
    case recovery_timed_out: return log(messages::replication_recovery_timed_out, number);
    case verified: return log(messages::replication_verified, text, number, peer);
    case verification_failed: return log(messages::replication_verification_failed, peer, text);
  }
}

}  // namespace winsome::daemon
