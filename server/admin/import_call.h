#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "server/admin/service_context.h"
#include "server/names/command.h"
#include "winsome/admin/v1/names.grpc.pb.h"

namespace winsome::admin {

/// One running Names.Import: gathers the whole stream, then adds it as one command. Only one at a
/// time, because it may hold a million mappings. Deletes itself.
class ImportCall final : public grpc::ServerReadReactor<v1::ImportRequest> {
 public:
  ImportCall(ServiceContext& context, grpc::CallbackServerContext& call,
             v1::ImportResponse& response, std::atomic<bool>& importing);

  void OnReadDone(bool ok) override;
  void OnDone() override;

 private:
  void finish(const grpc::Status& status);
  [[nodiscard]] grpc::Status take();
  [[nodiscard]] grpc::Status add_all();
  void refuse(std::uint64_t index, const std::string& text);

  ServiceContext& context_;
  grpc::CallbackServerContext& call_;
  v1::ImportResponse& response_;
  std::atomic<bool>& importing_;
  bool begun_ = false;
  bool ended_ = false;
  v1::ImportOptions options_;
  v1::ImportRequest request_;
  std::uint64_t mapping_count_ = 0;
  std::vector<names::NewRecord> records_;
  std::vector<std::uint32_t> origins_;  // of each record: the index of its mapping
  std::uint64_t last_refused_ = 0;      // one more than the index
};

}  // namespace winsome::admin
