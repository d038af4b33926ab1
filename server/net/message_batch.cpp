#include "server/net/message_batch.h"

#include <cerrno>

namespace winsome::net {

MessagesIn::MessagesIn() {
  for (std::size_t i = 0; i < messages_max; ++i) {
    vectors_[i] = {.iov_base = room_[i].data(), .iov_len = room_[i].size()};
    auto& header = headers_[i].msg_hdr;
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_name = &senders_[i];
    header.msg_control = controls_[i].octets.data();
  }
}

std::size_t MessagesIn::receive(int fd) {
  for (auto& header : headers_) {
    header.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    header.msg_hdr.msg_controllen = control_room;
  }
  const int count = ::recvmmsg(fd, headers_.data(), messages_max, MSG_DONTWAIT, nullptr);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

Octets MessagesIn::find_control(std::size_t i, int level, int type) const {
  auto header = headers_[i].msg_hdr;
  for (auto* control = CMSG_FIRSTHDR(&header); control != nullptr;
       control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level != level || control->cmsg_type != type) continue;
    return {CMSG_DATA(control), control->cmsg_len - CMSG_LEN(0)};
  }
  return {};
}

MessagesOut::MessagesOut() {
  for (std::size_t i = 0; i < messages_max; ++i) {
    vectors_[i].iov_base = room_[i].data();
    auto& header = headers_[i].msg_hdr;
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_name = &receivers_[i];
  }
}

void MessagesOut::take(std::size_t length, std::size_t address_length) {
  vectors_[size_].iov_len = length;
  headers_[size_].msg_hdr.msg_namelen = static_cast<socklen_t>(address_length);
  ++size_;
}

void MessagesOut::set_control(int level, int type, const void* value, std::size_t size) {
  auto& header = headers_[size_].msg_hdr;
  header.msg_control = controls_[size_].octets.data();
  header.msg_controllen = CMSG_SPACE(size);
  auto* control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN(size);
  std::memcpy(CMSG_DATA(control), value, size);
}

std::size_t MessagesOut::flush(int fd) {
  std::size_t done = 0;
  std::size_t failed = 0;
  while (done < size_) {
    const auto left = static_cast<unsigned>(size_ - done);
    const int count = ::sendmmsg(fd, &headers_[done], left, MSG_DONTWAIT);
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      ++failed;
      ++done;
    }
  }
  for (std::size_t i = 0; i < size_; ++i) {
    headers_[i].msg_hdr.msg_control = nullptr;
    headers_[i].msg_hdr.msg_controllen = 0;
  }
  size_ = 0;
  return failed;
}

}  // namespace winsome::net
