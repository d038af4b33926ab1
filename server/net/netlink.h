#pragma once

#include <libmnl/libmnl.h>

#include <functional>
#include <memory>
#include <string>

#include "server/core/result.h"

namespace winsome::net {

/// A socket to the kernel's routing tables. Only `interfaces` and `neighbours` speak it.
class Netlink {
 public:
  /// `groups`: what changes are told (RTMGRP_…), without waiting; 0 for requests.
  [[nodiscard]] static Result<Netlink, std::string> open(unsigned groups);

  [[nodiscard]] int fd() const { return mnl_socket_get_fd(socket_.get()); }

  /// Sends a request and reads its answers until the last; each goes to `each`. The result is 0, or
  /// the error that the kernel gave. A dump that changes meanwhile gives EINTR: ask again.
  int ask(nlmsghdr* request, const std::function<void(const nlmsghdr*)>& each);

  /// Reads away what was told, and says whether there was anything; also where the kernel had more
  /// to tell than there was room.
  bool drain();

 private:
  struct Close {
    void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
  };
  explicit Netlink(mnl_socket* socket) : socket_(socket) {}

  std::unique_ptr<mnl_socket, Close> socket_;
  unsigned sequence_ = 0;
};

}  // namespace winsome::net
