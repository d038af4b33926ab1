#pragma once

#include "server/formats/mapping.h"
#include "winsome/admin/v1/names.pb.h"

namespace winsome::cli {

/// A mapping of a file as it travels to the server; its exact name stays octet for octet.
void fill(admin::v1::Mapping& out, const formats::Mapping& mapping);

}  // namespace winsome::cli
