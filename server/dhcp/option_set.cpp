#include "server/dhcp/option_set.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "server/dhcp/octet_text.h"

namespace winsome::dhcp {
namespace {

/// What is part of the encoding and no option of the message.
constexpr bool framing(std::uint8_t code) {
  return code == 0 || code == 52 || code == 255;
}

}  // namespace

OptionSet::Entry* OptionSet::entry(std::uint8_t code) {
  return present_[code] ? &*std::ranges::find(entries_, code, &Entry::code) : nullptr;
}

void OptionSet::resize(Entry& entry, std::size_t length) {
  const auto old = entry.length;
  const auto end = entry.offset + old;
  const auto size = octets_.size() - old + length;
  if (length > old) octets_.resize(size);
  std::memmove(octets_.data() + entry.offset + length, octets_.data() + end,
               size - entry.offset - length);
  octets_.resize(size);
  entry.length = static_cast<std::uint32_t>(length);
  // Values lie in the order of the entries.
  for (auto* behind = &entry + 1; behind != entries_.data() + entries_.size(); ++behind) {
    behind->offset += entry.length - old;
  }
}

void OptionSet::put(std::uint8_t code, Octets value) {
  if (framing(code)) return;
  if (auto* const present = entry(code)) {
    resize(*present, value.size());
    std::ranges::copy(value, octets_.begin() + present->offset);
    return;
  }
  present_.set(code);
  entries_.push_back(
      {code, static_cast<std::uint32_t>(octets_.size()), static_cast<std::uint32_t>(value.size())});
  octets_.insert(octets_.end(), value.begin(), value.end());
}

void OptionSet::append(std::uint8_t code, Octets part) {
  auto* const present = entry(code);
  if (present == nullptr) return put(code, part);
  if (part.empty()) return;
  const auto former = present->length;
  resize(*present, former + part.size());
  std::ranges::copy(part, octets_.begin() + present->offset + former);
}

void OptionSet::erase(std::uint8_t code) {
  auto* const present = entry(code);
  if (present == nullptr) return;
  resize(*present, 0);
  present_.reset(code);
  entries_.erase(entries_.begin() + (present - entries_.data()));
}

void OptionSet::put_u8(std::uint8_t code, std::uint8_t value) {
  put(code, Octets(&value, 1));
}

void OptionSet::put_u16(std::uint8_t code, std::uint16_t value) {
  put(code, std::array{static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)});
}

void OptionSet::put_u32(std::uint8_t code, std::uint32_t value) {
  put(code,
      std::array{static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
                 static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)});
}

void OptionSet::put_text(std::uint8_t code, std::string_view value) {
  put(code, octets_of(value));
}

std::optional<Octets> OptionSet::find(std::uint8_t code) const {
  if (!present_[code]) return {};
  const auto* const found = std::ranges::find(entries_, code, &Entry::code);
  return Octets(octets_).subspan(found->offset, found->length);
}

std::optional<std::uint8_t> OptionSet::u8(std::uint8_t code) const {
  const auto value = find(code);
  if (!value || value->size() != 1) return {};
  return value->front();
}

std::optional<std::uint16_t> OptionSet::u16(std::uint8_t code) const {
  const auto value = find(code);
  if (!value || value->size() != 2) return {};
  return ByteReader(*value).u16();
}

std::optional<std::uint32_t> OptionSet::u32(std::uint8_t code) const {
  const auto value = find(code);
  if (!value || value->size() != 4) return {};
  return ByteReader(*value).u32();
}

std::optional<Ipv4> OptionSet::address(std::uint8_t code) const {
  const auto value = u32(code);
  if (!value) return {};
  return Ipv4(*value);
}

std::string_view OptionSet::text(std::uint8_t code) const {
  const auto value = find(code);
  if (!value) return {};
  auto text = characters_of(*value);
  while (text.ends_with('\0')) text.remove_suffix(1);
  return text;
}

bool operator==(const OptionSet& a, const OptionSet& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto [code, value] = a.at(i);
    const auto other = b.find(code);
    if (!other || !std::ranges::equal(value, *other)) return false;
  }
  return true;
}

}  // namespace winsome::dhcp
