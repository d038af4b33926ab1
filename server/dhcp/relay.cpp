#include "server/dhcp/relay.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ranges>

#include "server/core/byte_writer.h"
#include "server/dhcp/message.h"
#include "server/dhcp/option_table.h"

namespace winsome::dhcp {
namespace {

// RFC 2131 figure 1: where the fields lie that a relay looks at.
constexpr std::size_t hops_at = 3;
constexpr std::size_t flags_at = 10;
constexpr std::size_t ciaddr_at = 12;
constexpr std::size_t yiaddr_at = 16;
constexpr std::size_t giaddr_at = 24;
constexpr std::size_t chaddr_at = 28;
constexpr std::size_t vendor_at = 236;
constexpr std::array<std::uint8_t, 4> cookie = {99, 130, 83, 99};

constexpr std::uint8_t pad = 0;
constexpr std::uint8_t end = 255;
constexpr std::uint8_t broadcast_flag = 0x80;
constexpr std::uint8_t ethernet_length = 6;
constexpr std::size_t name_max = 15;  // of an interface
/// RFC 1542 4.1.1: "MUST silently discard ... more than 16", whatever is configured.
constexpr std::uint8_t hops_limit = 16;

Ipv4 address_at(Octets datagram, std::size_t offset) {
  return Ipv4(ByteReader(datagram, offset).u32());
}

bool contains(std::span<const Ipv4> addresses, Ipv4 wanted) {
  return std::ranges::find(addresses, wanted) != addresses.end();
}

/// Where the options of the vendor area end, and option 82 within them. Those in the fields file
/// and sname are none of a relay's business (RFC 3046 2.1).
struct Layout {
  bool has_options = false;  // with the magic cookie; BOOTP clients may have none
  std::size_t end = 0;       // of the option 255, or behind the last octet
  struct Part {
    std::size_t offset = 0;
    std::size_t length = 0;
  };
  std::vector<Part> agent;
};

Result<Layout, RelayDrop> layout_of(Octets datagram) {
  if (datagram.size() < vendor_at) return fail(RelayDrop::malformed);
  if (datagram.size() > received_size_max) return fail(RelayDrop::malformed);
  Layout layout;
  ByteReader in(datagram, vendor_at);
  const auto magic = in.take(cookie.size());
  layout.has_options = in.ok() && std::ranges::equal(magic, cookie);
  if (!layout.has_options) return layout;

  while (in.remaining() > 0) {
    const auto offset = in.offset();
    const auto code = in.u8();
    if (code == pad) continue;
    if (code == end) {
      layout.end = offset;
      return layout;
    }
    in.take(in.u8());
    if (!in.ok()) return fail(RelayDrop::malformed);
    if (code == option::relay_agent_information)
      layout.agent.push_back({offset, in.offset() - offset});
  }
  layout.end = datagram.size();
  return layout;
}

/// Option 82 as the last one (RFC 3046 2.1), and the end again.
void append_agent_option(std::vector<std::uint8_t>& octets, std::size_t at, std::string_view name,
                         std::string_view remote) {
  name = name.substr(0, name_max);
  remote = remote.substr(0, remote_id_max);
  const auto remote_size = remote.empty() ? 0 : 2 + remote.size();
  octets.resize(at);
  const auto put = [&](std::size_t value) { octets.push_back(static_cast<std::uint8_t>(value)); };
  put(option::relay_agent_information);
  put(2 + name.size() + remote_size);
  put(relay::circuit_id);
  put(name.size());
  octets.insert(octets.end(), name.begin(), name.end());
  if (!remote.empty()) {
    put(relay::remote_id);
    put(remote.size());
    octets.insert(octets.end(), remote.begin(), remote.end());
  }
  put(end);
}

void grow_to_least(std::vector<std::uint8_t>& octets) {
  octets.resize(std::max(octets.size(), message_size_min), pad);
}

}  // namespace

std::string_view to_text(RelayDrop why) {
  switch (why) {
    case RelayDrop::malformed: return "malformed";
    case RelayDrop::not_a_request: return "not a request";
    case RelayDrop::not_a_reply: return "not a reply";
    case RelayDrop::hops: return "too many hops";
    case RelayDrop::untrusted_option: return "untrusted option 82";
    case RelayDrop::spoofed: return "our own address as relay";
    case RelayDrop::foreign: return "relayed by another";
  }
  return "";
}

Result<std::vector<std::uint8_t>, RelayDrop> relay_request(Octets datagram, const RelayPlace& place,
                                                           std::span<const Ipv4> ours,
                                                           const RelayOptions& options) {
  const auto layout = layout_of(datagram);
  if (!layout) return fail(layout.error());
  if (datagram[0] != static_cast<std::uint8_t>(Op::request)) return fail(RelayDrop::not_a_request);
  if (datagram[hops_at] > std::min(options.hops_max, hops_limit)) return fail(RelayDrop::hops);
  const auto giaddr = address_at(datagram, giaddr_at);
  if (contains(ours, giaddr)) return fail(RelayDrop::spoofed);
  const bool from_client = giaddr.unspecified();
  if (from_client && !layout->agent.empty()) return fail(RelayDrop::untrusted_option);

  std::vector<std::uint8_t> octets(datagram.begin(), datagram.end());
  ++octets[hops_at];
  // A relay before us is trusted, and what it wrote stays (RFC 1542 4.1.1, RFC 3046 2.1.1).
  if (!from_client) return octets;
  ByteWriter(std::span(octets).subspan(giaddr_at)).u32(place.address.value());
  if (!options.append_option || !layout->has_options) return octets;
  auto with_option = octets;
  append_agent_option(with_option, layout->end, place.name, options.remote_id);
  grow_to_least(with_option);
  // RFC 3046 2.1: what would not fit into a packet goes on without.
  return with_option.size() > std::max(message_size_max, octets.size()) ? octets : with_option;
}

Result<RelayedReply, RelayDrop> relay_reply(Octets datagram, std::span<const Ipv4> ours) {
  const auto layout = layout_of(datagram);
  if (!layout) return fail(layout.error());
  if (datagram[0] != static_cast<std::uint8_t>(Op::reply)) return fail(RelayDrop::not_a_reply);
  RelayedReply reply;
  reply.giaddr = address_at(datagram, giaddr_at);
  if (!contains(ours, reply.giaddr)) return fail(RelayDrop::foreign);

  reply.octets.assign(datagram.begin(), datagram.end());
  for (const auto& part : layout->agent | std::views::reverse) {
    const auto first = reply.octets.begin() + static_cast<std::ptrdiff_t>(part.offset);
    reply.octets.erase(first, first + static_cast<std::ptrdiff_t>(part.length));
  }
  if (!layout->agent.empty()) grow_to_least(reply.octets);

  reply.hardware.type = datagram[1];
  reply.hardware.length = datagram[2];
  if (reply.hardware.length > reply.hardware.octets.size()) return fail(RelayDrop::malformed);
  std::ranges::copy(datagram.subspan(chaddr_at, reply.hardware.length),
                    reply.hardware.octets.begin());
  const bool reachable = reply.hardware.type == HardwareAddress::ethernet &&
                         reply.hardware.length == ethernet_length &&
                         (datagram[flags_at] & broadcast_flag) == 0;
  const auto yiaddr = address_at(datagram, yiaddr_at);
  const auto client = yiaddr.unspecified() ? address_at(datagram, ciaddr_at) : yiaddr;
  if (reachable && !client.unspecified()) {
    reply.delivery = Delivery::hardware;
    reply.to = {client, client_port};
  } else {
    reply.to = {Ipv4(255, 255, 255, 255), client_port};
  }
  return reply;
}

}  // namespace winsome::dhcp
