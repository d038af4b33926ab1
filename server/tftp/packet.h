#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/core/byte_reader.h"
#include "server/core/result.h"

namespace winsome::tftp {

/// RFC 2347: the longest request.
inline constexpr std::size_t request_size_max = 512;
/// The longest that a server receives: an ERROR with a long message, after a request.
inline constexpr std::size_t received_size_max = 1024;
/// More options than there are; a request has room for 250 empty ones.
inline constexpr std::size_t options_max = 16;
inline constexpr std::size_t data_header_size = 4;

enum class Opcode : std::uint8_t { rrq = 1, wrq = 2, data = 3, ack = 4, error = 5, oack = 6 };

enum class ErrorCode : std::uint16_t {
  undefined = 0,
  not_found = 1,
  access = 2,
  disk_full = 3,
  illegal = 4,
  unknown_transfer = 5,
  exists = 6,
  no_such_user = 7,
  options = 8  // RFC 2347
};

enum class Mode : std::uint8_t { octet, netascii };

/// Modes and names of options compare without regard to case.
[[nodiscard]] bool same_word(std::string_view a, std::string_view b);

struct Option {
  std::string name;
  std::string value;
  friend bool operator==(const Option&, const Option&) = default;
};

struct Request {
  bool write = false;
  std::string file;
  Mode mode = Mode::octet;
  std::vector<Option> options;
  friend bool operator==(const Request&, const Request&) = default;
};

struct Data {
  std::uint16_t block = 0;
  Octets payload;  // of the datagram that was decoded
};

struct Ack {
  std::uint16_t block = 0;
};

struct Error {
  ErrorCode code = ErrorCode::undefined;
  std::string message;
};

struct OptionAck {
  std::vector<Option> options;
};

using Packet = std::variant<Request, Data, Ack, Error, OptionAck>;

enum class DecodeError : std::uint8_t {
  truncated,
  unknown_opcode,
  unterminated,  // a text without its NUL, or an option without a value
  unknown_mode,  // also mail, which is long obsolete
  too_long,
  too_many_options,
};

/// RFC 1350 5, RFC 2347. Zeros behind a request are padding, which some boot ROMs send.
[[nodiscard]] Result<Packet, DecodeError> decode(Octets datagram);
/// The texts must have no NUL.
[[nodiscard]] std::vector<std::uint8_t> encode(const Packet& packet);

/// "a text has no end": what the sender is told.
[[nodiscard]] std::string_view to_text(DecodeError error);

}  // namespace winsome::tftp
