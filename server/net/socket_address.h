#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>

#include "server/core/ipv4.h"

namespace winsome::net {

/// Endpoints as the system's calls have them.
inline sockaddr_in to_sockaddr(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(endpoint.address.value());
  return address;
}

inline Endpoint to_endpoint(const sockaddr_in& address) {
  return {Ipv4(ntohl(address.sin_addr.s_addr)), ntohs(address.sin_port)};
}

inline sockaddr* generic(sockaddr_in* address) {
  return reinterpret_cast<sockaddr*>(address);
}

}  // namespace winsome::net
