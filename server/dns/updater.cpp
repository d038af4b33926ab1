#include "server/dns/updater.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "server/dns/exchange.h"

namespace winsome::dns {

Updater::Updater(const Options& options, std::uint64_t seed, Listener listener)
    : options_(options),
      listener_(std::move(listener)),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      update_(options.key, seed,
              [this](const Query& query) {
                return exchange(options_.server, query, options_.key, options_.timeout,
                                options_.tries, stop_);
              }),
      thread_([this] { run(); }) {}

Updater::~Updater() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ::eventfd_write(stop_, 1);
  changed_.notify_all();
  thread_.join();
  ::close(stop_);
}

void Updater::post(const std::vector<dhcp::DnsWork>& work) {
  const std::lock_guard lock(mutex_);
  for (const auto& one : work) {
    if (queue_.size() >= held_max) break;
    if (one.id <= last_) continue;
    queue_.push_back(one);
    last_ = one.id;
  }
  changed_.notify_all();
}

Updater::Counters Updater::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

void Updater::run() {
  auto pause = options_.retry;
  bool reached = true;
  for (;;) {
    dhcp::DnsWork work;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      work = queue_.front();
    }
    const auto outcome = update_.carry_out(work);
    const bool answered = outcome.verdict != Verdict::no_answer;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      count(outcome.verdict);
      if (answered) queue_.pop_front();
    }
    if (std::exchange(reached, answered) != answered) listener_.reach_changed(answered);
    if (answered) {
      pause = options_.retry;
      listener_.finished(work, outcome);
      continue;
    }
    if (!rest(pause)) return;
    pause = std::min(pause * 2, options_.retry_max);
  }
}

bool Updater::rest(milliseconds pause) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, pause, [this] { return stopping_; });
}

void Updater::count(Verdict verdict) {
  switch (verdict) {
    case Verdict::done: ++counters_.done; break;
    case Verdict::conflict: ++counters_.conflicts; break;
    case Verdict::refused: ++counters_.refused; break;
    case Verdict::no_answer: ++counters_.unreachable; break;
  }
}

}  // namespace winsome::dns
