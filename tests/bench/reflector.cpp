// The floor under any name server: takes a batch of queries, turns each into a positive answer
// where it lies, sends the batch. The same system calls as our answer plane, and nothing looked up.
//
//     bench_reflector ADDRESS PORT

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr std::size_t batch_max = 64;  // as server/net
constexpr std::size_t room = 1500;
constexpr std::size_t question_end = 46;  // header and a name without a scope
constexpr std::size_t answer_length = 62;
constexpr int socket_buffer = 8 << 20;

void answer_in_place(std::uint8_t* datagram, const in_addr& address) {
  static constexpr std::array<std::uint8_t, 10> counts{0x85, 0x80, 0, 0, 0, 1, 0, 0, 0, 0};
  static constexpr std::array<std::uint8_t, 12> record{0,    0x20, 0, 1, 0,    4,
                                                       0x93, 0xe0, 0, 6, 0x60, 0};
  std::memcpy(datagram + 2, counts.data(), counts.size());
  std::memcpy(datagram + question_end, record.data(), record.size());
  std::memcpy(datagram + question_end + record.size(), &address, sizeof address);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bench_reflector ADDRESS PORT\n", stderr);
    return 2;
  }
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[2])));
  const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) {
    std::perror("bench_reflector");
    return 1;
  }
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &socket_buffer, sizeof socket_buffer);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &socket_buffer, sizeof socket_buffer);
  if (::inet_pton(AF_INET, argv[1], &local.sin_addr) != 1 ||
      ::bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) {
    std::perror("bench_reflector");
    return 1;
  }

  static std::array<std::array<std::uint8_t, room>, batch_max> buffers;
  static std::array<sockaddr_in, batch_max> remotes;
  static std::array<iovec, batch_max> parts;
  static std::array<mmsghdr, batch_max> headers;
  for (std::size_t i = 0; i < batch_max; ++i) {
    headers[i].msg_hdr.msg_iov = &parts[i];
    headers[i].msg_hdr.msg_iovlen = 1;
    headers[i].msg_hdr.msg_name = &remotes[i];
  }
  for (;;) {
    for (std::size_t i = 0; i < batch_max; ++i) {
      parts[i] = {buffers[i].data(), room};
      headers[i].msg_hdr.msg_namelen = sizeof(sockaddr_in);
    }
    const int count = ::recvmmsg(fd, headers.data(), batch_max, MSG_WAITFORONE, nullptr);
    for (int i = 0; i < count; ++i) {
      answer_in_place(buffers[i].data(), remotes[i].sin_addr);
      parts[i].iov_len = answer_length;
    }
    for (int sent = 0; sent < count;) {
      const int taken = ::sendmmsg(fd, &headers[sent], static_cast<unsigned>(count - sent), 0);
      sent += taken > 0 ? taken : 1;
    }
  }
}
