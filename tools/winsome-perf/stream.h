#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"
#include "server/core/random.h"
#include "tools/winsome-perf/latencies.h"
#include "tools/winsome-perf/options.h"

namespace winsome::perf {

using Clock = std::chrono::steady_clock;

/// What came of a stream's requests.
struct Counts {
  std::uint64_t sent = 0;  // without repetitions
  std::uint64_t right = 0;
  std::uint64_t wrong = 0;  // another answer than the one due
  std::uint64_t lost = 0;   // no answer, in spite of repetitions
  std::uint64_t repeated = 0;
  std::uint64_t wacks = 0;
  std::uint64_t stray = 0;  // answers to nothing that is outstanding
};

/// Requests of one kind and their answers: in a closed loop of so many outstanding, or at a fixed
/// rate, where latency counts from the moment at which a request was due, so that a server that
/// stalls is seen to stall.
class Stream {
 public:
  struct Plan {
    Mode mode = Mode::query;
    std::uint32_t first = 0;
    std::uint32_t names = 0;
    std::uint64_t count = 0;  // 0: no end
    bool once = false;        // each name once, in order; `count` is then not looked at
    std::size_t outstanding = 0;
    double rate = 0;
  };

  Stream(const Options& options, const Plan& plan);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void start(Clock::time_point now) { started_ = last_answer_ = now; }
  /// Sends what is due, at most one batch a socket. False when nothing was.
  bool send_due(Clock::time_point now);
  /// Takes what has arrived. False when nothing had.
  bool receive();
  /// Repeats or gives up what is overdue.
  void expire(Clock::time_point now);
  void finish() { over_ = true; }

  [[nodiscard]] bool all_sent() const;
  [[nodiscard]] bool done() const { return all_sent() && outstanding_ == 0; }
  /// When the next request is due in an open loop; in a closed one, only an answer makes one due.
  [[nodiscard]] Clock::time_point next_due() const;

  [[nodiscard]] const std::vector<int>& sockets() const { return sockets_; }
  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] const Latencies& latencies() const { return latencies_; }
  [[nodiscard]] Clock::duration elapsed() const { return last_answer_ - started_; }

 private:
  static constexpr std::size_t packet_length_max = 68;  // a registration without a scope

  struct Slot {
    std::array<std::uint8_t, packet_length_max> packet;
    std::uint8_t length = 0;
    Mode operation = Mode::query;
    bool used = false;
    std::uint8_t tries = 0;
    std::uint16_t generation = 0;
    Clock::time_point due;
    Clock::time_point deadline;
  };

  /// The hosts whose names one of our addresses registers: every n-th, so that a name is always
  /// asked for, refreshed and released by its owner, whatever part of the names a run is about.
  struct Share {
    std::uint32_t first_host = 0;
    std::uint32_t hosts = 0;
    std::uint64_t sent = 0;  // in order
  };

  [[nodiscard]] static Share share_of(const Plan& plan, std::uint32_t address,
                                      std::uint32_t addresses);
  [[nodiscard]] std::size_t allowed(Clock::time_point now) const;
  [[nodiscard]] std::uint64_t left(std::size_t address) const;
  void fill(Slot& slot, std::size_t socket, std::uint16_t id);
  void send(std::size_t socket, std::size_t batch, Clock::time_point now);
  void take(std::size_t socket, Octets datagram, Clock::time_point now);
  [[nodiscard]] bool is_right(const Slot& slot, std::size_t socket, Octets datagram) const;
  [[nodiscard]] std::uint32_t next_number(std::size_t address, bool random);
  void give_back(std::size_t socket, std::size_t slot);

  const Options& options_;
  Plan plan_;
  std::vector<int> sockets_;              // `options_.ports` for each address, address by address
  std::vector<std::vector<Slot>> slots_;  // for each socket
  std::vector<std::vector<std::uint16_t>> free_;  // slots of each socket
  std::vector<Share> shares_;                     // for each address
  Random random_;
  Clock::time_point started_;
  Clock::time_point last_answer_;
  std::size_t outstanding_ = 0;
  std::size_t next_socket_ = 0;
  bool over_ = false;
  Counts counts_;
  Latencies latencies_;
};

}  // namespace winsome::perf
