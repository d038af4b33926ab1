#include "server/config/host_facts.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstring>
#include <memory>

namespace winsome::config {
namespace {

bool is_usable(const ifaddrs& entry, int family) {
  return entry.ifa_addr && entry.ifa_addr->sa_family == family && (entry.ifa_flags & IFF_UP) != 0 &&
         (entry.ifa_flags & IFF_LOOPBACK) == 0;
}

Ipv4 address_of(const ifaddrs& entry) {
  sockaddr_in socket_address{};
  std::memcpy(&socket_address, entry.ifa_addr, sizeof socket_address);
  return Ipv4(ntohl(socket_address.sin_addr.s_addr));
}

using Hardware = std::array<std::uint8_t, 6>;

/// Zero where it is none of six octets.
Hardware hardware_of(const ifaddrs& entry) {
  sockaddr_ll socket_address{};
  std::memcpy(&socket_address, entry.ifa_addr, sizeof socket_address);
  Hardware hardware{};
  if (socket_address.sll_halen == hardware.size())
    std::memcpy(hardware.data(), socket_address.sll_addr, hardware.size());
  return hardware;
}

void find_addresses(HostFacts& facts) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owned(list, &freeifaddrs);
  for (const auto* entry = list; entry; entry = entry->ifa_next) {
    if (is_usable(*entry, AF_INET) && facts.address.unspecified()) {
      if (const auto address = address_of(*entry); address.is_host()) facts.address = address;
    } else if (is_usable(*entry, AF_PACKET) && facts.hardware == Hardware{}) {
      facts.hardware = hardware_of(*entry);
    }
  }
}

}  // namespace

HostFacts read_host_facts() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) name.fill('\0');
  HostFacts facts{.host_name = name.data(), .address = {}};
  find_addresses(facts);
  return facts;
}

}  // namespace winsome::config
