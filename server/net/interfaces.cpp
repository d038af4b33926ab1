#include "server/net/interfaces.h"

#include <arpa/inet.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace winsome::net {
namespace {

constexpr std::size_t request_room = 256;
/// A table that changes while it is read is read again; the change is told besides.
constexpr int tries_max = 4;

/// The attributes of a message by type; those that are longer than the array has places are new
/// kernels' and unknown to us.
template <std::size_t size>
std::array<const nlattr*, size> attributes_of(const nlmsghdr* message, std::size_t header) {
  std::array<const nlattr*, size> found{};
  const auto keep = [](const nlattr* attribute, void* into) {
    auto& all = *static_cast<std::array<const nlattr*, size>*>(into);
    if (const auto type = mnl_attr_get_type(attribute); type < size) all[type] = attribute;
    return MNL_CB_OK;
  };
  mnl_attr_parse(message, static_cast<unsigned>(header), keep, &found);
  return found;
}

std::optional<Ipv4> ipv4(const nlattr* attribute) {
  if (attribute == nullptr || mnl_attr_get_payload_len(attribute) != sizeof(std::uint32_t))
    return std::nullopt;
  return Ipv4(ntohl(mnl_attr_get_u32(attribute)));
}

std::optional<Interface> read_link(const nlmsghdr* message) {
  if (message->nlmsg_type != RTM_NEWLINK) return std::nullopt;
  const auto* link = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(message));
  const auto attributes = attributes_of<IFLA_MAX + 1>(message, sizeof(*link));
  const auto* name = attributes[IFLA_IFNAME];
  if (name == nullptr) return std::nullopt;

  Interface found;
  found.index = static_cast<std::uint32_t>(link->ifi_index);
  found.name = mnl_attr_get_str(name);
  found.up = (link->ifi_flags & IFF_UP) != 0;
  const auto* hardware = attributes[IFLA_ADDRESS];
  if (link->ifi_type == ARPHRD_ETHER && hardware != nullptr &&
      mnl_attr_get_payload_len(hardware) == found.hardware.emplace().size()) {
    std::memcpy(found.hardware->data(), mnl_attr_get_payload(hardware), found.hardware->size());
  } else {
    found.hardware.reset();
  }
  return found;
}

void read_address(const nlmsghdr* message, std::vector<Interface>& all) {
  if (message->nlmsg_type != RTM_NEWADDR) return;
  const auto* header = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(message));
  const auto attributes = attributes_of<IFA_MAX + 1>(message, sizeof(*header));
  // On a point-to-point link IFA_ADDRESS is the other side's.
  const auto local = ipv4(attributes[IFA_LOCAL]);
  const auto network = ipv4(attributes[IFA_ADDRESS]);
  const auto at = std::ranges::find(all, header->ifa_index, &Interface::index);
  if (header->ifa_family != AF_INET || !local || at == all.end()) return;
  const auto length = std::min<unsigned>(header->ifa_prefixlen, 32);
  at->addresses.push_back({*local, Ipv4Prefix(network.value_or(*local), length)});
}

int dump(Netlink& netlink, std::uint16_t type, unsigned char family,
         const std::function<void(const nlmsghdr*)>& each) {
  alignas(nlmsghdr) std::array<char, request_room> room{};
  auto* request = mnl_nlmsg_put_header(room.data());
  request->nlmsg_type = type;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  if (type == RTM_GETLINK) {
    auto* header = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(request, sizeof(ifinfomsg)));
    header->ifi_family = family;
  } else {
    auto* header = static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(ifaddrmsg)));
    header->ifa_family = family;
  }
  return netlink.ask(request, each);
}

}  // namespace

std::optional<Ipv4> InterfaceAddress::broadcast() const {
  if (network.length() > 30) return std::nullopt;
  return Ipv4(network.network().value() | ~mask().value());
}

Ipv4 InterfaceAddress::mask() const {
  return network.length() == 0 ? Ipv4() : Ipv4(0xffff'ffffU << (32 - network.length()));
}

Ipv4 Interface::address_for(Ipv4 peer) const {
  for (const auto& one : addresses) {
    if (one.network.contains(peer)) return one.address;
  }
  return addresses.empty() ? Ipv4() : addresses.front().address;
}

Result<Interfaces, std::string> Interfaces::open() {
  auto changes = Netlink::open(RTMGRP_LINK | RTMGRP_IPV4_IFADDR);
  if (!changes) return fail(changes.error());
  auto requests = Netlink::open(0);
  if (!requests) return fail(requests.error());
  Interfaces interfaces(std::move(*changes), std::move(*requests));
  interfaces.read();
  return interfaces;
}

bool Interfaces::refresh() {
  return changes_.drain() && read();
}

bool Interfaces::read() {
  std::vector<Interface> found;
  for (int i = 0; i < tries_max; ++i) {
    found.clear();
    const auto links = dump(requests_, RTM_GETLINK, AF_UNSPEC, [&](const nlmsghdr* message) {
      if (auto link = read_link(message)) found.push_back(std::move(*link));
    });
    const auto addresses = dump(requests_, RTM_GETADDR, AF_INET,
                                [&](const nlmsghdr* message) { read_address(message, found); });
    if (links == 0 && addresses == 0) break;
    // What cannot be read now is as it was.
    if (links != EINTR && addresses != EINTR) return false;
  }
  if (found == all_) return false;
  all_ = std::move(found);
  return true;
}

const Interface* Interfaces::find(std::uint32_t index) const {
  const auto at = std::ranges::find(all_, index, &Interface::index);
  return at == all_.end() ? nullptr : &*at;
}

bool Interfaces::is_ours(Ipv4 address) const {
  return std::ranges::any_of(all_, [&](const Interface& one) {
    return std::ranges::find(one.addresses, address, &InterfaceAddress::address) !=
           one.addresses.end();
  });
}

bool Interfaces::is_broadcast(Ipv4 address) const {
  if (address == Ipv4(255, 255, 255, 255)) return true;
  return std::ranges::any_of(all_, [&](const Interface& one) {
    return std::ranges::any_of(
        one.addresses, [&](const InterfaceAddress& its) { return its.broadcast() == address; });
  });
}

bool is_chosen(std::span<const std::string> configured, std::string_view name) {
  return configured.empty() || std::ranges::find(configured, name) != configured.end();
}

}  // namespace winsome::net
