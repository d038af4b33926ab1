#include "server/daemon/privileges.h"

#include <sys/capability.h>
#include <unistd.h>

#include "server/daemon/log.h"
#include "server/daemon/messages.h"

namespace winsome::daemon {

void drop_capabilities(bool keep_net_admin) {
  if (::geteuid() == 0) return;
  cap_t kept = ::cap_init();
  const cap_value_t net_admin = CAP_NET_ADMIN;
  cap_t had = ::cap_get_proc();
  cap_flag_value_t has = CAP_CLEAR;
  if (had != nullptr) ::cap_get_flag(had, net_admin, CAP_PERMITTED, &has);
  if (kept != nullptr && keep_net_admin && has == CAP_SET) {
    ::cap_set_flag(kept, CAP_PERMITTED, 1, &net_admin, CAP_SET);
    ::cap_set_flag(kept, CAP_EFFECTIVE, 1, &net_admin, CAP_SET);
  }
  if (kept == nullptr || ::cap_set_proc(kept) != 0) log(messages::capabilities_kept);
  if (had != nullptr) ::cap_free(had);
  if (kept != nullptr) ::cap_free(kept);
}

}  // namespace winsome::daemon
