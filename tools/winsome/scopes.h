#pragma once

#include <string>

#include "tools/winsome/output.h"
#include "winsome/admin/v1/leases.pb.h"

namespace winsome::cli {

/// `winsome scope list` and `show`.
[[nodiscard]] std::string scope_header(const Style& style);
[[nodiscard]] std::string scope_row(const admin::v1::Scope& scope, const Style& style);
[[nodiscard]] std::string scope_details(const admin::v1::GetScopeResponse& response,
                                        const Style& style);

}  // namespace winsome::cli
