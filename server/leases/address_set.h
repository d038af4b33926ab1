#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "server/core/ipv4.h"
#include "server/leases/configuration.h"

namespace winsome::dhcp {

/// A set of addresses of one range: one bit each, and above them trees of "there is one below", so
/// that the next element of a /16 that is nearly empty is found in three looks.
class AddressSet {
 public:
  explicit AddressSet(Range range);

  [[nodiscard]] const Range& range() const { return range_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool contains(Ipv4 address) const;
  /// The least element that is not less than `from`.
  [[nodiscard]] std::optional<Ipv4> next(Ipv4 from) const;

  /// Addresses outside the range are ignored.
  void insert(Ipv4 address);
  void erase(Ipv4 address);
  void insert_all();
  void erase(Range addresses);

 private:
  [[nodiscard]] std::uint64_t position(Ipv4 address) const {
    return std::uint64_t{address.value()} - range_.first.value();
  }

  Range range_;
  std::size_t size_ = 0;
  std::vector<std::vector<std::uint64_t>> levels_;  // the lowest has the elements
};

}  // namespace winsome::dhcp
