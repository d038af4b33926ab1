#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "server/config/settings.h"
#include "server/core/result.h"

namespace winsome::daemon {

/// winsomed, wired: store, both planes and the admin service, from start to stop.
class Daemon {
 public:
  /// Opens everything and serves. The error is one sentence that says what to do.
  [[nodiscard]] static Result<std::unique_ptr<Daemon>, std::string> start(
      config::Settings settings);

  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  /// Stops listening, finishes what was received and is being written, then closes the store.
  ~Daemon();

  /// Puts new settings into force, all of them or, where one needs a restart, none: then says
  /// which.
  [[nodiscard]] Result<void, std::string> reload(config::Settings settings);

 private:
  struct Parts;
  explicit Daemon(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace winsome::daemon
