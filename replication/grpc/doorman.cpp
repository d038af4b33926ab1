#include "replication/grpc/doorman.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <list>
#include <thread>
#include <utility>

namespace winsome::transport {
namespace {

using asio::ip::tcp;

constexpr std::uint8_t tls_handshake = 0x16;  // RFC 8446 5.1
/// When the process is out of descriptors, or a connection seemed to have ended and has not.
constexpr std::chrono::milliseconds pause{100};

bool has_ended(int descriptor) {
  pollfd one{.fd = descriptor, .events = 0, .revents = 0};
  return ::poll(&one, 1, 0) == 1 && (one.revents & POLLHUP) != 0;
}

}  // namespace

/// Everything happens on its thread once it runs.
class Doorman::Hall {
 public:
  Hall(Entry entry, GrpcFaults& faults, GrpcLimits limits)
      : entry_(entry), faults_(faults), limits_(limits) {}
  ~Hall() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  [[nodiscard]] Result<void, std::string> open(const std::vector<Endpoint>& listen) {
    for (const auto& endpoint : listen) {
      auto listener = std::make_unique<Listener>(tcp::acceptor(io_), asio::steady_timer(io_));
      auto& acceptor = listener->acceptor;
      std::error_code error;
      acceptor.open(tcp::v4(), error);
      if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
      if (!error)
        acceptor.bind({asio::ip::address_v4(endpoint.address.value()), endpoint.port}, error);
      if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
      if (error)
        return fail("cannot listen on " + to_text(endpoint) +
                    " for replication over gRPC: " + error.message());
      listening_.push_back({endpoint.address, acceptor.local_endpoint(error).port()});
      listeners_.push_back(std::move(listener));
    }
    return {};
  }

  void run(Admit admit) {
    admit_ = std::move(admit);
    for (auto& listener : listeners_) accept(*listener);
    thread_ = std::thread([this] { io_.run(); });
  }

  void note_use(Endpoint remote, bool in_use) {
    asio::post(io_, [this, remote, in_use] {
      for (const auto& guest : guests_)
        if (guest->remote == remote) guest->in_use = in_use;
    });
  }

  [[nodiscard]] const std::vector<Endpoint>& listening() const { return listening_; }

 private:
  struct Listener {
    tcp::acceptor acceptor;
    asio::steady_timer again;
  };
  struct Guest {
    Guest(tcp::socket the_socket, Endpoint the_remote)
        : socket(std::move(the_socket)), leaves(socket.get_executor()), remote(the_remote) {}
    tcp::socket socket;
    asio::steady_timer leaves;
    Endpoint remote;
    bool in_use = false;
  };
  using GuestPtr = std::shared_ptr<Guest>;  // also of what waits for it

  void accept(Listener& listener) {
    listener.acceptor.async_accept([this, &listener](auto error, tcp::socket socket) {
      if (!error) {
        receive(std::move(socket));
        return accept(listener);
      }
      if (error == asio::error::operation_aborted) return;
      listener.again.expires_after(pause);
      listener.again.async_wait([this, &listener](auto) { accept(listener); });
    });
  }

  void receive(tcp::socket socket) {
    std::error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;  // it is gone already
    const Endpoint caller{Ipv4(remote.address().to_v4().to_uint()), remote.port()};
    const auto of_it = std::ranges::count_if(
        guests_, [&](const auto& guest) { return guest->remote.address == caller.address; });
    if (static_cast<std::size_t>(of_it) >= limits_.connections_max_of_one_address ||
        (guests_.size() >= limits_.connections_max && !make_room()))
      return turn_away(caller);
    auto guest = std::make_shared<Guest>(std::move(socket), caller);
    guests_.push_back(guest);
    guest->leaves.expires_after(limits_.first_octet);
    guest->leaves.async_wait([guest](auto problem) {
      std::error_code ignored;
      if (!problem) guest->socket.cancel(ignored);
    });
    guest->socket.async_wait(tcp::socket::wait_read,
                             [this, guest](auto problem) { look_at(guest, !problem); });
  }

  /// Strangers who only hold their places keep no partner out.
  [[nodiscard]] bool make_room() {
    const auto oldest = std::ranges::find(guests_, false, &Guest::in_use);
    if (oldest == guests_.end()) return false;
    turn_away((*oldest)->remote);
    remove(*oldest);
    return true;
  }

  void look_at(const GuestPtr& guest, bool spoke) {
    guest->leaves.cancel();
    auto& socket = guest->socket;
    if (!socket.is_open()) return;  // it made room
    std::uint8_t first = 0;
    // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection): it does not wait
    const auto count = ::recv(socket.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    const bool gone = spoke && count != 1;
    const bool welcome =
        spoke && !gone && (entry_ == Entry::open || first == tls_handshake) && admit(socket);
    if (welcome) return wait_for_end(guest);
    if (!spoke) {
      tell(GrpcFault::silent, guest->remote, "it connects and says nothing");
    } else if (!gone && entry_ == Entry::secured && first != tls_handshake) {
      tell(GrpcFault::unsecured, guest->remote, "it does not secure its connections");
    }
    remove(guest);
  }

  [[nodiscard]] bool admit(tcp::socket& socket) {
    std::error_code error;
    socket.set_option(tcp::no_delay(true), error);
    if (!error) socket.native_non_blocking(true, error);
    if (error) return false;
    const int descriptor = ::fcntl(socket.native_handle(), F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) return false;
    admit_(descriptor);
    return true;
  }

  /// gRPC shuts a connection down before it closes its descriptor. Urgent octets wake us too.
  void wait_for_end(const GuestPtr& guest) {
    guest->socket.async_wait(tcp::socket::wait_error, [this, guest](auto error) {
      if (!guest->socket.is_open()) return;
      if (error || has_ended(guest->socket.native_handle())) return remove(guest);
      guest->leaves.expires_after(pause);
      guest->leaves.async_wait([this, guest](auto) {
        if (guest->socket.is_open()) wait_for_end(guest);
      });
    });
  }

  void remove(const GuestPtr& guest) {
    std::error_code ignored;
    guest->socket.shutdown(tcp::socket::shutdown_both, ignored);  // gRPC's descriptor too
    guest->socket.close(ignored);
    guests_.remove(guest);  // last: `guest` may be the one in the list
  }

  void turn_away(Endpoint caller) {
    tell(GrpcFault::turned_away, caller, "one connection too many");
  }
  void tell(GrpcFault fault, Endpoint caller, const std::string& what) {
    faults_.tell(fault, to_text(caller.address), what);
  }

  Entry entry_;
  GrpcFaults& faults_;
  GrpcLimits limits_;
  Admit admit_;
  asio::io_context io_{1};
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<Endpoint> listening_;
  std::list<GuestPtr> guests_;  // the oldest first
  std::thread thread_;
};

Result<std::unique_ptr<Doorman>, std::string> Doorman::open(const std::vector<Endpoint>& listen,
                                                            Entry entry, GrpcFaults& faults,
                                                            GrpcLimits limits) {
  auto hall = std::make_unique<Hall>(entry, faults, limits);
  if (auto opened = hall->open(listen); !opened) return fail(std::move(opened.error()));
  return std::unique_ptr<Doorman>(new Doorman(std::move(hall)));
}

Doorman::Doorman(std::unique_ptr<Hall> hall) : hall_(std::move(hall)) {}

Doorman::~Doorman() = default;

void Doorman::run(Admit admit) {
  hall_->run(std::move(admit));
}

void Doorman::note_use(Endpoint remote, bool in_use) {
  hall_->note_use(remote, in_use);
}

const std::vector<Endpoint>& Doorman::listening() const {
  return hall_->listening();
}

}  // namespace winsome::transport
