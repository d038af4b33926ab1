#pragma once

#include <cstdint>

#include "replication/engine/status.h"
#include "winsome/admin/v1/replication.pb.h"

namespace winsome::admin {

/// `wall_offset` is what StatisticsReport says; `unix_now` is in seconds.
void fill(v1::ListPartnersResponse& out, const replication::Status& in, std::int64_t wall_offset,
          std::int64_t unix_now);

/// Also owners of whom only partners spoke.
void fill(v1::ListOwnersResponse& out, const replication::Status& in, std::int64_t wall_offset,
          std::int64_t unix_now);

}  // namespace winsome::admin
