#pragma once

#include <optional>

#include "server/formats/export.h"
#include "winsome/admin/v1/names.pb.h"

namespace winsome::cli {

/// A record as the exports want it; nothing when a server of a later version sends what we cannot
/// read.
[[nodiscard]] std::optional<formats::ExportedRecord> to_exported(const admin::v1::Record& record);

}  // namespace winsome::cli
