#pragma once

namespace winsome::daemon {

/// What systemd is told (sd_notify(3)); nothing happens where it does not ask, or was not there to
/// build with.
void notify_ready();
void notify_reloading();
void notify_stopping();

}  // namespace winsome::daemon
