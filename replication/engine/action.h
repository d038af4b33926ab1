#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "replication/engine/event.h"
#include "replication/engine/input.h"

namespace winsome::replication {

/// How far we know an owner: everything up to `known` was asked for and decided (decision 15).
struct PutOwner {
  Ipv4 owner;
  std::uint64_t known = 0;
  bool filtered = false;  // of 1B names and internet groups alone
};
struct EraseOwner {
  Ipv4 owner;
};

/// A replica that waits for the answer of our client (decision 17); one for each name and owner.
struct PutPending {
  names::Record replica;
};
struct ErasePending {
  nbns::ScopedName name;
  Ipv4 owner;
};

/// Our counter is above whatever partners hold of us (decision 18).
struct PutRecovered {};

/// One change to what replication has to remember; durable together with the names of its batch.
using Change = std::variant<PutOwner, EraseOwner, PutPending, ErasePending, PutRecovered>;

/// What is asked of the transport. It answers an unknown or ended link with nothing, for its
/// LinkDown is on the way.
struct OpenLink {
  Link link = 0;
  Partner partner;
};
struct AskMap {
  Link link = 0;
};
struct AskRecords {
  Link link = 0;
  OwnerRange range;
};
struct TakeMore {
  Link link = 0;
};
/// gRPC: asks the partner to tell of its changes as long as the link lives.
struct Watch {
  Link link = 0;
};
struct Notify {
  Link link = 0;
  OwnerMap owners;
  Ipv4 initiator;
  bool propagate = false;
  bool persistent = false;  // TCP 42: 8 and 9 instead of 4 and 5
};
struct AnswerMap {
  Link link = 0;
  OwnerMap owners;
};
struct AnswerRecords {
  Link link = 0;
  std::vector<names::Record> records;
  bool last = true;
  bool filtered = false;  // only a part is given to this peer
};
struct AnswerWatch {
  Link link = 0;
  OwnerMap owners;
};
/// The peer may not have what it asked for; ends the link (TCP 42: stop, reason 4).
struct RefuseLink {
  Link link = 0;
  std::string why;
};
struct CloseLink {
  Link link = 0;
};

using Send = std::variant<OpenLink, AskMap, AskRecords, TakeMore, Watch, Notify, AnswerMap,
                          AnswerRecords, AnswerWatch, RefuseLink, CloseLink>;

struct CommandReply {
  std::uint64_t ticket = 0;
  CommandResult result;
};

/// What one step wants done: make `changes` durable together with those of the names, then send,
/// reply and tell; sleep until `wake_at`.
struct Actions {
  std::vector<Change> changes;
  std::vector<Send> sends;
  std::vector<CommandReply> replies;
  std::vector<Event> events;
  Instant wake_at = never;
};

}  // namespace winsome::replication
