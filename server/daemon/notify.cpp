#include "server/daemon/notify.h"

#if __has_include(<systemd/sd-daemon.h>)
#include <systemd/sd-daemon.h>
#endif

namespace winsome::daemon {
namespace {

void tell(const char* state) {
#if __has_include(<systemd/sd-daemon.h>)
  static_cast<void>(sd_notify(0, state));
#else
  static_cast<void>(state);
#endif
}

}  // namespace

void notify_ready() {
  tell("READY=1");
}
void notify_reloading() {
  tell("RELOADING=1");
}
void notify_stopping() {
  tell("STOPPING=1");
}

}  // namespace winsome::daemon
