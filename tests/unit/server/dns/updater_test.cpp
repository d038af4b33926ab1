#include "server/dns/updater.h"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <optional>

namespace winsome::dns {
namespace {

using testing::Each;
using testing::ElementsAre;

/// Answers every query with an SOA of the domain of its name, and every update as it is told to for
/// that zone, or with NOERROR.
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
  void refuse(const std::string& zone, ldns_pkt_rcode with) {
    const std::lock_guard lock(mutex_);
    rcodes_[zone] = with;
  }
  [[nodiscard]] std::uint32_t ttl() {
    const std::lock_guard lock(mutex_);
    return ttl_;
  }
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
      char* text = ldns_rdf2str(ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_question(packet.get()), 0)));
      const std::string zone = text;
      LDNS_FREE(text);
      if (ldns_pkt_get_opcode(packet.get()) == LDNS_PACKET_QUERY) {
        ldns_rr* soa = nullptr;
        ldns_rr_new_frm_str(&soa, (zone + " 60 IN SOA ns. root. 1 2 3 4 5").c_str(), 0, nullptr,
                            nullptr);
        ldns_pkt_push_rr(packet.get(), LDNS_SECTION_AUTHORITY, soa);
      } else {
        const std::lock_guard lock(mutex_);
        ttl_ = ldns_rr_ttl(ldns_rr_list_rr(ldns_pkt_authority(packet.get()), 0));
        if (rcodes_.contains(zone)) ldns_pkt_set_rcode(packet.get(), rcodes_.at(zone));
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
  std::mutex mutex_;
  std::map<std::string, ldns_pkt_rcode> rcodes_;
  std::uint32_t ttl_ = 0;
  std::thread thread_;
};

dhcp::DnsWork work(std::uint64_t id, const std::string& domain = "example.org") {
  return {.id = id,
          .add = true,
          .name = "a." + domain,
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

/// The durable queue, and an updater that works through it.
class Queue {
 public:
  explicit Queue(std::vector<dhcp::DnsWork> all) : expected_(all.size()), all_(std::move(all)) {}

  void work_off(const Options& options) {
    updater_.emplace(
        options, 1,
        Updater::Listener{.finished =
                              [this](const dhcp::DnsWork& one, const Outcome& outcome) {
                                {
                                  const std::lock_guard lock(mutex_);
                                  std::erase(all_, one);
                                }
                                ids.push_back(one.id);
                                verdicts.push_back(outcome.verdict);
                                if (on_finished) on_finished(one);
                                fill();
                                if (ids.size() == expected_) done_.set_value();
                              },
                          .reach_changed = [this](bool reached) { reach.push_back(reached); },
                          .postponed = [this](const std::string& zone,
                                              const Outcome&) { postponed.push_back(zone); },
                          .resumed = [this] { fill(); }});
    fill();
  }
  void fill() {
    updater_->fill([this](std::uint64_t after) {
      const std::lock_guard lock(mutex_);
      std::vector<dhcp::DnsWork> some;
      for (const auto& one : all_) {
        if (one.id > after && some.size() < 2) some.push_back(one);
      }
      return some;
    });
  }
  [[nodiscard]] bool wait() {
    return done_.get_future().wait_for(seconds(20)) == std::future_status::ready;
  }
  void stop() { updater_.reset(); }
  [[nodiscard]] Updater::Counters counters() const { return updater_->counters(); }

  std::function<void(const dhcp::DnsWork&)> on_finished;
  std::vector<std::uint64_t> ids;
  std::vector<Verdict> verdicts;
  std::vector<bool> reach;
  std::vector<std::string> postponed;

 private:
  std::size_t expected_;
  std::mutex mutex_;
  std::vector<dhcp::DnsWork> all_;
  std::promise<void> done_;
  std::optional<Updater> updater_;
};

TEST(Updater, FinishesEntriesInTheirOrderAndEachOnce) {
  const Nameserver server;
  Queue queue({work(1), work(2), work(3)});
  queue.work_off(towards(server));
  queue.fill();
  ASSERT_TRUE(queue.wait());
  EXPECT_THAT(queue.ids, ElementsAre(1, 2, 3));
  EXPECT_THAT(queue.verdicts, Each(Verdict::done));
  EXPECT_EQ(queue.counters().done, 3);
}

TEST(Updater, WorksThroughMoreThanItHolds) {
  const Nameserver server;
  std::vector<dhcp::DnsWork> all;
  for (std::uint64_t id = 1; id <= 2 * Updater::held_max; ++id) all.push_back(work(id));
  Queue queue(std::move(all));
  queue.work_off(towards(server));
  ASSERT_TRUE(queue.wait());
  EXPECT_TRUE(std::ranges::is_sorted(queue.ids));
}

TEST(Updater, WaitsForAServerThatIsOutOfReach) {
  Nameserver server;
  server.answers = false;
  Queue queue({work(1)});
  queue.work_off(towards(server));
  while (server.asked == 0) std::this_thread::yield();
  server.answers = true;
  ASSERT_TRUE(queue.wait());
  EXPECT_THAT(queue.reach, ElementsAre(false, true));
}

// decision 46
TEST(Updater, LeavesAZoneThatIsNotUpdatedForLaterAndGoesOnWithOthers) {
  for (const auto why : {LDNS_RCODE_REFUSED, LDNS_RCODE_SERVFAIL, LDNS_RCODE_NOTAUTH}) {
    Nameserver server;
    server.refuse("example.org.", why);
    std::vector<dhcp::DnsWork> all;
    for (std::uint64_t id = 1; id <= 2 * Updater::held_max; ++id) all.push_back(work(id));
    all.push_back(work(all.size() + 1, "example.net"));
    const auto other = all.back().id;
    Queue queue(std::move(all));
    // The zone is well again when the other one was told.
    queue.on_finished = [&](const dhcp::DnsWork& one) {
      if (one.id == other) server.refuse("example.org.", LDNS_RCODE_NOERROR);
    };
    queue.work_off(towards(server));
    ASSERT_TRUE(queue.wait());
    EXPECT_EQ(queue.ids.front(), other);
    EXPECT_TRUE(std::is_sorted(queue.ids.begin() + 1, queue.ids.end()));
    EXPECT_THAT(queue.verdicts, Each(Verdict::done));
    EXPECT_THAT(queue.postponed, ElementsAre("example.org"));
  }
}

TEST(Updater, GivesAZoneUpThatIsNeverUpdated) {
  Nameserver server;
  server.refuse("example.org.", LDNS_RCODE_REFUSED);
  std::vector<dhcp::DnsWork> all;
  for (std::uint64_t id = 1; id <= 2 * Updater::held_max; ++id) all.push_back(work(id));
  Queue queue(std::move(all));
  auto options = towards(server);
  options.retry = milliseconds(1);
  options.retry_max = milliseconds(2);
  queue.work_off(options);
  ASSERT_TRUE(queue.wait());
  EXPECT_TRUE(std::ranges::is_sorted(queue.ids));
  EXPECT_THAT(queue.verdicts, Each(Verdict::refused));
  EXPECT_GE(queue.counters().postponed, Updater::unwilling_max);
}

TEST(Updater, SaysTheTimeToLiveThatIsConfigured) {
  Nameserver server;
  auto options = towards(server);
  for (const auto configured : {seconds(0), seconds(1'234)}) {
    options.ttl = configured;
    Queue queue({work(1)});
    queue.work_off(options);
    ASSERT_TRUE(queue.wait());
    EXPECT_EQ(server.ttl(), configured == seconds(0) ? 60U : 1'234U);
  }
}

TEST(Updater, StopsInTheMiddleOfWaiting) {
  Nameserver server;
  server.answers = false;
  auto options = towards(server);
  options.timeout = std::chrono::hours(1);
  Queue queue({work(1)});
  queue.work_off(options);
  while (server.asked == 0) std::this_thread::yield();
  queue.stop();
  EXPECT_TRUE(queue.ids.empty());
  EXPECT_TRUE(queue.reach.empty());
}

}  // namespace
}  // namespace winsome::dns
