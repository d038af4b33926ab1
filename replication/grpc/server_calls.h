#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "replication/engine/input.h"
#include "replication/transport/transport.h"
#include "winsome/replication/v1/replication.pb.h"

namespace winsome::transport {

namespace v1 = replication::v1;

/// One call that a peer made. All of it happens under the lock of `ServerCalls`.
class ServerCall {
 public:
  explicit ServerCall(replication::Peer the_peer) : peer(std::move(the_peer)) {}
  ServerCall(const ServerCall&) = delete;
  ServerCall& operator=(const ServerCall&) = delete;
  virtual ~ServerCall() = default;

  virtual void give_map(v1::GetOwnerVersionMapResponse&&) {}
  virtual void give_records(v1::PullRecordsResponse&&) {}
  virtual void give_news(v1::WatchResponse&&) {}
  /// The first one counts.
  virtual void end(const grpc::Status& status) = 0;

  const replication::Peer peer;
  replication::Link link = 0;  // 0: nothing was posted of it
  std::string why;             // it did not end in order
};

/// The calls that are under way, by their links.
class ServerCalls {
 public:
  ServerCalls(Post post, NoteFault fault) : post_(std::move(post)), fault_(std::move(fault)) {}
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
  void give(replication::Link link, void (ServerCall::*how)(Message&&), Message&& message) {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(link);
    if (found != calls_.end()) (found->second->*how)(std::move(message));
  }
  /// Nothing is posted of the link after.
  void end(replication::Link link, const grpc::Status& status);

  /// Ends all calls, and takes no more.
  void stop();
  /// Until gRPC is done with every one.
  void wait();

 private:
  void forget(ServerCall& call);
  void turn_away(ServerCall& call, const grpc::Status& status) const;

  Post post_;
  NoteFault fault_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::unordered_map<replication::Link, ServerCall*> calls_;
  std::size_t under_way_ = 0;  // also those that were refused
  replication::Link next_ = first_incoming_grpc;
  bool stopping_ = false;
};

}  // namespace winsome::transport
