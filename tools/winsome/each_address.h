#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/winsome/command.h"

namespace winsome::cli {

/// `call` for each address by itself: one that is not there does not keep the others. `outcome` is
/// the word for what became of it: `released`.
[[nodiscard]] Result<void, Failure> for_each_address(
    const Session& session, const std::vector<std::string>& addresses,
    Result<void, Failure> (AdminClient::*call)(const std::string&), std::string_view outcome);

}  // namespace winsome::cli
