#include "server/core/listen_advice.h"

#include <cerrno>
#include <system_error>

namespace winsome {

std::string listen_advice(const Endpoint& endpoint, int error, const ListenPurpose& of) {
  const auto where = "cannot listen on " + to_text(endpoint) + std::string(of.what) + ": ";
  const std::string key(of.key);
  switch (error) {
    case EADDRINUSE:
      return where + "another program has this port; stop it (" + std::string(of.rival) + "`ss " +
             std::string(of.sockets) + " 'sport = " + std::to_string(endpoint.port) +
             "'` names it) or change " + key;
    case EACCES:
      return where +
             "ports below 1024 need the capability NET_BIND_SERVICE; start as root or by systemd, "
             "or listen on a higher port";
    case EADDRNOTAVAIL: return where + "this machine does not have the address; change " + key;
    default: return where + std::generic_category().message(error);
  }
}

}  // namespace winsome
