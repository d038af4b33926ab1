#include "server/store/lease_codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "tests/unit/server/store/leases.h"

namespace winsome::store {
namespace {

constexpr std::int64_t beyond_address = std::int64_t{1} << 32;

/// What `decode_row` says of a row that `damage` has changed; empty: nothing.
template <class T, class F>
std::string refusal(const T& whole, const F& damage) {
  PackedParts parts;
  auto row = encode_row(whole, parts);
  damage(row);
  const auto decoded = decode_row(row);
  return decoded ? std::string() : std::string(decoded.error());
}

TEST(LeaseCodec, ALeaseThatNeverEndsIsDueAtTheLargestInteger) {
  auto lease = ordinary_lease(1);
  lease.due = never;
  PackedParts parts;
  EXPECT_EQ(encode_row(lease, parts).due, std::numeric_limits<std::int64_t>::max());
}

TEST(LeaseCodec, RefusesLeasesThatNobodyWrote) {
  const auto refused = [](const auto& damage) { return refusal(ordinary_lease(1), damage); };
  const std::vector<std::uint8_t> long_id(dhcp::client_id_max + 1, 1);
  const std::vector<std::uint8_t> long_hardware(18, 1);
  EXPECT_EQ(refused([](LeaseRow&) {}), "");
  EXPECT_EQ(refused([](LeaseRow& row) { row.address = -1; }), "its address is none");
  EXPECT_EQ(refused([](LeaseRow& row) { row.address = beyond_address; }), "its address is none");
  EXPECT_EQ(refused([](LeaseRow& row) { row.state = 3; }), "its state is unknown");
  EXPECT_EQ(refused([](LeaseRow& row) { row.state = -1; }), "its state is unknown");
  EXPECT_EQ(refused([](LeaseRow& row) { row.name_state = 5; }), "the state of its name is unknown");
  EXPECT_EQ(refused([](LeaseRow& row) { row.bootp = 2; }), "a flag is neither 0 nor 1");
  EXPECT_EQ(refused([](LeaseRow& row) { row.neighbour = -1; }), "a flag is neither 0 nor 1");
  EXPECT_EQ(refused([](LeaseRow& row) { row.hardware = {}; }), "its hardware address is none");
  EXPECT_EQ(refused([&](LeaseRow& row) { row.hardware = long_hardware; }),
            "its hardware address is none");
  EXPECT_EQ(refused([&](LeaseRow& row) { row.client = long_id; }), "its client id is too long");
  EXPECT_EQ(refused([&](LeaseRow& row) { row.netbios_name = Octets(long_id).first(16); }),
            "its NetBIOS name is too long");
}

TEST(LeaseCodec, RefusesReservationsThatNobodyWrote) {
  const auto refused = [](const auto& damage) { return refusal(full_reservation(1), damage); };
  const std::vector<std::uint8_t> cut = {3, 0, 4, 10, 1, 0};
  const std::vector<std::uint8_t> twice = {3, 0, 0, 3, 0, 0};
  const std::vector<std::uint8_t> backwards = {4, 0, 0, 3, 0, 0};
  EXPECT_EQ(refused([](ReservationRow&) {}), "");
  EXPECT_EQ(refused([](ReservationRow& row) { row.address = -1; }), "its address is none");
  EXPECT_EQ(refused([](ReservationRow& row) { row.boot_server = beyond_address; }),
            "its boot server has no address");
  EXPECT_EQ(refused([](ReservationRow& row) { row.lease = -1; }), "its lease is negative");
  for (const auto& options : {cut, twice, backwards}) {
    EXPECT_EQ(refused([&](ReservationRow& row) { row.options = options; }),
              "its options do not decode");
  }
  EXPECT_EQ(refused([](ReservationRow& row) { row.client.reset(); }),
            "it is not for exactly one client");
  EXPECT_EQ(refused([&](ReservationRow& row) { row.circuit = cut; }),
            "it is not for exactly one client");
  EXPECT_EQ(refused([](ReservationRow& row) { row.hardware = Octets(); }),
            "its hardware address is none");
}

TEST(LeaseCodec, RefusesDnsWorkThatNobodyWrote) {
  const auto refused = [](const auto& damage) { return refusal(dns_work(1), damage); };
  EXPECT_EQ(refused([](DnsWorkRow&) {}), "");
  EXPECT_EQ(refused([](DnsWorkRow& row) { row.address = -1; }), "its address is none");
  EXPECT_EQ(refused([](DnsWorkRow& row) { row.id = -1; }), "its id is negative");
  EXPECT_EQ(refused([](DnsWorkRow& row) { row.is_add = 2; }), "a flag is neither 0 nor 1");
  EXPECT_EQ(refused([](DnsWorkRow& row) { row.is_reverse = -1; }), "a flag is neither 0 nor 1");
  EXPECT_EQ(refused([](DnsWorkRow& row) { row.hardware = {}; }), "its hardware address is none");
}

}  // namespace
}  // namespace winsome::store
