#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "server/core/byte_reader.h"

namespace winsome {

/// Writes big-endian fields into a buffer of fixed size. The first write past the end makes it fail
/// for good, and nothing more is written; ask ok() once, at the end.
class ByteWriter {
 public:
  explicit constexpr ByteWriter(std::span<std::uint8_t> out) : out_(out) {}

  constexpr void u8(std::uint8_t value) { number(value, 1); }
  constexpr void u16(std::uint16_t value) { number(value, 2); }
  constexpr void u32(std::uint32_t value) { number(value, 4); }
  constexpr void u64(std::uint64_t value) { number(value, 8); }

  constexpr void put(Octets octets) {
    const auto room = take(octets.size());
    std::copy_n(octets.begin(), room.size(), room.begin());
  }

  /// For encoders that meet what has no encoding.
  constexpr void fail() { ok_ = false; }

  [[nodiscard]] constexpr bool ok() const { return ok_; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr Octets written() const { return out_.first(size_); }

 private:
  constexpr std::span<std::uint8_t> take(std::size_t count) {
    if (!ok_ || count > out_.size() - size_) {
      ok_ = false;
      return {};
    }
    const auto room = out_.subspan(size_, count);
    size_ += count;
    return room;
  }

  constexpr void number(std::uint64_t value, std::size_t width) {
    const auto room = take(width);
    for (std::size_t i = 0; i < room.size(); ++i) {
      room[i] = static_cast<std::uint8_t>(value >> (8 * (room.size() - 1 - i)));
    }
  }

  std::span<std::uint8_t> out_;
  std::size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace winsome
