#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "server/core/instant.h"
#include "server/core/ipv4.h"
#include "server/tftp/block.h"
#include "server/tftp/negotiation.h"
#include "server/tftp/options.h"
#include "server/tftp/packet.h"

namespace winsome::tftp {

/// A client that acknowledges nothing at all, forged perhaps, is given up after this, whatever
/// timeout it chose.
inline constexpr seconds first_answer_max{30};

/// What came to the port of the transfer.
struct Received {
  Endpoint from;
  Octets datagram;
};

struct FileRange {
  std::uint64_t offset = 0;
  std::size_t length = 0;
};

/// The answer to Actions::read: fewer octets than were asked for only where the file ends.
struct FileOctets {
  Octets octets;
};
struct FileUnreadable {};

struct TimePassed {};

using Input = std::variant<Received, FileOctets, FileUnreadable, TimePassed>;

enum class Outcome : std::uint8_t {
  complete,    // the last block is acknowledged
  aborted,     // by an ERROR of the client; boot ROMs that only ask for the size do so
  silent,      // tried often enough
  unreadable,  // the file
};

struct Datagram {
  Endpoint to;
  std::vector<std::uint8_t> octets;
};

struct Actions {
  std::vector<Datagram> sends;
  std::optional<FileRange> read;  // wanted before any other input
  std::optional<Outcome> ended;
  Instant wake_at = never;
};

/// Sends one file to one client (RFC 1350, 2347, 7440). Has no file, socket or clock: whoever runs
/// it carries out the actions. Keeps no block: what has to be sent again is read again.
class Transfer {
 public:
  Transfer(const Endpoint& client, Mode mode, Terms terms, const Options& options);

  /// Once, before the first step.
  [[nodiscard]] Actions start(Instant now);
  [[nodiscard]] Actions step(const Input& input, Instant now);

  /// Another request of its client, word for word the same, is a late or repeated one, and not
  /// that of a client that was switched off and on again.
  [[nodiscard]] bool alive() const { return !answered_ || timeouts_ == 0; }

 private:
  enum class Stage : std::uint8_t { options, blocks, ended };

  void receive(const Received& received, Actions& actions);
  void acknowledge(std::uint16_t block, Actions& actions);
  void send_window(Octets octets, Actions& actions);
  void send_options(Actions& actions);
  void send_again(Actions& actions);
  void want_window(Actions& actions);
  void open_window(Actions& actions);
  void end(Outcome outcome, Actions& actions);
  void send(const Packet& packet, Actions& actions);
  void arm();

  Endpoint client_;
  Mode mode_;
  Terms terms_;
  seconds timeout_;
  unsigned tries_;

  Instant now_{};
  Stage stage_ = Stage::options;
  std::uint64_t first_ = 1;     // block of the window; counts on where the 16 bits begin again
  Position begin_;              // of that block
  std::vector<Position> ends_;  // of the blocks that were sent
  bool last_sent_ = false;      // the file ends with the window
  bool reading_ = false;
  bool answered_ = false;  // something was acknowledged
  bool may_rewind_ = false;
  unsigned sends_ = 0;     // of this window
  unsigned timeouts_ = 0;  // since something new was acknowledged
  Instant give_up_at_ = never;
  Instant wake_at_ = never;
};

[[nodiscard]] std::string_view to_text(Outcome outcome);

}  // namespace winsome::tftp
