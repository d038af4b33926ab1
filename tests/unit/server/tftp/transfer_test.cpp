#include "server/tftp/transfer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace winsome::tftp {
namespace {

const Endpoint client{Ipv4(192, 0, 2, 10), 2070};
const Endpoint stranger{Ipv4(192, 0, 2, 66), 2070};

/// A transfer with its file, and what it sends as words: "OACK blksize=8", "DATA 1 8", "ERROR 5".
class Conversation {
 public:
  Conversation(std::size_t file_size, std::vector<Option> wishes, Mode mode = Mode::octet,
               const Options& options = {})
      : file_(file_size),
        transfer_(client, mode,
                  negotiate({false, "a", mode, std::move(wishes)}, options, file_size), options) {
    for (std::size_t i = 0; i < file_size; ++i) file_[i] = static_cast<std::uint8_t>(i * 7);
  }

  std::string start() { return carry_out(transfer_.start(now)); }
  std::string ack(std::uint16_t block, const Endpoint& from = client) {
    return packet(Ack{block}, from);
  }
  std::string packet(const Packet& packet, const Endpoint& from = client) {
    const auto octets = encode(packet);
    return carry_out(transfer_.step(Received{from, octets}, now));
  }
  std::string octets(const std::vector<std::uint8_t>& octets) {
    return carry_out(transfer_.step(Received{client, octets}, now));
  }
  /// Until it would act by itself.
  std::string wait() {
    now = wake_at;
    return carry_out(transfer_.step(TimePassed{}, now));
  }

  Instant now{seconds(1000)};
  Instant wake_at = never;
  std::optional<Outcome> ended;
  bool unreadable = false;
  [[nodiscard]] bool alive() const { return transfer_.alive(); }
  [[nodiscard]] seconds until_wake() const {
    return std::chrono::duration_cast<seconds>(wake_at - now);
  }

 private:
  std::string carry_out(Actions actions) {
    if (actions.read) {
      EXPECT_TRUE(actions.sends.empty());
      if (unreadable) {
        actions = transfer_.step(FileUnreadable{}, now);
      } else {
        const auto begin = std::min<std::size_t>(actions.read->offset, file_.size());
        const auto length = std::min(actions.read->length, file_.size() - begin);
        actions = transfer_.step(FileOctets{Octets(file_).subspan(begin, length)}, now);
      }
    }
    wake_at = actions.wake_at;
    ended = actions.ended;
    std::string words;
    for (const auto& send : actions.sends) words += (words.empty() ? "" : ", ") + word(send);
    return words;
  }

  static std::string word(const Datagram& send) {
    const auto packet = decode(send.octets);
    if (const auto* data = std::get_if<Data>(&*packet))
      return "DATA " + std::to_string(data->block) + " " + std::to_string(data->payload.size());
    if (const auto* error = std::get_if<Error>(&*packet))
      return "ERROR " + std::to_string(static_cast<int>(error->code)) +
             (send.to == client ? "" : " to " + to_text(send.to));
    std::string words = "OACK";
    for (const auto& [name, value] : std::get<OptionAck>(*packet).options)
      words.append(" ").append(name).append("=").append(value);
    return words;
  }

  std::vector<std::uint8_t> file_;
  Transfer transfer_;
};

// RFC 1350 2
TEST(TftpTransfer, SendsTheFirstBlockAtOnceWhereThereAreNoOptions) {
  Conversation it(1000, {});
  EXPECT_EQ(it.start(), "DATA 1 512");
  EXPECT_EQ(it.ack(1), "DATA 2 488");
  EXPECT_EQ(it.ack(2), "");
  EXPECT_EQ(it.ended, Outcome::complete);
}

// RFC 1350 6
TEST(TftpTransfer, EndsAnExactMultipleWithAnEmptyBlock) {
  Conversation it(1024, {});
  it.start();
  EXPECT_EQ(it.ack(1), "DATA 2 512");
  EXPECT_EQ(it.ack(2), "DATA 3 0");
  EXPECT_FALSE(it.ended);
  EXPECT_EQ(it.ack(3), "");
  EXPECT_EQ(it.ended, Outcome::complete);
}

// RFC 2347: the client acknowledges options with block 0
TEST(TftpTransfer, AcknowledgesOptionsFirst) {
  Conversation it(20, {{"blksize", "16"}, {"tsize", "0"}});
  EXPECT_EQ(it.start(), "OACK blksize=16 tsize=20");
  EXPECT_EQ(it.ack(1), "");
  EXPECT_EQ(it.ack(0), "DATA 1 16");
  EXPECT_EQ(it.ack(0), "");
  EXPECT_EQ(it.ack(1), "DATA 2 4");
}

// RFC 7440 4
TEST(TftpTransfer, SendsAWindowAndThenTheNext) {
  Conversation it(8 * 7 + 3, {{"blksize", "8"}, {"windowsize", "3"}});
  it.start();
  EXPECT_EQ(it.ack(0), "DATA 1 8, DATA 2 8, DATA 3 8");
  EXPECT_EQ(it.ack(3), "DATA 4 8, DATA 5 8, DATA 6 8");
  EXPECT_EQ(it.ack(6), "DATA 7 8, DATA 8 3");
  EXPECT_EQ(it.ack(8), "");
  EXPECT_EQ(it.ended, Outcome::complete);
}

// RFC 7440 4: a client that missed a block acknowledges the one before
TEST(TftpTransfer, BeginsTheWindowBehindTheLastBlockThatCame) {
  Conversation it(1000, {{"blksize", "8"}, {"windowsize", "4"}});
  it.start();
  it.ack(0);
  EXPECT_EQ(it.ack(2), "DATA 3 8, DATA 4 8, DATA 5 8, DATA 6 8");
}

TEST(TftpTransfer, SendsTheWindowAgainWhenItsFirstBlockWasLost) {
  Conversation it(1000, {{"blksize", "8"}, {"windowsize", "2"}});
  it.start();
  it.ack(0);
  EXPECT_EQ(it.ack(2), "DATA 3 8, DATA 4 8");
  EXPECT_EQ(it.ack(2), "DATA 3 8, DATA 4 8");
}

// Sorcerer's Apprentice among windows: each repetition would make the next.
TEST(TftpTransfer, DoesNotTakeTheEchoOfARepeatedWindowForALoss) {
  Conversation it(1000, {{"blksize", "8"}, {"windowsize", "2"}});
  it.start();
  it.ack(0);
  it.ack(2);
  it.ack(2);  // 3 and 4 are sent twice, so the client acknowledges 4 twice
  EXPECT_EQ(it.ack(4), "DATA 5 8, DATA 6 8");
  EXPECT_EQ(it.ack(4), "");
  EXPECT_EQ(it.ack(6), "DATA 7 8, DATA 8 8");
  EXPECT_EQ(it.ack(6), "DATA 7 8, DATA 8 8") << "the echo has died down";
}

TEST(TftpTransfer, SendsAWindowAgainOnceOnly) {
  Conversation it(1000, {{"blksize", "8"}, {"windowsize", "2"}});
  it.start();
  it.ack(0);
  it.ack(2);
  it.ack(2);
  EXPECT_EQ(it.ack(2), "");
}

// RFC 1123 4.2.3.1
TEST(TftpTransfer, IgnoresDuplicatesOfAnAcknowledgement) {
  Conversation it(2000, {});
  it.start();
  EXPECT_EQ(it.ack(1), "DATA 2 512");
  EXPECT_EQ(it.ack(1), "");
  EXPECT_EQ(it.ack(0), "");
}

TEST(TftpTransfer, IgnoresAcknowledgementsOfWhatWasNotSent) {
  Conversation it(5000, {});
  it.start();
  for (const int block : {2, 3, 100, 0x8000, 0xffff})
    EXPECT_EQ(it.ack(static_cast<std::uint16_t>(block)), "") << block;
  EXPECT_EQ(it.ack(1), "DATA 2 512");
}

TEST(TftpTransfer, IgnoresWhatAClientDoesNotSay) {
  Conversation it(5000, {});
  it.start();
  EXPECT_EQ(it.packet(Data{1, {}}), "");
  EXPECT_EQ(it.packet(Request{false, "a", Mode::octet, {}}), "");
  EXPECT_EQ(it.packet(OptionAck{}), "");
  EXPECT_EQ(it.octets({}), "");
  EXPECT_EQ(it.octets({0, 4, 0}), "");
  EXPECT_EQ(it.octets({0, 9, 0, 1}), "");
  EXPECT_FALSE(it.ended);
}

TEST(TftpTransfer, GoesOnWhereTheNumbersOfBlocksBeginAgain) {
  constexpr std::size_t blocks = 70'000;
  Conversation it(blocks * 8, {{"blksize", "8"}});
  it.start();
  auto sent = it.ack(0);
  for (std::size_t block = 1; block <= blocks; ++block) {
    const auto number = static_cast<std::uint16_t>(block);
    ASSERT_EQ(sent, "DATA " + std::to_string(number) + " 8");
    sent = it.ack(number);
  }
  EXPECT_EQ(sent, "DATA " + std::to_string((blocks + 1) % 65536) + " 0");
}

TEST(TftpTransfer, KeepsAWindowWholeWhereTheNumbersBeginAgain) {
  Conversation it(70'000 * 8, {{"blksize", "8"}, {"windowsize", "5"}});
  it.start();
  it.ack(0);
  for (std::uint16_t block = 5; block < 65530; block = static_cast<std::uint16_t>(block + 5))
    it.ack(block);
  EXPECT_EQ(it.ack(65530), "DATA 65531 8, DATA 65532 8, DATA 65533 8, DATA 65534 8, DATA 65535 8");
  EXPECT_EQ(it.ack(65533), "DATA 65534 8, DATA 65535 8, DATA 0 8, DATA 1 8, DATA 2 8");
  EXPECT_EQ(it.ack(0), "DATA 1 8, DATA 2 8, DATA 3 8, DATA 4 8, DATA 5 8");
}

TEST(TftpTransfer, SendsAgainWithGrowingPauses) {
  Conversation it(1000, {});
  it.start();
  it.ack(1);
  std::vector<seconds> pauses;
  while (true) {
    pauses.push_back(it.until_wake());
    const auto sent = it.wait();
    if (it.ended) break;
    EXPECT_EQ(sent, "DATA 2 488");
  }
  EXPECT_EQ(it.ended, Outcome::silent);
  EXPECT_EQ(pauses, (std::vector<seconds>{seconds(1), seconds(2), seconds(4), seconds(8),
                                          seconds(8), seconds(8)}));
}

// RFC 2349
TEST(TftpTransfer, KeepsToTheTimeoutOfTheClient) {
  Conversation it(1000, {{"timeout", "3"}});
  it.start();
  it.ack(0);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(it.until_wake(), seconds(3));
    EXPECT_EQ(it.wait(), "DATA 1 512");
  }
}

TEST(TftpTransfer, BeginsToCountAnewWithEachBlockThatArrives) {
  Conversation it(5000, {});
  it.start();
  for (std::uint16_t block = 1; block < 9; ++block) {
    it.wait();
    it.wait();
    it.ack(block);
    EXPECT_EQ(it.until_wake(), seconds(1));
  }
  EXPECT_FALSE(it.ended);
}

TEST(TftpTransfer, DoesNotLetDuplicatesKeepItAlive) {
  Conversation it(5000, {});
  it.start();
  it.ack(1);
  for (int i = 0; i < 6; ++i) {
    it.ack(1);
    it.wait();
  }
  EXPECT_EQ(it.ended, Outcome::silent);
}

TEST(TftpTransfer, DoesNothingBeforeItsTime) {
  Conversation it(5000, {});
  it.start();
  it.wake_at = it.now + milliseconds(999);
  EXPECT_EQ(it.wait(), "");
  EXPECT_EQ(it.until_wake(), seconds(0));
}

// The issue: transfers that never acknowledge
TEST(TftpTransfer, GivesAClientThatNeverAcknowledgesHalfAMinute) {
  Conversation it(5000, {{"timeout", "255"}});
  it.start();
  const auto begin = it.now;
  it.wait();
  EXPECT_EQ(it.ended, Outcome::silent);
  EXPECT_EQ(it.now - begin, seconds(30));
}

// RFC 1350 4
TEST(TftpTransfer, AnswersAStrangerWithoutDisturbance) {
  Conversation it(5000, {});
  it.start();
  EXPECT_EQ(it.ack(1, stranger), "ERROR 5 to 192.0.2.66:2070");
  EXPECT_EQ(it.ack(1, {client.address, 2071}), "ERROR 5 to 192.0.2.10:2071");
  EXPECT_EQ(it.ack(1), "DATA 2 512");
}

TEST(TftpTransfer, NeitherHeedsNorAnswersTheErrorsOfAStranger) {
  Conversation it(5000, {});
  it.start();
  EXPECT_EQ(it.packet(Error{ErrorCode::unknown_transfer, ""}, stranger), "");
  EXPECT_FALSE(it.ended);
}

TEST(TftpTransfer, EndsWithAnErrorOfTheClient) {
  Conversation it(5000, {{"tsize", "0"}});
  it.start();
  EXPECT_EQ(it.packet(Error{ErrorCode::options, "size is enough"}), "");
  EXPECT_EQ(it.ended, Outcome::aborted);
}

TEST(TftpTransfer, SaysThatTheFileCannotBeRead) {
  Conversation it(5000, {});
  it.start();
  it.unreadable = true;
  EXPECT_EQ(it.ack(1), "ERROR 0");
  EXPECT_EQ(it.ended, Outcome::unreadable);
}

// PXE ROMs ask from the same port each time.
TEST(TftpTransfer, KnowsARepeatedRequestFromAClientThatBeganAnew) {
  Conversation it(5000, {});
  it.start();
  it.wait();
  EXPECT_TRUE(it.alive()) << "the first block may have been lost";
  it.ack(1);
  EXPECT_TRUE(it.alive()) << "the request was late";
  it.wait();
  EXPECT_FALSE(it.alive());
}

TEST(TftpTransfer, ConvertsAndCutsTheSameWhenItSendsAgain) {
  Conversation it(3000, {{"blksize", "512"}, {"windowsize", "4"}}, Mode::netascii);
  it.start();
  it.ack(0);
  const auto second = it.ack(2);
  EXPECT_EQ(it.wait(), second);
}

}  // namespace
}  // namespace winsome::tftp
