#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/nbns/decode_error.h"
#include "server/nbns/name.h"

namespace winsome::nbns {

/// RFC 1002 4.2.1.1; 15 is Microsoft's (MS-NBTE 2.2.2), 9 the other reading of "refresh" in the
/// RFC.
enum class Opcode : std::uint8_t {
  query = 0,
  registration = 5,
  release = 6,
  wack = 7,
  refresh = 8,
  refresh_alternate = 9,
  multihomed_registration = 15,
};

/// RFC 1002 4.2.6 and 4.2.11.
enum class Rcode : std::uint8_t {
  ok = 0,
  fmt_err = 1,
  srv_err = 2,
  nam_err = 3,
  imp_err = 4,
  rfs_err = 5,
  act_err = 6,
  cft_err = 7,
};

/// Owner node type, the ONT field of NB_FLAGS; `h` is Microsoft's use of the reserved value.
enum class NodeType : std::uint8_t { b = 0, p = 1, m = 2, h = 3 };

/// NB_FLAGS and an address: one entry of an NB record's RDATA (RFC 1002 4.2.2).
struct NbEntry {
  bool group = false;
  NodeType node = NodeType::b;
  Ipv4 address{};
  friend bool operator==(const NbEntry&, const NbEntry&) = default;
};

inline constexpr std::size_t nb_entry_size = 6;

/// Datagrams of ours stay within RFC 1002's MAX_DATAGRAM: 576 octets less the IP and UDP headers.
inline constexpr std::size_t payload_length_max = 548;

/// The longest datagram we read: more than any NBNS message of a client, so what is longer is
/// malformed.
inline constexpr std::size_t receive_length_max = 1500;

/// Flags word bits (fact base A2).
inline constexpr std::uint16_t flag_response = 0x8000;
inline constexpr std::uint16_t flag_authoritative = 0x0400;
inline constexpr std::uint16_t flag_truncated = 0x0200;
inline constexpr std::uint16_t flag_recursion_desired = 0x0100;
inline constexpr std::uint16_t flag_recursion_available = 0x0080;
inline constexpr std::uint16_t flag_broadcast = 0x0010;

/// Name query or node status request (RFC 1002 4.2.12, 4.2.17).
struct QueryRequest {
  std::uint16_t id = 0;
  bool node_status = false;
  bool recursion_desired = true;
  bool broadcast = false;
  ScopedName name{};
  friend bool operator==(const QueryRequest&, const QueryRequest&) = default;
};

/// Registration, overwrite (opcode 5 with RD=0), multihomed registration, refresh and release: RFC
/// 1002 4.2.2–4.2.4, 4.2.9. Opcode is 5, 6, 8, 9 or 15.
struct NameRequest {
  std::uint16_t id = 0;
  Opcode opcode = Opcode::registration;
  bool recursion_desired = true;
  bool broadcast = false;
  ScopedName name{};
  std::uint32_t ttl = 0;  // seconds
  NbEntry entry{};        // the first, where the datagram has more
  friend bool operator==(const NameRequest&, const NameRequest&) = default;
};

/// The flags word that `request` has on the wire: what a WACK echoes.
[[nodiscard]] std::uint16_t flags_word(const NameRequest& request);

/// Answer to a registration, refresh or release (RFC 1002 4.2.5, 4.2.6, 4.2.10, 4.2.11), an
/// END-NODE CHALLENGE (4.2.7: recursion_available false) or a name conflict demand (4.2.8:
/// CFT_ERR). Opcode is 5 or 6. An answer to a release has no RA bit: there recursion_available is
/// neither written nor read.
struct NameResponse {
  std::uint16_t id = 0;
  Opcode opcode = Opcode::registration;
  Rcode rcode = Rcode::ok;
  bool recursion_available = true;
  ScopedName name{};
  std::uint32_t ttl = 0;  // seconds granted
  NbEntry entry{};
  friend bool operator==(const NameResponse&, const NameResponse&) = default;
};

/// Positive name query response (RFC 1002 4.2.13). It has at least one entry.
struct QueryResponse {
  std::uint16_t id = 0;
  bool truncated = false;
  ScopedName name{};
  std::uint32_t ttl = 0;
  std::vector<NbEntry> entries{};
  friend bool operator==(const QueryResponse&, const QueryResponse&) = default;
};

/// Negative name query response (RFC 1002 4.2.14): NULL record, ANCOUNT 1 written; NULL or NB, 0 or
/// 1 accepted.
struct NegativeQueryResponse {
  std::uint16_t id = 0;
  Rcode rcode = Rcode::nam_err;
  ScopedName name{};
  friend bool operator==(const NegativeQueryResponse&, const NegativeQueryResponse&) = default;
};

/// Redirect name query response (RFC 1002 4.2.15): another server's name and address. Never sent by
/// us.
struct RedirectResponse {
  std::uint16_t id = 0;
  ScopedName name{};
  std::uint32_t ttl = 0;
  ScopedName server{};
  Ipv4 server_address{};
  friend bool operator==(const RedirectResponse&, const RedirectResponse&) = default;
};

/// Wait for acknowledgement (RFC 1002 4.2.16): written with type NB, NULL accepted.
struct Wack {
  std::uint16_t id = 0;
  ScopedName name{};
  std::uint32_t ttl = 0;         // seconds to wait
  std::uint16_t held_flags = 0;  // flags word of the request that is held
  friend bool operator==(const Wack&, const Wack&) = default;
};

/// One name of a node status response (RFC 1002 4.2.18).
struct NodeName {
  Name name{};
  bool group = false;
  NodeType node = NodeType::b;
  bool deregistering = false;
  bool conflict = false;
  bool active = true;
  bool permanent = false;
  friend bool operator==(const NodeName&, const NodeName&) = default;
};

struct NodeStatusResponse {
  std::uint16_t id = 0;
  ScopedName name{};
  std::vector<NodeName> names{};          // at most 255
  std::array<std::uint8_t, 6> unit_id{};  // hardware address; the rest of the statistics is zero
  friend bool operator==(const NodeStatusResponse&, const NodeStatusResponse&) = default;
};

using Message = std::variant<QueryRequest, NameRequest, NameResponse, QueryResponse,
                             NegativeQueryResponse, RedirectResponse, Wack, NodeStatusResponse>;

/// Decodes any message of RFC 1002 4.2 and the multihomed registration. Trailing octets are
/// ignored, and so are bits that no message uses. The record of a request must have the question's
/// name: whose else could it claim?
[[nodiscard]] Result<Message, DecodeError> decode(Octets datagram);

/// Encodes into `out` and returns the octets written; empty when `out` is too small or the name
/// cannot be encoded. `payload_length_max` octets hold every message but a node status response of
/// many names and long scopes.
[[nodiscard]] Octets encode(const Message& message, std::span<std::uint8_t> out);

/// NB RDATA, for those who hold ready-made answers.
void encode_entry(ByteWriter& out, const NbEntry& entry);

/// One line for logs, golden files and the CLI:
/// `registration id 0x1234 RD FRED<00> ttl 300000 unique H 192.0.2.10`.
[[nodiscard]] std::string to_text(const Message& message);

[[nodiscard]] std::string_view to_text(Opcode opcode);
[[nodiscard]] std::string_view to_text(Rcode rcode);    // "ACT_ERR"
[[nodiscard]] std::string_view to_text(NodeType node);  // "H"

}  // namespace winsome::nbns
