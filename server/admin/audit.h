#pragma once

#include <functional>
#include <string>

namespace winsome::admin {

/// One command that wanted to change something, whether it did or not.
struct AuditEntry {
  std::string who;      // `uid 1000 pid 4242`
  std::string command;  // `delete FRED<20>`
  std::string outcome;  // `done`, or why not
};

/// Called from any thread; must not block for long.
using Audit = std::function<void(const AuditEntry&)>;

}  // namespace winsome::admin
