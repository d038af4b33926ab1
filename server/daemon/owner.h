#pragma once

#include <string>

#include "server/config/settings.h"
#include "server/store/name_store.h"

namespace winsome::daemon {

/// What the file leaves to the machine stays what it once was: the host's first address may change,
/// whose records are ours may not.
void keep_owner(config::Settings& settings, Ipv4 owner);

/// At start: writes the owner into a database that knows none, else keeps to what it knows. Refuses
/// a file that names another: our records would be a stranger's, which never age here.
[[nodiscard]] Result<void, std::string> settle_owner(store::NameStore& store, Ipv4 stored,
                                                     config::Settings& settings);

}  // namespace winsome::daemon
