#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "server/daemon/mailbox.h"
#include "server/names/actions.h"
#include "server/store/name_store.h"

namespace winsome::daemon {

/// Makes batches durable, one after the other, while the decision plane goes on. After a failure
/// every batch fails until a probe has succeeded, so that none can become durable whose predecessor
/// is not.
class StoreThread {
 public:
  struct Work {
    std::uint64_t batch = 0;  // 0: only probe
    std::vector<names::Change> changes = {};
    std::vector<replication::Change> replication = {};
    std::vector<dhcp::Change> leases = {};
    std::uint64_t version = 0;
    store::ClockMark clock;
  };

  StoreThread(store::NameStore& store, Mailbox& mailbox);
  /// Finishes what was posted.
  ~StoreThread();
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  void post(Work work);

 private:
  void run();
  [[nodiscard]] Completion perform(const Work& work);

  store::NameStore& store_;
  Mailbox& mailbox_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;
  bool stopping_ = false;
  bool failed_ = false;
  std::uint64_t version_ = 0;  // of the last batch written
  std::thread thread_;
};

}  // namespace winsome::daemon
