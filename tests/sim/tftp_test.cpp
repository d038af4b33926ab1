// One client and one server of TFTP on a network that loses, doubles and reorders, in virtual time.
// Whatever it does, the file arrives whole and the transfer ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/core/random.h"
#include "server/tftp/transfer.h"

namespace winsome::tftp {
namespace {

using Bytes = std::vector<std::uint8_t>;

const Endpoint client_end{Ipv4(192, 0, 2, 10), 2070};
const Endpoint request_end{Ipv4(192, 0, 2, 1), 69};

struct Faults {
  std::uint32_t lost = 0;       // of 1,000 datagrams
  std::uint32_t doubled = 0;    // likewise
  std::uint32_t delay_max = 5;  // milliseconds; what is more than the pause between two reorders
};

struct Case {
  Bytes file;
  Request request;
  Faults faults;
  bool chatty = false;  // the client acknowledges each block that it did not expect, as EDK2's
};

/// What RFC 1350 and 7440 ask of a client, no more. It speaks to the first port that answers.
class Client {
 public:
  Client(const Case& setting, Instant now) : setting_(setting) { ask(now); }

  void receive(const Endpoint& from, Octets datagram, Instant now) {
    if (server_ && from != *server_) {
      out.emplace_back(from, encode(Error{ErrorCode::unknown_transfer, ""}));
      return;
    }
    const auto packet = decode(datagram);
    ASSERT_TRUE(packet);
    server_ = from;
    if (const auto* options = std::get_if<OptionAck>(&*packet)) {
      if (expected_ != 1) return;
      learn(*options);
      acknowledge(now);
    } else if (const auto* block = std::get_if<Data>(&*packet)) {
      take(*block, now);
    }
  }

  void wake(Instant now) {
    if (server_) {
      acknowledge(now);
    } else {
      ask(now);
    }
  }

  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] std::size_t blocks() const { return expected_ - 1; }

  Bytes file;
  std::vector<Datagram> out;
  Instant wake_at = never;

 private:
  void ask(Instant now) {
    out.emplace_back(request_end, encode(setting_.request));
    wake_at = now + seconds(2);
  }

  void learn(const OptionAck& options) {
    for (const auto& [name, value] : options.options) {
      if (name == "blksize") blksize_ = std::stoul(value);
      if (name == "windowsize") windowsize_ = std::stoul(value);
      if (name == "tsize") {
        EXPECT_EQ(value, std::to_string(setting_.file.size()));
      }
    }
  }

  void take(const Data& block, Instant now) {
    const auto ahead = static_cast<std::uint16_t>(block.block - expected_);
    if (ahead != 0 || done_) {
      // Behind a gap; once, lest the server hears of it many times. Of what came before it is
      // silent: it acknowledges again when its patience ends.
      const bool gap = ahead < 0x8000 && !done_;
      if (setting_.chatty || (gap && !std::exchange(complained_, true))) acknowledge(now);
      return;
    }
    complained_ = false;
    file.insert(file.end(), block.payload.begin(), block.payload.end());
    ++expected_;
    done_ = block.payload.size() < blksize_;
    if (done_ || (expected_ - 1) % windowsize_ == 0) acknowledge(now);
    wake_at = now + seconds(2);
  }

  void acknowledge(Instant now) {
    out.emplace_back(*server_, encode(Ack{static_cast<std::uint16_t>(expected_ - 1)}));
    wake_at = now + seconds(2);
  }

  const Case& setting_;
  std::optional<Endpoint> server_;
  std::size_t blksize_ = 512;
  std::size_t windowsize_ = 1;
  std::uint64_t expected_ = 1;
  bool done_ = false;
  bool complained_ = false;
};

/// The client, the server's transfers, and what is on its way between them.
class World {
 public:
  World(const Case& setting, std::uint64_t seed)
      : setting_(setting), random_(seed), client_(setting, now_) {
    options_.tries = 40;  // the property is about loss, not about giving up
    options_.blksize_max = 1468;
  }

  void run() {
    post(client_end, std::exchange(client_.out, {}));
    while (!settled() && now_ < limit) {
      advance();
      if (::testing::Test::HasFatalFailure()) return;
    }
  }

  [[nodiscard]] const Client& client() const { return client_; }
  [[nodiscard]] std::size_t data_sent() const { return data_sent_; }
  [[nodiscard]] std::optional<Outcome> outcome() const { return outcome_; }
  [[nodiscard]] Instant now() const { return now_; }
  static constexpr Instant limit{std::chrono::hours(24)};

 private:
  struct Flight {
    Endpoint from;
    Endpoint to;
    Bytes octets;
  };

  [[nodiscard]] bool settled() const { return client_.done() && !transfer_ && flights_.empty(); }

  void advance() {
    auto next = transfer_ ? wake_at_ : never;
    if (!client_.done()) next = std::min(next, client_.wake_at);
    if (!flights_.empty() && flights_.begin()->first <= next) {
      const auto flight = flights_.extract(flights_.begin());
      now_ = flight.key();
      return deliver(flight.mapped());
    }
    now_ = next;
    if (!client_.done() && client_.wake_at == now_) {
      client_.wake(now_);
      post(client_end, std::exchange(client_.out, {}));
    } else if (transfer_) {
      carry_out(transfer_->step(TimePassed{}, now_));
    }
  }

  void deliver(const Flight& flight) {
    if (flight.to == client_end) {
      client_.receive(flight.from, flight.octets, now_);
      post(client_end, std::exchange(client_.out, {}));
    } else if (flight.to == request_end) {
      request(flight.octets);
    } else if (transfer_ && flight.to == transfer_end_) {
      carry_out(transfer_->step(Received{flight.from, flight.octets}, now_));
    }
  }

  void request(const Bytes& octets) {
    if (transfer_ && transfer_->alive()) return;
    const auto packet = decode(octets);
    ASSERT_TRUE(packet);
    const auto& request = std::get<Request>(*packet);
    transfer_end_ = {request_end.address, ++port_};
    transfer_.emplace(client_end, request.mode, negotiate(request, options_, setting_.file.size()),
                      options_);
    carry_out(transfer_->start(now_));
  }

  void carry_out(Actions actions) {
    if (actions.read) {
      const auto begin = std::min<std::size_t>(actions.read->offset, setting_.file.size());
      const auto length = std::min(actions.read->length, setting_.file.size() - begin);
      actions = transfer_->step(FileOctets{Octets(setting_.file).subspan(begin, length)}, now_);
    }
    for (const auto& send : actions.sends)
      data_sent_ += send.octets[1] == static_cast<std::uint8_t>(Opcode::data);
    post(transfer_end_, actions.sends);
    wake_at_ = actions.wake_at;
    if (!actions.ended) return;
    outcome_ = actions.ended;
    transfer_.reset();
  }

  void post(const Endpoint& from, const std::vector<Datagram>& sends) {
    const auto& faults = setting_.faults;
    for (const auto& send : sends) {
      if (random_.below(1000) < faults.lost) continue;
      const unsigned copies = random_.below(1000) < faults.doubled ? 2 : 1;
      for (unsigned i = 0; i < copies; ++i) {
        const auto delay = milliseconds(1 + random_.below(faults.delay_max));
        flights_.emplace(now_ + delay, Flight{from, send.to, send.octets});
      }
    }
  }

  const Case& setting_;
  Options options_;
  Random random_;
  Instant now_{seconds(1)};
  Client client_;
  std::optional<Transfer> transfer_;
  std::optional<Outcome> outcome_;
  Endpoint transfer_end_;
  std::uint16_t port_ = 40000;
  Instant wake_at_ = never;
  std::multimap<Instant, Flight> flights_;
  std::size_t data_sent_ = 0;
};

std::string as_netascii(const Bytes& file) {
  std::string text;
  for (const auto octet : file) {
    text += static_cast<char>(octet);
    if (octet == '\r') text += '\0';
    if (octet == '\n') text.insert(text.size() - 1, 1, '\r');
  }
  return text;
}

Case make_case(Random& random) {
  Case setting;
  auto& options = setting.request.options;
  setting.request.file = "a";
  setting.request.mode = random.below(4) == 0 ? Mode::netascii : Mode::octet;
  std::uint32_t blksize = 512;
  if (random.below(4) != 0) {
    blksize = 8 + random.below(1461);
    options.emplace_back("blksize", std::to_string(blksize));
    if (random.below(2) == 0)
      options.emplace_back("windowsize", std::to_string(1 + random.below(20)));
    if (random.below(2) == 0 && setting.request.mode == Mode::octet)
      options.emplace_back("tsize", "0");
    if (random.below(4) == 0) options.emplace_back("timeout", std::to_string(1 + random.below(4)));
  }
  // A third of the files end with their last block; among their octets are many ends of lines.
  const auto blocks = random.below(60);
  const auto rest = random.below(3) == 0 ? 0 : random.below(blksize);
  setting.file.resize(std::size_t{blocks} * blksize + rest);
  for (auto& octet : setting.file) {
    const auto value = random.below(300);
    octet = value < 256 ? static_cast<std::uint8_t>(value) : value < 280 ? '\n' : '\r';
  }
  setting.faults = {random.below(250), random.below(250), 1 + random.below(1500)};
  setting.chatty = random.below(2) == 0;
  return setting;
}

void expect_whole(const Case& setting, const World& world) {
  ASSERT_TRUE(world.client().done());
  ASSERT_TRUE(world.outcome());
  EXPECT_LT(world.now(), World::limit);
  const std::string got(world.client().file.begin(), world.client().file.end());
  EXPECT_TRUE(got == (setting.request.mode == Mode::netascii
                          ? as_netascii(setting.file)
                          : std::string(setting.file.begin(), setting.file.end())))
      << "the file differs";
}

TEST(TftpSimulation, TheFileArrivesWholeWhateverTheNetworkDoes) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const auto setting = make_case(random);
    World world(setting, random.next());
    world.run();
    expect_whole(setting, world);
    if (::testing::Test::HasFailure()) return;
  }
}

// RFC 1123 4.2.3.1: the Sorcerer's Apprentice
TEST(TftpSimulation, DoubledDatagramsDoNotMakeMoreOfThem) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    auto setting = make_case(random);
    const bool windows = std::ranges::any_of(
        setting.request.options, [](const auto& option) { return option.name == "windowsize"; });
    // In a window, a block that overtakes another looks like a loss, and a client that acknowledges
    // a doubled block in the middle looks like one that lost the next.
    if (windows) setting.chatty = false;
    setting.faults = {0, 500, windows ? 1U : 20U};
    World world(setting, random.next());
    world.run();
    expect_whole(setting, world);
    const auto blocks = world.client().blocks();
    if (windows) {
      EXPECT_LE(world.data_sent(), 2 * blocks + 20);
    } else {
      EXPECT_EQ(world.data_sent(), blocks);
    }
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace winsome::tftp
