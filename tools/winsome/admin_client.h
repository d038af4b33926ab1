#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "server/core/result.h"
#include "tools/winsome/exit_code.h"
#include "winsome/admin/v1/leases.pb.h"
#include "winsome/admin/v1/names.pb.h"
#include "winsome/admin/v1/replication.pb.h"
#include "winsome/admin/v1/server.pb.h"

namespace winsome::cli {

inline constexpr const char* default_admin_address = "unix:/run/winsome/admin.sock";

/// The admin services of one server, with failures put into words and exit codes.
class AdminClient {
 public:
  /// `unix:/run/winsome/admin.sock`; a path alone will do.
  [[nodiscard]] static Result<AdminClient, Failure> connect(const std::string& address);
  AdminClient(AdminClient&&) noexcept;
  AdminClient& operator=(AdminClient&&) noexcept;
  ~AdminClient();

  [[nodiscard]] Result<void, Failure> list(
      const admin::v1::ListRequest& request,
      const std::function<void(const admin::v1::Record&)>& each);
  [[nodiscard]] Result<admin::v1::Record, Failure> get(const std::string& name);
  [[nodiscard]] Result<admin::v1::ChangeCounts, Failure> add(const admin::v1::AddRequest& request);
  [[nodiscard]] Result<void, Failure> remove(const std::string& name);
  [[nodiscard]] Result<void, Failure> tombstone(const std::string& name);

  /// Sends `count` mappings; `fill` writes the one of an index.
  [[nodiscard]] Result<admin::v1::ImportResponse, Failure> import(
      const admin::v1::ImportOptions& options, std::size_t count,
      const std::function<void(std::size_t, admin::v1::Mapping&)>& fill);

  [[nodiscard]] Result<admin::v1::ListScopesResponse, Failure> scopes();
  [[nodiscard]] Result<admin::v1::GetScopeResponse, Failure> scope(const std::string& name);
  [[nodiscard]] Result<void, Failure> list_leases(
      const admin::v1::ListLeasesRequest& request,
      const std::function<void(const admin::v1::Lease&)>& each);
  [[nodiscard]] Result<admin::v1::Lease, Failure> lease(const std::string& address);
  [[nodiscard]] Result<void, Failure> release_lease(const std::string& address);
  /// Returns how many it was.
  [[nodiscard]] Result<std::uint64_t, Failure> flush_leases(
      const admin::v1::FlushLeasesRequest& request);
  [[nodiscard]] Result<admin::v1::Reservation, Failure> reserve_lease(
      const admin::v1::ReserveLeaseRequest& request);
  [[nodiscard]] Result<void, Failure> list_reservations(
      const std::string& scope, const std::function<void(const admin::v1::Reservation&)>& each);
  [[nodiscard]] Result<void, Failure> delete_reservation(const std::string& address);
  /// As `import` does.
  [[nodiscard]] Result<admin::v1::ImportLeasesResponse, Failure> import_leases(
      const admin::v1::RowOptions& options, std::size_t count,
      const std::function<void(std::size_t, admin::v1::ImportedLease&)>& fill);
  [[nodiscard]] Result<admin::v1::AddReservationsResponse, Failure> add_reservations(
      const admin::v1::RowOptions& options, std::size_t count,
      const std::function<void(std::size_t, admin::v1::Reservation&)>& fill);

  [[nodiscard]] Result<admin::v1::GetStatisticsResponse, Failure> statistics();
  [[nodiscard]] Result<admin::v1::ScavengeResponse, Failure> scavenge();
  [[nodiscard]] Result<void, Failure> backup(const std::string& file);

  [[nodiscard]] Result<admin::v1::ListPartnersResponse, Failure> partners();
  [[nodiscard]] Result<admin::v1::ListOwnersResponse, Failure> owners();
  /// What waits for partners may take an hour.
  [[nodiscard]] Result<admin::v1::PullResponse, Failure> pull(
      const admin::v1::PullRequest& request);
  [[nodiscard]] Result<admin::v1::PushResponse, Failure> push(
      const admin::v1::PushRequest& request);
  [[nodiscard]] Result<admin::v1::VerifyResponse, Failure> verify(
      const admin::v1::VerifyRequest& request);
  /// Returns the partner's name.
  [[nodiscard]] Result<std::string, Failure> set_paused(const std::string& partner, bool paused);
  /// Return how many records it was.
  [[nodiscard]] Result<std::uint64_t, Failure> delete_owner(const std::string& owner);
  [[nodiscard]] Result<std::uint64_t, Failure> tombstone_owner(const std::string& owner);

 private:
  struct Stubs;
  explicit AdminClient(std::unique_ptr<Stubs> stubs);
  std::unique_ptr<Stubs> stubs_;
};

}  // namespace winsome::cli
