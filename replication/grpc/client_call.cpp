#include "replication/grpc/client_call.h"

#include "replication/grpc/record_message.h"

namespace winsome::transport {

RecordsPull::RecordsPull(ClientLink& of, const replication::OwnerRange& range)
    : ClientCall(of), owner_(range.owner) {
  set_version(request_);
  to_message(range, *request_.mutable_range());
}

void RecordsPull::start() {
  link->calls().PullRecords(&context, &request_, this);
  AddHold();
  held_ = true;
  StartRead(&piece_);
  StartCall();
}

void RecordsPull::stop() {
  context.TryCancel();
  release();
}

void RecordsPull::take_more() {
  if (!std::exchange(waiting_, false)) return;
  piece_.Clear();
  StartRead(&piece_);
}

/// Lets gRPC finish the call once no read is under way.
void RecordsPull::release() {
  if (std::exchange(held_, false)) RemoveHold();
}

void RecordsPull::OnReadDone(bool ok) {
  replication::RecordsReceived received{.link = link->number(),
                                        .records = {},
                                        .skipped = 0,
                                        .last = piece_.last(),
                                        .filtered = piece_.filtered()};
  const bool fits = ok && from_message(piece_, owner_, received);
  link->locked([&] {
    if (!ok || whole_) return release();
    if (!speaks_ours(piece_)) return link->end(words_for_other_version(piece_.protocol_version()));
    if (!fits) return link->end("it sent too many records at once");
    whole_ = received.last;
    waiting_ = !whole_;
    link->post(std::move(received));
    if (whole_) StartRead(&piece_);  // the end
  });
}

void RecordsPull::OnDone(const grpc::Status& status) {
  finish(status, [this] {
    if (!whole_) link->end("its answer ended too early");
  });
}

NewsWatch::NewsWatch(ClientLink& of) : ClientCall(of) {
  set_version(request_);
}

void NewsWatch::start() {
  link->calls().Watch(&context, &request_, this);
  StartRead(&news_);
  StartCall();
}

void NewsWatch::OnReadDone(bool ok) {
  if (!ok) return;
  auto owners = from_message(news_.owners());
  link->locked([&] {
    if (!speaks_ours(news_)) return link->end(words_for_other_version(news_.protocol_version()));
    if (!owners) return link->end("it told of too many owners");
    const auto& partner = link->partner();
    link->post(replication::NotifyReceived{
        .link = link->number(),
        .peer = {.carrier = partner.carrier,
                 .address = partner.address.address,
                 .name = partner.insecure ? std::string() : partner.name},
        .owners = std::move(*owners),
        .initiator = partner.address.address,
        .propagate = false,
        .pull_here = false});
    news_.Clear();
    StartRead(&news_);
  });
}

void NewsWatch::OnDone(const grpc::Status& status) {
  finish(status, [this] { link->end({}); });
}

}  // namespace winsome::transport
