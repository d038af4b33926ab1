#include "server/leases/classes.h"

#include <algorithm>
#include <string_view>

#include "server/core/byte_reader.h"
#include "server/dhcp/option_table.h"

namespace winsome::dhcp {
namespace {

bool same(Octets octets, std::string_view text) {
  return std::ranges::equal(octets, text, {}, {},
                            [](char c) { return static_cast<std::uint8_t>(c); });
}

bool starts_with(Octets octets, Octets beginning) {
  return octets.size() >= beginning.size() &&
         std::ranges::equal(octets.first(beginning.size()), beginning);
}

/// RFC 3004 4 wants each class with its length before it; Windows and iPXE send bare text.
bool has_user_class(Octets value, std::string_view wanted) {
  if (same(value, wanted)) return true;
  ByteReader in(value);
  while (in.remaining() > 0) {
    const auto one = in.take(in.u8());
    if (!in.ok()) return false;
    if (same(one, wanted)) return true;
  }
  return false;
}

bool is_member(const Message& message, const ClientClass& one) {
  if (!one.vendor_class.empty()) {
    const auto vendor = message.options.text(option::vendor_class);
    if (std::ranges::none_of(one.vendor_class,
                             [&](const auto& wanted) { return vendor.starts_with(wanted); }))
      return false;
  }
  if (!one.user_class.empty()) {
    const auto value = message.options.find(option::user_class);
    if (!value || std::ranges::none_of(one.user_class, [&](const auto& wanted) {
          return has_user_class(*value, wanted);
        }))
      return false;
  }
  if (!one.architecture.empty()) {
    const auto value = message.options.find(option::architecture);
    if (!value || value->size() < 2) return false;
    ByteReader in(*value);
    bool found = false;
    while (in.remaining() >= 2) found |= std::ranges::count(one.architecture, in.u16()) > 0;
    if (!found) return false;
  }
  return one.hardware_prefix.empty() ||
         std::ranges::any_of(one.hardware_prefix, [&](const auto& prefix) {
           return starts_with(message.hardware.view(), prefix);
         });
}

}  // namespace

ClassList classes_of(const Message& message, std::span<const ClientClass> classes) {
  ClassList list;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (is_member(message, classes[i])) list.push_back(static_cast<std::uint16_t>(i));
  }
  return list;
}

}  // namespace winsome::dhcp
