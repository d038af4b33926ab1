// An association makes the same of what it receives, however that is cut into pieces.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "replication/winsra/association.h"
#include "server/core/check.h"
#include "server/core/random.h"

namespace {

using namespace winsome;
using winsra::Association;

constexpr winsra::Handle our_handle = 0x11223344;
constexpr winsra::Handle peer_handle = 0x55667788;

/// What an association made of a stream.
struct Outcome {
  std::optional<winsra::DecodeError> error;
  std::vector<winsra::Message> messages;
  std::vector<std::uint8_t> output;
  std::array<std::uint64_t, winsra::ignored_count> ignored{};
  bool established = false;
  bool in_a_frame = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Of the two sides, as they begin and as they are after asking for a map and for names.
Association association(unsigned mode) {
  const auto side = (mode & 1) != 0 ? Association::Side::connecting : Association::Side::accepting;
  Association made(side, our_handle);
  if ((mode & 2) == 0) return made;
  const auto handshake =
      side == Association::Side::accepting
          ? winsra::encode(0, winsra::StartRequest{.sender = peer_handle})
          : winsra::encode(our_handle, winsra::StartResponse{.sender = peer_handle});
  check(made.receive(handshake).has_value() && made.established(), "the handshake works");
  static_cast<void>(made.encode(winsra::MapRequest{}));
  static_cast<void>(made.encode(winsra::NamesRequest{}));
  return made;
}

/// `piece_length` says how much comes next.
template <class PieceLength>
Outcome outcome(unsigned mode, Octets stream, PieceLength piece_length) {
  auto made = association(mode);
  Outcome outcome;
  do {
    const auto piece = stream.first(std::min<std::size_t>(piece_length(), stream.size()));
    const auto received = made.receive(piece);
    if (!received) outcome.error = received.error();
    while (auto message = made.next()) outcome.messages.push_back(std::move(*message));
    stream = stream.subspan(piece.size());
  } while (!stream.empty());
  outcome.output = made.take_output();
  outcome.established = made.established();
  // What is left over behind an error differs, and nobody asks.
  outcome.in_a_frame = !outcome.error && made.in_a_frame();
  for (std::size_t i = 0; i < outcome.ignored.size(); ++i)
    outcome.ignored[i] = made.ignored(static_cast<winsra::Ignored>(i));
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned mode = data[0];
  const Octets stream(data + 1, size - 1);

  const auto whole = outcome(mode, stream, [size] { return size; });
  check(whole == outcome(mode, stream, [] { return 1; }), "octet by octet it is the same");
  Random random(mode * 65'537U + size);
  check(whole == outcome(mode, stream, [&random] { return 1 + random.below(40); }),
        "in pieces of any length it is the same");
  return 0;
}
