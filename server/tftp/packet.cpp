#include "server/tftp/packet.h"

#include <algorithm>
#include <optional>

#include "server/core/check.h"

namespace winsome::tftp {
namespace {

/// Up to the next NUL, which is taken too.
std::optional<std::string> read_text(ByteReader& in) {
  const auto rest = in.whole().subspan(in.offset());
  const auto end = std::ranges::find(rest, 0);
  if (end == rest.end()) return std::nullopt;
  const auto text = in.take(static_cast<std::size_t>(end - rest.begin()));
  in.take(1);
  return std::string(text.begin(), text.end());
}

bool only_zeros(const ByteReader& in) {
  return std::ranges::all_of(in.whole().subspan(in.offset()),
                             [](auto octet) { return octet == 0; });
}

Result<std::vector<Option>, DecodeError> read_options(ByteReader& in) {
  std::vector<Option> options;
  while (!only_zeros(in)) {
    if (options.size() == options_max) return fail(DecodeError::too_many_options);
    auto name = read_text(in);
    auto value = name ? read_text(in) : std::nullopt;
    if (!value) return fail(DecodeError::unterminated);
    options.emplace_back(std::move(*name), std::move(*value));
  }
  return options;
}

std::optional<Mode> parse_mode(std::string_view text) {
  if (same_word(text, "octet")) return Mode::octet;
  if (same_word(text, "netascii")) return Mode::netascii;
  return std::nullopt;
}

Result<Packet, DecodeError> decode_request(bool write, ByteReader& in) {
  if (in.whole().size() > request_size_max) return fail(DecodeError::too_long);
  auto file = read_text(in);
  const auto mode_text = file ? read_text(in) : std::nullopt;
  if (!mode_text) return fail(DecodeError::unterminated);
  const auto mode = parse_mode(*mode_text);
  if (!mode) return fail(DecodeError::unknown_mode);
  auto options = read_options(in);
  if (!options) return fail(options.error());
  return Request{write, std::move(*file), *mode, std::move(*options)};
}

Result<Packet, DecodeError> decode_data(ByteReader& in) {
  const auto block = in.u16();
  if (!in.ok()) return fail(DecodeError::truncated);
  return Data{block, in.take(in.remaining())};
}

/// What stands behind the number is of no use and was seen in the wild: it is let pass.
Result<Packet, DecodeError> decode_ack(ByteReader& in) {
  const auto block = in.u16();
  if (!in.ok()) return fail(DecodeError::truncated);
  return Ack{block};
}

/// The message of an ERROR ends with the datagram where its NUL is missing: it ends the transfer
/// all the same.
Result<Packet, DecodeError> decode_error(ByteReader& in) {
  const auto code = in.u16();
  if (!in.ok()) return fail(DecodeError::truncated);
  const auto text = in.take(in.remaining());
  return Error{static_cast<ErrorCode>(code), {text.begin(), std::ranges::find(text, 0)}};
}

Result<Packet, DecodeError> decode_option_ack(ByteReader& in) {
  auto options = read_options(in);
  if (!options) return fail(options.error());
  return OptionAck{std::move(*options)};
}

class Encoder {
 public:
  std::vector<std::uint8_t> operator()(const Request& request) {
    opcode(request.write ? Opcode::wrq : Opcode::rrq);
    text(request.file);
    text(request.mode == Mode::octet ? "octet" : "netascii");
    options(request.options);
    return std::move(octets_);
  }
  std::vector<std::uint8_t> operator()(const Data& data) {
    octets_.reserve(data_header_size + data.payload.size());
    opcode(Opcode::data);
    u16(data.block);
    octets_.insert(octets_.end(), data.payload.begin(), data.payload.end());
    return std::move(octets_);
  }
  std::vector<std::uint8_t> operator()(const Ack& ack) {
    opcode(Opcode::ack);
    u16(ack.block);
    return std::move(octets_);
  }
  std::vector<std::uint8_t> operator()(const Error& error) {
    opcode(Opcode::error);
    u16(static_cast<std::uint16_t>(error.code));
    text(error.message);
    return std::move(octets_);
  }
  std::vector<std::uint8_t> operator()(const OptionAck& ack) {
    opcode(Opcode::oack);
    options(ack.options);
    return std::move(octets_);
  }

 private:
  void u16(std::uint16_t value) {
    octets_.push_back(static_cast<std::uint8_t>(value >> 8));
    octets_.push_back(static_cast<std::uint8_t>(value));
  }
  void opcode(Opcode value) { u16(static_cast<std::uint8_t>(value)); }
  void text(std::string_view value) {
    check(!value.contains('\0'), "a text of TFTP has no NUL");
    octets_.insert(octets_.end(), value.begin(), value.end());
    octets_.push_back(0);
  }
  void options(const std::vector<Option>& list) {
    for (const auto& option : list) {
      text(option.name);
      text(option.value);
    }
  }

  std::vector<std::uint8_t> octets_;
};

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

Result<Packet, DecodeError> decode(Octets datagram) {
  ByteReader in(datagram);
  const auto opcode = in.u16();
  if (!in.ok()) return fail(DecodeError::truncated);
  switch (opcode) {
    case static_cast<std::uint16_t>(Opcode::rrq): return decode_request(false, in);
    case static_cast<std::uint16_t>(Opcode::wrq): return decode_request(true, in);
    case static_cast<std::uint16_t>(Opcode::data): return decode_data(in);
    case static_cast<std::uint16_t>(Opcode::ack): return decode_ack(in);
    case static_cast<std::uint16_t>(Opcode::error): return decode_error(in);
    case static_cast<std::uint16_t>(Opcode::oack): return decode_option_ack(in);
    default: return fail(DecodeError::unknown_opcode);
  }
}

std::vector<std::uint8_t> encode(const Packet& packet) {
  return std::visit(Encoder(), packet);
}

std::string_view to_text(DecodeError error) {
  switch (error) {
    case DecodeError::truncated: return "the packet is cut short";
    case DecodeError::unknown_opcode: return "unknown operation";
    case DecodeError::unterminated: return "a text has no end";
    case DecodeError::unknown_mode: return "unknown transfer mode";
    case DecodeError::too_long: return "the request is too long";
    case DecodeError::too_many_options: return "too many options";
  }
  return {};
}

}  // namespace winsome::tftp
