#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "server/daemon/clock.h"
#include "server/daemon/mailbox.h"
#include "server/names/responder.h"
#include "server/net/udp_socket.h"

namespace winsome::daemon {

/// The options of all answer threads, replaced as a whole by a reload.
class SharedOptions {
 public:
  explicit SharedOptions(names::ResponderOptions options) { set(std::move(options)); }
  void set(names::ResponderOptions options);
  [[nodiscard]] std::shared_ptr<const names::ResponderOptions> get() const;
  [[nodiscard]] std::uint64_t generation() const {
    return generation_.load(std::memory_order_acquire);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const names::ResponderOptions> options_;
  std::atomic<std::uint64_t> generation_ = 0;
};

/// One thread of the answer plane: one socket, whose queries it answers and whose other messages it
/// hands on.
class AnswerThread {
 public:
  AnswerThread(std::uint16_t number, const net::UdpSocket& socket, names::Responder& responder,
               Mailbox& mailbox, const SharedOptions& options, const Clock& clock);
  ~AnswerThread();
  AnswerThread(const AnswerThread&) = delete;
  AnswerThread& operator=(const AnswerThread&) = delete;

  [[nodiscard]] std::uint64_t send_failures() const {
    return send_failures_.load(std::memory_order_relaxed);
  }

 private:
  void run();

  std::uint16_t number_;
  const net::UdpSocket& socket_;
  names::Responder& responder_;
  Mailbox& mailbox_;
  const SharedOptions& options_;
  const Clock& clock_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> send_failures_ = 0;
  std::thread thread_;
};

}  // namespace winsome::daemon
