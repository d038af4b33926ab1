#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "server/core/instant.h"
#include "server/core/ipv4.h"
#include "server/names/answer.h"
#include "server/names/command.h"
#include "server/names/record.h"
#include "server/nbns/message.h"

namespace winsome::names {

/// Stores the whole record, new or not.
struct PutRecord {
  Record record;
};

/// A refresh that changes only time: the record's `due` and that of its only member.
struct TouchRecord {
  nbns::ScopedName name;
  Instant due;
};

struct EraseRecord {
  nbns::ScopedName name;
};

/// One change to the database. A batch has at most one for each name.
using Change = std::variant<PutRecord, TouchRecord, EraseRecord>;

/// Which way a datagram came, and its answer goes: our address that was asked, and the socket it
/// came by.
struct Path {
  Endpoint remote;
  Ipv4 local;
  std::uint16_t socket = 0;
  friend bool operator==(const Path&, const Path&) = default;
};

struct Outgoing {
  Path path;
  nbns::Message message;
};

/// What the answer plane is to say of a name from now on; no answer: that the name is unknown.
struct Publication {
  nbns::ScopedName name;
  AnswerPtr answer;
};

struct CommandReply {
  std::uint64_t ticket = 0;
  CommandResult result;
};

/// What one step wants done, in this order: make `changes` durable, publish, send and reply, sleep
/// until `wake_at`.
struct Actions {
  std::vector<Change> changes;
  std::uint64_t version = 0;  // our counter as of `changes`: durable together with them
  std::vector<Publication> publications;
  std::vector<Outgoing> sends;
  std::vector<CommandReply> replies;
  Instant wake_at = never;
};

}  // namespace winsome::names
