#include "server/admin/names_service.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "server/admin/convert.h"
#include "server/admin/import_call.h"
#include "server/admin/list_call.h"
#include "server/admin/outcome.h"

namespace winsome::admin {
namespace {

grpc::Status get(ServiceContext& context, const v1::GetRequest& request,
                 v1::GetResponse& response) {
  const auto name = exact_name(request.name());
  if (!name) return invalid(name.error());
  const auto found = context.backend.records().find(*name);
  if (!found) return {grpc::StatusCode::UNAVAILABLE, found.error()};
  if (!*found) return not_found(*name);
  *response.mutable_record() = to_message(**found, context.backend.statistics().wall_offset);
  return grpc::Status::OK;
}

/// `FRED<00> FRED<03> FRED<20> at 192.0.2.1`.
std::string described(const v1::Mapping& mapping, const std::vector<names::NewRecord>& records) {
  std::vector<std::string> names;
  for (const auto& record : records) names.push_back(nbns::to_text(record.name));
  if (mapping.addresses().empty()) return fmt::format("{}", fmt::join(names, " "));
  return fmt::format("{} at {}", fmt::join(names, " "), fmt::join(mapping.addresses(), " "));
}

/// Leaves in `what` what is added.
grpc::Status add(ServiceContext& context, const v1::AddRequest& request, v1::AddResponse& response,
                 std::string& what) {
  auto records = to_new_records(request.mapping(), unix_now());
  if (!records) return invalid(records.error());
  what = described(request.mapping(), *records);
  names::AddRecords command;
  command.records = std::move(*records);
  command.dry_run = request.dry_run();
  command.allow_blocked = request.allow_blocked();
  const auto result = context.backend.execute(std::move(command));
  fill(*response.mutable_counts(), result);
  return status_of(result, {});
}

/// DeleteRecord and TombstoneRecord.
template <class Command>
grpc::Status remove(ServiceContext& context, const std::string& text) {
  const auto name = exact_name(text);
  if (!name) return invalid(name.error());
  return status_of(context.backend.execute(Command{*name}), *name);
}

}  // namespace

grpc::ServerWriteReactor<v1::ListResponse>* NamesService::List(grpc::CallbackServerContext*,
                                                               const v1::ListRequest* request) {
  return new ListCall(context_, *request);
}

grpc::ServerUnaryReactor* NamesService::Get(grpc::CallbackServerContext* call,
                                            const v1::GetRequest* request,
                                            v1::GetResponse* response) {
  return context_.run(call,
                      [this, request, response] { return get(context_, *request, *response); });
}

grpc::ServerUnaryReactor* NamesService::Add(grpc::CallbackServerContext* call,
                                            const v1::AddRequest* request,
                                            v1::AddResponse* response) {
  return context_.run(call, [this, call, request, response] {
    std::string what = request->mapping().name();
    auto status = add(context_, *request, *response, what);
    if (!request->dry_run()) context_.note(*call, "add " + what, outcome_of(status));
    return status;
  });
}

grpc::ServerUnaryReactor* NamesService::Delete(grpc::CallbackServerContext* call,
                                               const v1::DeleteRequest* request,
                                               v1::DeleteResponse*) {
  return context_.run(call, [this, call, request] {
    auto status = remove<names::DeleteRecord>(context_, request->name());
    context_.note(*call, "delete " + request->name(), outcome_of(status));
    return status;
  });
}

grpc::ServerUnaryReactor* NamesService::Tombstone(grpc::CallbackServerContext* call,
                                                  const v1::TombstoneRequest* request,
                                                  v1::TombstoneResponse*) {
  return context_.run(call, [this, call, request] {
    auto status = remove<names::TombstoneRecord>(context_, request->name());
    context_.note(*call, "tombstone " + request->name(), outcome_of(status));
    return status;
  });
}

grpc::ServerReadReactor<v1::ImportRequest>* NamesService::Import(grpc::CallbackServerContext* call,
                                                                 v1::ImportResponse* response) {
  return new ImportCall(context_, *call, *response, importing_);
}

}  // namespace winsome::admin
