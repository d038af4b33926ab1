#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "server/admin/service_context.h"
#include "server/names/record_reader.h"
#include "winsome/admin/v1/names.grpc.pb.h"

namespace winsome::admin {

/// One running Names.List. Holds a page at a time, whatever the client's pace; deletes itself.
class ListCall final : public grpc::ServerWriteReactor<v1::ListResponse> {
 public:
  ListCall(ServiceContext& context, const v1::ListRequest& request);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  [[nodiscard]] grpc::Status prepare(const v1::ListRequest& request);
  void post_next();
  void write_next();

  ServiceContext& context_;
  names::RecordFilter filter_;
  std::optional<nbns::ScopedName> after_;
  std::uint64_t left_;
  std::optional<std::int64_t> wall_offset_;  // one for the whole list
  bool finished_ = false;
  std::atomic<bool> cancelled_ = false;
  v1::ListResponse page_;
};

}  // namespace winsome::admin
