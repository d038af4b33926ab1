#include "replication/grpc/client_link.h"

#include <utility>

#include "replication/grpc/client_call.h"
#include "replication/grpc/failure.h"
#include "replication/grpc/record_message.h"

namespace winsome::transport {
namespace {

constexpr seconds answer_patience{60};  // as the engine's

}  // namespace

ClientLinks::ClientLinks() : burier_([this] { bury(); }) {}

ClientLinks::~ClientLinks() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    work_.notify_all();
  }
  burier_.join();
}

void ClientLinks::add(std::shared_ptr<ClientLink> link) {
  const std::lock_guard lock(mutex_);
  const auto number = link->number();
  links_.emplace(number, std::move(link));
}

void ClientLinks::remove(replication::Link link) {
  const std::lock_guard lock(mutex_);
  const auto found = links_.find(link);
  if (found == links_.end()) return;
  gone_links_.push_back(std::move(found->second));
  links_.erase(found);
  work_.notify_all();
}

std::shared_ptr<ClientLink> ClientLinks::find(replication::Link link) {
  const std::lock_guard lock(mutex_);
  const auto found = links_.find(link);
  return found == links_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<ClientLink>> ClientLinks::all() {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<ClientLink>> all;
  for (const auto& [number, link] : links_) all.push_back(link);
  return all;
}

void ClientLinks::call_began() {
  const std::lock_guard lock(mutex_);
  ++under_way_;
}

void ClientLinks::call_ended(std::unique_ptr<ClientCall> call) {
  const std::lock_guard lock(mutex_);
  gone_calls_.push_back(std::move(call));
  --under_way_;
  work_.notify_all();
}

void ClientLinks::bury() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [this] {
      return !gone_links_.empty() || !gone_calls_.empty() || (stopping_ && under_way_ == 0);
    });
    if (gone_links_.empty() && gone_calls_.empty()) return;
    auto calls = std::exchange(gone_calls_, {});
    auto links = std::exchange(gone_links_, {});
    lock.unlock();
    calls.clear();
    links.clear();
    lock.lock();
  }
}

ClientLink::ClientLink(Way way, const Post& post, ClientLinks& links)
    : way_(std::move(way)),
      post_(post),
      links_(links),
      stub_(v1::Replication::NewStub(way_.channel)) {}

void ClientLink::begin() {
  using Hello = Question<v1::HelloRequest, v1::HelloResponse>;
  start(std::make_unique<Hello>(
      *this, way_.patience, v1::HelloRequest(),
      [](auto& calls, auto... arguments) { calls.Hello(arguments...); },
      [this](const v1::HelloResponse&) {
        up_ = true;
        post(replication::LinkUp{number()});
      }));
}

void ClientLink::send(const replication::AskMap&) {
  using Map = Question<v1::GetOwnerVersionMapRequest, v1::GetOwnerVersionMapResponse>;
  start(std::make_unique<Map>(
      *this, answer_patience, v1::GetOwnerVersionMapRequest(),
      [](auto& calls, auto... arguments) { calls.GetOwnerVersionMap(arguments...); },
      [this](const v1::GetOwnerVersionMapResponse& response) {
        auto owners = from_message(response.owners());
        if (!owners) return end("it told of too many owners");
        post(replication::MapReceived{number(), std::move(*owners)});
      }));
}

void ClientLink::send(const replication::AskRecords& what) {
  auto pull = std::make_unique<RecordsPull>(*this, what.range);
  locked([&] { pull_ = pull.get(); });
  start(std::move(pull));
}

void ClientLink::send(const replication::TakeMore&) {
  locked([this] {
    if (pull_) pull_->take_more();
  });
}

void ClientLink::send(const replication::Watch&) {
  start(std::make_unique<NewsWatch>(*this));
}

void ClientLink::send(const replication::Notify& what) {
  using Notice = Question<v1::NotifyRequest, v1::NotifyResponse>;
  v1::NotifyRequest request;
  to_message(what.owners, *request.mutable_owners());
  request.set_initiator(what.initiator.value());
  request.set_propagate(what.propagate);
  locked([this] { ++notifying_; });
  start(std::make_unique<Notice>(
      *this, answer_patience, std::move(request),
      [](auto& calls, auto... arguments) { calls.Notify(arguments...); },
      [this](const v1::NotifyResponse&) {
        if (--notifying_ == 0) end({});
      }));
}

void ClientLink::close() {
  locked([this] { shut(); });
}

void ClientLink::locked(const std::function<void()>& action) {
  const std::lock_guard lock(mutex_);
  if (!ended_) action();
}

void ClientLink::finished(ClientCall& call, const grpc::Status& status,
                          const std::function<void()>& action) {
  const std::lock_guard lock(mutex_);
  under_way_.erase(&call);
  if (pull_ == &call) pull_ = nullptr;
  if (ended_) return;
  if (!status.ok()) return end(reason(status));
  action();
}

void ClientLink::post(replication::Input&& input) {
  if (!post_(std::move(input))) shut();
}

void ClientLink::end(std::string why) {
  post_(replication::LinkDown{number(), std::move(why)});
  shut();
}

void ClientLink::start(std::unique_ptr<ClientCall> call) {
  locked([&] {
    under_way_.insert(call.get());
    links_.call_began();
    call.release()->start();
  });
}

void ClientLink::shut() {
  ended_ = true;
  for (auto* call : under_way_) call->stop();
  links_.remove(number());
}

std::string ClientLink::reason(const grpc::Status& status) const {
  if (auto why = way_.verdict->why(); !why.empty()) return why;
  auto why = words_for_failure(status);
  if (up_ || !way_.tls || !hung_up(status)) return why;
  // What a server does whose callers have the wrong certificate.
  const auto ours = way_.tls->own_fault();
  return why + "; " + (ours.empty() ? "perhaps our certificate is not accepted there" : ours);
}

}  // namespace winsome::transport
