#include "tests/sim/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "server/core/check.h"
#include "tests/sim/federation.h"

namespace winsome::sim {

using namespace names;  // NOLINT: this is the engine's other half

namespace {

constexpr std::size_t inputs_in_a_step = 64;

constexpr std::array event_texts = {"pulled",
                                    "could not pull",
                                    "could not push",
                                    "refuses a peer",
                                    "hears nonsense",
                                    "sees an owner go back",
                                    "takes a blocked name",
                                    "raises its version",
                                    "asks partners what it had",
                                    "has its records back",
                                    "found nobody to ask",
                                    "has verified",
                                    "could not verify"};
static_assert(event_texts.size() == replication::event_kind_count);

std::string to_text(const replication::Event& event) {
  std::string text = event_texts[static_cast<std::size_t>(event.kind)];
  if (!event.peer.empty()) text += " " + event.peer;
  if (event.number != 0) text += " " + std::to_string(event.number);
  return event.text.empty() ? text : text + ": " + event.text;
}

}  // namespace

Server::Server(const Surroundings& around, std::string who, const Options& options, DiskSpeed disk,
               const replication::Options& replication, std::optional<Leasing> leasing)
    : world_(around.world),
      network_(around.network),
      links_(around.links),
      federation_(around.federation),
      who_(std::move(who)),
      options_(options),
      replication_(replication),
      leasing_(std::move(leasing)),
      disk_(disk),
      referee_(world_, options, !replication.partners.empty()) {
  if (leasing_) lease_referee_.emplace(world_, leasing_->configuration);
  complete(replication_);
  restart();
}

Server::~Server() {
  network_.detach(address());
}

void Server::restart() {
  if (running_) return;
  ++life_;
  running_ = std::make_unique<Running>(options_,
                                       leasing_ ? leasing_->configuration : dhcp::Configuration(),
                                       world_.random().next(), world_.now());
  auto& engine = running_->engine;
  std::map<nbns::ScopedName, Record> loaded;
  auto found = store_.load([&](Record&& record) {
    loaded.emplace(record.name, record);
    engine.load(std::move(record));
  });
  engine.load_version(found->counters.version);
  version_ = engine.version();
  if (restored_) found->memory.recovered = false;
  running_->leases.load(std::move(found->leases));
  last_dns_ = 0;
  if (federation_) federation_->started(*this, found->memory);
  running_->replicator.emplace(replication_, std::move(found->memory), engine,
                               replication::Moment{world_.now(), local_offset_});
  engine.publish_all([this](Publication&& one) { running_->index.publish(std::move(one)); });
  available_ = true;
  disk_free_ = world_.now();
  network_.attach(address(), who_, [this](const Datagram& datagram) { receive(datagram); });
  links_.attach(address(), who_, [this](replication::Input&& input) { hear(std::move(input)); });
  plug_in();
  referee_.restarted(loaded, found->counters.version);
  referee_.check_answers([this](const nbns::ScopedName& name) { return lookup(name); });
  world_.note(who_,
              fmt::format("starts with {} names, version {}", loaded.size(), engine.version()));
  update_dns();
  wake_at(world_.now());
}

void Server::crash(bool silently) {
  if (!running_) return;
  ++life_;
  ++counts_.crashes;
  auto kept = world_.random().below(static_cast<std::uint32_t>(in_flight_.size() + 1));
  if (disk_refuses_ || !available_) kept = 0;
  world_.note(who_, fmt::format("crashes, {} batches in flight, {} of them on the disk",
                                in_flight_.size(), kept));
  for (std::size_t i = 0; i < kept; ++i) {
    const auto& batch = in_flight_[i];
    if (commit(batch)) referee_.committed(batch.decision, batch.actions, false);
  }
  remember();
  in_flight_.clear();
  mailbox_.clear();
  heard_.clear();
  lease_mail_.clear();
  running_.reset();
  if (leasing_) leasing_->wires.unbind(address(), this);
  network_.detach(address());
  links_.detach(address(), silently);
}

/// What both engines must agree on.
void Server::complete(replication::Options& options) const {
  options.us = options_.owner;
  options.migrate_on = options_.migrate_on;
  options.renewal = options_.intervals.renewal;
  options.verification_life = options_.intervals.verification;
  options.extinction_timeout = options_.intervals.extinction_timeout;
}

void Server::configure(replication::Options options) {
  complete(options);
  replication_ = std::move(options);
  referee_.replicates(!replication_.partners.empty());
  if (!running_) return;
  deliver(running_->replicator->configure(replication_));
  wake_at(world_.now());
}

void Server::back_up() {
  copy_ = store_;
  world_.note(who_, "is backed up");
}

void Server::restore(bool empty) {
  check(!running_, "a disk is replaced while nobody writes");
  store_ = empty || !copy_ ? store::MemoryStore() : *copy_;
  if (disk_refuses_) store_.refuse(0, static_cast<std::size_t>(-1));
  restored_ = true;
  world_.note(who_, empty || !copy_ ? "has an empty disk" : "has its disk of before");
  referee_.disk_replaced();
  if (federation_) federation_->disk_replaced(*this);
}

void Server::refuse_disk() {
  disk_refuses_ = true;
  store_.refuse(0, static_cast<std::size_t>(-1));
  world_.note(who_, "the disk refuses");
}

void Server::mend_disk() {
  disk_refuses_ = false;
  store_.refuse(0, 0);
  world_.note(who_, "the disk works");
}

void Server::command(Command command) {
  if (!running_) return;
  mailbox_.emplace_back(CommandRequest{.ticket = counts_.steps, .command = std::move(command)});
  wake_soon();
}

void Server::command(replication::Command command) {
  if (!running_) return;
  heard_.emplace_back(
      replication::CommandRequest{.ticket = ++last_ticket_, .command = std::move(command)});
  wake_soon();
}

void Server::hear(replication::Input&& input) {
  heard_.push_back(std::move(input));
  wake_soon();
}

void Server::receive(const Datagram& datagram) {
  auto& running = *running_;
  std::array<std::uint8_t, nbns::payload_length_max> out{};
  running.responder.reader().quiescent();
  const Path path{.remote = datagram.from, .local = datagram.to.address, .socket = 0};
  auto outcome = running.responder.respond(datagram.octets, path, running.responder_options,
                                           world_.now(), out);
  if (const auto* reply = std::get_if<Responder::Reply>(&outcome)) {
    return network_.send({datagram.to, datagram.from, {out.begin(), out.begin() + reply->length}});
  }
  auto* message = std::get_if<nbns::Message>(&outcome);
  if (!message || mailbox_.size() >= options_.burst.queue_limit) return;
  if (auto* request = std::get_if<nbns::NameRequest>(message)) {
    mailbox_.emplace_back(ClientRequest{path, std::move(*request)});
  } else {
    mailbox_.emplace_back(ClientResponse{path, std::move(*message)});
  }
  wake_soon();
}

void Server::wake_soon() {
  if (woken_) return;
  woken_ = true;
  world_.after(world_.between(milliseconds(0), disk_.least), [this, life = life_] {
    woken_ = false;
    if (life == life_) decide();
  });
}

void Server::wake_at(Instant when) {
  wake_at_ = when;
  if (when == never) return;
  world_.at(when, [this, when, life = life_] {
    if (life == life_ && wake_at_ == when) decide();
  });
}

void Server::decide() {
  if (!running_) return;
  if (!available_) return refuse();
  if (in_flight_.size() >= in_flight_max) return;
  if (mailbox_.empty() && heard_.empty() && lease_mail_.empty() && wake_at_ > world_.now()) return;

  std::vector<Input> inputs;
  const auto most = 1 + world_.random().below(inputs_in_a_step);
  while (!mailbox_.empty() && inputs.size() < most) {
    inputs.push_back(std::move(mailbox_.front()));
    mailbox_.pop_front();
  }
  std::vector<replication::Input> heard;
  while (!heard_.empty() && heard.size() < inputs_in_a_step) {
    heard.push_back(std::move(heard_.front()));
    heard_.pop_front();
  }
  ++counts_.steps;
  auto& engine = running_->engine;
  auto& leases = running_->leases;
  auto& replicator = running_->replicator;
  engine.begin(world_.now());
  engine.decide(inputs, mailbox_.size());
  InFlight batch;
  decide_leases(batch);
  batch.replication =
      replicator->step(heard, {world_.now(), local_offset_}, inputs.size() + mailbox_.size());
  batch.leases = leases.finish();
  batch.actions = engine.finish();
  auto fed = std::move(batch.decision.commanded);
  batch.decision = referee_.decided(inputs, batch.actions);
  batch.decision.commanded.merge(fed);
  referee_.check_bounds(engine);
  wake_at(std::min({batch.actions.wake_at, batch.leases.wake_at, batch.replication.wake_at}));
  if (!mailbox_.empty() || !heard_.empty() || !lease_mail_.empty()) wake_soon();

  // The counter is told to partners, so it is written even where nothing else changed.
  const bool changed = !batch.actions.changes.empty() || !batch.leases.changes.empty() ||
                       !batch.replication.changes.empty() ||
                       std::exchange(version_, batch.actions.version) != batch.actions.version;
  if (!changed && in_flight_.empty()) {
    engine.committed();
    leases.committed();
    replicator->committed();
    return deliver(batch);
  }
  in_flight_.push_back(std::move(batch));
  write();
}

void Server::write() {
  disk_free_ = std::max(disk_free_, world_.now()) + world_.between(disk_.least, disk_.most);
  world_.at(disk_free_, [this, life = life_, tries = tries_] {
    if (life == life_ && tries == tries_) written();
  });
}

void Server::written() {
  auto& batch = in_flight_.front();
  if (!commit(batch)) return give_up();
  ++counts_.commits;
  auto done = std::move(batch);
  in_flight_.pop_front();
  running_->engine.committed();
  running_->leases.committed();
  running_->replicator->committed();
  referee_.committed(done.decision, done.actions, true);
  deliver(done);
  if (in_flight_.empty()) {
    referee_.check_same(running_->engine, "when nothing is in flight");
    check_leases("when nothing is in flight");
  }
  decide();
}

bool Server::commit(const InFlight& batch) {
  const auto outcome = store_.commit({.changes = batch.actions.changes,
                                      .replication = batch.replication.changes,
                                      .leases = batch.leases.changes,
                                      .version = batch.actions.version,
                                      .clock = {}});
  if (!outcome) return false;
  if (lease_referee_) lease_referee_->committed(batch.leases);
  for (const auto& change : batch.replication.changes) {
    if (std::holds_alternative<replication::PutRecovered>(change)) restored_ = false;
  }
  if (federation_) federation_->committed(*this, batch.actions, batch.replication);
  return true;
}

void Server::deliver(InFlight& batch) {
  auto& actions = batch.actions;
  referee_.about_to_send(batch.decision, actions);
  running_->index.publish(actions.publications);
  referee_.check_answers(batch.decision,
                         [this](const nbns::ScopedName& name) { return lookup(name); });
  for (const auto& send : actions.sends)
    network_.send({address(), 137}, send.path.remote, send.message);
  if (federation_) federation_->sent(*this, actions);
  deliver(batch.leases);
  deliver(std::move(batch.replication));
}

void Server::deliver(replication::Actions&& actions) {
  for (const auto& event : actions.events) world_.note(who_, to_text(event));
  for (auto& one : actions.sends) links_.send(address(), std::move(one));
  for (const auto& reply : actions.replies) {
    world_.note(
        who_, fmt::format("{}: {} received, {} changed, {} deleted{}{}",
                          reply.result.outcome == replication::Outcome::done ? "done" : "not done",
                          reply.result.received, reply.result.changed, reply.result.deleted,
                          reply.result.text.empty() ? "" : ": ", reply.result.text));
  }
}

/// The disk refuses: nobody is answered, and peers are told to come again.
void Server::refuse() {
  mailbox_.clear();
  std::erase_if(lease_mail_, [](const dhcp::Input& input) {
    return !std::holds_alternative<dhcp::DnsDone>(input);
  });
  std::vector<replication::Input> heard(heard_.begin(), heard_.end());
  heard_.clear();
  if (!heard.empty()) deliver(replication::Replicator::refuse(heard));
}

void Server::give_up() {
  world_.note(who_, fmt::format("undoes {} batches", in_flight_.size()));
  counts_.undone += in_flight_.size();
  running_->engine.undo();
  running_->leases.undo();
  version_ = running_->engine.version();
  auto lost = std::exchange(in_flight_, {});
  ++tries_;
  available_ = false;
  referee_.undone(running_->engine);
  for (const auto& batch : lost) {
    for (const auto& done : batch.dns_done) lease_mail_.emplace_back(done);
  }
  check_leases("when batches were undone");
  for (auto& batch : lost) deliver(replication::Replicator::salvage(std::move(batch.replication)));
  deliver(running_->replicator->undo());
  world_.after(probe_interval, [this, life = life_] {
    if (life == life_) probe();
  });
}

void Server::probe() {
  refuse();
  if (!store_.probe({})) {
    world_.after(probe_interval, [this, life = life_] {
      if (life == life_) probe();
    });
    return;
  }
  world_.note(who_, "can write again");
  available_ = true;
  disk_free_ = world_.now();
  wake_at(world_.now());
}

void Server::remember() {
  const auto statistics = running_->engine.statistics();
  counts_.challenges += statistics.challenges;
  counts_.defended += statistics.challenges_defended;
  counts_.denied += statistics.challenges_denied;
  counts_.silent += statistics.challenges_silent;
}

std::vector<Ipv4> Server::lookup(const nbns::ScopedName& name) {
  std::array<std::uint8_t, nbns::payload_length_max> room{};
  std::array<std::uint8_t, nbns::payload_length_max> out{};
  const auto asked = nbns::encode(nbns::QueryRequest{.id = 1, .name = name}, room);
  running_->responder.reader().quiescent();
  const auto outcome = running_->responder.respond(
      asked, {.remote = {Ipv4(10, 9, 9, 9), 137}, .local = address(), .socket = 0},
      running_->responder_options, world_.now(), out);
  std::vector<Ipv4> found;
  if (const auto* reply = std::get_if<Responder::Reply>(&outcome)) {
    const auto answer = nbns::decode(Octets(out).first(reply->length));
    const auto* positive = answer ? std::get_if<nbns::QueryResponse>(&*answer) : nullptr;
    if (positive) {
      for (const auto& entry : positive->entries) found.push_back(entry.address);
    }
  }
  return found;
}

}  // namespace winsome::sim
