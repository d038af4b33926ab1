#pragma once

#include <string>

#include "tools/winsome/command.h"

namespace winsome::cli {

/// CSV; with --json one object a line. Empty `scope`: of all.
[[nodiscard]] Result<void, Failure> export_leases(const Session& session, const std::string& file,
                                                  const std::string& scope);
/// Tables of winsome.toml, those of each scope together.
[[nodiscard]] Result<void, Failure> export_reservations(const Session& session,
                                                        const std::string& file,
                                                        const std::string& scope);

}  // namespace winsome::cli
