#pragma once

#include "replication/engine/event.h"

namespace winsome::daemon {

/// Writes what the replication engine has to tell into the log, in the words of the catalogue.
void log_event(const replication::Event& event);

}  // namespace winsome::daemon
