#include "replication/grpc/doorman.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <map>
#include <thread>
#include <utility>

namespace winsome::transport {
namespace {

using asio::ip::tcp;

constexpr std::uint8_t tls_handshake = 0x16;  // RFC 8446 5.1
/// When the process is out of descriptors.
constexpr std::chrono::milliseconds pause{100};

}  // namespace

/// Everything happens on its thread once it runs.
class Doorman::Hall {
 public:
  Hall(NoteFault fault, DoormanLimits limits) : fault_(std::move(fault)), limits_(limits) {}
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

  [[nodiscard]] const std::vector<Endpoint>& listening() const { return listening_; }

 private:
  struct Listener {
    tcp::acceptor acceptor;
    asio::steady_timer again;
  };
  struct Guest {
    Guest(tcp::socket the_socket, Ipv4 the_address)
        : socket(std::move(the_socket)), leaves(socket.get_executor()), address(the_address) {}
    tcp::socket socket;
    asio::steady_timer leaves;
    Ipv4 address;
  };

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
    const Ipv4 address(remote.address().to_v4().to_uint());
    const auto of_it = waiting_of_.find(address);
    if (waiting_ >= limits_.waiting_max ||
        (of_it != waiting_of_.end() && of_it->second >= limits_.waiting_max_of_one_address))
      return tell(address, "one connection too many on which nothing comes");
    ++waiting_;
    ++waiting_of_[address];
    auto guest = std::make_shared<Guest>(std::move(socket), address);
    guest->leaves.expires_after(limits_.patience);
    guest->leaves.async_wait([guest](auto problem) {
      std::error_code ignored;
      if (!problem) guest->socket.cancel(ignored);
    });
    guest->socket.async_wait(tcp::socket::wait_read,
                             [this, guest](auto problem) { look_at(*guest, !problem); });
  }

  void look_at(Guest& guest, bool spoke) {
    guest.leaves.cancel();
    --waiting_;
    const auto of_it = waiting_of_.find(guest.address);
    if (--of_it->second == 0) waiting_of_.erase(of_it);
    if (!spoke) return tell(guest.address, "it connects and says nothing");

    auto& socket = guest.socket;
    std::error_code error;
    std::uint8_t first = 0;
    const auto count = socket.receive(asio::buffer(&first, 1), tcp::socket::message_peek, error);
    if (error || count == 0) return;  // it went as it came
    if (first != tls_handshake) return tell(guest.address, "it does not secure its connections");
    socket.set_option(tcp::no_delay(true), error);
    if (!error) socket.native_non_blocking(true, error);
    const int descriptor = error ? -1 : socket.release(error);
    if (!error) admit_(descriptor);
  }

  void tell(Ipv4 peer, const std::string& what) const {
    if (fault_) fault_(to_text(peer), what);
  }

  NoteFault fault_;
  DoormanLimits limits_;
  Admit admit_;
  asio::io_context io_{1};
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<Endpoint> listening_;
  std::map<Ipv4, std::size_t> waiting_of_;
  std::size_t waiting_ = 0;
  std::thread thread_;
};

Result<std::unique_ptr<Doorman>, std::string> Doorman::open(const std::vector<Endpoint>& listen,
                                                            NoteFault fault, DoormanLimits limits) {
  auto hall = std::make_unique<Hall>(std::move(fault), limits);
  if (auto opened = hall->open(listen); !opened) return fail(std::move(opened.error()));
  return std::unique_ptr<Doorman>(new Doorman(std::move(hall)));
}

Doorman::Doorman(std::unique_ptr<Hall> hall) : hall_(std::move(hall)) {}

Doorman::~Doorman() = default;

void Doorman::run(Admit admit) {
  hall_->run(std::move(admit));
}

const std::vector<Endpoint>& Doorman::listening() const {
  return hall_->listening();
}

}  // namespace winsome::transport
