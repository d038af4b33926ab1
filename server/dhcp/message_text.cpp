#include <fmt/format.h>

#include <iterator>

#include "server/dhcp/message.h"
#include "server/dhcp/octet_text.h"
#include "server/dhcp/option_table.h"

namespace winsome::dhcp {
namespace {

/// Names come from anybody: what would break the line is shown in octets.
std::string shown(std::string_view name) {
  const auto octets = octets_of(name);
  return printable(octets) ? std::string(name) : octets_text(octets);
}

class Lines {
 public:
  template <class... Arguments>
  void append(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  void address(std::string_view what, Ipv4 address) {
    if (!address.unspecified()) append("\n  {} {}", what, winsome::to_text(address));
  }

  void name(std::string_view what, std::string_view name) {
    if (!name.empty()) append("\n  {} {}", what, shown(name));
  }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

constexpr Op usual_op(MessageType type) {
  const bool of_server =
      type == MessageType::offer || type == MessageType::ack || type == MessageType::nak;
  return of_server ? Op::reply : Op::request;
}

}  // namespace

std::string to_text(const Message& message) {
  Lines lines;
  lines.append("{}", to_text(message.type));
  if (message.type == MessageType::none || message.op != usual_op(message.type)) {
    lines.append(" {}", message.op == Op::request ? "request" : "reply");
  }
  lines.append(" xid {:#010x}", message.xid);
  if (message.hops != 0) lines.append(" hops {}", message.hops);
  if (message.secs != 0) lines.append(" secs {}", message.secs);
  if (message.broadcast) lines.append(" broadcast");
  if (!message.has_cookie) lines.append(" without cookie");
  lines.append("\n  hardware {}", to_text(message.hardware));
  lines.address("ciaddr", message.ciaddr);
  lines.address("yiaddr", message.yiaddr);
  lines.address("siaddr", message.siaddr);
  lines.address("giaddr", message.giaddr);
  lines.name("sname", message.server_name);
  lines.name("file", message.boot_file);
  for (std::size_t i = 0; i < message.options.size(); ++i) {
    const auto [code, value] = message.options.at(i);
    lines.append("\n  {}", option_text(code, value));
  }
  return lines.take();
}

std::string_view to_text(MessageType type) {
  switch (type) {
    case MessageType::none: return "BOOTP";
    case MessageType::discover: return "DISCOVER";
    case MessageType::offer: return "OFFER";
    case MessageType::request: return "REQUEST";
    case MessageType::decline: return "DECLINE";
    case MessageType::ack: return "ACK";
    case MessageType::nak: return "NAK";
    case MessageType::release: return "RELEASE";
    case MessageType::inform: return "INFORM";
  }
  return "unknown type";
}

}  // namespace winsome::dhcp
