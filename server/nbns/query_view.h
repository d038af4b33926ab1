#pragma once

#include <cstdint>
#include <span>

#include "server/core/result.h"
#include "server/nbns/decode_error.h"
#include "server/nbns/name.h"

namespace winsome::nbns {

enum class DatagramKind : std::uint8_t {
  query,        // name query, not a response, not broadcast
  node_status,  // node status request, also with B=1: scanners set it, and any node answers
  broadcast,    // any other request with B=1: not for a name server
  request,      // registration, refresh, release: `decode` it
  response,     // R=1: `decode` it if its id is awaited
  other,        // an opcode we do not serve
  too_short,    // no whole header
};

/// What the first twelve octets say, before anything is decoded.
struct Preview {
  DatagramKind kind = DatagramKind::too_short;
  std::uint16_t id = 0;
};

/// Reads the header and, for opcode 0, the type of the question. Never looks past the datagram.
[[nodiscard]] Preview preview(Octets datagram);

/// A name query or node status request, decoded in place: nothing is allocated (RFC
/// 1002 4.2.12, 4.2.17). Borrows nothing but `encoded_name`, which lies in the datagram.
struct QueryView {
  std::uint16_t id = 0;
  bool recursion_desired = false;
  Name name;
  ScopeBuffer scope;
  Octets
      encoded_name;  // the question's name as it came, pointer-free, to be copied into the answer
  [[nodiscard]] ScopedNameView scoped_name() const { return {name, scope.view()}; }
};

/// Decodes the one question of a datagram whose preview said query or node_status. Returns the
/// error, if any; `view` is filled in place because its scope buffer is large. A name with a label
/// pointer is an error here: there is nothing before a first question that it could point to.
[[nodiscard]] Result<void, DecodeError> decode_query(Octets datagram, QueryView& view);

/// Writes a positive answer: header, the question's name as asked, `ttl`, then `entries`,
/// ready-made NB RDATA. Returns the length; 0 when it does not fit into `out`.
[[nodiscard]] std::size_t write_positive(const QueryView& query, std::uint32_t ttl, Octets entries,
                                         bool truncated, std::span<std::uint8_t> out);

/// Writes NAM_ERR: header, name, NULL record (RFC 1002 4.2.14).
[[nodiscard]] std::size_t write_negative(const QueryView& query, std::span<std::uint8_t> out);

/// Writes a node status response with ready-made `rdata` (fact base A6).
[[nodiscard]] std::size_t write_node_status(const QueryView& query, Octets rdata,
                                            std::span<std::uint8_t> out);

}  // namespace winsome::nbns
