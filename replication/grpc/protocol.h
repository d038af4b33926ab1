#pragma once

#include <string>

#include "winsome/replication/v1/replication.pb.h"

namespace winsome::transport {

namespace v1 = replication::v1;

inline constexpr std::uint32_t protocol_major = 1;
inline constexpr std::uint32_t protocol_minor = 0;

/// Of a request or response.
template <class Message>
void set_version(Message& message) {
  message.mutable_protocol_version()->set_major(protocol_major);
  message.mutable_protocol_version()->set_minor(protocol_minor);
}

template <class Message>
[[nodiscard]] bool speaks_ours(const Message& message) {
  return message.protocol_version().major() == protocol_major;
}

/// What one of the two servers says of the other: `it speaks version 2 of the replication protocol,
/// and this server version 1`.
[[nodiscard]] inline std::string words_for_other_version(const v1::ProtocolVersion& theirs) {
  return "it speaks version " + std::to_string(theirs.major()) +
         " of the replication protocol, and this server version " + std::to_string(protocol_major);
}

}  // namespace winsome::transport
