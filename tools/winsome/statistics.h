#pragma once

#include <string>

#include "tools/winsome/output.h"
#include "winsome/admin/v1/server.pb.h"

namespace winsome::cli {

[[nodiscard]] std::string show(const admin::v1::GetStatisticsResponse& statistics,
                               const Style& style);

}  // namespace winsome::cli
