#pragma once

#include <optional>
#include <vector>

#include "replication/winsra/association.h"
#include "tests/unit/replication/winsra/samples.h"

namespace winsome::winsra {

using Side = Association::Side;

inline std::vector<Message> all_messages(Association& association) {
  std::vector<Message> messages;
  while (auto message = association.next()) messages.push_back(std::move(*message));
  return messages;
}

/// An accepting side that has `our_handle`, and a peer that said `peer_handle`.
inline Association accepted() {
  Association association(Side::accepting, our_handle);
  const auto started = association.receive(encode(0, StartRequest{.sender = peer_handle}));
  static_cast<void>(association.take_output());
  return started ? std::move(association) : Association(Side::accepting, our_handle);
}

/// A connecting side that has `our_handle`, and a peer that answered `peer_handle`.
inline Association connected() {
  Association association(Side::connecting, our_handle);
  static_cast<void>(association.take_output());
  const auto started =
      association.receive(encode(our_handle, StartResponse{.sender = peer_handle}));
  return started ? std::move(association) : Association(Side::connecting, our_handle);
}

/// Why `association` ends when it gets `octets`; nothing when it does not.
inline std::optional<DecodeError> ended_by(Association& association, const Bytes& octets) {
  const auto received = association.receive(octets);
  return received ? std::nullopt : std::optional(received.error());
}

}  // namespace winsome::winsra
