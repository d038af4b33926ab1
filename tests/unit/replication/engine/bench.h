#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "replication/engine/replicator.h"

namespace winsome::replication {

inline constexpr Ipv4 us{192, 0, 2, 1};
inline constexpr Ipv4 east{192, 0, 2, 2};
inline constexpr Ipv4 south{192, 0, 2, 3};
inline constexpr Instant start{std::chrono::days(20'000)};  // a midnight

inline nbns::ScopedName name(std::string_view text) {
  return *nbns::parse_name(text, 0);
}

/// One that stays connected only for what it does, so that nothing happens by itself.
inline Partner partner(std::string name, Ipv4 address) {
  Partner partner;
  partner.name = std::move(name);
  partner.address = {address, 42};
  partner.persistent = false;
  return partner;
}

inline names::Record replica(std::string_view text, std::uint64_t version, Ipv4 owner,
                             Ipv4 address = Ipv4(10, 0, 0, 1)) {
  names::Record record;
  record.name = name(text);
  record.version = version;
  record.owner = owner;
  record.members = {{address, owner, {}}};
  return record;
}

inline names::Record tombstone(names::Record record) {
  record.state = names::State::tombstone;
  return record;
}

/// Both engines of one server on one batch, as the decision plane runs them, with a disk that
/// always writes unless it is told otherwise. The test is the network.
class Bench {
 public:
  explicit Bench(std::vector<Partner> partners = {partner("east", east)}) {
    options.us = us;
    options.partners = std::move(partners);
    options.pull_at_start = false;
    options.verification.interval = seconds(0);
    memory.recovered = true;
  }

  Options options;
  Memory memory;
  names::Options names_options;
  std::vector<names::Record> stored;
  std::uint64_t version = 0;
  Instant now = start;
  milliseconds local_offset{};

  names::NameServer& names() { return *names_; }
  Replicator& engine() { return *engine_; }

  void begin() {
    names_options.owner = us;
    names_ = std::make_unique<names::NameServer>(names_options, 1, now);
    for (auto record : stored) names_->load(std::move(record));
    names_->load_version(version);
    engine_ = std::make_unique<Replicator>(options, memory, *names_, Moment{now, local_offset});
  }

  /// Decides; nothing of it is on the disk yet.
  Actions decide(std::vector<Input> inputs = {}, std::vector<names::Input> requests = {}) {
    if (!engine_) begin();
    names_->begin(now);
    names_->decide(requests, 0);
    auto actions = engine_->step(inputs, {now, local_offset}, requests.size());
    names_actions = names_->finish();
    return actions;
  }
  void write() {
    names_->committed();
    engine_->committed();
  }
  Actions step(std::vector<Input> inputs = {}, std::vector<names::Input> requests = {}) {
    auto actions = decide(std::move(inputs), std::move(requests));
    write();
    return actions;
  }
  Actions undo() {
    names_->undo();
    return engine_->undo();
  }
  Actions after(milliseconds time) {
    now += time;
    return step();
  }

  /// As it stands in the table now.
  const names::Record* find(std::string_view text) const { return names_->find(name(text).view()); }
  [[nodiscard]] std::uint64_t known(Ipv4 owner) const {
    for (const auto& one : engine_->status().owners) {
      if (one.owner == owner) return one.max;
    }
    return 0;
  }

  names::Input registration(std::string_view text, Ipv4 address, bool group = false) {
    return names::ClientRequest{{.remote = {address, 137}, .local = us, .socket = 0},
                                nbns::NameRequest{.id = ++last_id_,
                                                  .name = name(text),
                                                  .ttl = 300'000,
                                                  .entry = {group, nbns::NodeType::h, address}}};
  }
  /// What `address` says when it is asked whether the name is its own.
  names::Input defence(std::string_view text, Ipv4 address, const std::vector<Ipv4>& claimed) {
    nbns::QueryResponse answer{.id = asked_id_, .name = name(text)};
    for (const auto one : claimed) answer.entries.push_back({false, nbns::NodeType::h, one});
    return names::ClientResponse{{.remote = {address, 137}, .local = us, .socket = 0}, answer};
  }
  /// Remembers the question of the last step, so that `defence` fits.
  bool asked() {
    for (const auto& send : names_actions.sends) {
      if (const auto* question = std::get_if<nbns::QueryRequest>(&send.message)) {
        asked_id_ = question->id;
        return true;
      }
    }
    return false;
  }

  /// Pulls from the first partner until it is `map` and `records` by; returns what the last step
  /// wanted.
  Actions pull(const OwnerMap& map, std::vector<std::vector<names::Record>> answers);
  /// Asks for everything of an owner, as the partner does.
  std::vector<names::Record> serve(OwnerRange range, const Peer& peer);

  names::Actions names_actions;
  Link last_incoming = first_incoming;

 private:
  std::unique_ptr<names::NameServer> names_;
  std::unique_ptr<Replicator> engine_;
  std::uint16_t last_id_ = 0;
  std::uint16_t asked_id_ = 0;
};

/// The first of its kind among what is to be sent.
template <class What>
std::optional<What> sent(const Actions& actions) {
  for (const auto& one : actions.sends) {
    if (const auto* what = std::get_if<What>(&one)) return *what;
  }
  return {};
}
template <class What>
std::vector<What> all_sent(const Actions& actions) {
  std::vector<What> all;
  for (const auto& one : actions.sends) {
    if (const auto* what = std::get_if<What>(&one)) all.push_back(*what);
  }
  return all;
}
template <class What>
std::optional<What> changed(const Actions& actions) {
  for (const auto& one : actions.changes) {
    if (const auto* what = std::get_if<What>(&one)) return *what;
  }
  return {};
}
inline bool told(const Actions& actions, EventKind kind) {
  for (const auto& one : actions.events) {
    if (one.kind == kind) return true;
  }
  return false;
}

inline Peer peer_of(const Partner& partner) {
  return {.carrier = partner.carrier,
          .address = partner.address.address,
          .name = partner.carrier == Carrier::grpc ? partner.name : std::string()};
}

inline Actions Bench::pull(const OwnerMap& map, std::vector<std::vector<names::Record>> answers) {
  auto actions = step({CommandRequest{1, PullNow{}}});
  auto link = sent<OpenLink>(actions);
  if (link) actions = step({LinkUp{link->link}});
  const auto asked = sent<AskMap>(actions);
  actions = step({MapReceived{asked->link, map}});
  for (auto& answer : answers) {
    const auto wanted = sent<AskRecords>(actions);
    actions = step({RecordsReceived{wanted->link, std::move(answer), 0, true}});
  }
  return actions;
}

inline std::vector<names::Record> Bench::serve(OwnerRange range, const Peer& peer) {
  const auto link = ++last_incoming;
  std::vector<names::Record> all;
  auto actions = step({RecordsAsked{link, peer, range}});
  for (;;) {
    const auto piece = sent<AnswerRecords>(actions);
    if (!piece) return all;
    all.insert(all.end(), piece->records.begin(), piece->records.end());
    if (piece->last) return all;
    actions = step({RecordsTaken{link}});
  }
}

}  // namespace winsome::replication
