#include "server/daemon/privileges.h"

#include <sys/capability.h>
#include <unistd.h>

#include "server/daemon/log.h"
#include "server/daemon/messages.h"

namespace winsome::daemon {

void drop_capabilities() {
  if (::geteuid() == 0) return;
  cap_t none = ::cap_init();
  if (none == nullptr || ::cap_set_proc(none) != 0) log(messages::capabilities_kept);
  if (none != nullptr) ::cap_free(none);
}

}  // namespace winsome::daemon
