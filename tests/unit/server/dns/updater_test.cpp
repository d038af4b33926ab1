#include "server/dns/updater.h"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <future>

namespace winsome::dns {
namespace {

using testing::ElementsAre;

/// Answers every query with an SOA of the root and every update with NOERROR, once it is told to.
class Nameserver {
 public:
  Nameserver() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&here), sizeof here), 0);
    socklen_t size = sizeof here;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&here), &size);
    port_ = ntohs(here.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~Nameserver() {
    stopping_ = true;
    thread_.join();
    ::close(fd_);
  }
  [[nodiscard]] Endpoint endpoint() const { return {Ipv4(127, 0, 0, 1), port_}; }
  std::atomic<bool> answers = true;
  std::atomic<int> asked = 0;

 private:
  void run() {
    std::array<std::uint8_t, 1500> room{};
    while (!stopping_) {
      pollfd waiting{fd_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) != 1) continue;
      sockaddr_in from{};
      socklen_t length = sizeof from;
      const auto size =
          ::recvfrom(fd_, room.data(), room.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
      ++asked;
      if (size <= 0 || !answers) continue;
      ldns_pkt* parsed = nullptr;
      if (ldns_wire2pkt(&parsed, room.data(), static_cast<std::size_t>(size)) != LDNS_STATUS_OK)
        continue;
      const auto packet = Owned<ldns_pkt>(parsed);
      ldns_pkt_set_qr(packet.get(), true);
      if (ldns_pkt_get_opcode(packet.get()) == LDNS_PACKET_QUERY) {
        ldns_rr* soa = nullptr;
        ldns_rr_new_frm_str(&soa, "example.org. 60 IN SOA ns. root. 1 2 3 4 5", 0, nullptr,
                            nullptr);
        ldns_pkt_push_rr(packet.get(), LDNS_SECTION_AUTHORITY, soa);
      }
      std::uint8_t* octets = nullptr;
      std::size_t wire = 0;
      if (ldns_pkt2wire(&octets, packet.get(), &wire) != LDNS_STATUS_OK) continue;
      ::sendto(fd_, octets, wire, 0, reinterpret_cast<sockaddr*>(&from), length);
      LDNS_FREE(octets);
    }
  }

  int fd_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

dhcp::DnsWork work(std::uint64_t id) {
  return {.id = id,
          .add = true,
          .name = "a.example.org",
          .address = Ipv4(192, 0, 2, 7),
          .reverse = false,
          .client = dhcp::ClientId::of(dhcp::HardwareAddress{}),
          .hardware = {},
          .ttl = seconds(60)};
}

Options towards(const Nameserver& server) {
  Options options;
  options.server = server.endpoint();
  options.timeout = milliseconds(50);
  options.tries = 1;
  options.retry = milliseconds(50);
  return options;
}

class Listening {
 public:
  explicit Listening(std::size_t expected) : expected_(expected) {}
  [[nodiscard]] Updater::Listener listener() {
    return {.finished =
                [this](const dhcp::DnsWork& one, const Outcome& outcome) {
                  EXPECT_EQ(outcome.verdict, Verdict::done) << outcome.text;
                  ids.push_back(one.id);
                  if (ids.size() == expected_) all_.set_value();
                },
            .reach_changed = [this](bool reached) { reach.push_back(reached); }};
  }
  [[nodiscard]] bool wait() {
    return all_.get_future().wait_for(seconds(20)) == std::future_status::ready;
  }
  std::vector<std::uint64_t> ids;
  std::vector<bool> reach;

 private:
  std::size_t expected_;
  std::promise<void> all_;
};

TEST(Updater, FinishesEntriesInTheirOrderAndEachOnce) {
  const Nameserver server;
  Listening heard(3);
  Updater updater(towards(server), 1, heard.listener());
  updater.post({work(1), work(2)});
  updater.post({work(1), work(2), work(3)});
  ASSERT_TRUE(heard.wait());
  EXPECT_THAT(heard.ids, ElementsAre(1, 2, 3));
  EXPECT_EQ(updater.counters().done, 3);
}

TEST(Updater, WaitsForAServerThatIsOutOfReach) {
  Nameserver server;
  server.answers = false;
  Listening heard(1);
  Updater updater(towards(server), 1, heard.listener());
  updater.post({work(1)});
  while (server.asked == 0) std::this_thread::yield();
  server.answers = true;
  ASSERT_TRUE(heard.wait());
  EXPECT_THAT(heard.reach, ElementsAre(false, true));
}

TEST(Updater, StopsInTheMiddleOfWaiting) {
  Nameserver server;
  server.answers = false;
  auto options = towards(server);
  options.timeout = std::chrono::hours(1);
  Listening heard(1);
  {
    Updater updater(options, 1, heard.listener());
    updater.post({work(1)});
    while (server.asked == 0) std::this_thread::yield();
  }
  EXPECT_TRUE(heard.ids.empty());
}

}  // namespace
}  // namespace winsome::dns
