#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "replication/engine/owner_map.h"
#include "replication/winsra/decode_error.h"
#include "replication/winsra/name_record.h"
#include "server/core/byte_reader.h"
#include "server/core/result.h"
#include "server/names/record.h"

namespace winsome::winsra {

/// Identifies one side of an association to the other (MS-WINSRA 2.2.2).
using Handle = std::uint32_t;

inline constexpr std::uint16_t version_major = 2;
inline constexpr std::uint16_t version_minor_nt4 = 1;         // no persistent associations
inline constexpr std::uint16_t version_minor_persistent = 5;  // Windows 2000 and later

/// 2.2.3
struct StartRequest {
  Handle sender = 0;
  std::uint16_t major = version_major;
  std::uint16_t minor = version_minor_persistent;
  friend bool operator==(const StartRequest&, const StartRequest&) = default;
};

/// 2.2.4
struct StartResponse {
  Handle sender = 0;
  std::uint16_t major = version_major;
  std::uint16_t minor = version_minor_persistent;
  friend bool operator==(const StartResponse&, const StartResponse&) = default;
};

enum class StopReason : std::uint32_t { normal = 0, error = 4 };

/// 2.2.5
struct Stop {
  StopReason reason = StopReason::normal;  // what is neither counts as error
  friend bool operator==(const Stop&, const Stop&) = default;
};

/// 2.2.6
struct MapRequest {
  friend bool operator==(const MapRequest&, const MapRequest&) = default;
};

/// 2.2.7. Decoding bounds how many owners there are, not what is said of them.
struct MapResponse {
  replication::OwnerMap owners;
  friend bool operator==(const MapResponse&, const MapResponse&) = default;
};

/// 2.2.8: the range is inclusive; a maximum of 0 is no bound.
struct NamesRequest {
  replication::OwnerRange range;
  friend bool operator==(const NamesRequest&, const NamesRequest&) = default;
};

/// 2.2.9. The owner of the records is the one that was asked for: see `decode_record` for what the
/// caller has to fill in.
struct NamesResponse {
  std::vector<names::Record> records;  // encoding leaves out those that have no encoding
  bool replicas = false;               // they are not the sender's own
  RecordFaults faults{};               // what decoding met; not encoded

  /// How many records are missing because they cannot be.
  [[nodiscard]] std::uint64_t skipped() const;
  friend bool operator==(const NamesResponse&, const NamesResponse&) = default;
};

/// 2.2.10: opcodes 4, 5, 8, 9.
struct UpdateNotification {
  replication::OwnerMap owners;
  Ipv4 initiator;
  bool persistent = false;
  bool propagate = false;
  friend bool operator==(const UpdateNotification&, const UpdateNotification&) = default;
};

using Message = std::variant<StartRequest, StartResponse, Stop, MapRequest, MapResponse,
                             NamesRequest, NamesResponse, UpdateNotification>;

struct Frame {
  Handle destination = 0;  // as the receiver issued it; 0 in a start request
  Message message;
  friend bool operator==(const Frame&, const Frame&) = default;
};

/// Decodes what follows the length word of a frame (fact base C2–C4). Reserved fields and trailing
/// octets are ignored. Allocates in proportion to the octets that are there, never to a number they
/// claim.
[[nodiscard]] Result<Frame, DecodeError> decode(Octets body);

/// The whole frame, length word included.
[[nodiscard]] std::vector<std::uint8_t> encode(Handle destination, const Message& message);

/// One line for logs and golden files, of long lists the beginning:
/// `names request 192.0.2.1 5-16`.
[[nodiscard]] std::string to_text(const Message& message);

}  // namespace winsome::winsra
