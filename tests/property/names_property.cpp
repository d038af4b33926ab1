#include <gtest/gtest.h>
// rapidcheck directly behind gtest, before all else: its Shrink.hpp breaks otherwise.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "server/names/name_server.h"

namespace winsome::names {
namespace {

namespace gen = rc::gen;

constexpr Instant start{std::chrono::days(10'000)};
constexpr Ipv4 us{192, 0, 2, 1};

/// One request of one host, and how long before it nothing happened.
struct Ask {
  nbns::Opcode opcode = nbns::Opcode::registration;
  std::size_t name = 0;
  std::uint8_t host = 0;
  bool group = false;
  std::uint32_t pause = 0;  // seconds
};

void showValue(const Ask& ask, std::ostream& out) {
  out << ask.pause << " s later host " << int{ask.host} << ' ' << nbns::to_text(ask.opcode) << ' '
      << ask.name << (ask.group ? " group" : "");
}

rc::Gen<std::vector<Ask>> asks() {
  const auto opcode =
      gen::element(nbns::Opcode::registration, nbns::Opcode::multihomed_registration,
                   nbns::Opcode::refresh, nbns::Opcode::release);
  const auto pause = gen::element<std::uint32_t>(0, 0, 1, 5, 30, 100'000, 400'000);
  return gen::container<std::vector<Ask>>(gen::build<Ask>(
      gen::set(&Ask::opcode, opcode), gen::set(&Ask::name, gen::inRange<std::size_t>(0, 6)),
      gen::set(&Ask::host, gen::inRange<std::uint8_t>(1, 4)),
      gen::set(&Ask::group, gen::arbitrary<bool>()), gen::set(&Ask::pause, pause)));
}

Input input(const Ask& ask) {
  static const std::array<const char*, 6> texts = {"A<00>", "A<20>", "A<1B>",
                                                   "A<1C>", "W<1E>", "A<00>.scope"};
  const Ipv4 address(10, 0, 0, ask.host);
  return ClientRequest{
      .path = {.remote = {address, 137}, .local = us},
      .request = {.opcode = ask.opcode,
                  .name = *nbns::parse_name(texts[ask.name], 0),
                  .entry = {.group = ask.group, .node = nbns::NodeType::h, .address = address}}};
}

constexpr std::array<const char*, 2> fed_names = {"A", "W"};

/// A request, or what the lease of its host wants instead: `name` with <00> and <20>.
struct Move {
  Ask ask;
  std::uint8_t feeds = 0;  // 0: the request, 1: a feed, 2: a withdrawal
  std::uint32_t life = 0;  // of the lease, seconds; 0: it is infinite
};

void showValue(const Move& move, std::ostream& out) {
  if (move.feeds == 0) return showValue(move.ask, out);
  out << move.ask.pause << " s later the lease of " << int{move.ask.host}
      << (move.feeds == 1 ? " feeds " : " withdraws ") << fed_names[move.ask.name % 2] << " for "
      << move.life << " s";
}

rc::Gen<std::vector<Move>> moves() {
  return gen::mapcat(asks(), [](const std::vector<Ask>& asked) {
    const auto move = gen::pair(gen::element<std::uint8_t>(0, 0, 1, 1, 2),
                                gen::element<std::uint32_t>(0, 20, 1000, 500'000));
    return gen::map(
        gen::container<std::vector<std::pair<std::uint8_t, std::uint32_t>>>(asked.size(), move),
        [asked](const std::vector<std::pair<std::uint8_t, std::uint32_t>>& kinds) {
          std::vector<Move> all;
          for (std::size_t i = 0; i < asked.size(); ++i)
            all.push_back({asked[i], kinds[i].first, kinds[i].second});
          return all;
        });
  });
}

using Records = std::map<nbns::ScopedName, Record>;

/// An engine, its clock, and a disk that has what was committed.
struct Server {
  Server() : Server(Records(), 0, start) {}
  Server(const Records& records, std::uint64_t version, Instant at)
      : engine(options(), 42, start), now(at), disk(records) {
    for (auto [name, record] : records) engine.load(std::move(record));
    engine.load_version(version);
  }

  static Options options() {
    Options options;
    options.owner = us;
    options.computer_name = "SERVER";
    options.intervals.tombstone_uptime = seconds(0);  // it counts from the start of the service
    return options;
  }

  /// Time passes, and what is due in it happens.
  void pass(seconds pause) {
    const auto end = now + pause + milliseconds(1);  // no two deadlines are the same
    while (wake_at <= end) {
      now = std::max(now, wake_at);
      decide({}, true);
    }
    now = end;
  }

  Actions step(const Ask& ask, bool commits = true) {
    pass(seconds(ask.pause));
    return decide({input(ask)}, commits);
  }

  Actions decide(std::vector<Input> inputs, bool commits) {
    auto actions = engine.step(inputs, 0, now);
    (void)engine.take_feeds_resolved();  // as the leases would
    wake_at = actions.wake_at;
    if (!commits) {
      engine.undo();
      wake_at = now;
      return actions;
    }
    engine.committed();
    for (const auto& change : actions.changes) apply(change);
    return actions;
  }

  void feed(const Feed& one) {
    engine.begin(now);
    engine.decide({}, 0);
    (void)engine.feed(one);
    const auto actions = engine.finish();
    wake_at = actions.wake_at;
    engine.committed();
    for (const auto& change : actions.changes) apply(change);
  }

  void apply(const Change& change) {
    if (const auto* put = std::get_if<PutRecord>(&change)) {
      disk.insert_or_assign(put->record.name, put->record);
    } else if (const auto* touch = std::get_if<TouchRecord>(&change)) {
      auto& record = disk.at(touch->name);
      record.due = touch->due;
      for (auto& member : record.members) member.due = touch->due;
    } else {
      disk.erase(std::get<EraseRecord>(change).name);
    }
  }

  [[nodiscard]] Records memory() const {
    Records all;
    engine.for_each([&](const Record& record) { all.emplace(record.name, record); });
    return all;
  }

  NameServer engine;
  Instant now;
  Instant wake_at = now;
  Records disk;
};

std::vector<nbns::Rcode> codes(const Actions& actions) {
  std::vector<nbns::Rcode> list;
  for (const auto& send : actions.sends) {
    if (const auto* answer = std::get_if<nbns::NameResponse>(&send.message))
      list.push_back(answer->rcode);
  }
  return list;
}

// What is made durable is all there is to know
RC_GTEST_PROP(NamesProperty, ChangesRebuildTheRecords, ()) {
  Server server;
  for (const auto& ask : *asks()) {
    server.step(ask);
    RC_ASSERT(server.disk == server.memory());
  }
}

// A step that was undone never was: a server that saw it and one that did not stay alike
RC_GTEST_PROP(NamesProperty, AnUndoneStepNeverWas, ()) {
  Server one;
  Server other;
  for (const auto& ask : *asks()) {
    const auto lost = *gen::arbitrary<bool>();
    if (lost) {
      one.step(ask, false);
      other.pass(seconds(ask.pause));
      other.engine.undo();  // forgets its challenges as the other did
      other.wake_at = other.now;
    } else {
      RC_ASSERT(codes(one.step(ask)) == codes(other.step(ask)));
    }
    RC_ASSERT(one.memory() == other.memory());
    RC_ASSERT(one.engine.version() == other.engine.version());
  }
}

// A restart changes nothing but the challenges in flight
RC_GTEST_PROP(NamesProperty, ARestartIsNotNoticed, ()) {
  Server before;
  for (const auto& ask : *asks()) before.step(ask);
  before.engine.undo();  // its challenges end here
  before.wake_at = before.now;
  Server after(before.disk, before.engine.version(), before.now);
  RC_ASSERT(after.memory() == before.memory());
  for (const auto& ask : *asks()) {
    RC_ASSERT(codes(before.step(ask)) == codes(after.step(ask)));
    RC_ASSERT(after.memory() == before.memory());
  }
}

// A duplicated datagram, before the answer or after it, changes at most the time
RC_GTEST_PROP(NamesProperty, ADuplicateMakesNoVersion, ()) {
  Server server;
  for (const auto& ask : *asks()) {
    server.step(ask);
    const auto version = server.engine.version();
    const auto records = server.memory();
    server.decide({input(ask)}, true);
    RC_ASSERT(server.engine.version() == version);
    RC_ASSERT(server.memory() == records);
  }
}

// B10: our counter never goes back, and no two records have the same version
RC_GTEST_PROP(NamesProperty, VersionsAreStrictlyMonotonic, ()) {
  Server server;
  std::uint64_t last = 0;
  for (const auto& ask : *asks()) {
    const auto actions = server.step(ask);
    RC_ASSERT(actions.version >= last);
    last = actions.version;
    std::map<std::uint64_t, nbns::ScopedName> given;
    for (const auto& [name, record] : server.memory()) {
      RC_ASSERT(record.version <= last);
      RC_ASSERT(given.emplace(record.version, name).second);
    }
  }
}

// Decision 7: a name that a lease brought is there until the lease ends, unless the lease withdraws
// it or its own client takes it
RC_GTEST_PROP(NamesProperty, AFedNameIsItsLeasesAlone, ()) {
  Server server;
  std::map<Ipv4, Feed> leases;
  for (const auto& [ask, feeds, life] : *moves()) {
    const Ipv4 address(10, 0, 0, ask.host);
    const auto before = server.memory();
    server.pass(seconds(ask.pause));
    if (feeds == 0) {
      server.decide({input(ask)}, true);
    } else {
      auto& lease = leases[address];
      lease.withdraw = true;
      const bool renews = lease.name == fed_names[ask.name % 2] && feeds == 1;
      if (!lease.name.empty() && !renews) server.feed(lease);
      lease = {.address = address,
               .name = fed_names[ask.name % 2],
               .suffixes = {0x00, 0x20},
               .due = life == 0 ? never : server.now + seconds(life),
               .withdraw = feeds == 2};
      server.feed(lease);
    }
    const auto after = server.memory();
    RC_ASSERT(server.disk == after);
    for (const auto& [name, record] : after) {
      if (!record.fed) continue;
      RC_ASSERT(record.type == RecordType::unique && record.state == State::active);
      RC_ASSERT(record.owner == us && !record.is_static && record.members.size() == 1);
      const auto lease = leases.find(record.members.front().address);
      RC_ASSERT(lease != leases.end() && !lease->second.withdraw);
      RC_ASSERT(record.due == lease->second.due && record.due > server.now);
    }
    for (const auto& [name, record] : before) {
      if (!record.fed || record.due <= server.now) continue;
      if (record.members.front().address == address) continue;  // its own doing
      RC_ASSERT(after.at(name) == record);
    }
  }
}

// A name that was granted is active, has the address, and is answered
RC_GTEST_PROP(NamesProperty, AGrantIsPublished, ()) {
  Server server;
  for (const auto& ask : *asks()) {
    const auto actions = server.step(ask);
    const auto request = std::get<ClientRequest>(input(ask)).request;
    const bool granted = ask.opcode != nbns::Opcode::release && !codes(actions).empty() &&
                         codes(actions).front() == nbns::Rcode::ok;
    if (!granted) continue;
    const auto* record = server.engine.find(request.name.view());
    RC_ASSERT(record != nullptr);
    RC_ASSERT(record->state == State::active);
    RC_ASSERT(record->due >= server.now + std::chrono::days(6));
    bool published = false;
    for (const auto& publication : actions.publications)
      published = published || (publication.name == request.name && publication.answer);
    RC_ASSERT(published);
  }
}

}  // namespace
}  // namespace winsome::names
