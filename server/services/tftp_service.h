#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/services/boot_files.h"
#include "server/services/tftp_report.h"
#include "server/services/tftp_socket.h"
#include "server/services/tftp_worker.h"
#include "server/tftp/options.h"

namespace winsome::services {

/// Hundreds of transfers are little work; two threads because one may wait for a disk.
inline constexpr std::size_t tftp_threads = 2;

/// The listening sockets, one vector a thread. Bound while the daemon may still bind low ports.
class TftpPorts {
 public:
  /// The text of a failure is one sentence that says what to do.
  [[nodiscard]] static Result<TftpPorts, std::string> bind(const std::vector<Endpoint>& listen);

  /// As bound: with the port that the kernel chose where 0 was asked for.
  [[nodiscard]] const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  [[nodiscard]] std::vector<std::vector<TftpSocket>> take() && { return std::move(sockets_); }

 private:
  TftpPorts() : sockets_(tftp_threads) {}
  std::vector<Endpoint> endpoints_;
  std::vector<std::vector<TftpSocket>> sockets_;
};

/// The TFTP server on its own threads (decision 24), from construction to destruction. Transfers
/// that go on when it is destroyed are dropped.
class TftpService {
 public:
  TftpService(TftpPorts ports, BootFiles files, const tftp::Options& options,
              TftpObserver observer);
  TftpService(const TftpService&) = delete;
  TftpService& operator=(const TftpService&) = delete;
  ~TftpService();

  /// Any thread may ask.
  [[nodiscard]] TftpStatistics statistics() const;

 private:
  TftpContext context_;
  int stop_;
  std::vector<std::unique_ptr<TftpWorker>> workers_;
  std::vector<std::thread> threads_;
};

}  // namespace winsome::services
