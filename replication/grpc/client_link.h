#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "replication/engine/action.h"
#include "replication/tls/tls.h"
#include "replication/transport/transport.h"
#include "winsome/replication/v1/replication.grpc.pb.h"

namespace winsome::transport {

namespace v1 = replication::v1;

/// What starts calls; the stub has a function of the same name.
using Calls = class v1::Replication::Stub::async;

class ClientCall;
class ClientLink;
class RecordsPull;

/// The links that are up or coming up, and the calls that gRPC has under way for them. What is done
/// with is destroyed on a thread of its own: with the last channel gRPC joins the threads that it
/// calls us on, so it may not go on one of them.
class ClientLinks {
 public:
  ClientLinks();
  ClientLinks(const ClientLinks&) = delete;
  ClientLinks& operator=(const ClientLinks&) = delete;
  ~ClientLinks();  // waits until no call is under way

  void add(std::shared_ptr<ClientLink> link);
  void remove(replication::Link link);
  [[nodiscard]] std::shared_ptr<ClientLink> find(replication::Link link);
  [[nodiscard]] std::vector<std::shared_ptr<ClientLink>> all();

  void call_began();
  void call_ended(std::unique_ptr<ClientCall> call);

 private:
  void bury();

  std::mutex mutex_;
  std::condition_variable work_;
  std::unordered_map<replication::Link, std::shared_ptr<ClientLink>> links_;
  std::size_t under_way_ = 0;
  std::vector<std::shared_ptr<ClientLink>> gone_links_;
  std::vector<std::unique_ptr<ClientCall>> gone_calls_;
  bool stopping_ = false;
  std::thread burier_;
};

/// What a link is opened with.
struct Way {
  replication::Link link = 0;
  replication::Partner partner;
  std::shared_ptr<grpc::Channel> channel;
  std::shared_ptr<Verdict> verdict;  // set by the handshake
  const Tls* tls = nullptr;          // where the link is secured
  seconds patience{0};               // for the connection to come up
};

/// One conversation with a partner, on a connection of its own. It ends as a whole, with the first
/// of its calls that fails. Posts under its lock, so that nothing comes after its LinkDown.
class ClientLink : public std::enable_shared_from_this<ClientLink> {
 public:
  ClientLink(Way way, const Post& post, ClientLinks& links);

  // On behalf of the engine.
  void begin();  // LinkUp or LinkDown follows
  void send(const replication::AskMap& what);
  void send(const replication::AskRecords& what);
  void send(const replication::TakeMore& what);
  void send(const replication::Watch& what);
  void send(const replication::Notify& what);
  void close();  // nothing is posted after

  // On behalf of its calls. The actions run under the lock, unless the link has ended.
  void locked(const std::function<void()>& action);
  void finished(ClientCall& call, const grpc::Status& status, const std::function<void()>& action);
  void post(replication::Input&& input);  // under the lock
  void end(std::string why);              // under the lock

  [[nodiscard]] replication::Link number() const { return way_.link; }
  [[nodiscard]] const replication::Partner& partner() const { return way_.partner; }
  [[nodiscard]] Calls& calls() { return *stub_->async(); }
  [[nodiscard]] ClientLinks& links() { return links_; }

 private:
  void start(std::unique_ptr<ClientCall> call);
  void shut();
  [[nodiscard]] std::string reason(const grpc::Status& status) const;

  const Way way_;
  const Post& post_;
  ClientLinks& links_;
  const std::unique_ptr<v1::Replication::Stub> stub_;

  std::mutex mutex_;
  bool up_ = false;
  bool ended_ = false;
  std::unordered_set<ClientCall*> under_way_;
  RecordsPull* pull_ = nullptr;  // whose next piece TakeMore asks for
  std::size_t notifying_ = 0;
};

}  // namespace winsome::transport
