// A row of the tables of leases that somebody edited: nothing, or something that is written back as
// it was read.
#include "server/core/check.h"
#include "server/store/lease_codec.h"

using namespace winsome;

namespace {

std::int64_t flag(ByteReader& in) {
  return static_cast<std::int8_t>(in.u8());
}

std::int64_t number(ByteReader& in) {
  return static_cast<std::int64_t>(in.u64());
}

Octets octets(ByteReader& in) {
  return in.take(in.u16());
}

template <class Row>
void read(const Row& row) {
  const auto read = store::decode_row(row);
  if (!read) return;
  store::PackedParts parts;
  const auto again = store::decode_row(store::encode_row(*read, parts));
  check(again && *again == *read, "a row changes when it is written back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader in({data, size});
  switch (in.u8() % 3) {
    case 0: {
      store::LeaseRow row;
      for (auto* column : {&row.state, &row.bootp, &row.neighbour, &row.name_state})
        *column = flag(in);
      for (auto* column : {&row.address, &row.granted, &row.due}) *column = number(in);
      for (auto* column : {&row.client, &row.hardware, &row.scope, &row.host_name, &row.circuit,
                           &row.netbios_name, &row.suffixes, &row.dns_name})
        *column = octets(in);
      read(row);
      break;
    }
    case 1: {
      store::ReservationRow row;
      const auto present = in.u8();
      for (auto* column : {&row.address, &row.boot_server}) *column = number(in);
      for (auto* column :
           {&row.scope, &row.circuit, &row.name, &row.options, &row.boot_file, &row.boot_name})
        *column = octets(in);
      if ((present & 1) != 0) row.hardware = octets(in);
      if ((present & 2) != 0) row.client = octets(in);
      if ((present & 4) != 0) row.lease = number(in);
      read(row);
      break;
    }
    default: {
      store::DnsWorkRow row;
      for (auto* column : {&row.is_add, &row.is_reverse}) *column = flag(in);
      for (auto* column : {&row.id, &row.address, &row.ttl}) *column = number(in);
      for (auto* column : {&row.name, &row.client, &row.hardware}) *column = octets(in);
      read(row);
    }
  }
  return 0;
}
