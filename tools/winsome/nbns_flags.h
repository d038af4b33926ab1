#pragma once

#include <cstdint>
#include <string>

#include "server/core/result.h"
#include "tools/winsome/command.h"
#include "tools/winsome/nbns_client.h"

namespace winsome::cli {

/// The flags of every command that speaks UDP 137.
struct NbnsFlags {
  std::uint16_t port = 137;
  std::string from;
  unsigned tries = 3;
  unsigned timeout_ms = 1500;
  bool as_typed = false;
};

void declare(CLI::App& command, NbnsFlags& flags);

/// A socket to `server`: an address, with a port or without, or a host name.
[[nodiscard]] Result<NbnsClient, Failure> open_client(const std::string& server,
                                                      const NbnsFlags& flags);

}  // namespace winsome::cli
