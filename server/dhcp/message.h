#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/dhcp/client.h"
#include "server/dhcp/decode_error.h"
#include "server/dhcp/option_set.h"

namespace winsome::dhcp {

inline constexpr std::uint16_t server_port = 67;
inline constexpr std::uint16_t client_port = 68;

/// What every client must take (RFC 2131 2), and the least that BOOTP sends (RFC 951 3).
inline constexpr std::size_t message_size_default = 548;  // 576 less the headers of IP and UDP
inline constexpr std::size_t message_size_min = 300;
/// What leaves on Ethernet without fragments; option 57 of a client may ask for less.
inline constexpr std::size_t message_size_max = 1472;
/// What is received at all.
inline constexpr std::size_t received_size_max = 4096;

enum class Op : std::uint8_t { request = 1, reply = 2 };

/// Option 53 (RFC 2132 9.6); none: BOOTP.
enum class MessageType : std::uint8_t {
  none = 0,
  discover = 1,
  offer = 2,
  request = 3,
  decline = 4,
  ack = 5,
  nak = 6,
  release = 7,
  inform = 8
};

/// RFC 2131 figure 1. Option 53 is `type`, not in `options`; the file and server name are those of
/// their fields also when options overload them (then they come from options 67 and 66).
struct Message {
  Op op = Op::request;
  MessageType type = MessageType::none;
  HardwareAddress hardware;
  std::uint8_t hops = 0;
  std::uint32_t xid = 0;
  std::uint16_t secs = 0;
  bool broadcast = false;
  Ipv4 ciaddr;
  Ipv4 yiaddr;
  Ipv4 siaddr;
  Ipv4 giaddr;
  std::string server_name;  // at most 63 octets
  std::string boot_file;    // at most 127 octets
  bool has_cookie = true;   // the vendor area is RFC 1048's; BOOTP clients may have none
  OptionSet options;
  friend bool operator==(const Message&, const Message&) = default;
};

/// A datagram of port 67 or 68. Messages of BOOTP may lack the magic cookie or be short of the
/// vendor area; those of DHCP may not. An end option may be missing; what is behind it is ignored.
[[nodiscard]] Result<Message, DecodeError> decode(Octets datagram);

struct Encoded {
  std::vector<std::uint8_t> octets;  // at least 300
  std::size_t omitted = 0;           // options that found no room
};

/// At most `limit` octets (300 at least). Options go out in their order, option 53 first and 82
/// last (RFC 3046 2.1); longer than 255 octets in parts (RFC 3396). What does not fit goes into the
/// fields file and sname when those are empty (option 52; not for BOOTP, which knows none). What
/// then finds no room is left out whole; who comes first chooses first. 53, 51, 54 and 82 are never
/// left out, and stand in the options field: where they alone pass the limit, they do, for a relay
/// takes its 82 off again. Names that are longer than their field go into options 66 and 67 unless
/// those are there.
[[nodiscard]] Encoded encode(const Message& message, std::size_t limit);

/// Several lines, as golden files and `winsome` show it.
[[nodiscard]] std::string to_text(const Message& message);

[[nodiscard]] std::string_view to_text(MessageType type);  // "DISCOVER"; none: "BOOTP"

}  // namespace winsome::dhcp
