#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "server/core/instant.h"

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

}  // namespace winsome::transport
