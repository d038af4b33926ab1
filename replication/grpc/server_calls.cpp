#include "replication/grpc/server_calls.h"

#include <algorithm>

namespace winsome::transport {
namespace {

using grpc::Status;
using grpc::StatusCode;

constexpr std::size_t calls_max = 1024;       // as many conversations as the engine has with peers
constexpr std::size_t calls_of_one_max = 32;  // a peer that never reads what it asked for

bool same(const replication::Peer& a, const replication::Peer& b) {
  return a.name == b.name && (!a.name.empty() || a.address == b.address);
}

}  // namespace

void ServerCalls::begin(ServerCall& call,
                        const std::function<replication::Input(replication::Link)>& input) {
  const std::lock_guard lock(mutex_);
  ++under_way_;
  if (stopping_) return call.end({StatusCode::UNAVAILABLE, "the server stops"});
  const auto of_one = std::ranges::count_if(
      calls_, [&](const auto& other) { return same(other.second->peer, call.peer); });
  if (calls_.size() >= calls_max || static_cast<std::size_t>(of_one) >= calls_of_one_max)
    return turn_away(call, {StatusCode::RESOURCE_EXHAUSTED, "too many calls at once"});
  call.link = next_++;
  calls_.emplace(call.link, &call);
  if (post_(input(call.link))) return;
  forget(call);
  call.end({StatusCode::RESOURCE_EXHAUSTED, "the server is too busy"});
}

void ServerCalls::refuse(ServerCall& call, const Status& status) {
  const std::lock_guard lock(mutex_);
  ++under_way_;
  turn_away(call, status);
}

/// For what the peer did wrong.
void ServerCalls::turn_away(ServerCall& call, const Status& status) const {
  const auto& [carrier, address, name] = call.peer;
  if (fault_) fault_(name.empty() ? to_text(address) : name, status.error_message());
  call.end(status);
}

void ServerCalls::post(ServerCall& call,
                       const std::function<replication::Input(replication::Link)>& input) {
  const std::lock_guard lock(mutex_);
  if (call.link == 0 || stopping_ || post_(input(call.link))) return;
  forget(call);
  call.end({StatusCode::RESOURCE_EXHAUSTED, "the server is too busy"});
}

void ServerCalls::complete(ServerCall& call, const Status& status, std::string why) {
  const std::lock_guard lock(mutex_);
  call.why = std::move(why);
  call.end(status);
}

void ServerCalls::gone(ServerCall& call) {
  const std::lock_guard lock(mutex_);
  if (call.link != 0 && !stopping_) post_(replication::LinkDown{call.link, call.why});
  forget(call);
  if (--under_way_ == 0) idle_.notify_all();
}

void ServerCalls::end(replication::Link link, const Status& status) {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(link);
  if (found == calls_.end()) return;
  auto& call = *found->second;
  forget(call);
  call.end(status);
}

void ServerCalls::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (const auto& [link, call] : calls_) call->end({StatusCode::UNAVAILABLE, "the server stops"});
}

void ServerCalls::wait() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return under_way_ == 0; });
}

/// Nothing is posted of it from now on.
void ServerCalls::forget(ServerCall& call) {
  calls_.erase(call.link);
  call.link = 0;
}

}  // namespace winsome::transport
