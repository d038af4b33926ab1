#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "replication/engine/command.h"
#include "replication/engine/owner_map.h"
#include "replication/engine/partner.h"
#include "server/names/record.h"

namespace winsome::replication {

/// One conversation with one peer: a TCP 42 connection, or for gRPC a channel that we opened, or a
/// call that a peer made. The engine numbers those it opens from 1 up; the transport numbers those
/// that peers open from `first_incoming` up. A number is never used twice.
using Link = std::uint64_t;
inline constexpr Link first_incoming = Link{1} << 63;
/// Set in the number of every link that TCP 42 carries.
inline constexpr Link by_winsra = Link{1} << 62;

/// Who is at the other end, as far as the transport proved it.
struct Peer {
  Carrier carrier = Carrier::grpc;
  Ipv4 address;
  std::string name;  // of its certificate; empty for TCP 42 and for plaintext
};

/// A link that we asked for works.
struct LinkUp {
  Link link = 0;
};

/// A link is gone, whoever ended it; nothing more comes from it. Also the answer to an OpenLink
/// that failed.
struct LinkDown {
  Link link = 0;
  std::string why;  // for a person; empty when it ended in order
};

/// The answer to AskMap.
struct MapReceived {
  Link link = 0;
  OwnerMap owners;
};

/// What was wrong with records of an answer.
struct Flaw {
  std::string what;
  std::uint64_t records = 0;
};

/// A piece of the answer to AskRecords, ascending by version where the peer is one of ours; the
/// next comes after TakeMore. The records' `owner` and single members' owners are filled in.
struct RecordsReceived {
  Link link = 0;
  std::vector<names::Record> records;
  std::uint64_t skipped = 0;  // that cannot be
  bool last = true;
  bool filtered = false;      // the peer gives us only a part; never known over TCP 42
  std::vector<Flaw> flaws{};  // why some were skipped, and what was mended, where the carrier tells
};

/// A partner says that it has something new. With `pull_here` the records are asked for on the same
/// link (fact base C5: 4 and 5 on TCP 42); else on a link of our own.
struct NotifyReceived {
  Link link = 0;
  Peer peer;
  OwnerMap owners;
  Ipv4 initiator;
  bool propagate = false;
  bool pull_here = false;
};

/// A peer asks for our owner-version map.
struct MapAsked {
  Link link = 0;
  Peer peer;
};

/// A peer asks for records. They go in pieces: each next one after RecordsTaken.
struct RecordsAsked {
  Link link = 0;
  Peer peer;
  OwnerRange range;
};
struct RecordsTaken {
  Link link = 0;
};

/// A gRPC peer wants to be told of changes as long as the link lives: each next one after
/// WatchTaken.
struct WatchAsked {
  Link link = 0;
  Peer peer;
};
struct WatchTaken {
  Link link = 0;
};

struct CommandRequest {
  std::uint64_t ticket = 0;
  Command command;
};

using Input = std::variant<LinkUp, LinkDown, MapReceived, RecordsReceived, NotifyReceived, MapAsked,
                           RecordsAsked, RecordsTaken, WatchAsked, WatchTaken, CommandRequest>;

}  // namespace winsome::replication
