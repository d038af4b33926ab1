// A row of the name database that somebody edited: nothing, or a record that is written back as it
// was read.
#include "server/core/check.h"
#include "server/store/record_codec.h"
#include "server/store/refresh_log.h"

using namespace winsome;

namespace {

/// Negative numbers too: a damaged row may have them.
constexpr std::int64_t from_octet(std::uint8_t octet) {
  return octet < 0x80 ? octet : octet - 0x100;
}

void read_as_record(Octets octets) {
  ByteReader in(octets);
  store::RecordRow row;
  row.name = in.take(in.u8());
  row.scope = in.take(in.u8());
  for (auto* column : {&row.type, &row.state, &row.node, &row.is_static}) {
    *column = from_octet(in.u8());
  }
  for (auto* column : {&row.owner, &row.version, &row.due, &row.batch}) {
    *column = static_cast<std::int64_t>(in.u64());
  }
  // In the place of the batch's highest octet, which no batch has: older inputs stay what they
  // were.
  row.fed = row.batch >> 56;
  row.members = in.take(in.remaining());

  const auto record = store::decode_record(row);
  if (!record) return;
  store::MembersBuffer buffer;
  const auto written = store::encode_record(*record, static_cast<std::uint64_t>(row.batch), buffer);
  const auto again = store::decode_record(written);
  check(again && *again == *record, "a record changes when it is written back");
}

void read_as_refreshes(Octets octets) {
  std::vector<std::uint8_t> written;
  const bool whole =
      store::unpack_refreshes(octets, [&](const nbns::ScopedNameView& name, Instant due) {
        store::pack_refresh(written, {nbns::ScopedName(name), due});
      });
  check(written.size() <= octets.size(), "refreshes from nowhere");
  check(!whole || std::ranges::equal(written, octets), "refreshes change when written back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_as_record({data, size});
  read_as_refreshes({data, size});
  return 0;
}
