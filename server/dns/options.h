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
  // Of the records; 0: a third of the lease, between 10 minutes and a day (RFC 4702 5).
  seconds ttl{0};
  milliseconds timeout = seconds(3);  // for one answer
  std::size_t tries = 3;              // before the server counts as out of reach
  // How long it, or a zone that it does not update, is then left alone; doubled up to `retry_max`.
  milliseconds retry = std::chrono::minutes(1);
  milliseconds retry_max = std::chrono::hours(1);
  friend bool operator==(const Options&, const Options&) = default;
};

}  // namespace winsome::dns
