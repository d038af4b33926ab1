#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/core/result.h"
#include "server/formats/kea_leases.h"
#include "server/formats/lease_export.h"
#include "tools/winsome/output.h"
#include "winsome/admin/v1/leases.pb.h"

namespace winsome::cli {

/// `winsome lease list` and `show`.
[[nodiscard]] std::string lease_header(const Style& style);
[[nodiscard]] std::string lease_row(const admin::v1::Lease& lease, const Style& style);
[[nodiscard]] std::string lease_details(const admin::v1::Lease& lease, const Style& style);

/// active, ended or declined; the error says so.
[[nodiscard]] Result<admin::v1::LeaseState, std::string> lease_state(std::string_view text);

/// A lease as it is exported, and one of another server's file as it travels.
[[nodiscard]] formats::ExportedLease to_exported(const admin::v1::Lease& lease);
void fill(admin::v1::ImportedLease& out, const formats::LeaseRow& row, std::int64_t unix_now);

}  // namespace winsome::cli
