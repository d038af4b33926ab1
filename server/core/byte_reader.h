#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace winsome {

using Octets = std::span<const std::uint8_t>;

/// Reads big-endian fields from an untrusted datagram. The first read past the end makes it fail
/// for good; from then on it yields zeros and empty spans, so a decoder reads straight down the
/// page and asks ok() once.
class ByteReader {
 public:
  explicit constexpr ByteReader(Octets octets, std::size_t offset = 0)
      : octets_(octets), offset_(offset), ok_(offset <= octets.size()) {}

  constexpr std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  constexpr std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  constexpr std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  constexpr std::uint64_t u64() { return number(8); }

  constexpr Octets take(std::size_t count) {
    if (!ok_ || count > octets_.size() - offset_) {
      ok_ = false;
      return {};
    }
    const auto taken = octets_.subspan(offset_, count);
    offset_ += count;
    return taken;
  }

  [[nodiscard]] constexpr bool ok() const { return ok_; }
  [[nodiscard]] constexpr std::size_t offset() const { return offset_; }
  [[nodiscard]] constexpr std::size_t remaining() const {
    return ok_ ? octets_.size() - offset_ : 0;
  }

  /// The whole datagram, for decoders that follow label pointers.
  [[nodiscard]] constexpr Octets whole() const { return octets_; }

 private:
  constexpr std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (const auto octet : take(width)) value = value << 8 | octet;
    return value;
  }

  Octets octets_;
  std::size_t offset_;
  bool ok_;
};

}  // namespace winsome
