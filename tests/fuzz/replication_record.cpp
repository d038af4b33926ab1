// What a partner sends over gRPC: nothing, or records that travel on as they were read.
#include <vector>

#include "replication/grpc/record_message.h"
#include "server/core/check.h"

using namespace winsome;

namespace {

constexpr Ipv4 owner(192, 0, 2, 1);

void read_as_piece(const std::uint8_t* data, std::size_t size) {
  transport::v1::PullRecordsResponse piece;
  if (!piece.ParseFromArray(data, static_cast<int>(size))) return;
  replication::RecordsReceived received;
  if (!transport::from_message(piece, owner, received)) return;
  check(
      received.records.size() + received.skipped == static_cast<std::size_t>(piece.records_size()),
      "each record is read or counted");
  for (const auto& record : received.records) {
    check(record.members.size() <= names::members_max, "more members than a record has");
    check(record.version <= replication::version_max, "a version that nobody has reached");
  }

  transport::v1::PullRecordsResponse written;
  transport::to_message(received.records, written);
  replication::RecordsReceived again;
  check(transport::from_message(written, owner, again) && again.skipped == 0,
        "what was read cannot be");
  check(again.records == received.records, "a record changes when it travels on");
}

void read_as_map(const std::uint8_t* data, std::size_t size) {
  transport::v1::NotifyRequest request;
  if (!request.ParseFromArray(data, static_cast<int>(size))) return;
  const auto owners = transport::from_message(request.owners());
  if (!owners) return;
  transport::v1::NotifyRequest written;
  transport::to_message(*owners, *written.mutable_owners());
  check(transport::from_message(written.owners()) == owners, "a map changes when it travels on");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_as_piece(data, size);
  read_as_map(data, size);
  return 0;
}
