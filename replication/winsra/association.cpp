#include "replication/winsra/association.h"

#include <algorithm>
#include <utility>

#include "replication/winsra/wire.h"
#include "server/core/check.h"

namespace winsome::winsra {
namespace {

/// Length word, header and opcode: with these it is known what a frame is.
constexpr std::size_t identified_length = length_word + header_length + 4;

/// The whole frame that begins with these octets, once there are enough to say.
std::size_t frame_length(Octets start) {
  return length_word + ByteReader(start).u32();
}

/// How many octets are missing from the frame, or from its length word.
std::size_t missing(Octets start) {
  return (start.size() < length_word ? length_word : frame_length(start)) - start.size();
}

bool begins_notification(Octets start) {
  ByteReader in(start, length_word);
  const auto header = read_header(in);
  return header.type == type_replication && is_notification(in.u32());
}

/// Responses are for those who asked.
bool take_one(std::size_t& awaited) {
  if (awaited == 0) return false;
  --awaited;
  return true;
}

}  // namespace

Association::Association(Side side, Handle handle) : side_(side), handle_(handle) {
  check(handle != 0, "a handle is 0, which addresses nobody");
  if (side == Side::connecting) output_ = winsra::encode(0, StartRequest{.sender = handle});
}

Result<void, DecodeError> Association::receive(Octets octets) {
  while (!octets.empty() && !failure_) octets = receive_some(octets);
  if (failure_) return fail(*failure_);
  return {};
}

/// Takes one frame or a piece of one; the rest is left. A frame that is whole is not copied.
Octets Association::receive_some(Octets octets) {
  if (buffer_.empty() && octets.size() >= length_word) {
    failure_ = flaw(octets);
    if (failure_) return {};
    const auto length = frame_length(octets);
    if (octets.size() >= length) {
      accept(octets.first(length));
      return octets.subspan(length);
    }
  }
  const auto piece = octets.first(std::min(missing(buffer_), octets.size()));
  buffer_.insert(buffer_.end(), piece.begin(), piece.end());
  if (buffer_.size() >= length_word) {
    failure_ = flaw(buffer_);
    // The exchange gives the memory of a large response back.
    if (!failure_ && missing(buffer_) == 0) accept(std::exchange(buffer_, {}));
  }
  return octets.subspan(piece.size());
}

std::optional<Message> Association::next() {
  if (messages_.empty()) return std::nullopt;
  auto message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

std::optional<Handle> Association::next_stray() {
  if (strays_.empty()) return std::nullopt;
  const auto handle = strays_.front();
  strays_.pop_front();
  return handle;
}

std::vector<std::uint8_t> Association::take_output() {
  return std::exchange(output_, {});
}

std::vector<std::uint8_t> Association::encode(const Message& message) {
  check(established(), "a message before the association is established");
  if (std::holds_alternative<MapRequest>(message)) ++awaited_maps_;
  if (std::holds_alternative<NamesRequest>(message)) ++awaited_names_;
  return winsra::encode(*peer_, message);
}

/// Why the frame that begins with `start` cannot be. The answer depends on where the frame stands
/// among the others, but not on how they were cut into pieces.
std::optional<DecodeError> Association::flaw(Octets start) const {
  const auto length = frame_length(start) - length_word;
  if (length < header_length) return DecodeError::too_short;
  if (length <= request_length_max) return std::nullopt;
  if (!established()) return DecodeError::too_long;
  if (awaited_maps_ + awaited_names_ > 0 && length <= response_length_max) return std::nullopt;
  if (length > notification_length_max) return DecodeError::too_long;
  if (start.size() >= identified_length && !begins_notification(start))
    return DecodeError::too_long;
  return std::nullopt;
}

void Association::accept(Octets frame) {
  const auto body = frame.subspan(length_word);
  ByteReader in(body);
  const auto header = read_header(in);
  if ((header.reserved & association_bits) == 0) return ignore(Ignored::no_association_bits);
  if (!addressed_to_us(header.destination, header.type == type_start_request)) {
    const bool asks = established() && !stopped_ && header.type == type_replication &&
                      header.destination != 0 && body.size() < request_length_max &&
                      strays_.size() < strays_max;
    const auto decoded =
        asks ? decode(body) : Result<Frame, DecodeError>(fail(DecodeError::unknown_type));
    if (decoded && std::holds_alternative<MapRequest>(decoded->message))
      strays_.push_back(header.destination);
    return ignore(Ignored::foreign_handle);
  }

  auto decoded = decode(body);
  if (decoded) {
    if (const auto reason = handle(std::move(decoded->message))) ignore(*reason);
  } else if (decoded.error() == DecodeError::unknown_type ||
             decoded.error() == DecodeError::unknown_opcode) {
    ignore(Ignored::unknown_message);
  } else {
    failure_ = decoded.error();
  }
}

/// A start request may name anybody; else our handle is good once we gave it, until a stop.
bool Association::addressed_to_us(Handle destination, bool start_request) const {
  if (stopped_) return false;
  if (start_request) return true;
  return destination == handle_ && (established() || side_ == Side::connecting);
}

std::optional<Ignored> Association::handle(Message message) {
  if (const auto* request = std::get_if<StartRequest>(&message)) return start(*request);
  if (const auto* response = std::get_if<StartResponse>(&message)) return start(*response);
  if (!established()) return Ignored::out_of_turn;
  if (std::holds_alternative<MapResponse>(message) && !take_one(awaited_maps_))
    return Ignored::out_of_turn;
  if (std::holds_alternative<NamesResponse>(message) && !take_one(awaited_names_))
    return Ignored::out_of_turn;
  if (std::holds_alternative<Stop>(message)) {
    stopped_ = true;
    awaited_maps_ = awaited_names_ = 0;
  }
  messages_.push_back(std::move(message));
  return std::nullopt;
}

/// Repeated, it gets the same handle again.
std::optional<Ignored> Association::start(const StartRequest& request) {
  if (side_ != Side::accepting) return Ignored::out_of_turn;
  if (request.major != version_major) return Ignored::other_version;
  peer_ = request.sender;
  minor_ = request.minor;
  const auto answer = winsra::encode(request.sender, StartResponse{.sender = handle_});
  output_.insert(output_.end(), answer.begin(), answer.end());
  return std::nullopt;
}

std::optional<Ignored> Association::start(const StartResponse& response) {
  if (side_ != Side::connecting || established()) return Ignored::out_of_turn;
  if (response.major != version_major) return Ignored::other_version;
  peer_ = response.sender;
  minor_ = response.minor;
  return std::nullopt;
}

std::string_view to_text(Ignored reason) {
  switch (reason) {
    case Ignored::no_association_bits: return "no association bits";
    case Ignored::foreign_handle: return "foreign handle";
    case Ignored::other_version: return "other version";
    case Ignored::unknown_message: return "unknown message";
    case Ignored::out_of_turn: return "out of turn";
  }
  return "unknown reason";
}

}  // namespace winsome::winsra
