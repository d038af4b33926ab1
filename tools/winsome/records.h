#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/winsome/output.h"
#include "winsome/admin/v1/names.pb.h"

namespace winsome::cli {

// Records of the database as they are shown, and the words for their kinds.

[[nodiscard]] std::string record_header(const Style& style);  // empty for JSON
[[nodiscard]] std::string record_row(const admin::v1::Record& record, const Style& style);
[[nodiscard]] std::string record_details(const admin::v1::Record& record, const Style& style);

/// `would add 12, change 3, delete 0`, or `added 12, changed 3, deleted 0`.
[[nodiscard]] std::string counts_text(const admin::v1::ChangeCounts& counts, bool dry_run);

[[nodiscard]] std::string_view to_text(admin::v1::RecordType type);
[[nodiscard]] std::string_view to_text(admin::v1::RecordState state);
[[nodiscard]] std::optional<admin::v1::RecordType> record_type(std::string_view text);
[[nodiscard]] std::optional<admin::v1::RecordState> record_state(std::string_view text);
[[nodiscard]] std::optional<admin::v1::MappingType> mapping_type(std::string_view text);

}  // namespace winsome::cli
