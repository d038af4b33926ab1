#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "replication/grpc/client_link.h"
#include "replication/grpc/protocol.h"

namespace winsome::transport {

/// One call on a link that we opened. Its own until gRPC is done with it.
class ClientCall {
 public:
  explicit ClientCall(ClientLink& of) : link(of.shared_from_this()) {}
  ClientCall(const ClientCall&) = delete;
  ClientCall& operator=(const ClientCall&) = delete;
  virtual ~ClientCall() = default;

  // Both under the lock of the link.
  virtual void start() = 0;
  virtual void stop() { context.TryCancel(); }

 protected:
  /// The last of it.
  void finish(const grpc::Status& status, const std::function<void()>& in_order) {
    link->finished(*this, status, in_order);
    link->links().call_ended(std::unique_ptr<ClientCall>(this));
  }

  std::shared_ptr<ClientLink> link;
  grpc::ClientContext context;
};

/// A call with one answer.
template <class Request, class Response>
class Question final : public ClientCall, public grpc::ClientUnaryReactor {
 public:
  using Make = std::function<void(Calls&, grpc::ClientContext*, const Request*, Response*,
                                  grpc::ClientUnaryReactor*)>;
  using Answered = std::function<void(const Response&)>;  // under the lock of the link

  Question(ClientLink& of, seconds patience, Request request, Make make, Answered answered)
      : ClientCall(of),
        request_(std::move(request)),
        make_(std::move(make)),
        answered_(std::move(answered)) {
    set_version(request_);
    context.set_deadline(std::chrono::system_clock::now() + patience);
  }

  void start() override {
    make_(link->calls(), &context, &request_, &response_, this);
    StartCall();
  }

  void OnDone(const grpc::Status& status) override {
    finish(status, [this] {
      if (!speaks_ours(response_))
        return link->end(words_for_other_version(response_.protocol_version()));
      answered_(response_);
    });
  }

 private:
  Request request_;
  Response response_;
  Make make_;
  Answered answered_;
};

/// Records of one owner, piece by piece: the next one is read when the engine takes more.
class RecordsPull final : public ClientCall,
                          public grpc::ClientReadReactor<v1::PullRecordsResponse> {
 public:
  RecordsPull(ClientLink& of, const replication::OwnerRange& range);

  void start() override;
  void stop() override;
  void take_more();  // under the lock of the link

  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  void release();

  v1::PullRecordsRequest request_;
  v1::PullRecordsResponse piece_;
  Ipv4 owner_;
  bool held_ = false;     // reads may be started from outside gRPC's reactions
  bool waiting_ = false;  // for TakeMore
  bool whole_ = false;
};

/// What the partner tells as long as the link lives.
class NewsWatch final : public ClientCall, public grpc::ClientReadReactor<v1::WatchResponse> {
 public:
  explicit NewsWatch(ClientLink& of);

  void start() override;
  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

 private:
  v1::WatchRequest request_;
  v1::WatchResponse news_;
};

}  // namespace winsome::transport
