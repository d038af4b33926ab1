#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "replication/engine/input.h"
#include "replication/grpc/faults.h"
#include "replication/transport/transport.h"
#include "winsome/replication/v1/replication.pb.h"

namespace winsome::transport {

namespace v1 = replication::v1;

/// One call that a peer made. All of it happens under the lock of `ServerCalls`.
class ServerCall {
 public:
  using Clock = std::chrono::steady_clock;

  ServerCall(replication::Peer the_peer, Endpoint the_remote)
      : peer(std::move(the_peer)), remote(the_remote) {}
  ServerCall(const ServerCall&) = delete;
  ServerCall& operator=(const ServerCall&) = delete;
  virtual ~ServerCall() = default;

  virtual void give_map(v1::GetOwnerVersionMapResponse&&) {}
  virtual void give_records(v1::PullRecordsResponse&&) {}
  virtual void give_news(v1::WatchResponse&&) {}
  /// The first one counts.
  virtual void end(const grpc::Status& status) = 0;
  /// Without waiting for what is under way.
  virtual void break_off() = 0;

  const replication::Peer peer;
  const Endpoint remote;
  replication::Link link = 0;  // 0: nothing was posted of it
  std::string why;             // it did not end in order
  std::optional<Clock::time_point> writing_since;
};

/// The calls that are under way, by their links.
class ServerCalls {
 public:
  /// Whether a connection is in use by somebody who may be here.
  using NoteUse = std::function<void(Endpoint remote, bool in_use)>;

  /// `write_patience`: for a peer to take a message of a stream.
  ServerCalls(Post post, GrpcFaults& faults, NoteUse note_use, milliseconds write_patience);
  ServerCalls(const ServerCalls&) = delete;
  ServerCalls& operator=(const ServerCalls&) = delete;

  /// Gives the call its number and posts of it; ends it where that cannot be.
  void begin(ServerCall& call, const std::function<replication::Input(replication::Link)>& input);

  /// Ends a call that is not to be posted of.
  void refuse(ServerCall& call, const grpc::Status& status);

  /// On behalf of a call.
  void post(ServerCall& call, const std::function<replication::Input(replication::Link)>& input);
  void complete(ServerCall& call, const grpc::Status& status, std::string why = {});
  /// The last of a call: gRPC is done with it.
  void gone(ServerCall& call);

  /// On behalf of the engine; a link that is gone is passed over.
  template <class Message>
  void give(replication::Link link, void (ServerCall::*how)(Message&&),
            std::type_identity_t<Message>&& message) {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(link);
    if (found == calls_.end()) return;
    (found->second->*how)(std::move(message));
    if (idling_) written_.notify_all();
  }
  /// Nothing is posted of the link after.
  void end(replication::Link link, const grpc::Status& status);
  /// The same, for who may not be here.
  void refuse(replication::Link link, const std::string& why);

  /// Ends all calls, and takes no more.
  void stop();
  /// Until gRPC is done with every one.
  void wait();

 private:
  void forget(ServerCall& call);
  void end(ServerCall& call, const grpc::Status& status);
  void turn_away(ServerCall& call, const grpc::Status& status);
  void tell(const ServerCall& call, GrpcFault fault, const std::string& what);
  void watch();
  std::optional<ServerCall::Clock::time_point> break_off_stalled();

  Post post_;
  GrpcFaults& faults_;
  NoteUse note_use_;
  milliseconds write_patience_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::condition_variable written_;
  std::unordered_map<replication::Link, ServerCall*> calls_;
  std::unordered_set<ServerCall*> under_way_;  // also those that were refused, and those that end
  replication::Link next_ = first_incoming_grpc;
  bool stopping_ = false;
  bool idling_ = false;  // the watcher: nothing is being written
  std::thread watcher_;
};

}  // namespace winsome::transport
