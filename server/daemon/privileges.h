#pragma once

namespace winsome::daemon {

/// Everything is bound and open: gives up the capabilities that a service manager lent to an
/// ordinary user, but the one that neighbour entries need (decision 23), if they may be made. Root
/// keeps what it has, since files of others may be in its care.
void drop_capabilities(bool keep_net_admin);

}  // namespace winsome::daemon
