#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "server/core/instant.h"
#include "server/core/ipv4.h"

namespace winsome::transport {

/// Hears of a caller whose certificate was not accepted: the name in it, where it has one, and why.
/// From any thread; not to be made one line of a log each.
using NoteRefusal = std::function<void(const std::string& who, const std::string& why)>;

/// PEM files. They may be replaced at any time, and are looked at again.
struct TlsFiles {
  std::filesystem::path certificate;  // ours, with what leads to its authority behind it
  std::filesystem::path key;
  std::filesystem::path authority;             // vouches for the certificates of partners
  seconds interval = std::chrono::minutes(1);  // between looks
};

struct GrpcOptions {
  std::vector<Endpoint> listen;  // empty: partners cannot call
  bool insecure = false;         // `listen` without certificates
  TlsFiles files;                // none: only partners that are named insecure can be called
  NoteRefusal refused;           // may be empty

  seconds patience{10};  // for a connection to come up
  // A peer that is gone is noticed within both together.
  milliseconds ping_interval = std::chrono::seconds(40);
  milliseconds ping_timeout = std::chrono::seconds(20);
};

}  // namespace winsome::transport
