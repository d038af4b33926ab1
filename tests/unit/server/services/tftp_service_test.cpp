#include "server/services/tftp_service.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "server/net/socket_address.h"
#include "server/tftp/packet.h"
#include "tests/unit/server/services/boot_directory.h"

namespace winsome::services {
namespace {

using tftp::Ack;
using tftp::Data;
using tftp::Error;
using tftp::ErrorCode;
using tftp::Mode;
using tftp::Option;
using tftp::OptionAck;
using tftp::Request;

constexpr Ipv4 loopback{127, 0, 0, 1};

/// A client's port. It waits as long as a test may take, and asks nothing twice.
class Port {
 public:
  explicit Port(Ipv4 address = loopback) : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 30, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    auto name = net::to_sockaddr({address, 0});
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
  }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  ~Port() { ::close(fd_); }

  void send(const Endpoint& to, const tftp::Packet& packet) { send(to, tftp::encode(packet)); }
  void send(const Endpoint& to, const std::vector<std::uint8_t>& octets) {
    auto name = net::to_sockaddr(to);
    EXPECT_EQ(::sendto(fd_, octets.data(), octets.size(), 0, reinterpret_cast<sockaddr*>(&name),
                       sizeof(name)),
              static_cast<ssize_t>(octets.size()));
  }

  /// A packet of this kind is what comes next.
  template <class P>
  P receive() {
    room_.resize(70'000);
    sockaddr_in name{};
    socklen_t length = sizeof(name);
    const auto size =
        ::recvfrom(fd_, room_.data(), room_.size(), 0, reinterpret_cast<sockaddr*>(&name), &length);
    EXPECT_GE(size, 0) << "nothing came";
    room_.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    from = {Ipv4(ntohl(name.sin_addr.s_addr)), ntohs(name.sin_port)};
    const auto packet = tftp::decode(room_);
    const auto* wanted = packet ? std::get_if<P>(&*packet) : nullptr;
    EXPECT_NE(wanted, nullptr) << "another packet came";
    return wanted == nullptr ? P{} : *wanted;
  }

  /// The whole file, block by block.
  std::string fetch(const Endpoint& server, const Request& request) {
    std::string file;
    send(server, request);
    if (!request.options.empty()) {
      receive<OptionAck>();
      send(from, Ack{0});
    }
    const auto blksize = request.options.empty() ? 512 : std::stoul(request.options[0].value);
    for (std::uint16_t block = 1;; ++block) {
      const auto data = receive<Data>();
      if (data.block != block) return "out of order";
      file.append(data.payload.begin(), data.payload.end());
      send(from, Ack{block});
      if (data.payload.size() < blksize) return file;
    }
  }

  Endpoint from;  // of what was received last

 private:
  int fd_;
  std::vector<std::uint8_t> room_;
};

/// What the service reports, in its order.
class Reports {
 public:
  void add(const TftpReport& report) {
    const std::lock_guard lock(mutex_);
    reports_.push_back(report);
    came_.notify_all();
  }
  TftpReport next() {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, std::chrono::seconds(30), [&] { return !reports_.empty(); })) {
      ADD_FAILURE() << "no report came";
      return {};
    }
    auto report = reports_.front();
    reports_.pop_front();
    return report;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<TftpReport> reports_;
};

class TftpServiceTest : public ::testing::Test {
 protected:
  void start(const tftp::Options& options = {}, Ipv4 address = loopback) {
    auto ports = TftpPorts::bind({{address, 0}});
    ASSERT_TRUE(ports) << ports.error();
    server = {loopback, ports->endpoints().front().port};
    service =
        std::make_unique<TftpService>(std::move(*ports), *BootFiles::at(directory.root()), options,
                                      [this](const TftpReport& report) { reports.add(report); });
  }

  static std::string text(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 >> 3);
    return text;
  }
  static Request request(std::string file, std::vector<Option> options = {}) {
    return {false, std::move(file), Mode::octet, std::move(options)};
  }
  std::uint64_t ended(TftpEnd end) {
    return service->statistics().ends[static_cast<std::size_t>(end)];
  }

  /// What the client is told, and what is reported.
  void expect_refusal(const Request& asked, ErrorCode code, TftpEnd end) {
    Port client;
    client.send(server, asked);
    EXPECT_EQ(client.receive<Error>().code, code) << asked.file;
    const auto report = reports.next();
    EXPECT_EQ(report.end, end) << asked.file;
    EXPECT_EQ(report.file, asked.file);
  }

  BootDirectory directory;
  Reports reports;
  Endpoint server;
  std::unique_ptr<TftpService> service;
};

TEST_F(TftpServiceTest, ServesAFile) {
  directory.write("boot/pxe.0", text(100'000));
  start();
  Port client;
  EXPECT_EQ(client.fetch(server, request("/boot/pxe.0")), text(100'000));
  const auto report = reports.next();
  EXPECT_EQ(report.end, TftpEnd::complete);
  EXPECT_EQ(report.file, "/boot/pxe.0");
  EXPECT_EQ(report.octets, 100'000U);
}

TEST_F(TftpServiceTest, ServesAFileWithOptions) {
  directory.write("a", text(300'000));
  start();
  Port client;
  EXPECT_EQ(client.fetch(server, request("a", {{"blksize", "1428"}, {"windowsize", "1"}})),
            text(300'000));
}

TEST_F(TftpServiceTest, SendsAWindowInOneGo) {
  directory.write("a", text(100));
  start();
  Port client;
  client.send(server, request("a", {{"blksize", "8"}, {"windowsize", "4"}, {"tsize", "0"}}));
  EXPECT_EQ(client.receive<OptionAck>().options,
            (std::vector<Option>{{"blksize", "8"}, {"tsize", "100"}, {"windowsize", "4"}}));
  client.send(client.from, Ack{0});
  for (std::uint16_t block = 1; block <= 4; ++block) EXPECT_EQ(client.receive<Data>().block, block);
}

// RFC 1350 4: a port of its own, and the address that was asked
TEST_F(TftpServiceTest, AnswersFromTheAddressThatWasAskedAndANewPort) {
  directory.write("a", "x");
  start({}, Ipv4());
  Port client;
  const Endpoint asked{Ipv4(127, 0, 0, 77), server.port};
  client.send(asked, request("a"));
  client.receive<Data>();
  EXPECT_EQ(client.from.address, asked.address);
  EXPECT_NE(client.from.port, asked.port);
  client.send(asked, request("missing"));
  client.receive<Error>();
  EXPECT_EQ(client.from.address, asked.address);
}

TEST_F(TftpServiceTest, SaysWhyItRefuses) {
  directory.write("a", "x");
  directory.write("boot/b", "x");
  directory.write("../secret", "x");
  directory.link("../secret", "out");
  start();
  expect_refusal(request("missing"), ErrorCode::not_found, TftpEnd::not_found);
  expect_refusal(request("boot"), ErrorCode::access, TftpEnd::access);
  expect_refusal(request("out"), ErrorCode::access, TftpEnd::access);
  expect_refusal(request("../secret"), ErrorCode::access, TftpEnd::bad_path);
  expect_refusal(request(""), ErrorCode::access, TftpEnd::bad_path);
  expect_refusal({true, "a", Mode::octet, {}}, ErrorCode::access, TftpEnd::write);
  EXPECT_EQ(service->statistics().requests, 6U);
  EXPECT_EQ(ended(TftpEnd::bad_path), 2U);
  EXPECT_EQ(service->statistics().transfers, 0U);
}

TEST_F(TftpServiceTest, RefusesAMalformedRequest) {
  start();
  Port client;
  client.send(server, std::vector<std::uint8_t>{0, 1, 'a', 0, 'm', 'a', 'i', 'l', 0});
  EXPECT_EQ(client.receive<Error>().code, ErrorCode::illegal);
  EXPECT_EQ(reports.next().end, TftpEnd::malformed);
}

TEST_F(TftpServiceTest, IgnoresWhatIsNoRequest) {
  start();
  Port client;
  for (const auto& octets : std::vector<std::vector<std::uint8_t>>{
           {}, {0}, {0, 3, 0, 1}, {0, 4, 0, 1}, {0, 5, 0, 0, 0}, {0, 6}, {9, 9}}) {
    client.send(server, octets);
  }
  client.send(server, request("missing"));
  client.receive<Error>();
  EXPECT_EQ(service->statistics().requests, 1U);
}

// A lost first answer makes the client ask again.
TEST_F(TftpServiceTest, DoesNotStartASecondTransferForARepeatedRequest) {
  directory.write("a", text(600));
  start();
  Port client;
  client.send(server, request("a"));
  client.receive<Data>();
  const auto first = client.from;
  client.send(server, request("a"));
  client.send(first, Ack{1});
  EXPECT_EQ(client.receive<Data>().block, 2);
  EXPECT_EQ(client.from, first);
  client.send(first, Ack{2});
  EXPECT_EQ(reports.next().end, TftpEnd::complete);
  EXPECT_EQ(service->statistics().duplicates, 1U);
  EXPECT_EQ(ended(TftpEnd::replaced), 0U);
}

// Boot ROMs ask for the size, and then for the file from the same port.
TEST_F(TftpServiceTest, BeginsAnewForAnotherRequestFromTheSamePort) {
  directory.write("a", "x");
  start();
  Port client;
  client.send(server, request("a", {{"tsize", "0"}}));
  client.receive<OptionAck>();
  const auto first = client.from;
  client.send(server, request("a"));
  EXPECT_EQ(client.receive<Data>().block, 1);
  EXPECT_NE(client.from, first);
  EXPECT_EQ(reports.next().end, TftpEnd::replaced);
}

TEST_F(TftpServiceTest, AnswersAStrangerWithoutDisturbance) {
  directory.write("a", text(600));
  start();
  Port client;
  client.send(server, request("a"));
  client.receive<Data>();
  const auto transfer = client.from;
  Port stranger;
  stranger.send(transfer, Ack{1});
  EXPECT_EQ(stranger.receive<Error>().code, ErrorCode::unknown_transfer);
  client.send(transfer, Ack{1});
  EXPECT_EQ(client.receive<Data>().block, 2);
}

TEST_F(TftpServiceTest, EndsWhenTheClientSaysSo) {
  directory.write("a", text(600));
  start();
  Port client;
  client.send(server, request("a"));
  client.receive<Data>();
  client.send(client.from, Error{ErrorCode::options, "enough"});
  EXPECT_EQ(reports.next().end, TftpEnd::aborted);
  EXPECT_EQ(service->statistics().transfers, 0U);
}

TEST_F(TftpServiceTest, RefusesAClientThatHasTooManyTransfers) {
  directory.write("a", text(600));
  tftp::Options options;
  options.transfers_per_client_max = 2;
  start(options);
  std::deque<Port> clients(2);
  for (auto& client : clients) {
    client.send(server, request("a"));
    client.receive<Data>();
  }
  expect_refusal(request("a"), ErrorCode::undefined, TftpEnd::client_limit);
  Port neighbour(Ipv4(127, 0, 0, 2));
  EXPECT_EQ(neighbour.fetch(server, request("a")), text(600));
}

// The client asks again, and then there may be room.
TEST_F(TftpServiceTest, IsSilentWhenThereAreTooManyTransfers) {
  directory.write("a", "x");
  tftp::Options options;
  options.transfers_max = 1;
  start(options);
  Port first;
  first.send(server, request("a"));
  first.receive<Data>();
  Port second;
  second.send(server, request("a"));
  EXPECT_EQ(reports.next().end, TftpEnd::full);
  first.send(first.from, Ack{1});
  EXPECT_EQ(reports.next().end, TftpEnd::complete);
  EXPECT_EQ(second.fetch(server, request("a")), "x");
}

TEST_F(TftpServiceTest, ServesManyAtOnce) {
  directory.write("a", text(5000));
  tftp::Options options;
  options.transfers_per_client_max = 200;
  start(options);
  std::deque<Port> clients(200);
  for (auto& client : clients) client.send(server, request("a"));
  for (std::uint16_t block = 1; block <= 10; ++block) {
    for (auto& client : clients) {
      EXPECT_EQ(client.receive<Data>().block, block);
      client.send(client.from, Ack{block});
    }
  }
  for (std::size_t i = 0; i < clients.size(); ++i) EXPECT_EQ(reports.next().end, TftpEnd::complete);
}

TEST_F(TftpServiceTest, StopsAtOnceWithTransfersThatGoOn) {
  directory.write("a", text(600));
  start();
  Port client;
  client.send(server, request("a"));
  client.receive<Data>();
  service.reset();
}

TEST(TftpPorts, SaysWhatToDoWhenTheAddressIsNotOurs) {
  const auto ports = TftpPorts::bind({{Ipv4(192, 0, 2, 1), 0}});
  ASSERT_FALSE(ports);
  EXPECT_NE(ports.error().find("change tftp.listen"), std::string::npos) << ports.error();
}

}  // namespace
}  // namespace winsome::services
