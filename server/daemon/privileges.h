#pragma once

namespace winsome::daemon {

/// Everything is bound and open: gives up the capabilities that a service manager lent to an
/// ordinary user. Root keeps what it has, since files of others may be in its care.
void drop_capabilities();

}  // namespace winsome::daemon
