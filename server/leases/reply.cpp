#include "server/leases/reply.h"

#include <algorithm>
#include <bitset>
#include <cmath>

#include "server/dhcp/octet_text.h"
#include "server/dhcp/option_table.h"

namespace winsome::dhcp {
namespace {

constexpr std::uint8_t h_node = 8;             // RFC 2132 8.7
constexpr std::size_t ip_and_udp = 28;         // headers, which option 57 counts
constexpr std::size_t datagram_min = 576;      // RFC 2132 9.10: the least that option 57 may say
constexpr std::size_t hardware_shown_max = 8;  // longer ones fit no frame (RFC 4390)

/// Said by the engine, or not by servers at all.
constexpr bool is_ours_to_say(std::uint8_t code) {
  switch (code) {
    case 0:
    case option::requested_address:
    case option::lease_time:
    case option::overload:
    case option::message_type:
    case option::server_identifier:
    case option::parameter_request_list:
    case option::message:
    case option::message_size:
    case option::renewal_time:
    case option::rebinding_time:
    case option::client_identifier:
    case option::client_fqdn:
    case option::relay_agent_information:
    case option::subnet_selection:
    case 255: return true;
    default: return false;
  }
}

Message fields(const Message& request, MessageType type) {
  Message answer;
  answer.op = Op::reply;
  answer.type = type;
  answer.hardware = request.hardware;
  answer.xid = request.xid;
  answer.broadcast = request.broadcast;
  answer.giaddr = request.giaddr;
  answer.has_cookie = type != MessageType::none || request.has_cookie;
  return answer;
}

/// RFC 6842 3; RFC 3011 2; and last, as the relay wants it back (RFC 3046 2.1).
void echo(const Message& request, Message& answer) {
  for (const auto code :
       {option::client_identifier, option::subnet_selection, option::relay_agent_information}) {
    if (const auto value = request.options.find(code)) answer.options.put(code, *value);
  }
}

std::size_t size_max(const Message& request) {
  if (const auto asked = request.options.u16(option::message_size))
    return std::clamp(std::size_t{*asked}, datagram_min, message_size_max + ip_and_udp) -
           ip_and_udp;
  return request.type == MessageType::none ? message_size_min : message_size_default;
}

bool reaches_by_hardware(const HardwareAddress& hardware) {
  return hardware.length > 0 && hardware.length <= hardware_shown_max;
}

/// RFC 2131 4.1, RFC 951 7.4.
Outgoing envelope(const ClientMessage& request, Message&& message) {
  Outgoing out;
  out.interface = request.arrival.interface;
  out.from = request.arrival.local;
  out.size_max = size_max(request.message);
  if (!message.giaddr.unspecified()) {
    out.delivery = Delivery::relay;
    out.to = {message.giaddr, server_port};
  } else if (!request.message.ciaddr.unspecified()) {
    out.delivery = Delivery::address;
    out.to = {request.message.ciaddr, client_port};
    out.hardware = request.arrival.frame_source;
  } else if (message.broadcast || !reaches_by_hardware(message.hardware)) {
    out.delivery = Delivery::broadcast;
    out.to = {Ipv4(0xffff'ffff), client_port};
  } else {
    out.delivery = Delivery::hardware;
    out.to = {message.yiaddr, client_port};
    out.hardware = message.hardware;
  }
  out.message = std::move(message);
  return out;
}

bool stands_in(const std::vector<Ipv4>& list, Ipv4 address) {
  return std::ranges::find(list, address) != list.end();
}

/// Answers one option after the other, each once.
class Options {
 public:
  Options(const ReplyParts& parts, const ClientMessage& request, const Boot& boot,
          OptionSet& options)
      : parts_(parts), request_(request), boot_(boot), options_(options) {}

  void put(std::uint8_t code) {
    if (is_ours_to_say(code) || done_.test(code)) return;
    done_.set(code);
    if (const auto* value = parts_.parameters.option(code)) return options_.put(code, *value);
    switch (code) {
      case option::subnet_mask: return options_.put_u32(code, mask());
      case option::broadcast_address:
        return options_.put_u32(code, parts_.scope.subnet.network().value() | ~mask());
      case option::host_name:
        if (parts_.reservation && !parts_.reservation->name.empty())
          options_.put_text(code, parts_.reservation->name);
        return;
      case option::netbios_name_servers:
      case option::netbios_node_type: return put_name_service(code);
      case option::tftp_server_name:
        if (!boot_.server_name.empty()) {
          options_.put_text(code, boot_.server_name);
        } else if (!boot_.server.unspecified()) {
          options_.put_text(code, to_text(boot_.server));
        }
        return;
      case option::boot_file_name:
        if (!boot_.file.empty()) options_.put_text(code, boot_.file);
        return;
      default: return;
    }
  }

 private:
  [[nodiscard]] std::uint32_t mask() const {
    const auto length = parts_.scope.subnet.length();
    return length == 0 ? 0 : 0xffff'ffffU << (32 - length);
  }

  /// Decision 22.
  void put_name_service(std::uint8_t code) {
    std::vector<Ipv4> listed;
    std::vector<std::uint8_t> servers;
    const auto add = [&](Ipv4 server) {
      if (server.unspecified() || stands_in(listed, server)) return;
      listed.push_back(server);
      for (const auto shift : {24, 16, 8, 0})
        servers.push_back(static_cast<std::uint8_t>(server.value() >> shift));
    };
    const auto& own = parts_.configuration.own_name_servers;
    const auto us = request_.arrival.local;
    if (stands_in(own, us) || stands_in(own, Ipv4())) {
      add(us);
    } else {
      for (const auto server : own) add(server);
    }
    for (const auto server : parts_.configuration.name_servers) add(server);
    if (code == option::netbios_name_servers) {
      if (!servers.empty()) options_.put(code, servers);
    } else if (!servers.empty() || parts_.parameters.option(option::netbios_name_servers)) {
      options_.put_u8(code, h_node);
    }
  }

  const ReplyParts& parts_;
  const ClientMessage& request_;
  const Boot& boot_;
  OptionSet& options_;
  std::bitset<256> done_;
};

void put_times(const ReplyParts& parts, OptionSet& options) {
  const auto lease = *parts.lease;
  options.put_u32(option::lease_time, wire_seconds(lease));
  const auto part = [&](double fraction) {
    if (lease == forever) return forever;
    return seconds(std::llround(static_cast<double>(lease.count()) * fraction));
  };
  options.put_u32(option::renewal_time, wire_seconds(part(parts.configuration.renewal)));
  options.put_u32(option::rebinding_time, wire_seconds(part(parts.configuration.rebinding)));
}

}  // namespace

std::uint32_t wire_seconds(seconds time) {
  return time >= seconds(0xffff'ffff) ? 0xffff'ffffU : static_cast<std::uint32_t>(time.count());
}

Outgoing reply(const ClientMessage& request, MessageType type, const ReplyParts& parts) {
  auto answer = fields(request.message, type);
  if (type != MessageType::offer) answer.ciaddr = request.message.ciaddr;
  answer.yiaddr = parts.address;
  const auto boot = parts.parameters.boot();
  answer.boot_file = boot.file;
  answer.server_name = boot.server_name;
  // Who names a file but no server means the TFTP server that we are.
  answer.siaddr =
      boot.server.unspecified() && !boot.file.empty() ? request.arrival.local : boot.server;

  if (answer.has_cookie) {
    auto& options = answer.options;
    if (type != MessageType::none) options.put_address(option::server_identifier, parts.server);
    if (parts.lease) put_times(parts, options);
    Options say(parts, request, boot, options);
    say.put(option::subnet_mask);
    if (const auto asked = request.message.options.find(option::parameter_request_list)) {
      for (const auto code : *asked) say.put(code);
    } else {
      auto codes = parts.parameters.codes();
      codes.set(option::netbios_name_servers).set(option::netbios_node_type);
      codes.set(option::host_name);
      for (std::size_t code = 1; code < codes.size(); ++code) {
        if (codes.test(code)) say.put(static_cast<std::uint8_t>(code));
      }
    }
    if (!parts.fqdn.empty()) options.put(option::client_fqdn, octets_of(parts.fqdn));
    echo(request.message, answer);
  }
  return envelope(request, std::move(answer));
}

Outgoing nak(const ClientMessage& request, Ipv4 server, std::string_view why, bool routed) {
  auto answer = fields(request.message, MessageType::nak);
  answer.options.put_address(option::server_identifier, server);
  answer.options.put_text(option::message, why);
  echo(request.message, answer);
  // The client may have no address: the relay is to broadcast it, as we do.
  if (!answer.giaddr.unspecified()) answer.broadcast = true;
  auto out = envelope(request, std::move(answer));
  if (out.delivery == Delivery::relay || routed) return out;
  out.delivery = Delivery::broadcast;
  out.to = {Ipv4(0xffff'ffff), client_port};
  out.hardware = {};
  return out;
}

}  // namespace winsome::dhcp
