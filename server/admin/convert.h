#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/core/instant.h"
#include "server/core/result.h"
#include "server/names/command.h"
#include "server/names/record.h"
#include "server/names/record_reader.h"
#include "winsome/admin/v1/names.pb.h"

namespace winsome::admin {

/// `wall_offset` is what StatisticsReport says: Unix milliseconds minus timeline.
[[nodiscard]] google::protobuf::Timestamp to_timestamp(Instant instant, std::int64_t wall_offset);
[[nodiscard]] v1::Record to_message(const names::Record& record, std::int64_t wall_offset);

/// The name in a request, as it stands: `FRED<20>`. One without a suffix is refused.
[[nodiscard]] Result<nbns::ScopedName, std::string> exact_name(const std::string& text);

[[nodiscard]] Result<names::RecordFilter, std::string> to_filter(const v1::RecordFilter& filter);

/// What a mapping stands for. `unix_now`, in seconds, tells what is left of a dynamic record's
/// life.
[[nodiscard]] Result<std::vector<names::NewRecord>, std::string> to_new_records(
    const v1::Mapping& mapping, std::int64_t unix_now);

}  // namespace winsome::admin
