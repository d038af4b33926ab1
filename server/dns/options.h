#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "server/core/instant.h"
#include "server/core/ipv4.h"

namespace winsome::dns {

/// What signs updates (RFC 8945). Without a name they go unsigned.
struct TsigKey {
  std::string name;
  std::string algorithm = "hmac-sha256";  // or hmac-sha1, hmac-sha512
  std::string secret;                     // base64
  friend bool operator==(const TsigKey&, const TsigKey&) = default;
};

/// [dns_update]: who is told of leases.
struct Options {
  Endpoint server;  // the primary of the zones; an unspecified address: nobody is told
  TsigKey key;
  seconds ttl{
      0};  // of the records; 0: a third of the lease, between a minute and a day (RFC 4702 5)
  milliseconds timeout = seconds(3);             // for one answer
  std::size_t tries = 3;                         // before the server counts as out of reach
  milliseconds retry = std::chrono::minutes(1);  // how long it is then left alone, doubled up to
  milliseconds retry_max = std::chrono::hours(1);
  friend bool operator==(const Options&, const Options&) = default;
};

}  // namespace winsome::dns
