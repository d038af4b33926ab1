#include <algorithm>
#include <utility>

#include "server/dhcp/message.h"
#include "server/dhcp/octet_text.h"
#include "server/dhcp/option_table.h"
#include "server/dhcp/wire.h"

namespace winsome::dhcp {
namespace {

/// Up to the first zero octet.
std::string_view terminated(Octets octets) {
  const auto end = std::ranges::find(octets, 0);
  return characters_of(octets.first(static_cast<std::size_t>(end - octets.begin())));
}

/// A field whose last octet is no zero is cut by that octet: nothing longer can be sent back.
std::string_view field_text(Octets field) {
  return terminated(field.first(field.size() - 1));
}

/// Of an overloaded field: a name that is too long for the field stays in its option alone.
std::string_view option_name_of(const OptionSet& options, std::uint8_t code, std::size_t field) {
  const auto text = terminated(options.find(code).value_or(Octets()));
  return text.size() < field ? text : std::string_view();
}

/// Collects the options of up to three areas. Parts of one option may lie in different areas: they
/// are one value in the order options, file, sname (RFC 3396 5).
class OptionReader {
 public:
  explicit OptionReader(Message& message) : message_(message) {}

  Result<void, DecodeError> read(Octets area, bool overloaded) {
    ByteReader in(area);
    while (in.remaining() > 0) {
      const auto code = in.u8();
      if (code == option_pad) continue;
      if (code == option_end) break;
      const auto value = in.take(in.u8());
      if (!in.ok()) return fail(DecodeError::truncated_option);
      if (code == option::message_type) {
        if (!take_type(value)) return fail(DecodeError::bad_type);
      } else if (code == option::overload) {
        if (overloaded || !take_overload(value)) return fail(DecodeError::bad_overload);
      } else {
        message_.options.append(code, value);
      }
    }
    return {};
  }

  [[nodiscard]] bool overloads(unsigned field) const { return (overload_ & field) != 0; }

 private:
  bool take_type(Octets value) {
    if (value.size() != 1 || message_.type != MessageType::none) return false;
    if (value.front() < 1 || value.front() > 8) return false;
    message_.type = static_cast<MessageType>(value.front());
    return true;
  }

  bool take_overload(Octets value) {
    if (value.size() != 1 || overload_ != 0) return false;
    overload_ = value.front();
    return overload_ >= 1 && overload_ <= 3;
  }

  Message& message_;
  unsigned overload_ = 0;
};

/// Behind the cookie of some other vendor the area is opaque. DHCP has no such: one octet of the
/// cookie was changed on the way.
bool looks_like_dhcp(Octets vendor_area) {
  if (vendor_area.size() < cookie_size + 3) return false;
  const auto first = vendor_area.subspan(cookie_size, 3);
  return first[0] == option::message_type && first[1] == 1 && first[2] >= 1 && first[2] <= 8;
}

}  // namespace

Result<Message, DecodeError> decode(Octets datagram) {
  if (datagram.size() < fixed_size) return fail(DecodeError::truncated);
  if (datagram.size() > received_size_max) return fail(DecodeError::too_long);
  Result<Message, DecodeError> result;
  auto& message = *result;

  ByteReader in(datagram);
  const auto op = in.u8();
  if (op != 1 && op != 2) return fail(DecodeError::bad_op);
  message.op = static_cast<Op>(op);
  message.hardware.type = in.u8();
  message.hardware.length = in.u8();
  if (message.hardware.length > hardware_field) return fail(DecodeError::bad_hardware);
  message.hops = in.u8();
  message.xid = in.u32();
  message.secs = in.u16();
  message.broadcast = (in.u16() & flag_broadcast) != 0;
  message.ciaddr = Ipv4(in.u32());
  message.yiaddr = Ipv4(in.u32());
  message.siaddr = Ipv4(in.u32());
  message.giaddr = Ipv4(in.u32());
  const auto hardware = in.take(hardware_field).first(message.hardware.length);
  std::ranges::copy(hardware, message.hardware.octets.begin());
  const auto server_name = in.take(server_name_field);
  const auto boot_file = in.take(boot_file_field);

  const auto vendor_area = datagram.subspan(fixed_size);
  message.has_cookie = in.u32() == magic_cookie;
  OptionReader options(message);
  if (message.has_cookie) {
    auto read = options.read(vendor_area.subspan(cookie_size), false);
    if (read && options.overloads(overloads_file)) read = options.read(boot_file, true);
    if (read && options.overloads(overloads_server_name)) read = options.read(server_name, true);
    if (!read) return fail(read.error());
  } else if (looks_like_dhcp(vendor_area)) {
    return fail(DecodeError::bad_cookie);
  }

  message.server_name =
      options.overloads(overloads_server_name)
          ? option_name_of(message.options, option::tftp_server_name, server_name_field)
          : field_text(server_name);
  message.boot_file = options.overloads(overloads_file)
                          ? option_name_of(message.options, option::boot_file_name, boot_file_field)
                          : field_text(boot_file);
  return result;
}

}  // namespace winsome::dhcp
