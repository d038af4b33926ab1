#pragma once

#include <atomic>
#include <functional>
#include <utility>

#include "server/admin/service_context.h"
#include "server/core/result.h"

namespace winsome::admin {

/// One running call that answers in pages. Holds one at a time, whatever the client's pace; deletes
/// itself.
template <class Response>
class PageCall final : public grpc::ServerWriteReactor<Response> {
 public:
  /// Fills the next page, off gRPC's threads; false: there is none.
  using Next = std::function<Result<bool, grpc::Status>(Response&)>;

  PageCall(ServiceContext& context, Next next) : context_(context), next_(std::move(next)) {
    post_next();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::CANCELLED);
    post_next();
  }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

 private:
  void post_next() {
    if (!context_.workers.post([this] { write_next(); })) this->Finish(ServiceContext::busy());
  }
  void write_next() {
    if (cancelled_) return this->Finish(grpc::Status::CANCELLED);
    page_.Clear();
    const auto filled = next_(page_);
    if (!filled) return this->Finish(filled.error());
    if (!*filled) return this->Finish(grpc::Status::OK);
    this->StartWrite(&page_);
  }

  ServiceContext& context_;
  Next next_;
  std::atomic<bool> cancelled_ = false;
  Response page_;
};

}  // namespace winsome::admin
