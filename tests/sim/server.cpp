#include "tests/sim/server.h"

#include <fmt/format.h>

#include <algorithm>

namespace winsome::sim {

using namespace names;  // NOLINT: this is the engine's other half

namespace {

constexpr std::size_t inputs_in_a_step = 64;

}  // namespace

Server::Server(World& world, Network& network, std::string who, const Options& options,
               DiskSpeed disk)
    : world_(world),
      network_(network),
      who_(std::move(who)),
      options_(options),
      disk_(disk),
      referee_(world, options) {
  restart();
}

Server::~Server() {
  network_.detach(address());
}

void Server::restart() {
  if (running_) return;
  ++life_;
  running_ = std::make_unique<Running>(options_, world_.random().next(), world_.now());
  auto& engine = running_->engine;
  std::map<nbns::ScopedName, Record> loaded;
  const auto found = store_.load([&](Record&& record) {
    loaded.emplace(record.name, record);
    engine.load(std::move(record));
  });
  engine.load_version(found->counters.version);
  engine.publish_all([this](Publication&& one) { running_->index.publish(std::move(one)); });
  available_ = true;
  disk_free_ = world_.now();
  network_.attach(address(), who_, [this](const Datagram& datagram) { receive(datagram); });
  referee_.restarted(loaded, found->counters.version);
  referee_.check_answers([this](const nbns::ScopedName& name) { return lookup(name); });
  world_.note(who_,
              fmt::format("starts with {} names, version {}", loaded.size(), engine.version()));
  wake_at(world_.now());
}

void Server::crash() {
  if (!running_) return;
  ++life_;
  ++counts_.crashes;
  auto kept = world_.random().below(static_cast<std::uint32_t>(in_flight_.size() + 1));
  if (disk_refuses_ || !available_) kept = 0;
  world_.note(who_, fmt::format("crashes, {} batches in flight, {} of them on the disk",
                                in_flight_.size(), kept));
  for (std::size_t i = 0; i < kept; ++i) {
    const auto& batch = in_flight_[i];
    const auto written = store_.commit(
        {.changes = batch.actions.changes, .version = batch.actions.version, .clock = {}});
    if (written) referee_.committed(batch.decision, batch.actions, false);
  }
  remember();
  in_flight_.clear();
  mailbox_.clear();
  running_.reset();
  network_.detach(address());
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
  if (!available_) return mailbox_.clear();
  if (in_flight_.size() >= in_flight_max) return;
  if (mailbox_.empty() && wake_at_ > world_.now()) return;

  std::vector<Input> inputs;
  const auto most = 1 + world_.random().below(inputs_in_a_step);
  while (!mailbox_.empty() && inputs.size() < most) {
    inputs.push_back(std::move(mailbox_.front()));
    mailbox_.pop_front();
  }
  ++counts_.steps;
  auto actions = running_->engine.step(inputs, mailbox_.size(), world_.now());
  InFlight batch{.actions = std::move(actions), .decision = {}};
  batch.decision = referee_.decided(inputs, batch.actions);
  referee_.check_bounds(running_->engine);
  wake_at(batch.actions.wake_at);
  if (!mailbox_.empty()) wake_soon();

  if (batch.actions.changes.empty() && in_flight_.empty()) {
    running_->engine.committed();
    referee_.idle(batch.actions.version);
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
  const auto outcome = store_.commit(
      {.changes = batch.actions.changes, .version = batch.actions.version, .clock = {}});
  if (!outcome) return give_up();
  ++counts_.commits;
  auto done = std::move(batch);
  in_flight_.pop_front();
  running_->engine.committed();
  referee_.committed(done.decision, done.actions, true);
  deliver(done);
  if (in_flight_.empty()) referee_.check_same(running_->engine, "when nothing is in flight");
  decide();
}

void Server::deliver(InFlight& batch) {
  auto& actions = batch.actions;
  referee_.about_to_send(batch.decision, actions);
  running_->index.publish(actions.publications);
  referee_.check_answers(batch.decision,
                         [this](const nbns::ScopedName& name) { return lookup(name); });
  for (const auto& send : actions.sends)
    network_.send({send.path.local, 137}, send.path.remote, send.message);
}

void Server::give_up() {
  world_.note(who_, fmt::format("undoes {} batches", in_flight_.size()));
  counts_.undone += in_flight_.size();
  running_->engine.undo();
  in_flight_.clear();
  ++tries_;
  available_ = false;
  referee_.undone(running_->engine);
  world_.after(probe_interval, [this, life = life_] {
    if (life == life_) probe();
  });
}

void Server::probe() {
  mailbox_.clear();
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
