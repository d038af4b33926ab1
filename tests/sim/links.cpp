#include "tests/sim/links.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace winsome::sim {

using namespace replication;  // NOLINT: this is the engine's other half

namespace {

constexpr std::size_t frame = 60;
constexpr std::size_t octets_of_an_owner = 24;
constexpr std::size_t octets_of_a_record = 60;

std::size_t size_of(const OwnerMap& owners) {
  return frame + octets_of_an_owner * owners.size();
}

}  // namespace

struct Links::Stream {
  Carrier carrier = Carrier::grpc;
  std::array<Ipv4, 2> server;
  std::array<std::uint64_t, 2> life{};
  std::array<bool, 2> here{};  // does this side still believe in it
  std::array<std::deque<Message>, 2> queue;
  std::array<bool, 2> pumping{};
  std::array<Instant, 2> last{};
  std::array<std::optional<Instant>, 2> stuck;
  Link link = 0;            // the opener's
  Link connection = 0;      // the acceptor's, on TCP 42
  std::set<Link> incoming;  // all of the acceptor's
  // TCP 42: what of an answer waits for its last piece, by who gives it.
  std::array<std::vector<names::Record>, 2> gathered;
};

/// What waits in a stream holds the stream.
Links::~Links() {
  for (const auto& one : streams_) {
    if (const auto stream = one.lock()) stream->queue = {};
  }
}

Links::StreamPtr Links::make_stream() {
  auto stream = std::make_shared<Stream>();
  streams_.push_back(stream);
  return stream;
}

void Links::attach(Ipv4 server, const std::string& who, Post post) {
  auto& node = nodes_[server];
  node.who = who;
  node.post = std::move(post);
  node.life = ++last_life_;
  node.links.clear();
}

void Links::detach(Ipv4 server, bool silently) {
  auto& node = nodes_[server];
  node.life = 0;
  node.post = nullptr;
  std::set<StreamPtr> streams;
  for (const auto& [link, stream] : node.links) streams.insert(stream);
  node.links.clear();
  // In the order of links, for pointers are not the same in every run.
  std::vector<StreamPtr> ordered(streams.begin(), streams.end());
  std::ranges::sort(ordered, {},
                    [](const StreamPtr& one) { return std::pair(one->link, one->server[opener]); });
  for (const auto& stream : ordered) {
    const auto gone = stream->server[opener] == server ? opener : acceptor;
    const auto other = gone == opener ? acceptor : opener;
    stream->here[gone] = false;
    const auto later = silently ? world_.between(seconds(5), stream_patience)
                                : world_.between(milliseconds(1), milliseconds(50));
    world_.after(later, [this, stream, other] { lose_side(stream, other, "connection reset"); });
  }
}

void Links::send(Ipv4 server, Send&& what) {
  std::visit([&](auto& one) { carry(server, one); }, what);
}

void Links::cut(Ipv4 from, Ipv4 to) {
  way(from, to).cut = true;
  // What is quiet is found dead by its keep-alives.
  std::vector<StreamPtr> quiet;
  for (const auto& [link, stream] : nodes_[from].links) {
    const bool between = std::ranges::find(stream->server, to) != stream->server.end();
    if (between && std::ranges::find(quiet, stream) == quiet.end()) quiet.push_back(stream);
  }
  for (const auto& stream : quiet) {
    world_.after(stream_patience + world_.between(seconds(1), seconds(20)),
                 [this, stream, from, to] {
                   if (way(from, to).cut)
                     break_stream(stream, "keep-alive timed out", {}, milliseconds(200));
                 });
  }
}

Links::StreamPtr Links::find(Ipv4 server, Link link) {
  auto& links = nodes_[server].links;
  const auto found = links.find(link);
  return found == links.end() ? nullptr : found->second;
}

Links::Side Links::side_of(const Stream& stream, Link link) const {
  return link == stream.link ? opener : acceptor;
}

Link Links::incoming(Stream& stream) {
  if (stream.carrier == Carrier::winsra && stream.connection != 0) return stream.connection;
  auto link = first_incoming | ++last_incoming_;
  if (stream.carrier == Carrier::winsra) stream.connection = link |= by_winsra;
  return link;
}

Peer Links::peer(const Stream& stream, Side side) {
  return {.carrier = stream.carrier,
          .address = stream.server[side],
          .name = stream.carrier == Carrier::grpc ? who(stream.server[side]) : std::string()};
}

void Links::carry(Ipv4 server, const OpenLink& what) {
  auto stream = make_stream();
  stream->carrier = what.partner.carrier;
  stream->server = {server, what.partner.address.address};
  stream->life = {nodes_[server].life, 0};
  stream->here = {true, false};
  stream->link = what.link;
  nodes_[server].links.emplace(what.link, stream);
  connect(stream, world_.now() + connect_patience);
}

void Links::connect(const StreamPtr& stream, Instant until) {
  const auto [from, to] = stream->server;
  auto& out = way(from, to);
  auto& back = way(to, from);
  if (out.cut || back.cut) {
    if (world_.now() >= until) return lose_side(stream, opener, "connect timed out");
    return world_.after(seconds(1), [this, stream, until] { connect(stream, until); });
  }
  const auto there = world_.between(out.delay_least, out.delay_most);
  const auto and_back = world_.between(back.delay_least, back.delay_most);
  world_.after(there + and_back, [this, stream] {
    if (!stream->here[opener]) return;
    auto& peer = nodes_[stream->server[acceptor]];
    if (peer.life == 0) return lose_side(stream, opener, "connection refused");
    stream->life[acceptor] = peer.life;
    stream->here[acceptor] = true;
    post(stream, opener, stream->link, LinkUp{stream->link});
  });
}

void Links::carry(Ipv4 server, const AskMap& what) {
  const auto stream = find(server, what.link);
  if (!stream) return;
  transfer(stream, opener, frame, [this, stream] {
    const auto link = incoming(*stream);
    post(stream, acceptor, link, MapAsked{link, peer(*stream, opener)});
  });
}

void Links::carry(Ipv4 server, const AskRecords& what) {
  const auto stream = find(server, what.link);
  if (!stream) return;
  const auto from = side_of(*stream, what.link);
  const auto to = from == opener ? acceptor : opener;
  transfer(stream, from, frame, [this, stream, from, to, range = what.range] {
    const auto link = to == acceptor ? incoming(*stream) : stream->link;
    stream->gathered[to].clear();
    post(stream, to, link, RecordsAsked{link, peer(*stream, from), range});
  });
}

void Links::carry(Ipv4 server, const TakeMore& what) {
  const auto stream = find(server, what.link);
  if (!stream || stream->carrier == Carrier::winsra) return;
  transfer(stream, opener, frame, [this, stream] {
    // The one call of this channel that gives records: it was the last to be taken from.
    if (!stream->incoming.empty()) {
      for (const auto link : std::set(stream->incoming))
        post(stream, acceptor, link, RecordsTaken{link});
    }
  });
}

void Links::carry(Ipv4 server, const Watch& what) {
  const auto stream = find(server, what.link);
  if (!stream) return;
  transfer(stream, opener, frame, [this, stream] {
    const auto link = incoming(*stream);
    post(stream, acceptor, link, WatchAsked{link, peer(*stream, opener)});
  });
}

void Links::carry(Ipv4 server, Notify& what) {
  const auto stream = find(server, what.link);
  if (!stream) return;
  const auto octets = size_of(what.owners);
  transfer(stream, opener, octets, [this, stream, what = std::move(what)] {
    const auto link = incoming(*stream);
    const bool pull_here = stream->carrier == Carrier::winsra && !what.persistent;
    post(stream, acceptor, link,
         NotifyReceived{link, peer(*stream, opener), what.owners, what.initiator, what.propagate,
                        pull_here});
  });
}

void Links::carry(Ipv4 server, AnswerMap& what) {
  const auto stream = find(server, what.link);
  if (!stream) return;
  transfer(stream, acceptor, size_of(what.owners), [this, stream, owners = std::move(what.owners)] {
    post(stream, opener, stream->link, MapReceived{stream->link, owners});
  });
  if (stream->carrier == Carrier::grpc) end_call(stream, what.link);
}

void Links::carry(Ipv4 server, AnswerRecords& what) {
  const auto stream = find(server, what.link);
  if (!stream) return;
  const auto from = side_of(*stream, what.link);
  const auto to = from == opener ? acceptor : opener;
  auto records = std::move(what.records);
  if (stream->carrier == Carrier::winsra) {
    auto& all = stream->gathered[from];
    all.insert(all.end(), records.begin(), records.end());
    if (!what.last)
      return world_.after(milliseconds(0), [this, stream, from, link = what.link] {
        post(stream, from, link, RecordsTaken{link});
      });
    records = std::exchange(all, {});
  }
  const auto octets = frame + octets_of_a_record * records.size();
  transfer(stream, from, octets,
           [this, stream, to, records = std::move(records), last = what.last,
            filtered = what.filtered && stream->carrier == Carrier::grpc] {
             const auto link = to == opener ? stream->link : stream->connection;
             post(stream, to, link, RecordsReceived{link, records, 0, last, filtered});
           });
  if (what.last && stream->carrier == Carrier::grpc) end_call(stream, what.link);
}

void Links::carry(Ipv4 server, AnswerWatch& what) {
  const auto stream = find(server, what.link);
  if (!stream) return;
  transfer(stream, acceptor, size_of(what.owners),
           [this, stream, call = what.link, owners = std::move(what.owners)] {
             post(stream, opener, stream->link,
                  NotifyReceived{stream->link, peer(*stream, acceptor), owners,
                                 stream->server[acceptor], false, false});
             transfer(stream, opener, frame,
                      [this, stream, call] { post(stream, acceptor, call, WatchTaken{call}); });
           });
}

void Links::carry(Ipv4 server, const RefuseLink& what) {
  leave(server, what.link, what.why);
}

void Links::carry(Ipv4 server, const CloseLink& what) {
  leave(server, what.link, {});
}

/// The server wants no more of a link; the other side hears of it behind what was sent before.
void Links::leave(Ipv4 server, Link link, const std::string& why) {
  const auto stream = find(server, link);
  if (!stream) return;
  const auto side = side_of(*stream, link);
  nodes_[server].links.erase(link);
  if (side == acceptor) {
    stream->incoming.erase(link);
    return transfer(stream, acceptor, frame, [this, stream, why] {
      end_link(stream, opener, stream->link, why);
      lose_side(stream, acceptor, {});
    });
  }
  if (!stream->here[acceptor]) {  // still connecting
    stream->here[opener] = false;
    return;
  }
  transfer(stream, opener, frame, [this, stream] { lose_side(stream, acceptor, {}); });
}

/// gRPC: what a peer asked for is answered.
void Links::end_call(const StreamPtr& stream, Link call) {
  end_link(stream, acceptor, call, {});
}

void Links::transfer(const StreamPtr& stream, Side from, std::size_t octets,
                     std::function<void()> arrive) {
  if (!stream->here[from]) return;
  const auto to = from == opener ? acceptor : opener;
  const std::pair pair(stream->server[from], stream->server[to]);
  const auto& there = way(pair.first, pair.second);
  if (world_.chance(there.breaks)) {
    return break_stream(stream, "connection lost",
                        world_.between(milliseconds(1), milliseconds(5000)),
                        world_.between(milliseconds(1), milliseconds(5000)));
  }
  auto& busy = busy_until_[pair];
  busy = std::max(busy, world_.now());
  if (there.octets_per_second > 0) busy += milliseconds(1000 * octets / there.octets_per_second);
  auto& last = stream->last[from];
  last = std::max(last, busy + world_.between(there.delay_least, there.delay_most));
  stream->queue[from].push_back({octets, std::move(arrive)});
  world_.at(last, [this, stream, from] { pump(stream, from); });
}

/// The time of the first in the queue has come; while the way is cut it is tried again.
void Links::pump(const StreamPtr& stream, Side from) {
  auto& queue = stream->queue[from];
  const auto to = from == opener ? acceptor : opener;
  if (queue.empty() || !stream->here[to]) return;
  auto& stuck = stream->stuck[from];
  if (way(stream->server[from], stream->server[to]).cut) {
    if (!stuck) stuck = world_.now();
    if (world_.now() >= *stuck + stream_patience)
      return break_stream(stream, "connection timed out", {}, milliseconds(200));
    return world_.after(milliseconds(500), [this, stream, from] { pump(stream, from); });
  }
  stuck.reset();
  auto message = std::move(queue.front());
  queue.pop_front();
  message.arrive();
}

void Links::post(const StreamPtr& stream, Side to, Link link, Input&& input) {
  auto& node = nodes_[stream->server[to]];
  if (!stream->here[to] || node.life == 0 || node.life != stream->life[to]) return;
  if (to == acceptor && !node.links.contains(link)) {
    const bool begins =
        std::holds_alternative<MapAsked>(input) || std::holds_alternative<RecordsAsked>(input) ||
        std::holds_alternative<WatchAsked>(input) || std::holds_alternative<NotifyReceived>(input);
    if (!begins) return;
    node.links.emplace(link, stream);
    stream->incoming.insert(link);
  }
  if (to == opener && !node.links.contains(link)) return;
  if (world_.keeps_trace()) {
    const auto other = stream->server[to == opener ? acceptor : opener];
    world_.note(who(other), "-> " + who(stream->server[to]) + "  " + to_text(input));
  }
  node.post(std::move(input));
}

void Links::end_link(const StreamPtr& stream, Side side, Link link, const std::string& why) {
  auto& node = nodes_[stream->server[side]];
  if (node.life == 0 || node.life != stream->life[side]) return;
  if (side == opener) stream->here[opener] = false;
  stream->incoming.erase(link);
  if (node.links.erase(link) == 0) return;
  if (!why.empty()) world_.note(node.who, "link " + std::to_string(link & 0xffff) + ": " + why);
  node.post(LinkDown{link, why});
}

void Links::lose_side(const StreamPtr& stream, Side side, const std::string& why) {
  if (!stream->here[side]) return;
  if (side == opener) return end_link(stream, opener, stream->link, why);
  stream->here[acceptor] = false;
  for (const auto link : std::set(stream->incoming)) end_link(stream, acceptor, link, why);
}

void Links::break_stream(const StreamPtr& stream, const std::string& why,
                         milliseconds opener_learns, milliseconds acceptor_learns) {
  stream->queue[opener].clear();
  stream->queue[acceptor].clear();
  world_.after(opener_learns, [this, stream, why] { lose_side(stream, opener, why); });
  world_.after(acceptor_learns, [this, stream, why] { lose_side(stream, acceptor, why); });
}

std::string Links::who(Ipv4 server) const {
  const auto found = nodes_.find(server);
  return found == nodes_.end() ? winsome::to_text(server) : found->second.who;
}

namespace {

std::string list(const OwnerMap& owners) {
  std::string text;
  for (const auto& one : owners)
    text += fmt::format(" {} {}-{}", winsome::to_text(one.owner), one.min, one.max);
  return text;
}

struct Text {
  std::string operator()(const LinkUp& /*one*/) const { return "connected"; }
  std::string operator()(const LinkDown& one) const { return "ended: " + one.why; }
  std::string operator()(const MapReceived& one) const { return "map:" + list(one.owners); }
  std::string operator()(const RecordsReceived& one) const {
    std::string text = one.last ? "records:" : "records, and more:";
    for (const auto& record : one.records) {
      text += fmt::format(" {} {}{}", record.version, nbns::to_text(record.name),
                          record.state == names::State::active ? "" : " (tombstone)");
    }
    return text;
  }
  std::string operator()(const NotifyReceived& one) const {
    return std::string("has news") + (one.propagate ? " to pass on:" : ":") + list(one.owners);
  }
  std::string operator()(const MapAsked& /*one*/) const { return "asks for the map"; }
  std::string operator()(const RecordsAsked& one) const { return "asks for" + list({one.range}); }
  std::string operator()(const RecordsTaken& /*one*/) const { return "takes more"; }
  std::string operator()(const WatchAsked& /*one*/) const { return "watches"; }
  std::string operator()(const WatchTaken& /*one*/) const { return "has the news"; }
  std::string operator()(const CommandRequest& /*one*/) const { return "a command"; }
};

}  // namespace

std::string to_text(const Input& input) {
  return std::visit(Text{}, input);
}

}  // namespace winsome::sim
