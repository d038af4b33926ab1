#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "replication/winsra/message.h"

namespace winsome::winsra {

/// Frames that are well-formed and mean nothing to us.
enum class Ignored : std::uint8_t {
  no_association_bits,  // what Windows takes for something else
  foreign_handle,   // not the one we gave on this connection, or before a start, or after a stop
  other_version,    // major version
  unknown_message,  // type or opcode
  out_of_turn,      // a second answer to one start, a response that nobody asked for
};
inline constexpr std::size_t ignored_count = 5;

/// `foreign handle`: for counters and logs.
[[nodiscard]] std::string_view to_text(Ignored reason);

/// One TCP connection of the WINS replication protocol, without the connection: octets in, messages
/// out, and back (fact base C2). The transport feeds it and sends what it encodes. After an error
/// the connection is of no use.
class Association {
 public:
  /// Requests are small. Only notifications of very many owners, and answers that we asked for, may
  /// be larger. Before a start nothing may.
  static constexpr std::size_t request_length_max = std::size_t{64} << 10;
  static constexpr std::size_t notification_length_max = 24 + 24 * replication::owners_max;
  static constexpr std::size_t response_length_max = std::size_t{16} << 20;

  static constexpr std::size_t strays_max = 8;

  enum class Side : std::uint8_t { connecting, accepting };

  /// `handle` is what the peer has to address us by: random, not 0, and not used again soon. Who
  /// connects finds a start request in `take_output`.
  Association(Side side, Handle handle);

  /// Takes what arrived, cut anywhere. A malformed frame ends it, and is the answer from then on;
  /// what was whole before it is in
  /// `next`, which the caller empties each time.
  [[nodiscard]] Result<void, DecodeError> receive(Octets octets);

  /// The next message that the handshake does not consume itself. Responses only answer requests
  /// that `encode` has seen, as many as it has; to which of them is the caller's to know. After a
  /// stop nothing comes.
  [[nodiscard]] std::optional<Message> next();

  /// A map request that came here and bears the handle of another association. Windows answers it
  /// where it belongs, as smbtorture's assoc_ctx1 has it; the caller knows whether it is the same
  /// peer's.
  [[nodiscard]] std::optional<Handle> next_stray();

  /// What the handshake wants sent, whole frames; emptied by the call.
  [[nodiscard]] std::vector<std::uint8_t> take_output();

  /// A frame for the peer; only once `established`.
  [[nodiscard]] std::vector<std::uint8_t> encode(const Message& message);

  [[nodiscard]] bool established() const { return peer_.has_value(); }
  [[nodiscard]] bool may_persist() const { return minor_ >= version_minor_persistent; }
  [[nodiscard]] std::uint64_t ignored(Ignored reason) const {
    return ignored_[static_cast<std::size_t>(reason)];
  }
  /// Whether part of a frame is waiting for the rest.
  [[nodiscard]] bool in_a_frame() const { return !buffer_.empty(); }

 private:
  [[nodiscard]] std::optional<DecodeError> flaw(Octets start) const;
  [[nodiscard]] Octets receive_some(Octets octets);
  void accept(Octets frame);
  [[nodiscard]] bool addressed_to_us(Handle destination, bool start_request) const;
  [[nodiscard]] std::optional<Ignored> handle(Message message);
  [[nodiscard]] std::optional<Ignored> start(const StartRequest& request);
  [[nodiscard]] std::optional<Ignored> start(const StartResponse& response);
  void ignore(Ignored reason) { ++ignored_[static_cast<std::size_t>(reason)]; }

  Side side_;
  Handle handle_;
  std::optional<Handle> peer_;
  std::uint16_t minor_ = 0;
  bool stopped_ = false;
  std::size_t awaited_maps_ = 0;
  std::size_t awaited_names_ = 0;
  std::optional<DecodeError> failure_;
  std::vector<std::uint8_t> buffer_;  // the beginning of one frame
  std::vector<std::uint8_t> output_;
  std::deque<Message> messages_;
  std::deque<Handle> strays_;
  std::array<std::uint64_t, ignored_count> ignored_{};
};

}  // namespace winsome::winsra
