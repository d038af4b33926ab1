#include "tools/winsome-perf/lease_load.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <fstream>
#include <system_error>
#include <unordered_map>

#include "server/dhcp/message.h"
#include "server/dhcp/option_table.h"

namespace winsome::perf {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t batch_max = 64;
constexpr int socket_buffer = 8 << 20;
// Where a message keeps what differs from client to client (RFC 2131 2).
constexpr std::size_t xid_at = 4;
constexpr std::size_t ciaddr_at = 12;
constexpr std::size_t hardware_at = 28;
// Behind the cookie: 53 (3 octets), then 50 and 54 (6 each), in the order of `template_of`.
constexpr std::size_t requested_at = 240 + 3 + 2;
constexpr std::size_t server_at = requested_at + 4 + 2;
constexpr std::size_t message_length = 300;

using Packet = std::array<std::uint8_t, message_length>;

void put(Packet& packet, std::size_t at, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    packet[at++] = static_cast<std::uint8_t>(value >> shift);
}

Packet template_of(dhcp::MessageType type, Ipv4 giaddr, bool selecting) {
  dhcp::Message message;
  message.type = type;
  message.hops = 1;
  message.giaddr = giaddr;
  message.hardware.length = 6;
  message.hardware.octets = {0x02, 0x50};
  if (selecting) {
    message.options.put_u32(dhcp::option::requested_address, 0);
    message.options.put_u32(dhcp::option::server_identifier, 0);
  }
  constexpr std::array<std::uint8_t, 4> wanted = {dhcp::option::subnet_mask, dhcp::option::routers,
                                                  dhcp::option::domain_name,
                                                  dhcp::option::netbios_name_servers};
  message.options.put(dhcp::option::parameter_request_list, wanted);
  const auto encoded = dhcp::encode(message, message_length);
  Packet packet{};
  std::copy_n(encoded.octets.begin(), packet.size(), packet.begin());
  return packet;
}

int open_socket(const LeaseOptions& options) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  for (const int option : {SO_RCVBUF, SO_SNDBUF, SO_RCVBUFFORCE, SO_SNDBUFFORCE})
    ::setsockopt(fd, SOL_SOCKET, option, &socket_buffer, sizeof socket_buffer);
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_port = htons(dhcp::server_port);
  local.sin_addr.s_addr = htonl(options.from.value());
  auto remote = local;
  remote.sin_addr.s_addr = htonl(options.server.value());
  if (fd < 0 || ::bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0 ||
      ::connect(fd, reinterpret_cast<const sockaddr*>(&remote), sizeof remote) != 0)
    throw std::system_error(errno, std::generic_category(), to_text(options.from) + ":67");
  return fd;
}

/// All clients of a run and what each is waiting for.
class Load {
 public:
  explicit Load(const LeaseOptions& options);
  ~Load() { ::close(fd_); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  [[nodiscard]] LeaseOutcome run();

 private:
  enum class Step : std::uint8_t { idle, discovering, requesting };
  struct Client {
    Step step = Step::idle;
    std::uint8_t tries = 0;
    std::uint32_t turn = 0;  // of its exchanges; part of the transaction id
    Ipv4 address;
    Ipv4 server;
    Clock::time_point began;
  };
  struct Deadline {
    Clock::time_point at;
    std::uint32_t client = 0;
    std::uint32_t turn = 0;
    Step step = Step::idle;
    std::uint8_t tries = 0;
  };

  void read_leases();
  void write_leases() const;
  [[nodiscard]] bool more(Clock::time_point now) const;
  [[nodiscard]] bool begin_due(Clock::time_point now);
  void begin(std::uint32_t client, Clock::time_point now);
  void queue(std::uint32_t client, Clock::time_point now);
  void flush();
  [[nodiscard]] bool receive();
  void take(Octets datagram, Clock::time_point now);
  void finish(std::uint32_t number, const dhcp::Message& ack, Clock::time_point now);
  void expire(Clock::time_point now);

  const LeaseOptions& options_;
  int fd_;
  Packet discover_;
  Packet request_;
  Packet renewal_;
  std::vector<Client> clients_;
  std::vector<Packet> out_;
  std::deque<Deadline> deadlines_;
  std::unordered_map<std::uint32_t, std::uint32_t> owners_;  // address → client
  std::uint64_t outstanding_ = 0;
  std::uint32_t next_ = 0;
  Clock::time_point started_;
  LeaseOutcome outcome_;
};

Load::Load(const LeaseOptions& options)
    : options_(options),
      fd_(open_socket(options)),
      discover_(template_of(dhcp::MessageType::discover, options.from, false)),
      request_(template_of(dhcp::MessageType::request, options.from, true)),
      renewal_(template_of(dhcp::MessageType::request, options.from, false)),
      clients_(options.clients) {
  if (options.mode == LeaseMode::renew) read_leases();
}

void Load::read_leases() {
  std::ifstream in(options_.leases);
  std::uint32_t number = 0;
  std::string address;
  std::size_t count = 0;
  while (in >> number >> address) {
    const auto parsed = parse_ipv4(address);
    if (!parsed || number < options_.first || number - options_.first >= clients_.size()) continue;
    clients_[number - options_.first].address = *parsed;
    ++count;
  }
  if (count != clients_.size())
    throw std::system_error(ENOENT, std::generic_category(),
                            options_.leases + " has not the leases of all clients");
}

void Load::write_leases() const {
  if (options_.leases.empty() || options_.mode == LeaseMode::renew) return;
  std::ofstream out(options_.leases);
  for (std::uint32_t i = 0; i < clients_.size(); ++i) {
    if (!clients_[i].address.unspecified())
      out << options_.first + i << ' ' << to_text(clients_[i].address) << '\n';
  }
  if (!out.flush()) throw std::system_error(errno, std::generic_category(), options_.leases);
}

bool Load::more(Clock::time_point now) const {
  if (options_.duration.count() > 0) return now - started_ < options_.duration;
  return outcome_.begun < clients_.size();
}

/// False when nothing was to be begun.
bool Load::begin_due(Clock::time_point now) {
  std::uint64_t room = batch_max;
  if (options_.rate > 0) {
    const auto elapsed = std::chrono::duration<double>(now - started_).count();
    const auto due = static_cast<std::uint64_t>(elapsed * options_.rate) + 1;
    room = due > outcome_.begun ? std::min(room, due - outcome_.begun) : 0;
  } else {
    room = options_.outstanding > outstanding_ ? std::min(room, options_.outstanding - outstanding_)
                                               : 0;
  }
  bool any = false;
  for (std::size_t looked = 0; room > 0 && looked < clients_.size() && more(now); ++looked) {
    const auto client = next_;
    next_ = (next_ + 1) % static_cast<std::uint32_t>(clients_.size());
    if (clients_[client].step != Step::idle) continue;
    begin(client, now);
    --room;
    any = true;
  }
  return any;
}

void Load::begin(std::uint32_t number, Clock::time_point now) {
  auto& client = clients_[number];
  client.step = options_.mode == LeaseMode::renew ? Step::requesting : Step::discovering;
  client.tries = 0;
  ++client.turn;
  client.began = now;
  if (options_.rate > 0) {
    client.began = started_ + std::chrono::nanoseconds(static_cast<std::int64_t>(
                                  static_cast<double>(outcome_.begun) * 1e9 / options_.rate));
  }
  ++outcome_.begun;
  ++outstanding_;
  queue(number, now);
}

void Load::queue(std::uint32_t number, Clock::time_point now) {
  auto& client = clients_[number];
  const bool renews = options_.mode == LeaseMode::renew;
  auto packet = client.step == Step::discovering ? discover_ : renews ? renewal_ : request_;
  put(packet, xid_at, number | client.turn << 24);
  put(packet, hardware_at + 2, options_.first + number);
  if (client.step == Step::requesting) {
    if (renews) {
      put(packet, ciaddr_at, client.address.value());
    } else {
      put(packet, requested_at, client.address.value());
      put(packet, server_at, client.server.value());
    }
  }
  out_.push_back(packet);
  deadlines_.push_back({now + options_.timeout, number, client.turn, client.step, client.tries});
  if (out_.size() == batch_max) flush();
}

/// What the kernel does not take now is repeated like a datagram that was lost on the way.
void Load::flush() {
  std::array<mmsghdr, batch_max> headers{};
  std::array<iovec, batch_max> parts{};
  for (std::size_t i = 0; i < out_.size(); ++i) {
    parts[i] = {out_[i].data(), out_[i].size()};
    headers[i].msg_hdr.msg_iov = &parts[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  for (std::size_t done = 0; done < out_.size();) {
    const int taken = ::sendmmsg(fd_, &headers[done], static_cast<unsigned>(out_.size() - done), 0);
    if (taken < 0 && errno != ECONNREFUSED && errno != EINTR) break;
    done += taken < 0 ? 0 : static_cast<std::size_t>(taken);
  }
  out_.clear();
}

bool Load::receive() {
  static thread_local std::array<std::array<std::uint8_t, 1500>, batch_max> buffers;
  std::array<mmsghdr, batch_max> headers{};
  std::array<iovec, batch_max> parts{};
  for (std::size_t i = 0; i < batch_max; ++i) {
    parts[i] = {buffers[i].data(), buffers[i].size()};
    headers[i].msg_hdr.msg_iov = &parts[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  const int taken = ::recvmmsg(fd_, headers.data(), batch_max, MSG_DONTWAIT, nullptr);
  const auto now = Clock::now();
  for (int i = 0; i < taken; ++i) take(Octets(buffers[i].data(), headers[i].msg_len), now);
  return taken > 0;
}

void Load::take(Octets datagram, Clock::time_point now) {
  const auto answer = dhcp::decode(datagram);
  if (!answer || answer->op != dhcp::Op::reply) return;
  const auto number = answer->xid & 0xff'ffff;
  if (number >= clients_.size()) return;
  auto& client = clients_[number];
  if ((client.turn & 0xff) != answer->xid >> 24) return;
  if (answer->type == dhcp::MessageType::offer && client.step == Step::discovering) {
    client.address = answer->yiaddr;
    client.server = answer->options.address(dhcp::option::server_identifier).value_or(Ipv4());
    client.step = Step::requesting;
    client.tries = 0;
    return queue(number, now);
  }
  if (client.step != Step::requesting) return;
  if (answer->type == dhcp::MessageType::ack) return finish(number, *answer, now);
  if (answer->type != dhcp::MessageType::nak) return;
  ++outcome_.refused;
  client.step = Step::idle;
  --outstanding_;
}

void Load::finish(std::uint32_t number, const dhcp::Message& ack, Clock::time_point now) {
  auto& client = clients_[number];
  client.address = ack.yiaddr;
  client.step = Step::idle;
  --outstanding_;
  ++outcome_.done;
  outcome_.latencies.add(now - client.began);
  outcome_.elapsed = now - started_;
  const auto [owner, fresh] = owners_.emplace(client.address.value(), number);
  if (!fresh && owner->second != number) ++outcome_.doubled;
}

void Load::expire(Clock::time_point now) {
  while (!deadlines_.empty() && deadlines_.front().at <= now) {
    const auto due = deadlines_.front();
    deadlines_.pop_front();
    auto& client = clients_[due.client];
    if (client.turn != due.turn || client.step != due.step || client.tries != due.tries) continue;
    if (client.tries++ < options_.retries) {
      ++outcome_.repeated;
      queue(due.client, now);
      continue;
    }
    ++outcome_.lost;
    client.step = Step::idle;
    --outstanding_;
  }
}

LeaseOutcome Load::run() {
  ::prctl(PR_SET_TIMERSLACK, 1);
  started_ = Clock::now();
  for (;;) {
    const auto now = Clock::now();
    const bool begun = begin_due(now);
    flush();
    const bool heard = receive();
    flush();
    expire(now);
    flush();
    if (!more(now) && outstanding_ == 0) break;
    if (begun || heard || options_.rate > 0) continue;
    pollfd waiting{fd_, POLLIN, 0};
    ::poll(&waiting, 1, 10);
  }
  write_leases();
  return outcome_;
}

double microseconds(std::chrono::nanoseconds ns) {
  return static_cast<double>(ns.count()) / 1000;
}

double rate(const LeaseOutcome& outcome) {
  const auto seconds = outcome.elapsed.count();
  return seconds > 0 ? static_cast<double>(outcome.done) / seconds : 0;
}

}  // namespace

LeaseOutcome load_leases(const LeaseOptions& options) {
  return Load(options).run();
}

std::string to_text(const LeaseOutcome& outcome) {
  const auto& latencies = outcome.latencies;
  return fmt::format(
      "{} leases in {:.2f} s, {:.0f} a second; {} begun, {} lost, {} refused, {} doubled, {} "
      "messages repeated\n"
      "  latency in us: p50 {:.1f}, p90 {:.1f}, p99 {:.1f}, p99.9 {:.1f}, max {:.1f}, mean "
      "{:.1f}\n",
      outcome.done, outcome.elapsed.count(), rate(outcome), outcome.begun, outcome.lost,
      outcome.refused, outcome.doubled, outcome.repeated, microseconds(latencies.percentile(50)),
      microseconds(latencies.percentile(90)), microseconds(latencies.percentile(99)),
      microseconds(latencies.percentile(99.9)), microseconds(latencies.max()),
      microseconds(latencies.mean()));
}

std::string to_json(const LeaseOutcome& outcome) {
  const auto& latencies = outcome.latencies;
  return fmt::format(
      R"({{"begun": {}, "done": {}, "lost": {}, "refused": {}, "doubled": {}, "repeated": {}, "seconds": {:.6f}, )"
      R"("rate": {:.1f}, "p50": {:.1f}, "p90": {:.1f}, "p99": {:.1f}, "p99.9": {:.1f}, "max": {:.1f}, "mean": {:.1f}}})"
      "\n",
      outcome.begun, outcome.done, outcome.lost, outcome.refused, outcome.doubled, outcome.repeated,
      outcome.elapsed.count(), rate(outcome), microseconds(latencies.percentile(50)),
      microseconds(latencies.percentile(90)), microseconds(latencies.percentile(99)),
      microseconds(latencies.percentile(99.9)), microseconds(latencies.max()),
      microseconds(latencies.mean()));
}

}  // namespace winsome::perf
