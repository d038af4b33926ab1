#include "server/config/host_facts.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstring>
#include <memory>

namespace winsome::config {
namespace {

Ipv4 find_first_address() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owned(list, &freeifaddrs);
  for (const auto* entry = list; entry; entry = entry->ifa_next) {
    if (!entry->ifa_addr || entry->ifa_addr->sa_family != AF_INET) continue;
    if ((entry->ifa_flags & IFF_UP) == 0 || (entry->ifa_flags & IFF_LOOPBACK) != 0) continue;
    sockaddr_in socket_address{};
    std::memcpy(&socket_address, entry->ifa_addr, sizeof socket_address);
    const Ipv4 address(ntohl(socket_address.sin_addr.s_addr));
    if (address.is_host()) return address;
  }
  return {};
}

}  // namespace

HostFacts read_host_facts() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) name.fill('\0');
  return {name.data(), find_first_address()};
}

}  // namespace winsome::config
