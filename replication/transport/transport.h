#pragma once

#include <functional>
#include <string>

#include "replication/engine/action.h"
#include "replication/engine/input.h"

namespace winsome::transport {

/// Hands to the decision plane what a transport heard; from any thread, without waiting. False:
/// there is no room, or the server stops; the link it belongs to is then to be ended without a
/// word.
using Post = std::function<bool(replication::Input&&)>;

/// Hears of what a peer did wrong, but for what the engine hears of. From any thread; may be empty,
/// and is not to be made one line of a log each.
using NoteFault = std::function<void(const std::string& peer, const std::string& what)>;

inline constexpr replication::Link first_incoming_grpc = replication::first_incoming;
inline constexpr replication::Link first_incoming_winsra =
    replication::first_incoming | replication::by_winsra;

/// Carries the conversations of one carrier: owns the connections, knows nothing of what they mean.
/// Every OpenLink is answered with LinkUp or LinkDown, and every link that was up, or that a peer
/// opened and was posted of, ends with exactly one LinkDown, unless the engine ended it.
class Transport {
 public:
  virtual ~Transport() = default;  // ends every link and joins its threads; posts nothing after

  /// Does what the engine asks, in order for each link. Called by one thread; does not block.
  virtual void send(replication::Send&& what) = 0;
};

}  // namespace winsome::transport
