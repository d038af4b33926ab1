#include "server/admin/list_call.h"

#include <algorithm>
#include <limits>

#include "server/admin/convert.h"
#include "server/admin/outcome.h"

namespace winsome::admin {
namespace {

constexpr std::uint64_t page_length_max = 500;  // some 50 kB; 1 MB if all have 25 members

}  // namespace

ListCall::ListCall(ServiceContext& context, const v1::ListRequest& request)
    : context_(context),
      left_(request.limit() > 0 ? request.limit() : std::numeric_limits<std::uint64_t>::max()) {
  if (const auto status = prepare(request); !status.ok()) {
    Finish(status);
  } else {
    post_next();
  }
}

grpc::Status ListCall::prepare(const v1::ListRequest& request) {
  auto filter = to_filter(request.filter());
  if (!filter) return invalid(filter.error());
  filter_ = std::move(*filter);
  if (request.has_after()) {
    auto after = exact_name(request.after());
    if (!after) return invalid(after.error());
    after_ = std::move(*after);
  }
  return grpc::Status::OK;
}

void ListCall::post_next() {
  if (!context_.workers.post([this] { write_next(); })) Finish(ServiceContext::busy());
}

void ListCall::write_next() {
  if (cancelled_) return Finish(grpc::Status::CANCELLED);
  if (!wall_offset_) wall_offset_ = context_.backend.statistics().wall_offset;
  const auto wanted = static_cast<std::size_t>(std::min(left_, page_length_max));
  auto records = context_.backend.records().page(filter_, after_, wanted);
  if (!records) return Finish({grpc::StatusCode::UNAVAILABLE, records.error()});
  left_ -= std::min<std::uint64_t>(left_, records->size());
  finished_ = records->size() < wanted || left_ == 0;
  if (records->empty()) return Finish(grpc::Status::OK);
  after_ = records->back().name;
  page_.Clear();
  for (const auto& record : *records) *page_.add_records() = to_message(record, *wall_offset_);
  StartWrite(&page_);
}

void ListCall::OnWriteDone(bool ok) {
  if (!ok) return Finish(grpc::Status::CANCELLED);
  if (finished_) return Finish(grpc::Status::OK);
  post_next();
}

void ListCall::OnCancel() {
  cancelled_ = true;
}

void ListCall::OnDone() {
  delete this;
}

}  // namespace winsome::admin
