#include "server/admin/replication_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/admin/outcome.h"
#include "server/admin/replication_messages.h"

namespace winsome::admin {
namespace {

using replication::Outcome;

/// Its name in the configuration.
Result<std::string, grpc::Status> find_partner(Backend& backend, const std::string& text) {
  const auto status = backend.replication_status();
  std::vector<std::string> found;
  const auto address = parse_ipv4(text);
  for (const auto& one : status.partners) {
    const auto& partner = one.partner;
    if (partner.name == text) return partner.name;
    if (address == partner.address.address) found.push_back(partner.name);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return fail(grpc::Status(
        grpc::StatusCode::NOT_FOUND,
        fmt::format("no partner has the name or address '{}'; see winsome partner list", text)));
  }
  return fail(
      invalid(fmt::format("{} is the address of {}; say which", text, fmt::join(found, ", "))));
}

/// Who is asked: one by name, or all that `wanted` takes. `name` stays empty for all.
template <class Request, class Response, class Wanted>
grpc::Status choose(Backend& backend, const Request& request, Response& response, std::string& name,
                    Wanted wanted) {
  if (request.has_partner()) {
    auto found = find_partner(backend, request.partner());
    if (!found) return found.error();
    name = std::move(*found);
    response.add_partners(name);
    return grpc::Status::OK;
  }
  for (const auto& one : backend.replication_status().partners) {
    if (wanted(one.partner) && !one.partner.paused) response.add_partners(one.partner.name);
  }
  if (!response.partners().empty()) return grpc::Status::OK;
  return {grpc::StatusCode::NOT_FOUND,
          "there is no such partner that is not paused; see winsome partner list"};
}

template <class Lines>
void split(Lines& lines, std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.Add(std::string(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// Where all were asked, those that failed do not fail the call.
template <class Response>
grpc::Status conclude(const replication::CommandResult& result, bool all, Response& response,
                      const std::string& missing) {
  if (!all || result.outcome != Outcome::failed) return status_of(result, missing);
  split(*response.mutable_failures(), result.text);
  return grpc::Status::OK;
}

template <class Response>
std::string outcome_of(const grpc::Status& status, const Response& response) {
  if (!status.ok() || response.failures().empty()) return admin::outcome_of(status);
  return fmt::format("{}", fmt::join(response.failures(), "; "));
}

Result<Ipv4, grpc::Status> owner_of(const std::string& text) {
  const auto owner = parse_ipv4(text);
  if (!owner || owner->unspecified())
    return fail(invalid(fmt::format("'{}' is not the address of an owner, as in 192.0.2.7", text)));
  return *owner;
}

std::string no_such_owner(const std::string& owner) {
  return fmt::format("no records of {} came from partners; see winsome owners", owner);
}

grpc::Status pull(Backend& backend, const v1::PullRequest& request, v1::PullResponse& response) {
  std::string name;
  const auto wanted = [](const replication::Partner& partner) { return partner.pull; };
  if (auto chosen = choose(backend, request, response, name, wanted); !chosen.ok()) return chosen;
  const auto result = backend.replicate(replication::PullNow{name});
  response.set_records_received(result.received);
  response.set_names_changed(result.changed);
  return conclude(result, name.empty(), response, "the partner is gone");
}

grpc::Status push(Backend& backend, const v1::PushRequest& request, v1::PushResponse& response) {
  std::string name;
  const auto wanted = [](const replication::Partner& partner) { return partner.push; };
  if (auto chosen = choose(backend, request, response, name, wanted); !chosen.ok()) return chosen;
  const auto result = backend.replicate(replication::PushNow{name, request.propagate()});
  return conclude(result, name.empty(), response, "the partner is gone");
}

grpc::Status verify(Backend& backend, const v1::VerifyRequest& request,
                    v1::VerifyResponse& response) {
  Ipv4 owner;
  if (request.has_owner()) {
    const auto one = owner_of(request.owner());
    if (!one) return one.error();
    owner = *one;
  }
  const auto result = backend.replicate(replication::VerifyNow{owner, request.versions_only()});
  response.set_compared(result.received);
  response.set_different(result.changed);
  response.set_deleted(result.deleted);
  split(*response.mutable_differences(), result.differences);
  const bool all = owner.unspecified() || request.versions_only();  // else one partner is asked
  return conclude(result, all, response, no_such_owner(request.owner()));
}

/// DeleteOwner and TombstoneOwner.
template <class Command, class Response>
grpc::Status sweep(Backend& backend, const std::string& text, Response& response) {
  const auto owner = owner_of(text);
  if (!owner) return owner.error();
  const auto result = backend.replicate(Command{*owner});
  response.set_records(result.deleted);
  return status_of(result, no_such_owner(text));
}

}  // namespace

grpc::ServerUnaryReactor* ReplicationService::wait(grpc::CallbackServerContext* call,
                                                   std::function<grpc::Status()> work) {
  auto* reactor = call->DefaultReactor();
  auto wait = [this, reactor, work = std::move(work)] {
    const auto status = work();
    --waiting_;
    reactor->Finish(status);
  };
  const bool taken = waiting_.fetch_add(1) < waiting_max && waiters_.post(std::move(wait));
  if (!taken) {
    --waiting_;
    reactor->Finish({grpc::StatusCode::RESOURCE_EXHAUSTED,
                     fmt::format("{} commands wait for partners already; try again when one has "
                                 "ended (see winsome partner list)",
                                 waiting_max)});
  }
  return reactor;
}

grpc::ServerUnaryReactor* ReplicationService::ListPartners(grpc::CallbackServerContext* call,
                                                           const v1::ListPartnersRequest*,
                                                           v1::ListPartnersResponse* response) {
  return context_.run(call, [this, response] {
    auto& backend = context_.backend;
    fill(*response, backend.replication_status(), backend.statistics().wall_offset, unix_now());
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* ReplicationService::ListOwners(grpc::CallbackServerContext* call,
                                                         const v1::ListOwnersRequest*,
                                                         v1::ListOwnersResponse* response) {
  return context_.run(call, [this, response] {
    auto& backend = context_.backend;
    fill(*response, backend.replication_status(), backend.statistics().wall_offset, unix_now());
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* ReplicationService::Pull(grpc::CallbackServerContext* call,
                                                   const v1::PullRequest* request,
                                                   v1::PullResponse* response) {
  return wait(call, [this, call, request, response] {
    auto status = pull(context_.backend, *request, *response);
    const auto whom = request->has_partner() ? request->partner() : "all partners";
    context_.note(*call, "pull from " + whom, outcome_of(status, *response));
    return status;
  });
}

grpc::ServerUnaryReactor* ReplicationService::Push(grpc::CallbackServerContext* call,
                                                   const v1::PushRequest* request,
                                                   v1::PushResponse* response) {
  return wait(call, [this, call, request, response] {
    auto status = push(context_.backend, *request, *response);
    const auto whom = request->has_partner() ? request->partner() : "all partners";
    context_.note(*call, "push to " + whom + (request->propagate() ? ", to be handed on" : ""),
                  outcome_of(status, *response));
    return status;
  });
}

grpc::ServerUnaryReactor* ReplicationService::SetPaused(grpc::CallbackServerContext* call,
                                                        const v1::SetPausedRequest* request,
                                                        v1::SetPausedResponse* response) {
  // It waits for no partner, and may be what ends the others' waiting.
  return context_.run(call, [this, call, request, response] {
    auto& backend = context_.backend;
    auto name = find_partner(backend, request->partner());
    grpc::Status status;
    if (name) {
      const auto result = backend.replicate(replication::SetPaused{*name, request->paused()});
      status = status_of(result, "the partner is gone");
      response->set_partner(std::move(*name));
    } else {
      status = name.error();
    }
    context_.note(*call, (request->paused() ? "pause " : "resume ") + request->partner(),
                  admin::outcome_of(status));
    return status;
  });
}

grpc::ServerUnaryReactor* ReplicationService::Verify(grpc::CallbackServerContext* call,
                                                     const v1::VerifyRequest* request,
                                                     v1::VerifyResponse* response) {
  return wait(call, [this, call, request, response] {
    auto status = verify(context_.backend, *request, *response);
    if (request->versions_only()) return status;
    context_.note(*call, "verify " + (request->has_owner() ? request->owner() : "all owners"),
                  outcome_of(status, *response));
    return status;
  });
}

grpc::ServerUnaryReactor* ReplicationService::DeleteOwner(grpc::CallbackServerContext* call,
                                                          const v1::DeleteOwnerRequest* request,
                                                          v1::DeleteOwnerResponse* response) {
  return wait(call, [this, call, request, response] {
    auto status = sweep<replication::DeleteOwner>(context_.backend, request->owner(), *response);
    context_.note(*call, "delete owner " + request->owner(), admin::outcome_of(status));
    return status;
  });
}

grpc::ServerUnaryReactor* ReplicationService::TombstoneOwner(
    grpc::CallbackServerContext* call, const v1::TombstoneOwnerRequest* request,
    v1::TombstoneOwnerResponse* response) {
  return wait(call, [this, call, request, response] {
    auto status = sweep<replication::TombstoneOwner>(context_.backend, request->owner(), *response);
    context_.note(*call, "tombstone owner " + request->owner(), admin::outcome_of(status));
    return status;
  });
}

}  // namespace winsome::admin
