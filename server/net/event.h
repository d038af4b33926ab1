#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "server/core/check.h"
#include "server/net/descriptor.h"

namespace winsome::net {

/// Wakes a thread that waits in poll().
class Event {
 public:
  Event() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    check(descriptor_.open(), "a start leaves descriptors for its threads");
  }

  [[nodiscard]] int fd() const { return descriptor_.fd(); }
  /// Any thread may call it.
  void signal() const {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(fd(), &one, sizeof(one)));  // fails only where it is signalled
  }
  void clear() const {
    std::uint64_t count = 0;
    static_cast<void>(!::read(fd(), &count, sizeof(count)));
  }

 private:
  Descriptor descriptor_;
};

}  // namespace winsome::net
