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

void Updater::fill(const Source& source) {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  asked_ = false;
  has_room_ = false;
  if (look_again_ <= now) {
    look_again_ = Clock::time_point::max();
    after_ = 0;
  }
  while (queue_.size() < held_max) {
    const auto more = source(after_);
    if (more.empty()) break;
    for (const auto& work : more) {
      if (queue_.size() >= held_max) break;
      after_ = work.id;
      auto& lane = lane_of(work);
      if (work.id <= lane.taken) continue;
      if (lane.until > now && !lane.given_up()) {
        look_again_ = std::min(look_again_, lane.until);
        continue;
      }
      lane.taken = work.id;
      queue_.push_back(work);
    }
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
  dhcp::DnsWork work;
  while (next(work)) {
    auto outcome = tell(work);
    if (stopped()) return;
    const bool finished = settle(work, outcome);
    const bool answered = outcome.verdict != Verdict::no_answer;
    if (std::exchange(reached, answered) != answered) listener_.reach_changed(answered);
    if (finished) listener_.finished(work, outcome);
    if (answered) {
      pause = options_.retry;
    } else {
      if (!rest(pause)) return;
      pause = std::min(pause * 2, options_.retry_max);
    }
  }
}

/// Waits for one; false when it was stopped.
bool Updater::next(dhcp::DnsWork& work) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!asked_ && (has_room_ || look_again_ <= Clock::now())) {
      asked_ = true;
      lock.unlock();
      listener_.resumed();
      lock.lock();
      continue;
    }
    if (!queue_.empty()) {
      work = queue_.front();
      return true;
    }
    if (asked_ || look_again_ == Clock::time_point::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, look_again_);
    }
  }
  return false;
}

Outcome Updater::tell(const dhcp::DnsWork& work) {
  {
    const std::lock_guard lock(mutex_);
    const auto& lane = lane_of(work);
    if (lane.given_up() && lane.until > Clock::now())
      return {Verdict::refused, "updates of " + parent_of(work) + " are refused for hours"};
  }
  auto wanted = work;
  if (options_.ttl != seconds(0)) wanted.ttl = options_.ttl;
  return update_.carry_out(wanted);
}

/// What follows from `outcome`; true when the entry is finished.
bool Updater::settle(const dhcp::DnsWork& work, Outcome& outcome) {
  std::unique_lock lock(mutex_);
  count(outcome.verdict);
  if (outcome.verdict == Verdict::no_answer) return false;
  auto& lane = lane_of(work);
  if (outcome.verdict != Verdict::unwilling) {
    if (outcome.verdict != Verdict::refused) lane.unwilling = 0;
    queue_.pop_front();
    return true;
  }
  const bool first = lane.unwilling == 0;
  postpone(work, lane);
  const bool given_up = lane.given_up();
  lock.unlock();
  if (first) listener_.postponed(parent_of(work), outcome);
  if (given_up) outcome.verdict = Verdict::refused;
  return given_up;
}

/// Leaves it and what is behind it to the durable queue; where the zone is given up it is finished.
void Updater::postpone(const dhcp::DnsWork& work, Lane& lane) {
  auto pause = options_.retry;
  for (unsigned i = 0; i < lane.unwilling && pause < options_.retry_max; ++i) pause *= 2;
  lane.until = Clock::now() + std::min(pause, options_.retry_max);
  lane.unwilling = std::min(lane.unwilling + 1, unwilling_max);
  if (lane.given_up()) {
    queue_.pop_front();
    return;
  }
  std::erase_if(queue_, [&](const dhcp::DnsWork& one) { return &lane_of(one) == &lane; });
  has_room_ = true;
  lane.taken = work.id - 1;
  look_again_ = std::min(look_again_, lane.until);
}

Updater::Lane& Updater::lane_of(const dhcp::DnsWork& work) {
  if (work.reverse) return lanes_[lanes_each + (work.address.value() >> 8) % lanes_each];
  return lanes_[std::hash<std::string>()(parent_of(work)) % lanes_each];
}

bool Updater::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
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
    case Verdict::unwilling: ++counters_.postponed; break;
    case Verdict::no_answer: ++counters_.unreachable; break;
  }
}

}  // namespace winsome::dns
