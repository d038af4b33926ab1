#include "server/daemon/precedence.h"

#include <sys/resource.h>

namespace winsome::daemon {
namespace {

/// A tenth of the weight of an answer thread: under a flood of queries changes still go on.
constexpr int niceness = 10;

}  // namespace

void give_way_to_queries() {
  // In Linux this is the calling thread alone. Where it is not allowed, queries are slower, not
  // wrong.
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, niceness));
}

}  // namespace winsome::daemon
