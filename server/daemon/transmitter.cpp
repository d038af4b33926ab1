#include "server/daemon/transmitter.h"

namespace winsome::daemon {

void Transmitter::send(const std::vector<names::Outgoing>& messages) {
  const net::UdpSocket* socket = nullptr;
  const auto flush = [&] {
    if (socket) failures_ += batch_.flush(*socket);
  };
  for (const auto& [path, message] : messages) {
    const auto& next = sockets_[path.socket];
    if (&next != socket || batch_.full()) flush();
    socket = &next;
    const auto octets = nbns::encode(message, batch_.next());
    if (octets.empty()) {
      ++failures_;
    } else {
      batch_.add(octets.size(), path.remote, path.local, *socket);
    }
  }
  flush();
}

}  // namespace winsome::daemon
