#include "replication/grpc/grpc_server.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/resource_quota.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "replication/grpc/doorman.h"
#include "replication/grpc/keep_alive.h"
#include "replication/grpc/protocol.h"
#include "replication/grpc/record_message.h"
#include "replication/grpc/server_calls.h"
#include "replication/tls/tls.h"
#include "server/core/check.h"
#include "winsome/replication/v1/replication.grpc.pb.h"

namespace winsome::transport {
namespace {

using grpc::CallbackServerContext;
using grpc::Status;
using grpc::StatusCode;
using replication::Input;
using replication::Link;
using replication::Peer;

constexpr int calls_per_connection_max = 16;
constexpr std::size_t memory_max = std::size_t{64} << 20;  // of gRPC's own, for all connections
constexpr int handshake_patience_ms = 10'000;
constexpr int idle_max_ms = 300'000;  // a connection without calls; a Watch is one

/// `ipv4:192.0.2.10:4711`
Endpoint endpoint_in(std::string_view peer) {
  constexpr std::string_view prefix = "ipv4:";
  if (!peer.starts_with(prefix)) return {};
  const auto endpoint = parse_endpoint(peer.substr(prefix.size()));
  return endpoint ? *endpoint : Endpoint();
}

Peer peer_of(const CallbackServerContext& call) {
  return {.carrier = replication::Carrier::grpc,
          .address = endpoint_in(call.peer()).address,
          .name = name_of_caller(*call.auth_context())};
}

/// Deletes itself when gRPC is done with it.
template <class Reactor>
class Call : public Reactor, public ServerCall {
 public:
  Call(ServerCalls& calls, CallbackServerContext& context)
      : ServerCall(peer_of(context), endpoint_in(context.peer())),
        calls_(calls),
        context_(context) {}

  void end(const Status& status) override {
    if (std::exchange(ended_, true)) return;
    this->Finish(status);
  }
  void break_off() override { context_.TryCancel(); }

 protected:
  /// Refuses what no call may be, and otherwise posts of it.
  template <class Request>
  void begin(const Request& request, std::string_view fault,
             const std::function<Input(Link)>& input) {
    if (!speaks_ours(request)) {
      calls_.refuse(*this, {StatusCode::FAILED_PRECONDITION,
                            words_for_other_version(request.protocol_version())});
    } else if (!fault.empty()) {
      calls_.refuse(*this, {StatusCode::INVALID_ARGUMENT, std::string(fault)});
    } else {
      calls_.begin(*this, input);
    }
  }

  void OnCancel() override { calls_.complete(*this, Status::CANCELLED, "it broke off"); }
  void OnDone() override {
    calls_.gone(*this);
    delete this;
  }

  ServerCalls& calls_;
  CallbackServerContext& context_;
  bool ended_ = false;
};

class MapCall final : public Call<grpc::ServerUnaryReactor> {
 public:
  MapCall(ServerCalls& calls, CallbackServerContext& context,
          const v1::GetOwnerVersionMapRequest& request, v1::GetOwnerVersionMapResponse& response)
      : Call(calls, context), response_(response) {
    begin(request, {}, [this](Link number) { return replication::MapAsked{number, peer}; });
  }

  void give_map(v1::GetOwnerVersionMapResponse&& response) override {
    if (ended_) return;
    response_.Swap(&response);
    end(Status::OK);
  }

 private:
  v1::GetOwnerVersionMapResponse& response_;
};

class NotifyCall final : public Call<grpc::ServerUnaryReactor> {
 public:
  NotifyCall(ServerCalls& calls, CallbackServerContext& context, const v1::NotifyRequest& request,
             v1::NotifyResponse& response)
      : Call(calls, context) {
    set_version(response);
    auto owners = from_message(request.owners());
    begin(request, owners ? "" : "too many owners", [&](Link number) {
      return replication::NotifyReceived{.link = number,
                                         .peer = peer,
                                         .owners = std::move(*owners),
                                         .initiator = Ipv4(request.initiator()),
                                         .propagate = request.propagate(),
                                         .pull_here = false};
    });
  }
};

/// One message is under way at a time; the next one comes when the engine heard of it.
template <class Message>
class StreamCall : public Call<grpc::ServerWriteReactor<Message>> {
 public:
  using Call<grpc::ServerWriteReactor<Message>>::Call;

 protected:
  void write(Message&& message, bool last) {
    if (this->ended_) return;
    check(!this->writing_since, "the next message of a stream before the last one was taken");
    message_ = std::move(message);
    this->writing_since = ServerCall::Clock::now();
    this->ended_ = last;
    if (last) {
      this->StartWriteAndFinish(&message_, {}, Status::OK);
    } else {
      this->StartWrite(&message_);
    }
  }

  template <class Taken>
  void taken(bool ok) {
    if (!ok) return;  // OnCancel comes
    this->calls_.post(*this, [this](Link number) {
      this->writing_since.reset();
      return Taken{number};
    });
  }

 private:
  Message message_;
};

class RecordsCall final : public StreamCall<v1::PullRecordsResponse> {
 public:
  RecordsCall(ServerCalls& calls, CallbackServerContext& context,
              const v1::PullRecordsRequest& request)
      : StreamCall(calls, context) {
    begin(request, request.range().owner() == 0 ? "whose records?" : "", [&](Link number) {
      return replication::RecordsAsked{number, peer, from_message(request.range())};
    });
  }

  void give_records(v1::PullRecordsResponse&& piece) override {
    const bool last = piece.last();
    write(std::move(piece), last);
  }
  void OnWriteDone(bool ok) override { taken<replication::RecordsTaken>(ok); }
};

class WatchCall final : public StreamCall<v1::WatchResponse> {
 public:
  WatchCall(ServerCalls& calls, CallbackServerContext& context, const v1::WatchRequest& request)
      : StreamCall(calls, context) {
    begin(request, {}, [this](Link number) { return replication::WatchAsked{number, peer}; });
  }

  void give_news(v1::WatchResponse&& news) override { write(std::move(news), false); }
  void OnWriteDone(bool ok) override { taken<replication::WatchTaken>(ok); }
};

class Service final : public v1::Replication::CallbackService {
 public:
  explicit Service(ServerCalls& calls) : calls_(calls) {}

  // The reactors delete themselves.
  // NOLINTBEGIN(cppcoreguidelines-owning-memory)
  grpc::ServerUnaryReactor* Hello(CallbackServerContext* context, const v1::HelloRequest* request,
                                  v1::HelloResponse* response) override {
    set_version(*response);
    auto* reactor = context->DefaultReactor();
    reactor->Finish(speaks_ours(*request)
                        ? Status::OK
                        : Status(StatusCode::FAILED_PRECONDITION,
                                 words_for_other_version(request->protocol_version())));
    return reactor;
  }
  grpc::ServerUnaryReactor* GetOwnerVersionMap(CallbackServerContext* context,
                                               const v1::GetOwnerVersionMapRequest* request,
                                               v1::GetOwnerVersionMapResponse* response) override {
    return new MapCall(calls_, *context, *request, *response);
  }
  grpc::ServerUnaryReactor* Notify(CallbackServerContext* context, const v1::NotifyRequest* request,
                                   v1::NotifyResponse* response) override {
    return new NotifyCall(calls_, *context, *request, *response);
  }
  grpc::ServerWriteReactor<v1::PullRecordsResponse>* PullRecords(
      CallbackServerContext* context, const v1::PullRecordsRequest* request) override {
    return new RecordsCall(calls_, *context, *request);
  }
  grpc::ServerWriteReactor<v1::WatchResponse>* Watch(CallbackServerContext* context,
                                                     const v1::WatchRequest* request) override {
    return new WatchCall(calls_, *context, *request);
  }
  // NOLINTEND(cppcoreguidelines-owning-memory)

 private:
  ServerCalls& calls_;
};

void set_limits(grpc::ServerBuilder& builder, const GrpcOptions& options) {
  builder.SetMaxReceiveMessageSize(message_length_max);
  builder.SetMaxSendMessageSize(message_length_max);
  builder.SetResourceQuota(grpc::ResourceQuota("replication").Resize(memory_max));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, calls_per_connection_max);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, handshake_patience_ms);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, idle_max_ms);
  set_keep_alive(options,
                 [&](const char* name, int value) { builder.AddChannelArgument(name, value); });
}

}  // namespace

// The order is that of construction; destruction goes backwards.
struct GrpcServer::Parts {
  Parts(Post post, GrpcFaults& faults, milliseconds write_patience)
      : calls(
            std::move(post), faults,
            [this](Endpoint remote, bool in_use) { doorman->note_use(remote, in_use); },
            write_patience),
        service(calls) {}

  ServerCalls calls;
  Service service;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> door;
  std::unique_ptr<grpc::Server> grpc;
  std::unique_ptr<Doorman> doorman;  // there before the first call, and until the last
};

GrpcServer::GrpcServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<GrpcServer>, std::string> GrpcServer::start(const GrpcOptions& options,
                                                                   const Tls* tls,
                                                                   GrpcFaults& faults, Post post) {
  if (!options.listen.empty() && !options.insecure && !tls)
    return fail(std::string("cannot serve replication over gRPC without certificates"));
  std::unique_ptr<GrpcServer> server(
      new GrpcServer(std::make_unique<Parts>(std::move(post), faults, options.limits.write)));
  if (options.listen.empty()) return server;
  if (auto listening = server->listen(options, tls, faults); !listening)
    return fail(std::move(listening.error()));
  return server;
}

Result<void, std::string> GrpcServer::listen(const GrpcOptions& options, const Tls* tls,
                                             GrpcFaults& faults) {
  auto doorman = Doorman::open(options.listen, options.insecure ? Entry::open : Entry::secured,
                               faults, options.limits);
  if (!doorman) return fail(std::move(doorman.error()));
  parts_->doorman = std::move(*doorman);
  grpc::ServerBuilder builder;
  set_limits(builder, options);
  builder.RegisterService(&parts_->service);
  using From = grpc::ServerBuilder::experimental_type::ExternalConnectionType;
  parts_->door = builder.experimental().AddExternalConnectionAcceptor(
      From::FROM_FD, options.insecure ? grpc::InsecureServerCredentials() : tls->for_callers());
  parts_->grpc = builder.BuildAndStart();
  if (!parts_->grpc) return fail(std::string("cannot serve replication over gRPC"));
  listening_ = parts_->doorman->listening();
  parts_->doorman->run([&door = *parts_->door](int descriptor) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = descriptor;
    door.HandleNewConnection(&connection);
  });
  return {};
}

GrpcServer::~GrpcServer() {
  parts_->calls.stop();
  parts_->doorman.reset();
  if (parts_->grpc) parts_->grpc->Shutdown(std::chrono::system_clock::now());
  parts_->calls.wait();
}

void GrpcServer::send(const replication::AnswerMap& what) {
  v1::GetOwnerVersionMapResponse response;
  set_version(response);
  to_message(what.owners, *response.mutable_owners());
  parts_->calls.give(what.link, &ServerCall::give_map, std::move(response));
}

void GrpcServer::send(const replication::AnswerRecords& what) {
  v1::PullRecordsResponse response;
  set_version(response);
  to_message(what.records, response);
  response.set_last(what.last);
  response.set_filtered(what.filtered);
  parts_->calls.give(what.link, &ServerCall::give_records, std::move(response));
}

void GrpcServer::send(const replication::AnswerWatch& what) {
  v1::WatchResponse response;
  set_version(response);
  to_message(what.owners, *response.mutable_owners());
  parts_->calls.give(what.link, &ServerCall::give_news, std::move(response));
}

void GrpcServer::send(const replication::RefuseLink& what) {
  parts_->calls.refuse(what.link, what.why);
}

void GrpcServer::close(Link link) {
  parts_->calls.end(link, Status::OK);
}

}  // namespace winsome::transport
