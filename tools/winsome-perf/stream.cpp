#include "tools/winsome-perf/stream.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "server/core/check.h"
#include "server/nbns/message.h"
#include "tools/winsome-perf/population.h"

namespace winsome::perf {

namespace {

constexpr std::size_t batch_max = 64;
constexpr std::size_t open_loop_slots =
    4096;  // of a socket; beyond it requests queue here, which latency shows
constexpr std::size_t slots_max = 16'384;  // leaves two bits of an id for its generation
constexpr std::size_t name_offset = 12;
constexpr std::size_t name_length = 34;
constexpr int socket_buffer = 8 << 20;

sockaddr_in to_sockaddr(Endpoint endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(endpoint.address.value());
  return address;
}

int connected_socket(Ipv4 from, Endpoint server) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  const auto local = to_sockaddr({from, 0});
  const auto remote = to_sockaddr(server);
  for (const int option : {SO_RCVBUF, SO_SNDBUF, SO_RCVBUFFORCE, SO_SNDBUFFORCE}) {
    ::setsockopt(fd, SOL_SOCKET, option, &socket_buffer,
                 sizeof socket_buffer);  // as much as we may have
  }
  if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0 ||
      ::connect(fd, reinterpret_cast<const sockaddr*>(&remote), sizeof remote) != 0) {
    throw std::system_error(errno, std::generic_category(), to_text(from));
  }
  return fd;
}

bool is_query(Mode operation) {
  return operation == Mode::query || operation == Mode::miss;
}

nbns::Opcode opcode_of(Mode operation) {
  switch (operation) {
    case Mode::refresh: return nbns::Opcode::refresh;
    case Mode::release: return nbns::Opcode::release;
    default: return nbns::Opcode::registration;
  }
}

}  // namespace

Stream::Stream(const Options& options, const Plan& plan)
    : options_(options), plan_(plan), random_(options.seed + plan.first) {
  const auto addresses = static_cast<std::uint32_t>(options.from.size());
  for (std::uint32_t address = 0; address < addresses; ++address) {
    shares_.push_back(share_of(plan, address, addresses));
  }
  const auto sockets = options.from.size() * options.ports;
  for (std::size_t i = 0; i < sockets; ++i) {
    sockets_.push_back(connected_socket(options.from[i / options.ports], options.server));
    const auto share = plan.outstanding / sockets + (i < plan.outstanding % sockets ? 1 : 0);
    const auto slots = std::min(plan.rate > 0 ? open_loop_slots : share, slots_max);
    slots_.emplace_back(slots);
    auto& free = free_.emplace_back(slots);
    for (std::size_t slot = 0; slot < slots; ++slot) free[slot] = static_cast<std::uint16_t>(slot);
  }
}

Stream::~Stream() {
  for (const int fd : sockets_) ::close(fd);
}

Clock::time_point Stream::next_due() const {
  if (all_sent() || plan_.rate <= 0) return Clock::time_point::max();
  return started_ + std::chrono::nanoseconds(static_cast<std::int64_t>(
                        static_cast<double>(counts_.sent) * 1e9 / plan_.rate));
}

std::size_t Stream::allowed(Clock::time_point now) const {
  if (all_sent()) return 0;
  const bool endless = plan_.once || plan_.count == 0;
  auto room = endless ? batch_max : std::min<std::uint64_t>(batch_max, plan_.count - counts_.sent);
  if (plan_.rate > 0) {
    const auto elapsed = std::chrono::duration<double>(now - started_).count();
    const auto due = static_cast<std::uint64_t>(elapsed * plan_.rate) + 1;
    room = std::min<std::uint64_t>(room, due > counts_.sent ? due - counts_.sent : 0);
  }
  return room;
}

bool Stream::send_due(Clock::time_point now) {
  bool sent = false;
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    const auto socket = next_socket_;
    next_socket_ = (next_socket_ + 1) % sockets_.size();
    const auto batch = std::min<std::uint64_t>(
        {allowed(now), free_[socket].size(), left(socket / options_.ports)});
    if (batch == 0) continue;
    send(socket, batch, now);
    sent = true;
  }
  return sent;
}

Stream::Share Stream::share_of(const Plan& plan, std::uint32_t address, std::uint32_t addresses) {
  // A part of a host's names counts as the whole host.
  const auto begin = (plan.first + names_per_host - 1) / names_per_host;
  const auto end = (plan.first + plan.names + names_per_host - 1) / names_per_host;
  const auto first = begin + (address + addresses - begin % addresses) % addresses;
  return {.first_host = first,
          .hosts = first < end ? (end - first + addresses - 1) / addresses : 0};
}

bool Stream::all_sent() const {
  if (over_) return true;
  if (!plan_.once) return plan_.count != 0 && counts_.sent >= plan_.count;
  for (std::size_t address = 0; address < shares_.size(); ++address) {
    if (left(address) > 0) return false;
  }
  return true;
}

std::uint64_t Stream::left(std::size_t address) const {
  const auto& share = shares_[address];
  if (share.hosts == 0) return 0;
  if (!plan_.once) return batch_max;
  return std::uint64_t{share.hosts} * names_per_host - share.sent;
}

std::uint32_t Stream::next_number(std::size_t address, bool random) {
  auto& share = shares_[address];
  const auto names = share.hosts * names_per_host;
  const auto n = random ? random_.below(names) : static_cast<std::uint32_t>(share.sent++ % names);
  const auto addresses = static_cast<std::uint32_t>(shares_.size());
  return (share.first_host + n / names_per_host * addresses) * names_per_host + n % names_per_host;
}

void Stream::fill(Slot& slot, std::size_t socket, std::uint16_t id) {
  const auto address = socket / options_.ports;
  slot.operation = plan_.mode;
  if (plan_.mode == Mode::mixed) {  // as a network at work asks: mostly hits
    const auto dice = random_.below(100);
    slot.operation = dice < 80 ? Mode::query : dice < 90 ? Mode::refresh : Mode::miss;
  }
  const bool random = is_query(slot.operation) || plan_.mode == Mode::mixed;
  const auto number = next_number(address, random);
  nbns::Message message;
  if (is_query(slot.operation)) {
    const auto name = slot.operation == Mode::miss ? missing_name(number) : name_of(number);
    message = nbns::QueryRequest{.id = id, .name = nbns::ScopedName(name)};
  } else {
    nbns::NameRequest request{
        .id = id, .opcode = opcode_of(slot.operation), .name = nbns::ScopedName(name_of(number))};
    request.recursion_desired = slot.operation == Mode::registration;
    request.ttl = slot.operation == Mode::release ? 0 : 300'000;  // what Windows asks for
    request.entry = {.node = nbns::NodeType::h, .address = options_.from[address]};
    message = std::move(request);
  }
  slot.length = static_cast<std::uint8_t>(nbns::encode(message, slot.packet).size());
  check(slot.length > 0, "a request fits into its slot");
}

void Stream::send(std::size_t socket, std::size_t batch, Clock::time_point now) {
  std::array<mmsghdr, batch_max> headers{};
  std::array<iovec, batch_max> parts{};
  auto& free = free_[socket];
  const auto slot_bits = std::bit_width(slots_[socket].size() - 1);
  for (std::size_t i = 0; i < batch; ++i) {
    const auto index = free.back();
    free.pop_back();
    auto& slot = slots_[socket][index];
    slot.due = plan_.rate > 0 ? next_due() : now;
    slot.deadline = now + options_.timeout;
    slot.used = true;
    slot.tries = 0;
    ++slot.generation;
    fill(slot, socket, static_cast<std::uint16_t>(index | slot.generation << slot_bits));
    parts[i] = {slot.packet.data(), slot.length};
    headers[i].msg_hdr.msg_iov = &parts[i];
    headers[i].msg_hdr.msg_iovlen = 1;
    ++counts_.sent;
    ++outstanding_;
  }
  // What the kernel does not take now is repeated like a datagram that was lost on the way.
  for (std::size_t done = 0; done < batch;) {
    const int taken =
        ::sendmmsg(sockets_[socket], &headers[done], static_cast<unsigned>(batch - done), 0);
    if (taken < 0 && errno != ECONNREFUSED && errno != EINTR) break;
    done += taken < 0 ? 0 : static_cast<std::size_t>(taken);
  }
}

bool Stream::receive() {
  static thread_local std::array<std::array<std::uint8_t, 600>, batch_max> buffers;
  bool any = false;
  for (std::size_t socket = 0; socket < sockets_.size(); ++socket) {
    std::array<mmsghdr, batch_max> headers{};
    std::array<iovec, batch_max> parts;
    for (std::size_t i = 0; i < batch_max; ++i) {
      parts[i] = {buffers[i].data(), buffers[i].size()};
      headers[i].msg_hdr.msg_iov = &parts[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
    const int taken =
        ::recvmmsg(sockets_[socket], headers.data(), batch_max, MSG_DONTWAIT, nullptr);
    if (taken <= 0) continue;
    any = true;
    const auto now = Clock::now();
    for (int i = 0; i < taken; ++i)
      take(socket, Octets(buffers[i].data(), headers[i].msg_len), now);
  }
  return any;
}

void Stream::take(std::size_t socket, Octets datagram, Clock::time_point now) {
  auto& slots = slots_[socket];
  const auto slot_bits = std::bit_width(slots.size() - 1);
  ByteReader in(datagram);
  const auto id = in.u16();
  const auto flags = in.u16();
  const auto index = id & ((1U << slot_bits) - 1);
  if (!in.ok() || (flags & nbns::flag_response) == 0 || index >= slots.size() ||
      !slots[index].used || std::memcmp(slots[index].packet.data(), datagram.data(), 2) != 0) {
    ++counts_.stray;
    return;
  }
  auto& slot = slots[index];
  if (static_cast<nbns::Opcode>(flags >> 11 & 15) == nbns::Opcode::wack) {
    ++counts_.wacks;
    slot.deadline = now + std::chrono::seconds(60);
    return;
  }
  ++(is_right(slot, socket, datagram) ? counts_.right : counts_.wrong);
  latencies_.add(now - slot.due);
  last_answer_ = now;
  give_back(socket, index);
}

bool Stream::is_right(const Slot& slot, std::size_t socket, Octets datagram) const {
  ByteReader in(datagram, 2);
  const auto flags = in.u16();
  in.take(name_offset - 4);
  const auto name = in.take(name_length);
  if (!in.ok() || !std::equal(name.begin(), name.end(), slot.packet.begin() + name_offset))
    return false;
  const auto rcode = static_cast<nbns::Rcode>(flags & 15);
  if (slot.operation == Mode::miss) return rcode == nbns::Rcode::nam_err;
  if (rcode != nbns::Rcode::ok) return false;
  if (slot.operation != Mode::query) return true;
  in.take(8);  // type, class, time to live
  const auto length = in.u16();
  in.take(2);  // flags
  const auto address = Ipv4(in.u32());
  return in.ok() && length == nbns::nb_entry_size &&
         address == options_.from[socket / options_.ports];
}

void Stream::expire(Clock::time_point now) {
  for (std::size_t socket = 0; socket < sockets_.size(); ++socket) {
    for (std::size_t index = 0; index < slots_[socket].size(); ++index) {
      auto& slot = slots_[socket][index];
      if (!slot.used || slot.deadline > now) continue;
      if (slot.tries++ < options_.retries) {
        ++counts_.repeated;
        slot.deadline = now + options_.timeout;
        // An error here is one more datagram lost on the way.
        static_cast<void>(::send(sockets_[socket], slot.packet.data(), slot.length, 0));
      } else {
        ++counts_.lost;
        give_back(socket, index);
      }
    }
  }
}

void Stream::give_back(std::size_t socket, std::size_t slot) {
  slots_[socket][slot].used = false;
  free_[socket].push_back(static_cast<std::uint16_t>(slot));
  --outstanding_;
}

}  // namespace winsome::perf
