#include "tools/winsome/nbns_client.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <random>
#include <system_error>
#include <utility>

namespace winsome::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t receive_room = 8192;  // a node status response of 255 names and a long scope
constexpr std::chrono::seconds wack_wait_max{120};
constexpr unsigned wacks_max = 4;

sockaddr_in to_system(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(endpoint.address.value());
  return address;
}

std::uint16_t id_of(const nbns::Message& message) {
  return std::visit([](const auto& any) { return any.id; }, message);
}

bool is_response(const nbns::Message& message) {
  return !std::holds_alternative<nbns::QueryRequest>(message) &&
         !std::holds_alternative<nbns::NameRequest>(message);
}

std::string error_text(int error) {
  return std::generic_category().message(error);
}

}  // namespace

Result<NbnsClient, Failure> NbnsClient::open(const NbnsOptions& options) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) {
    return fail(Failure{ExitCode::failure, "cannot open a UDP socket: " + error_text(errno)});
  }
  NbnsClient client(options, socket);
  if (options.from) {
    const auto source = to_system({*options.from, 0});
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0) {
      return fail(Failure{ExitCode::usage,
                          fmt::format("cannot send from {}: {}; give an address of this host",
                                      to_text(*options.from), error_text(errno))});
    }
  }
  // Connected, so that only the server's own datagrams arrive, and its refusals (ICMP) as errors.
  const auto server = to_system(options.server);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) {
    return fail(client.system_failure(errno));
  }
  return client;
}

NbnsClient::NbnsClient(NbnsClient&& other) noexcept
    : options_(other.options_), socket_(std::exchange(other.socket_, -1)) {}

NbnsClient::~NbnsClient() {
  if (socket_ >= 0) ::close(socket_);
}

Ipv4 NbnsClient::local_address() const {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  if (::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
  return Ipv4(ntohl(address.sin_addr.s_addr));
}

std::uint16_t NbnsClient::new_id() {
  std::random_device random;
  return static_cast<std::uint16_t>(random());
}

Result<nbns::Message, Failure> NbnsClient::ask(
    const nbns::Message& request, const std::function<void(const nbns::Wack&)>& on_wack) {
  std::array<std::uint8_t, nbns::receive_length_max> out;
  const auto octets = nbns::encode(request, out);
  if (octets.empty()) {
    return fail(Failure{ExitCode::usage, "this name and scope do not fit into a datagram"});
  }
  std::array<std::uint8_t, receive_room> in;
  unsigned wacks = 0;
  for (unsigned attempt = 0; attempt < options_.tries && wacks == 0; ++attempt) {
    if (::send(socket_, octets.data(), octets.size(), 0) < 0) return fail(system_failure(errno));
    auto deadline = Clock::now() + options_.timeout;
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      pollfd waiting{socket_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0) break;
      const auto length = ::recv(socket_, in.data(), in.size(), 0);
      if (length < 0) {
        if (errno == EINTR) continue;
        return fail(system_failure(errno));
      }
      auto answer = nbns::decode({in.data(), static_cast<std::size_t>(length)});
      if (!answer || !is_response(*answer) || id_of(*answer) != id_of(request)) continue;
      const auto* wack = std::get_if<nbns::Wack>(&*answer);
      if (wack == nullptr) return std::move(*answer);
      if (++wacks > wacks_max) break;
      if (on_wack) on_wack(*wack);
      deadline = Clock::now() + options_.timeout +
                 std::min<std::chrono::seconds>(std::chrono::seconds(wack->ttl), wack_wait_max);
    }
  }
  if (wacks == 0) return fail(silence());
  return fail(Failure{ExitCode::unreachable,
                      fmt::format("{} asked to wait and then said nothing more; try again",
                                  to_text(options_.server))});
}

Failure NbnsClient::system_failure(int error) const {
  if (error == ECONNREFUSED) {
    return {ExitCode::unreachable,
            fmt::format("nothing listens on UDP {}; is the name server running?",
                        to_text(options_.server))};
  }
  return {ExitCode::unreachable,
          fmt::format("cannot reach {}: {}", to_text(options_.server), error_text(error))};
}

Failure NbnsClient::silence() const {
  return {ExitCode::unreachable,
          fmt::format("no answer from {} to {} tries of {} ms; is a name server there, and does it "
                      "serve this address?",
                      to_text(options_.server), options_.tries, options_.timeout.count())};
}

}  // namespace winsome::cli
