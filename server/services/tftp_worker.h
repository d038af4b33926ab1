#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/core/instant.h"
#include "server/core/ipv4.h"
#include "server/services/boot_files.h"
#include "server/services/tftp_limits.h"
#include "server/services/tftp_report.h"
#include "server/services/tftp_socket.h"
#include "server/tftp/options.h"
#include "server/tftp/transfer.h"

namespace winsome::services {

/// What the threads of the service have in common.
struct TftpContext {
  tftp::Options options;
  BootFiles files;
  TftpObserver observer;
  TftpLimits limits;

  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> duplicates{0};
  std::atomic<std::uint64_t> octets{0};
  std::array<std::atomic<std::uint64_t>, tftp_end_kinds> ends{};
};

/// One thread's requests and transfers: waits for all of their sockets at once.
class TftpWorker {
 public:
  /// `stop` is a descriptor that becomes readable when it is time to stop.
  TftpWorker(TftpContext& context, std::vector<TftpSocket> listening, int stop);
  TftpWorker(const TftpWorker&) = delete;
  TftpWorker& operator=(const TftpWorker&) = delete;
  ~TftpWorker();

  void run();

 private:
  /// Names a socket to epoll: transfers count on from the listening sockets.
  using Token = std::uint64_t;

  struct Session {
    Endpoint client;
    std::string name;  // as the client wrote it
    std::vector<std::uint8_t> request;
    TftpSocket socket;
    BootFile file;
    tftp::Transfer transfer;
    Instant started;
    Instant wake_at = never;
    std::uint64_t octets = 0;
  };

  void watch(int fd, Token token);
  [[nodiscard]] int patience() const;
  void receive_requests(const TftpSocket& socket);
  void take_request(const TftpSocket::Arrival& arrival);
  /// True where the request is to be ignored; ends a transfer whose client has begun anew.
  bool already_answered(const TftpSocket::Arrival& arrival);
  void open_session(const TftpSocket::Arrival& arrival, const tftp::Request& request,
                    const std::string& path);
  void refuse(const TftpSocket::Arrival& arrival, std::string name, TftpEnd end,
              tftp::ErrorCode code, std::string_view message);
  void receive_packets(Token token);
  void wake_sessions();
  /// The session may be gone afterwards.
  void carry_out(Token token, Session& session, tftp::Actions actions);
  void count_octets(Session& session, const tftp::Actions& blocks);
  void sleep_until(Token token, Session& session, Instant wake_at);
  void close_session(Token token, TftpEnd end);
  void report(const TftpReport& report);

  TftpContext& context_;
  std::vector<TftpSocket> listening_;
  int epoll_;
  Instant now_{};
  Token next_token_;
  absl::flat_hash_map<Token, std::unique_ptr<Session>> sessions_;
  absl::btree_map<Endpoint, Token> by_client_;
  absl::btree_set<std::pair<Instant, Token>> timers_;
  std::vector<std::uint8_t> window_;  // of the file
};

}  // namespace winsome::services
