#include "server/net/neighbours.h"

#include <arpa/inet.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

namespace winsome::net {
namespace {

constexpr std::size_t request_room = 256;
/// Who made an entry (NDA_PROTOCOL, since Linux 5.0).
constexpr std::uint8_t mark = RTPROT_DHCP;
/// A table that changes while it is read is read again.
constexpr int tries_max = 4;

struct Entry {
  Ipv4 address;
  int interface = 0;
};

struct alignas(nlmsghdr) Room {
  std::array<char, request_room> octets{};
};

nlmsghdr* begin(Room& room, std::uint16_t type, unsigned flags, int interface) {
  auto* request = mnl_nlmsg_put_header(room.octets.data());
  request->nlmsg_type = type;
  request->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  auto* header = static_cast<ndmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(ndmsg)));
  header->ndm_family = AF_INET;
  header->ndm_ifindex = interface;
  header->ndm_state = NUD_PERMANENT;
  return request;
}

/// An entry of ours.
std::optional<Entry> read_entry(const nlmsghdr* message) {
  const auto* header = static_cast<const ndmsg*>(mnl_nlmsg_get_payload(message));
  std::array<const nlattr*, NDA_MAX + 1> attributes{};
  const auto keep = [](const nlattr* attribute, void* into) {
    auto& all = *static_cast<decltype(attributes)*>(into);
    if (const auto type = mnl_attr_get_type(attribute); type < all.size()) all[type] = attribute;
    return MNL_CB_OK;
  };
  mnl_attr_parse(message, sizeof(*header), keep, &attributes);
  const auto* address = attributes[NDA_DST];
  const auto* protocol = attributes[NDA_PROTOCOL];
  if (message->nlmsg_type != RTM_NEWNEIGH || (header->ndm_state & NUD_PERMANENT) == 0 ||
      address == nullptr || mnl_attr_get_payload_len(address) != sizeof(std::uint32_t) ||
      protocol == nullptr || mnl_attr_get_u8(protocol) != mark)
    return std::nullopt;
  return Entry{Ipv4(ntohl(mnl_attr_get_u32(address))), header->ndm_ifindex};
}

}  // namespace

Result<Neighbours, std::string> Neighbours::open() {
  auto netlink = Netlink::open(0);
  if (!netlink) return fail(netlink.error());
  return Neighbours(std::move(*netlink));
}

NeighbourResult Neighbours::add(Ipv4 address, const EthernetAddress& hardware,
                                std::uint32_t interface) {
  Room room;
  auto* request = begin(room, RTM_NEWNEIGH, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE,
                        static_cast<int>(interface));
  mnl_attr_put_u32(request, NDA_DST, htonl(address.value()));
  mnl_attr_put(request, NDA_LLADDR, hardware.size(), hardware.data());
  mnl_attr_put_u8(request, NDA_PROTOCOL, mark);
  switch (netlink_.ask(request, [](const nlmsghdr*) {})) {
    case 0: return NeighbourResult::done;
    case ENOBUFS:
    case ENOMEM: return NeighbourResult::full;
    default: return NeighbourResult::refused;
  }
}

std::size_t Neighbours::remove(std::span<const Ipv4> addresses) {
  if (addresses.empty()) return 0;
  std::vector<Ipv4> wanted(addresses.begin(), addresses.end());
  std::ranges::sort(wanted);
  std::vector<Entry> found;
  for (int i = 0; i < tries_max; ++i) {
    found.clear();
    Room room;
    auto* request = begin(room, RTM_GETNEIGH, NLM_F_DUMP, 0);
    const auto error = netlink_.ask(request, [&](const nlmsghdr* message) {
      const auto entry = read_entry(message);
      if (entry && std::ranges::binary_search(wanted, entry->address)) found.push_back(*entry);
    });
    if (error != EINTR) break;
  }
  return static_cast<std::size_t>(std::ranges::count_if(found, [&](const Entry& entry) {
    Room room;
    auto* request = begin(room, RTM_DELNEIGH, NLM_F_ACK, entry.interface);
    mnl_attr_put_u32(request, NDA_DST, htonl(entry.address.value()));
    return netlink_.ask(request, [](const nlmsghdr*) {}) == 0;
  }));
}

}  // namespace winsome::net
