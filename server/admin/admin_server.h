#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "server/admin/audit.h"
#include "server/admin/backend.h"
#include "server/admin/lease_backend.h"
#include "server/core/result.h"

namespace winsome::admin {

/// The admin services, health checking and reflection on a unix socket. The daemon starts one when
/// everything else runs, and stops it first. The backends must outlive it; without `leases` the
/// service of leases says that there is no [dhcp] in the configuration.
class AdminServer {
 public:
  /// The error is one sentence for the operator.
  [[nodiscard]] static Result<std::unique_ptr<AdminServer>, std::string> start(
      Backend& backend, const std::filesystem::path& socket, Audit audit,
      LeaseBackend* leases = nullptr);

  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;
  ~AdminServer();  // stops

  /// Accepts nothing more, gives running calls two seconds, cancels the rest, and removes the
  /// socket file.
  void stop();

 private:
  struct Parts;  // keeps gRPC, which is slow to compile, out of the daemon
  explicit AdminServer(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace winsome::admin
