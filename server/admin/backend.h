#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "replication/engine/command.h"
#include "replication/engine/status.h"
#include "server/core/result.h"
#include "server/leases/statistics.h"
#include "server/names/command.h"
#include "server/names/record_reader.h"
#include "server/names/statistics.h"
#include "server/nbns/decode_error.h"

namespace winsome::admin {

/// Everything the statistics command shows: what both planes counted, and the clocks to read it by.
struct StatisticsReport {
  names::Statistics names;
  std::uint64_t queries = 0;           // received
  std::uint64_t queries_answered = 0;  // positively
  std::uint64_t queries_not_found = 0;
  std::uint64_t node_status = 0;
  std::array<std::uint64_t, nbns::decode_error_count> malformed{};
  std::vector<std::pair<std::string, std::uint64_t>> replication_faults{};  // of peers, by reason
  std::optional<Instant> last_pull{};      // that succeeded, from any partner
  std::optional<dhcp::Statistics> dhcp{};  // none: there is no [dhcp] in the configuration
  /// Of sockets of DHCP, TFTP, relay agent, DNS: by service and event, those that happened.
  std::vector<std::pair<std::string, std::uint64_t>> services{};
  std::uint64_t receive_drops = 0;  // by the kernel, for want of socket buffer
  std::uint64_t send_failures = 0;
  std::uint64_t commits = 0;
  std::uint64_t commit_failures = 0;
  bool store_available = true;
  std::int64_t started = 0;      // Unix seconds
  std::int64_t wall_offset = 0;  // Unix milliseconds minus timeline: add to an Instant to show it
  std::string version;           // of the program
};

/// What the admin service asks of the daemon. Every call may come from any thread and may block.
class Backend {
 public:
  virtual ~Backend() = default;

  /// Returns when the command's changes are durable and published.
  [[nodiscard]] virtual names::CommandResult execute(names::Command command) = 0;

  /// Returns when what was asked for has ended: pulls and verifications wait for partners.
  [[nodiscard]] virtual replication::CommandResult replicate(replication::Command command) = 0;
  [[nodiscard]] virtual replication::Status replication_status() = 0;

  [[nodiscard]] virtual names::RecordReader& records() = 0;
  [[nodiscard]] virtual StatisticsReport statistics() = 0;
  [[nodiscard]] virtual Result<void, std::string> backup(const std::filesystem::path& file) = 0;
};

}  // namespace winsome::admin
