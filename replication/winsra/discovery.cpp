#include "replication/winsra/discovery.h"

#include "replication/winsra/wire.h"
#include "server/core/check.h"

namespace winsome::winsra {
namespace {

// All fields but the addresses are little-endian.
constexpr std::uint32_t signature = 0xabcd;  // what we write
constexpr std::uint32_t signature_last = 0xabcf;
constexpr std::uint32_t opcode_up = 0;
constexpr std::uint32_t opcode_down = 1;  // and whatever is not 0

constexpr std::size_t fixed_length = 8;
constexpr std::size_t address_length = 4;

}  // namespace

Result<Announcement, DecodeError> decode_announcement(Octets datagram) {
  ByteReader in(datagram);
  const auto signed_with = u32_le(in);
  const auto opcode = u32_le(in);
  if (!in.ok()) return fail(DecodeError::truncated);
  if (signed_with < signature || signed_with > signature_last)
    return fail(DecodeError::bad_signature);

  Announcement announcement{opcode == opcode_up, {}};
  while (in.remaining() >= address_length && announcement.addresses.size() < announced_max) {
    const Ipv4 address(in.u32());
    if (address.unspecified()) break;
    if (address.is_host()) announcement.addresses.push_back(address);
  }
  return announcement;
}

std::vector<std::uint8_t> encode(const Announcement& announcement) {
  std::vector<std::uint8_t> datagram(fixed_length +
                                     address_length * (announcement.addresses.size() + 1));
  ByteWriter out(datagram);
  u32_le(out, signature);
  u32_le(out, announcement.up ? opcode_up : opcode_down);
  for (const auto address : announcement.addresses) out.u32(address.value());
  out.u32(0);
  check(out.ok(), "an announcement does not fit");
  return datagram;
}

std::string to_text(const Announcement& announcement) {
  std::string text = announcement.up ? "up" : "down";
  for (std::size_t i = 0; i < announcement.addresses.size(); ++i) {
    text += i == 0 ? " " : ", ";
    text += to_text(announcement.addresses[i]);
  }
  return text;
}

}  // namespace winsome::winsra
