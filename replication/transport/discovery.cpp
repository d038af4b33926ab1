#include "replication/transport/discovery.h"

#include <algorithm>
#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/multicast.hpp>
#include <asio/ip/udp.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <atomic>
#include <thread>
#include <utility>

#include "replication/winsra/discovery.h"

namespace winsome::transport {
namespace {

using asio::ip::udp;
namespace multicast = asio::ip::multicast;

/// Room for more addresses than are looked at.
constexpr std::size_t datagram_max = 512;

asio::ip::address_v4 to_asio(Ipv4 address) {
  return asio::ip::address_v4(address.value());
}

}  // namespace

/// Everything happens on its thread once it runs.
class Discovery::Speaker {
 public:
  Speaker(DiscoveryOptions options, Heard heard)
      : options_(std::move(options)), heard_(std::move(heard)) {}

  ~Speaker() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] {
      announce(false);
      io_.stop();
    });
    thread_.join();
  }

  [[nodiscard]] Result<void, std::string> open() {
    std::error_code error;
    socket_.open(udp::v4(), error);
    if (!error) socket_.set_option(udp::socket::reuse_address(true), error);
    if (!error) socket_.set_option(multicast::hops(static_cast<int>(options_.ttl)), error);
    // Bound to the group, it hears nothing that was sent to this machine alone.
    if (!error) socket_.bind({to_asio(winsra::discovery_group), options_.port}, error);
    if (!error) socket_.non_blocking(true, error);
    if (error) {
      return fail("cannot listen for announcements on UDP port " + std::to_string(options_.port) +
                  ": " + error.message() +
                  "; free the port, or switch replication.discovery.enabled off");
    }
    for (const auto address : options_.addresses) {
      socket_.set_option(multicast::join_group(to_asio(winsra::discovery_group), to_asio(address)),
                         error);
      if (error) {
        return fail("cannot join the group of autodiscovery at " + to_text(address) + ": " +
                    error.message() +
                    "; correct replication.winsra.listen, or switch replication.discovery.enabled "
                    "off");
      }
    }
    port_ = socket_.local_endpoint(error).port();
    return {};
  }

  void run() {
    thread_ = std::thread([this] {
      announce(true);
      announce_again();
      receive();
      io_.run();
    });
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint64_t malformed() const { return malformed_; }

 private:
  /// On each of our networks; where it fails, the next time will do.
  void announce(bool up) {
    const auto datagram = winsra::encode(winsra::Announcement{up, options_.addresses});
    const udp::endpoint group(to_asio(winsra::discovery_group), port_);
    for (const auto address : options_.addresses) {
      std::error_code ignored;
      socket_.set_option(multicast::outbound_interface(to_asio(address)), ignored);
      socket_.send_to(asio::buffer(datagram), group, 0, ignored);
    }
  }

  void announce_again() {
    again_.expires_after(options_.interval);
    again_.async_wait([this](auto error) {
      if (error) return;
      announce(true);
      announce_again();
    });
  }

  void receive() {
    socket_.async_wait(udp::socket::wait_read, [this](auto error) {
      if (error != asio::error::operation_aborted) take_in();
    });
  }

  /// What comes faster than we look at it, the kernel drops.
  void take_in() {
    for (std::size_t i = 0; i < options_.datagrams_at_once; ++i) {
      std::array<std::uint8_t, datagram_max> room{};
      udp::endpoint from;
      std::error_code error;
      const auto length = socket_.receive_from(asio::buffer(room), from, 0, error);
      if (error) break;
      hear(Octets(room).first(length));
    }
    pause_.expires_after(options_.pause);
    pause_.async_wait([this](auto error) {
      if (!error) receive();
    });
  }

  void hear(Octets datagram) {
    const auto announcement = winsra::decode_announcement(datagram);
    if (!announcement) {
      ++malformed_;
      return;
    }
    for (const auto address : announcement->addresses) {
      if (std::ranges::find(options_.addresses, address) == options_.addresses.end())
        heard_(address, announcement->up);
    }
  }

  const DiscoveryOptions options_;
  const Heard heard_;
  asio::io_context io_{1};
  udp::socket socket_{io_};
  asio::steady_timer again_{io_};
  asio::steady_timer pause_{io_};
  std::uint16_t port_ = 0;
  std::atomic<std::uint64_t> malformed_ = 0;
  std::thread thread_;
};

Result<std::unique_ptr<Discovery>, std::string> Discovery::start(DiscoveryOptions options,
                                                                 Heard heard) {
  auto speaker = std::make_unique<Speaker>(std::move(options), std::move(heard));
  if (auto opened = speaker->open(); !opened) return fail(std::move(opened.error()));
  speaker->run();
  return std::unique_ptr<Discovery>(new Discovery(std::move(speaker)));
}

Discovery::Discovery(std::unique_ptr<Speaker> speaker) : speaker_(std::move(speaker)) {}

Discovery::~Discovery() = default;

std::uint16_t Discovery::port() const {
  return speaker_->port();
}

std::uint64_t Discovery::malformed() const {
  return speaker_->malformed();
}

}  // namespace winsome::transport
