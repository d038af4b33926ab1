#include "server/daemon/mailbox.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace winsome::daemon {

void Mailbox::set_queue_limit(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  queue_limit_ = limit;
}

void Mailbox::post(std::vector<names::ClientRequest>& requests,
                   std::vector<names::ClientResponse>& responses,
                   const std::function<void(names::Drop)>& count) {
  if (requests.empty() && responses.empty()) return;
  const std::lock_guard lock(mutex_);
  for (auto& request : requests) {
    const auto source = request.path.remote.address;
    if (const auto why = refusal(source)) {
      count(*why);
      continue;
    }
    limits_.queue(source);
    requests_.push_back(std::move(request));
  }
  for (auto& response : responses) {
    if (responses_.size() < responses_max) {
      responses_.push_back(std::move(response));
    } else {
      count(names::Drop::queue_full);
    }
  }
  requests.clear();
  responses.clear();
  wake_if_ready();
}

std::optional<names::Drop> Mailbox::refusal(Ipv4 source) const {
  if (requests_.size() >= queue_limit_) return names::Drop::queue_full;
  const bool pressed = requests_.size() >= queue_limit_ / pressure_divisor;
  if (pressed && limits_.queued(source) >= queue_limit_ / share_divisor)
    return names::Drop::queue_share;
  return {};
}

bool Mailbox::post(names::CommandRequest command) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || commands_.size() >= commands_max) return false;
  commands_.push_back(std::move(command));
  wake_if_ready();
  return true;
}

namespace {

/// Only these may be refused: without the others the engine would wait for ever.
bool begins_something(const replication::Input& input) {
  using namespace replication;
  return std::holds_alternative<MapAsked>(input) || std::holds_alternative<RecordsAsked>(input) ||
         std::holds_alternative<WatchAsked>(input) || std::holds_alternative<NotifyReceived>(input);
}

}  // namespace

bool Mailbox::post(replication::Input&& input) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  if (replication_.size() >= replication_max && begins_something(input)) return false;
  replication_.push_back(std::move(input));
  wake_if_ready();
  return true;
}

std::size_t Mailbox::post(std::vector<dhcp::ClientMessage>& messages) {
  if (messages.empty()) return 0;
  const std::lock_guard lock(mutex_);
  std::size_t dropped = 0;
  for (auto& message : messages) {
    if (stopping_ || leases_.size() >= leases_max) {
      ++dropped;
    } else {
      leases_.emplace_back(std::move(message));
    }
  }
  messages.clear();
  wake_if_ready();
  return dropped;
}

bool Mailbox::post(dhcp::Input&& input) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  leases_.push_front(std::move(input));
  ++lease_answers_;
  wake_if_ready();
  return true;
}

void Mailbox::post(Completion completion) {
  const std::lock_guard lock(mutex_);
  completions_.push_back(std::move(completion));
  wake_if_ready();
}

void Mailbox::post(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  calls_.push_back(std::move(call));
  wake_if_ready();
}

void Mailbox::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  wake_if_ready();
}

bool Mailbox::ready() const {
  if (!completions_.empty() || !calls_.empty()) return true;
  if (enough_ == 0) return false;
  if (stopping_ && enough_ == 1) return true;
  // An administrator waits, and so does a challenge or a partner: only requests are gathered.
  return !commands_.empty() || !responses_.empty() || !replication_.empty() || lease_answers_ > 0 ||
         requests_.size() + leases_.size() >= enough_;
}

void Mailbox::wake_if_ready() {
  if (sleeping_ && ready()) {
    sleeping_ = false;
    changed_.notify_one();
  }
}

Mailbox::Contents Mailbox::take(std::size_t enough, std::size_t most, milliseconds at_most) {
  std::unique_lock lock(mutex_);
  enough_ = enough;
  if (!ready() && at_most > milliseconds(0)) {
    sleeping_ = true;
    changed_.wait_for(lock, at_most, [this] { return ready(); });
    sleeping_ = false;
  }
  Contents contents;
  contents.completions = std::exchange(completions_, {});
  contents.calls = std::exchange(calls_, {});
  contents.stopping = stopping_;
  if (enough == 0) return contents;

  contents.inputs.reserve(std::min(most, commands_.size() + responses_.size() + requests_.size()));
  const auto move_from = [&](auto& queue, const auto& taken) {
    while (!queue.empty() && contents.inputs.size() < most) {
      taken(queue.front());
      contents.inputs.emplace_back(std::move(queue.front()));
      queue.pop_front();
    }
  };
  move_from(commands_, [](const names::CommandRequest&) {});
  move_from(responses_, [](const names::ClientResponse&) {});
  move_from(requests_,
            [this](const names::ClientRequest& r) { limits_.dequeue(r.path.remote.address); });
  contents.waiting = requests_.size();
  const auto leases = static_cast<std::ptrdiff_t>(std::min(most, leases_.size()));
  contents.leases.assign(std::make_move_iterator(leases_.begin()),
                         std::make_move_iterator(leases_.begin() + leases));
  leases_.erase(leases_.begin(), leases_.begin() + leases);
  lease_answers_ = 0;
  contents.replication = std::exchange(replication_, {});
  return contents;
}

}  // namespace winsome::daemon
