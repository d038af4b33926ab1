#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "replication/engine/input.h"
#include "server/core/instant.h"
#include "server/leases/lease_server.h"
#include "server/names/name_server.h"
#include "server/names/source_limits.h"

namespace winsome::daemon {

/// What the store thread says of a batch, or of a probe (batch 0).
struct Completion {
  std::uint64_t batch = 0;
  bool durable = false;
  std::string text;  // of a failure
};

/// Everything that reaches the decision plane. Each kind has its own bound, so that a flood of one
/// starves no other.
class Mailbox {
 public:
  /// Responses to challenges: more than may be awaited at once by far.
  static constexpr std::size_t responses_max = 16'384;
  /// Commands of administrators, each with a thread that waits for it.
  static constexpr std::size_t commands_max = 256;
  /// What partners say: each of their conversations waits for answers, so few are underway. Beyond
  /// it new ones are refused.
  static constexpr std::size_t replication_max = 8'192;
  /// Messages of DHCP and BOOTP clients: a site of ten thousand that boots at once fits (D10).
  static constexpr std::size_t leases_max = 16'384;
  /// A quarter of the queue: from there on one address may hold a sixteenth of it (decision 9).
  static constexpr std::size_t pressure_divisor = 4;
  static constexpr std::size_t share_divisor = 16;

  Mailbox(names::SourceLimits& limits, std::size_t queue_limit)
      : limits_(limits), queue_limit_(queue_limit) {}

  void set_queue_limit(std::size_t limit);

  /// Takes what there is room for and empties both lists; tells the drops to `count`.
  void post(std::vector<names::ClientRequest>& requests,
            std::vector<names::ClientResponse>& responses,
            const std::function<void(names::Drop)>& count);
  [[nodiscard]] bool post(names::CommandRequest command);
  [[nodiscard]] bool post(replication::Input&& input);
  /// Takes what there is room for and empties the list; returns how many found none.
  [[nodiscard]] std::size_t post(std::vector<dhcp::ClientMessage>& messages);
  /// What the engine or an administrator waits for: always has room.
  [[nodiscard]] bool post(dhcp::Input&& input);
  void post(Completion completion);
  /// Runs on the decision plane, between two steps.
  void post(std::function<void()> call);
  void stop();

  struct Contents {
    std::vector<names::Input> inputs;
    std::size_t waiting = 0;  // requests that stay in the queue
    std::vector<dhcp::Input> leases;
    std::vector<replication::Input> replication;
    std::vector<Completion> completions;
    std::vector<std::function<void()>> calls;
    bool stopping = false;
  };

  /// Waits until at least `enough` inputs (0: none are wanted), a completion or a call are there,
  /// or for `at_most`. Takes up to `most` inputs of names, and as many of leases.
  [[nodiscard]] Contents take(std::size_t enough, std::size_t most, milliseconds at_most);

 private:
  [[nodiscard]] bool ready() const;
  void wake_if_ready();
  [[nodiscard]] std::optional<names::Drop> refusal(Ipv4 source) const;

  names::SourceLimits& limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t queue_limit_;
  std::deque<names::ClientRequest> requests_;
  std::deque<names::ClientResponse> responses_;
  std::size_t requests_waiting_ = 0;  // also those in `requests_taken_`
  std::size_t responses_waiting_ = 0;
  /// The decision plane's alone: it moves thousands of inputs while answer threads may post.
  std::deque<names::ClientRequest> requests_taken_;
  std::deque<names::ClientResponse> responses_taken_;
  std::deque<names::CommandRequest> commands_;
  std::deque<dhcp::Input> leases_;
  std::size_t lease_answers_ = 0;  // of `leases_`: not messages of clients, but waited for
  std::vector<replication::Input> replication_;
  std::vector<Completion> completions_;
  std::vector<std::function<void()>> calls_;
  std::size_t enough_ = 1;  // what the sleeping decision plane waits for
  bool sleeping_ = false;
  bool stopping_ = false;
};

}  // namespace winsome::daemon
