#include <absl/container/inlined_vector.h>

#include <algorithm>
#include <array>
#include <utility>

#include "server/core/byte_writer.h"
#include "server/core/check.h"
#include "server/dhcp/message.h"
#include "server/dhcp/octet_text.h"
#include "server/dhcp/option_table.h"
#include "server/dhcp/wire.h"

namespace winsome::dhcp {
namespace {

using Option = OptionSet::Option;

constexpr std::size_t end_size = 1;
constexpr std::size_t one_octet_option = 3;  // 52 and 53

/// With the headers of its parts; even an empty option has one.
constexpr std::size_t encoded_size(std::size_t length) {
  const auto parts = length == 0 ? 1 : (length + part_max - 1) / part_max;
  return length + 2 * parts;
}

void write(ByteWriter& out, const Option& option) {
  auto rest = option.value;
  do {
    const auto part = rest.first(std::min(rest.size(), part_max));
    out.u8(option.code);
    out.u8(static_cast<std::uint8_t>(part.size()));
    out.put(part);
    rest = rest.subspan(part.size());
  } while (!rest.empty());
}

/// Without these the answer is none, or does not find its way.
constexpr bool required(std::uint8_t code) {
  return code == option::lease_time || code == option::server_identifier ||
         code == option::relay_agent_information;
}

enum class Area : std::uint8_t { options, file, server_name, nowhere };
constexpr std::size_t areas = 3;

/// The fields that hold their name. A longer name is sent as an option, its field is empty then.
struct Names {
  std::string_view server_name;
  std::string_view boot_file;
};

Names names_in_fields(const Message& message) {
  Names names;
  if (message.server_name.size() < server_name_field) names.server_name = message.server_name;
  if (message.boot_file.size() < boot_file_field) names.boot_file = message.boot_file;
  return names;
}

/// Which option goes where.
class Layout {
 public:
  Layout(const Message& message, const Names& names, std::size_t limit) {
    for (std::size_t i = 0; i < message.options.size(); ++i) {
      const auto option = message.options.at(i);
      if (option.code != option::message_type) placed_.push_back({option});
    }
    add_name(message, option::tftp_server_name, message.server_name, names.server_name);
    add_name(message, option::boot_file_name, message.boot_file, names.boot_file);
    const bool dhcp = message.type != MessageType::none;
    if (!dhcp && !message.has_cookie) {
      omitted_ += std::exchange(placed_, {}).size();
      return;
    }

    sizes_[0] = cookie_size + end_size + (dhcp ? one_octet_option : 0);
    auto all = sizes_[0];
    for (const auto& each : placed_) all += encoded_size(each.option.value.size());
    const auto room = limit - fixed_size;
    if (all <= room) {
      sizes_[0] = all;
    } else {
      // A field that holds a name has no room, and BOOTP knows no option 52.
      distribute({room, dhcp && names.boot_file.empty() ? boot_file_field : 0,
                  dhcp && names.server_name.empty() ? server_name_field : 0});
    }
  }

  [[nodiscard]] bool used(Area area) const { return size(area) > end_size; }
  [[nodiscard]] std::size_t size(Area area) const { return sizes_[static_cast<std::size_t>(area)]; }
  [[nodiscard]] std::size_t omitted() const { return omitted_; }

  /// All of an area but 82, which comes last of all; then the end.
  void write_area(ByteWriter& out, Area area) const {
    const Option* last = nullptr;
    for (const auto& each : placed_) {
      if (each.area != area) continue;
      if (each.option.code == option::relay_agent_information) {
        last = &each.option;
      } else {
        write(out, each.option);
      }
    }
    if (last != nullptr) write(out, *last);
    out.u8(option_end);
  }

 private:
  struct Placed {
    Option option;
    Area area = Area::options;
  };

  void add_name(const Message& message, std::uint8_t code, std::string_view name,
                std::string_view in_field) {
    if (name.size() == in_field.size()) return;
    if (message.options.has(code)) {
      ++omitted_;
    } else {
      placed_.push_back({{code, octets_of(name)}});
    }
  }

  void distribute(const std::array<std::size_t, areas>& rooms) {
    if (rooms[1] + rooms[2] > 0) sizes_[0] += one_octet_option;
    sizes_[1] = sizes_[2] = end_size;
    for (const auto& each : placed_) {
      if (required(each.option.code)) sizes_[0] += encoded_size(each.option.value.size());
    }
    for (auto& each : placed_) {
      if (required(each.option.code)) continue;
      const auto size = encoded_size(each.option.value.size());
      std::size_t area = 0;
      while (area < areas && sizes_[area] + size > rooms[area]) ++area;
      each.area = static_cast<Area>(area);
      if (area < areas) {
        sizes_[area] += size;
      } else {
        ++omitted_;
      }
    }
  }

  absl::InlinedVector<Placed, 32> placed_;
  std::array<std::size_t, areas> sizes_{};  // that of the options with the cookie; with the end
  std::size_t omitted_ = 0;
};

constexpr std::array<std::uint8_t, boot_file_field> no_octets{};

void write_octet(ByteWriter& out, std::uint8_t code, unsigned value) {
  out.u8(code);
  out.u8(1);
  out.u8(static_cast<std::uint8_t>(value));
}

void write_fixed(ByteWriter& out, const Message& message) {
  out.u8(static_cast<std::uint8_t>(message.op));
  out.u8(message.hardware.type);
  out.u8(message.hardware.length);
  out.u8(message.hops);
  out.u32(message.xid);
  out.u16(message.secs);
  out.u16(message.broadcast ? flag_broadcast : 0);
  out.u32(message.ciaddr.value());
  out.u32(message.yiaddr.value());
  out.u32(message.siaddr.value());
  out.u32(message.giaddr.value());
  out.put(message.hardware.octets);
}

void write_field(ByteWriter& out, const Layout& layout, Area area, std::string_view name,
                 std::size_t size) {
  const auto zeros = size - (layout.used(area) ? layout.size(area) : name.size());
  if (layout.used(area)) {
    layout.write_area(out, area);
  } else {
    out.put(octets_of(name));
  }
  out.put(Octets(no_octets).first(zeros));
}

void write_options(ByteWriter& out, const Layout& layout, MessageType type) {
  out.u32(magic_cookie);
  if (type != MessageType::none) {
    write_octet(out, option::message_type, static_cast<unsigned>(type));
  }
  const auto overload = (layout.used(Area::file) ? overloads_file : 0) |
                        (layout.used(Area::server_name) ? overloads_server_name : 0);
  if (overload != 0) write_octet(out, option::overload, overload);
  layout.write_area(out, Area::options);
}

}  // namespace

Encoded encode(const Message& message, std::size_t limit) {
  const auto names = names_in_fields(message);
  const Layout layout(message, names, std::max(limit, message_size_min));
  const auto options_size = layout.size(Area::options);

  Encoded encoded;
  encoded.omitted = layout.omitted();
  encoded.octets.resize(std::max(fixed_size + options_size, message_size_min));
  ByteWriter out(encoded.octets);
  write_fixed(out, message);
  write_field(out, layout, Area::server_name, names.server_name, server_name_field);
  write_field(out, layout, Area::file, names.boot_file, boot_file_field);
  if (options_size > 0) write_options(out, layout, message.type);
  check(out.ok(), "a message is as long as its layout");
  return encoded;
}

}  // namespace winsome::dhcp
