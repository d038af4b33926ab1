#include "server/leases/address_set.h"

#include <gtest/gtest.h>

#include <set>

#include "server/core/random.h"

namespace winsome::dhcp {
namespace {

constexpr Ipv4 first{10, 0, 0, 5};

Ipv4 plus(Ipv4 address, std::uint32_t count) {
  return Ipv4(address.value() + count);
}

TEST(AddressSet, AgreesWithAPlainSet) {
  for (const std::uint32_t size : {1U, 63U, 64U, 65U, 4'096U, 4'097U, 70'000U}) {
    const Range range{first, plus(first, size - 1)};
    AddressSet set(range);
    std::set<Ipv4> plain;
    Random random(size);
    for (int i = 0; i < 3'000; ++i) {
      const auto address = plus(first, random.below(size));
      if (random.below(2) == 0) {
        set.insert(address);
        plain.insert(address);
      } else {
        set.erase(address);
        plain.erase(address);
      }
      const auto from = plus(first, random.below(size));
      const auto next = plain.lower_bound(from);
      ASSERT_EQ(set.next(from), next == plain.end() ? std::nullopt : std::optional(*next));
      ASSERT_EQ(set.size(), plain.size());
      ASSERT_EQ(set.contains(from), plain.contains(from));
    }
  }
}

TEST(AddressSet, HoldsItsRangeAndNothingElse) {
  AddressSet set({first, plus(first, 99)});
  set.insert_all();
  EXPECT_EQ(set.size(), 100U);
  EXPECT_EQ(set.next({}), first);
  EXPECT_EQ(set.next(plus(first, 100)), std::nullopt);
  set.insert(plus(first, 100));
  set.insert({10, 0, 0, 4});
  EXPECT_EQ(set.size(), 100U);
  set.erase(Range{{}, plus(first, 97)});
  EXPECT_EQ(set.size(), 2U);
  EXPECT_EQ(set.next(first), plus(first, 98));
  set.erase(Range{first, Ipv4(0xffff'ffff)});
  EXPECT_EQ(set.size(), 0U);
}

}  // namespace
}  // namespace winsome::dhcp
