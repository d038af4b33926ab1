#pragma once

#include <absl/container/inlined_vector.h>

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"

namespace winsome::dhcp {

/// Options by code, in the order in which they were put; unknown ones are octets like any other.
/// What a message has in parts is one value here (RFC 3396). A code is there at most once; 0 (pad),
/// 52 (overload) and 255 (end) never: to put them does nothing.
class OptionSet {
 public:
  /// Sets, or replaces, the value of `code`. An empty value is an option of length 0.
  void put(std::uint8_t code, Octets value);
  void put_u8(std::uint8_t code, std::uint8_t value);
  void put_u16(std::uint8_t code, std::uint16_t value);
  void put_u32(std::uint8_t code, std::uint32_t value);
  void put_address(std::uint8_t code, Ipv4 value) { put_u32(code, value.value()); }
  void put_text(std::uint8_t code, std::string_view value);
  /// Lengthens the value of `code`, or puts it: one more part.
  void append(std::uint8_t code, Octets part);
  void erase(std::uint8_t code);

  [[nodiscard]] bool has(std::uint8_t code) const { return present_[code]; }
  [[nodiscard]] std::optional<Octets> find(std::uint8_t code) const;
  /// Nothing where the option is missing or has another length than the type's.
  [[nodiscard]] std::optional<std::uint8_t> u8(std::uint8_t code) const;
  [[nodiscard]] std::optional<std::uint16_t> u16(std::uint8_t code) const;
  [[nodiscard]] std::optional<std::uint32_t> u32(std::uint8_t code) const;
  [[nodiscard]] std::optional<Ipv4> address(std::uint8_t code) const;
  /// Without the zero octets at its end, which some clients send (RFC 2132 2).
  [[nodiscard]] std::string_view text(std::uint8_t code) const;

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  struct Option {
    std::uint8_t code = 0;
    Octets value;
  };
  [[nodiscard]] Option at(std::size_t i) const {
    return {entries_[i].code, Octets(octets_).subspan(entries_[i].offset, entries_[i].length)};
  }

  /// In whatever order.
  friend bool operator==(const OptionSet& a, const OptionSet& b);

 private:
  struct Entry {
    std::uint8_t code = 0;
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
  };
  [[nodiscard]] Entry* entry(std::uint8_t code);
  void resize(Entry& entry, std::size_t length);

  /// Spares looking for what is not there: a message with all codes is read in linear time.
  std::bitset<256> present_;
  absl::InlinedVector<Entry, 24> entries_;
  absl::InlinedVector<std::uint8_t, 256> octets_;
};

}  // namespace winsome::dhcp
