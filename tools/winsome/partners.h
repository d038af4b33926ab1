#pragma once

#include <cstdint>
#include <string>

#include "tools/winsome/output.h"
#include "winsome/admin/v1/replication.pb.h"

namespace winsome::cli {

/// One word: paused, failing, connected or idle.
[[nodiscard]] std::string_view state_of(const admin::v1::Partner& partner);

/// `winsome partner list` and `show`; `now` is the server's clock in Unix seconds.
[[nodiscard]] std::string partner_header(const Style& style);
[[nodiscard]] std::string partner_row(const admin::v1::Partner& partner, std::int64_t now,
                                      const Style& style);
[[nodiscard]] std::string partner_details(const admin::v1::Partner& partner, std::int64_t now,
                                          const Style& style);

/// What is to be said of replication as a whole, a line each; for people.
[[nodiscard]] std::string replication_notes(const admin::v1::ListPartnersResponse& partners);

[[nodiscard]] std::string show(const admin::v1::PullResponse& done, const Style& style);
[[nodiscard]] std::string show(const admin::v1::PushResponse& done, const Style& style);

}  // namespace winsome::cli
