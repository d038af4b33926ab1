#pragma once

#include <cstdint>
#include <string>

#include "tools/winsome/output.h"
#include "winsome/admin/v1/replication.pb.h"

namespace winsome::cli {

/// `winsome owners`, one line an owner; `now` is the server's clock in Unix seconds.
[[nodiscard]] std::string owner_header(const Style& style);
[[nodiscard]] std::string owner_row(const admin::v1::Owner& owner, std::int64_t now,
                                    const Style& style);

[[nodiscard]] std::string show(const admin::v1::VerifyRequest& asked,
                               const admin::v1::VerifyResponse& done, const Style& style);

/// How many records of an owner were deleted, or tombstoned.
[[nodiscard]] std::string deleted_text(const std::string& owner, std::uint64_t records,
                                       const Style& style);
[[nodiscard]] std::string tombstoned_text(const std::string& owner, std::uint64_t records,
                                          const Style& style);

}  // namespace winsome::cli
