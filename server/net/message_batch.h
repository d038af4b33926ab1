#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include "server/core/byte_reader.h"

namespace winsome::net {

/// Messages that one system call receives or sends.
inline constexpr std::size_t messages_max = 64;
/// The longest message received; what is longer is cut.
inline constexpr std::size_t message_room = 4224;  // 4,096 octets and the headers before them
/// Room for what the kernel says beside a message.
inline constexpr std::size_t control_room = 128;

/// Receives from any kind of socket without waiting. Not copyable: the kernel's structures point
/// into it. A packet, port or ICMP socket knows what the addresses and controls mean.
class MessagesIn {
 public:
  MessagesIn();
  MessagesIn(const MessagesIn&) = delete;
  MessagesIn& operator=(const MessagesIn&) = delete;

  /// Takes what is there. 0: nothing, or an error that the next call does not have.
  std::size_t receive(int fd);

  [[nodiscard]] Octets octets(std::size_t i) const {
    return {room_[i].data(), headers_[i].msg_len};
  }
  /// The sender as a socket address of the kind T.
  template <class T>
  [[nodiscard]] T sender(std::size_t i) const {
    static_assert(sizeof(T) <= sizeof(sockaddr_storage));
    T address{};
    std::memcpy(&address, &senders_[i], sizeof(T));
    return address;
  }
  template <class T>
  [[nodiscard]] std::optional<T> control(std::size_t i, int level, int type) const {
    T value{};
    const auto found = find_control(i, level, type);
    if (found.size() < sizeof(T)) return std::nullopt;
    std::memcpy(&value, found.data(), sizeof(T));
    return value;
  }

 private:
  [[nodiscard]] Octets find_control(std::size_t i, int level, int type) const;

  std::array<std::array<std::uint8_t, message_room>, messages_max> room_;
  std::array<sockaddr_storage, messages_max> senders_{};
  std::array<iovec, messages_max> vectors_{};
  std::array<mmsghdr, messages_max> headers_{};
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, control_room> octets;
  };
  std::array<Control, messages_max> controls_{};
};

/// Collects messages and sends them with one system call, without waiting.
class MessagesOut {
 public:
  MessagesOut();
  MessagesOut(const MessagesOut&) = delete;
  MessagesOut& operator=(const MessagesOut&) = delete;

  /// Where the next message is to be written; there is room while it is not full.
  [[nodiscard]] std::span<std::uint8_t> next() { return room_[size_]; }
  [[nodiscard]] bool full() const { return size_ == messages_max; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  /// Takes the first `length` octets of `next`, for the socket address `to`.
  template <class T>
  void add(std::size_t length, const T& to) {
    static_assert(sizeof(T) <= sizeof(sockaddr_storage));
    std::memcpy(&receivers_[size_], &to, sizeof(T));
    take(length, sizeof(T));
  }
  /// The same, with something to say to the kernel about it.
  template <class T, class C>
  void add(std::size_t length, const T& to, int level, int type, const C& control) {
    static_assert(CMSG_SPACE(sizeof(C)) <= control_room);
    set_control(level, type, &control, sizeof(C));
    add(length, to);
  }

  /// Sends what was collected; returns how many the kernel refused (no room, no route, no such
  /// interface). They are lost, as datagrams may be; the others are not held up.
  std::size_t flush(int fd);

 private:
  void take(std::size_t length, std::size_t address_length);
  void set_control(int level, int type, const void* value, std::size_t size);

  std::array<std::array<std::uint8_t, message_room>, messages_max> room_;
  std::array<sockaddr_storage, messages_max> receivers_{};
  std::array<iovec, messages_max> vectors_{};
  std::array<mmsghdr, messages_max> headers_{};
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, control_room> octets;
  };
  std::array<Control, messages_max> controls_{};
  std::size_t size_ = 0;
};

}  // namespace winsome::net
