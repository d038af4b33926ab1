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

ServerCalls::ServerCalls(Post post, GrpcFaults& faults, NoteUse note_use,
                         milliseconds write_patience)
    : post_(std::move(post)),
      faults_(faults),
      note_use_(std::move(note_use)),
      write_patience_(write_patience),
      watcher_([this] { watch(); }) {}

void ServerCalls::begin(ServerCall& call,
                        const std::function<replication::Input(replication::Link)>& input) {
  const std::lock_guard lock(mutex_);
  under_way_.insert(&call);
  if (stopping_) return call.end({StatusCode::UNAVAILABLE, "the server stops"});
  const auto of_one = std::ranges::count_if(
      calls_, [&](const auto& other) { return same(other.second->peer, call.peer); });
  if (calls_.size() >= calls_max || static_cast<std::size_t>(of_one) >= calls_of_one_max)
    return turn_away(call, {StatusCode::RESOURCE_EXHAUSTED, "too many calls at once"});
  call.link = next_++;
  calls_.emplace(call.link, &call);
  note_use_(call.remote, true);
  if (post_(input(call.link))) return;
  forget(call);
  call.end({StatusCode::RESOURCE_EXHAUSTED, "the server is too busy"});
}

void ServerCalls::refuse(ServerCall& call, const Status& status) {
  const std::lock_guard lock(mutex_);
  under_way_.insert(&call);
  turn_away(call, status);
}

/// For what the peer did wrong.
void ServerCalls::turn_away(ServerCall& call, const Status& status) {
  tell(call, GrpcFault::refused_call, status.error_message());
  call.end(status);
}

void ServerCalls::tell(const ServerCall& call, GrpcFault fault, const std::string& what) {
  const auto& [carrier, address, name] = call.peer;
  faults_.tell(fault, name.empty() ? to_text(address) : name, what);
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
  if (call.why.empty()) call.why = std::move(why);
  call.end(status);
}

void ServerCalls::gone(ServerCall& call) {
  const std::lock_guard lock(mutex_);
  if (call.link != 0 && !stopping_) post_(replication::LinkDown{call.link, call.why});
  forget(call);
  under_way_.erase(&call);
  if (under_way_.empty()) idle_.notify_all();
}

void ServerCalls::end(replication::Link link, const Status& status) {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(link);
  if (found != calls_.end()) end(*found->second, status);
}

void ServerCalls::refuse(replication::Link link, const std::string& why) {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(link);
  if (found == calls_.end()) return;
  note_use_(found->second->remote, false);
  end(*found->second, {StatusCode::PERMISSION_DENIED, why});
}

void ServerCalls::end(ServerCall& call, const Status& status) {
  forget(call);
  call.end(status);
}

void ServerCalls::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  written_.notify_all();
  for (const auto& [link, call] : calls_) call->end({StatusCode::UNAVAILABLE, "the server stops"});
}

void ServerCalls::wait() {
  watcher_.join();
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return under_way_.empty(); });
}

/// On a thread of its own.
void ServerCalls::watch() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto next = break_off_stalled();
    idling_ = !next;
    if (next) {
      written_.wait_until(lock, *next);
    } else {
      written_.wait(lock);
    }
  }
}

/// When the next one may have to be looked at; all have the same patience, so none comes before it.
std::optional<ServerCall::Clock::time_point> ServerCalls::break_off_stalled() {
  std::optional<ServerCall::Clock::time_point> next;
  const auto now = ServerCall::Clock::now();
  for (auto* call : under_way_) {
    if (!call->writing_since) continue;
    const auto due = *call->writing_since + write_patience_;
    if (due > now) {
      next = std::min(next.value_or(due), due);
      continue;
    }
    call->writing_since.reset();
    call->why = "it does not take what it asked for";
    tell(*call, GrpcFault::stalled, call->why);
    call->break_off();
  }
  return next;
}

/// Nothing is posted of it from now on.
void ServerCalls::forget(ServerCall& call) {
  calls_.erase(call.link);
  call.link = 0;
}

}  // namespace winsome::transport
