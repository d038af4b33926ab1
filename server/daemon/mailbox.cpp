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
    ++requests_waiting_;
  }
  for (auto& response : responses) {
    if (responses_waiting_ < responses_max) {
      responses_.push_back(std::move(response));
      ++responses_waiting_;
    } else {
      count(names::Drop::queue_full);
    }
  }
  requests.clear();
  responses.clear();
  wake_if_ready();
}

std::optional<names::Drop> Mailbox::refusal(Ipv4 source) const {
  if (requests_waiting_ >= queue_limit_) return names::Drop::queue_full;
  const bool pressed = requests_waiting_ >= queue_limit_ / pressure_divisor;
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
  return !commands_.empty() || responses_waiting_ > 0 || !replication_.empty() ||
         lease_answers_ > 0 || requests_waiting_ + leases_.size() >= enough_;
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

  auto commands = std::exchange(commands_, {});
  // What was posted meanwhile comes when the last that was taken over is used up: so in order.
  if (responses_taken_.empty()) responses_taken_.swap(responses_);
  if (requests_taken_.empty()) requests_taken_.swap(requests_);
  const auto room = most - std::min(most, commands.size());
  const auto responses = std::min(room, responses_taken_.size());
  const auto requests = std::min(room - responses, requests_taken_.size());
  responses_waiting_ -= responses;
  requests_waiting_ -= requests;
  contents.waiting = requests_waiting_;
  const auto leases = static_cast<std::ptrdiff_t>(std::min(most, leases_.size()));
  contents.leases.assign(std::make_move_iterator(leases_.begin()),
                         std::make_move_iterator(leases_.begin() + leases));
  leases_.erase(leases_.begin(), leases_.begin() + leases);
  lease_answers_ = 0;
  contents.replication = std::exchange(replication_, {});
  lock.unlock();

  contents.inputs.reserve(commands.size() + responses + requests);
  const auto move_from = [&](auto& queue, std::size_t count) {
    for (; count > 0; --count) {
      contents.inputs.emplace_back(std::move(queue.front()));
      queue.pop_front();
    }
  };
  move_from(commands, commands.size());
  move_from(responses_taken_, responses);
  for (std::size_t i = 0; i < requests; ++i)
    limits_.dequeue(requests_taken_[i].path.remote.address);
  move_from(requests_taken_, requests);
  return contents;
}

}  // namespace winsome::daemon
