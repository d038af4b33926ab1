#pragma once

#include <cstdint>
#include <optional>

#include "server/core/instant.h"
#include "server/core/ipv4.h"
#include "server/dns/dns_message.h"

namespace winsome::dns {

/// Sends `query` to `server` by UDP, again after each `timeout`, `tries` times, and by TCP when the
/// answer is cut short. Nothing: it could not be reached, or said nothing that is an answer. A
/// readable `stop` ends the waiting.
[[nodiscard]] std::optional<Answer> exchange(const Endpoint& server, const Query& query,
                                             const TsigKey& key, milliseconds timeout,
                                             std::size_t tries, int stop);

}  // namespace winsome::dns
