#include "server/services/tftp_service.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

#include "server/core/check.h"

namespace winsome::services {

Result<TftpPorts, std::string> TftpPorts::bind(const std::vector<Endpoint>& listen) {
  TftpPorts ports;
  for (auto endpoint : listen) {
    for (auto& sockets : ports.sockets_) {
      auto socket = TftpSocket::listen(endpoint);
      if (!socket) return fail(std::move(socket.error()));
      endpoint = socket->local();  // all threads on the port of the first
      sockets.push_back(std::move(*socket));
    }
    ports.endpoints_.push_back(endpoint);
  }
  return ports;
}

TftpService::TftpService(TftpPorts ports, BootFiles files, const tftp::Options& options,
                         TftpObserver observer)
    : context_{.options = options,
               .files = std::move(files),
               .observer = std::move(observer),
               .limits = {options.transfers_max, options.transfers_per_client_max}},
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  check(stop_ >= 0, "an eventfd can be had");
  for (auto& sockets : std::move(ports).take())
    workers_.push_back(std::make_unique<TftpWorker>(context_, std::move(sockets), stop_));
  for (const auto& worker : workers_) {
    threads_.emplace_back([&worker = *worker] { worker.run(); });
    ::pthread_setname_np(threads_.back().native_handle(), "tftp");
  }
}

TftpService::~TftpService() {
  ::eventfd_write(stop_, 1);  // nobody reads it: every thread sees it
  for (auto& thread : threads_) thread.join();
  workers_.clear();
  ::close(stop_);
}

TftpStatistics TftpService::statistics() const {
  TftpStatistics statistics;
  statistics.requests = context_.requests.load(std::memory_order_relaxed);
  statistics.duplicates = context_.duplicates.load(std::memory_order_relaxed);
  statistics.octets = context_.octets.load(std::memory_order_relaxed);
  statistics.transfers = context_.limits.count();
  for (std::size_t i = 0; i < tftp_end_kinds; ++i)
    statistics.ends[i] = context_.ends[i].load(std::memory_order_relaxed);
  return statistics;
}

}  // namespace winsome::services
