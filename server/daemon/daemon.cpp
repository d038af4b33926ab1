#include "server/daemon/daemon.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "replication/transport/discovery.h"
#include "server/admin/admin_server.h"
#include "server/core/version.h"
#include "server/daemon/answer_thread.h"
#include "server/daemon/backend.h"
#include "server/daemon/carriers.h"
#include "server/daemon/clock.h"
#include "server/daemon/decision_plane.h"
#include "server/daemon/found_partners.h"
#include "server/daemon/lease_backend.h"
#include "server/daemon/lease_services.h"
#include "server/daemon/log.h"
#include "server/daemon/mailbox.h"
#include "server/daemon/messages.h"
#include "server/daemon/overload.h"
#include "server/daemon/owner.h"
#include "server/daemon/replication_log.h"
#include "server/daemon/store_thread.h"
#include "server/daemon/transmitter.h"
#include "server/store/sqlite_record_reader.h"
#include "server/store/sqlite_store.h"

namespace winsome::daemon {
namespace {

/// Less than this and a burst of registrations is lost in the kernel.
constexpr std::size_t receive_buffer_min = 1 << 20;

std::uint64_t random_seed() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

names::Options engine_options(const config::Settings& settings) {
  auto options = settings.names;
  options.challenge.port = settings.nbns.challenge_port;
  return options;
}

Result<std::vector<net::UdpSocket>, std::string> bind_all(const config::Settings::Nbns& settings) {
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  const auto wanted = settings.answer_threads == 0 ? cores : settings.answer_threads;
  const auto room = names::AnswerIndex::readers_max / settings.listen.size();
  const auto threads = std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(room, 1));
  std::vector<net::UdpSocket> sockets;
  for (const auto& endpoint : settings.listen) {
    // The port may be shared among our own threads, never with another program: so ask for it alone
    // first.
    auto alone = net::UdpSocket::bind(endpoint, false);
    if (!alone) return fail(alone.error());
    const auto bound = alone->local();
    {
      const auto closed = std::move(*alone);
    }
    for (std::size_t i = 0; i < threads; ++i) {
      auto socket = net::UdpSocket::bind(bound, threads > 1);
      if (!socket) return fail(socket.error());
      sockets.push_back(std::move(*socket));
    }
  }
  return sockets;
}

std::string describe(const std::vector<Endpoint>& endpoints) {
  std::string text;
  for (const auto& endpoint : endpoints) text += (text.empty() ? "" : ", ") + to_text(endpoint);
  return text;
}

std::vector<Endpoint> bound_endpoints(const std::vector<net::UdpSocket>& sockets) {
  std::vector<Endpoint> seen;
  for (const auto& socket : sockets) {
    if (std::ranges::find(seen, socket.local()) == seen.end()) seen.push_back(socket.local());
  }
  return seen;
}

}  // namespace

struct Daemon::Parts {
  Parts(config::Settings the_settings, std::unique_ptr<store::SqliteStore> the_store,
        std::unique_ptr<store::SqliteRecordReader> the_reader, const store::ClockMark& mark,
        std::vector<net::UdpSocket> the_sockets)
      : settings(std::move(the_settings)),
        store(std::move(the_store)),
        reader(std::move(the_reader)),
        sockets(std::move(the_sockets)),
        clock(mark),
        engine(engine_options(settings), random_seed(), clock.now()),
        leases(settings.dhcp, random_seed()),
        mailbox(limits, settings.names.burst.queue_limit),
        options(names::ResponderOptions(settings.names)),
        transmitter(sockets),
        lease_backend(mailbox, leases),
        backend(
            mailbox, *store, *reader, [this] { return report(); },
            [this] { return replicator->status(); }) {}

  void serve();
  void stop();
  void replicated(replication::Actions&& actions);
  void leased(dhcp::Actions&& actions);
  void watch_overload(Instant now);
  /// On the decision plane: the configured partners, and those that announced themselves.
  void configure_replication();
  [[nodiscard]] Result<void, std::string> discover();
  [[nodiscard]] admin::StatisticsReport report();

  config::Settings settings;  // once it runs, of the decision plane
  std::unique_ptr<store::SqliteStore> store;
  std::unique_ptr<store::SqliteRecordReader> reader;
  std::vector<net::UdpSocket> sockets;
  Clock clock;
  names::NameServer engine;
  dhcp::LeaseServer leases;
  names::AnswerIndex index;
  names::SourceLimits limits;
  Mailbox mailbox;
  SharedOptions options;
  Transmitter transmitter;
  LeaseBackend lease_backend;
  Backend backend;
  std::optional<replication::Replicator> replicator;
  std::unique_ptr<Carriers> carriers;
  std::unique_ptr<LeaseServices> services;
  std::unique_ptr<transport::Discovery> discovery;
  FoundPartners found;
  ReplicationLog replication_log;
  std::optional<StoreThread> store_thread;
  std::optional<DecisionPlane> plane;
  std::optional<Overload> overload;  // once all answer threads are there to be looked at
  std::thread plane_thread;
  std::vector<std::unique_ptr<names::Responder>> responders;
  std::vector<std::unique_ptr<AnswerThread>> answer_threads;
  std::unique_ptr<admin::AdminServer> admin;
  std::int64_t started = 0;
};

void Daemon::Parts::serve() {
  started = clock.mark().wall / 1000;
  store_thread.emplace(*store, mailbox);
  plane.emplace(
      DecisionPlane::Engines{engine, leases, *replicator}, index, mailbox, *store_thread,
      transmitter, clock,
      DecisionPlane::Listeners{
          .replied =
              [this](std::uint64_t ticket, names::CommandResult&& result) {
                backend.reply(ticket, std::move(result));
              },
          .replicated = [this](replication::Actions&& actions) { replicated(std::move(actions)); },
          .leased = [this](dhcp::Actions&& actions) { leased(std::move(actions)); },
          .woke = [this](Instant now) { watch_overload(now); }});
  const auto tell_dns = [this] { mailbox.post([this] { services->tell_dns(leases); }); };
  // Before the thread that hands them what to carry out.
  services->start(
      [this](const dhcp::HardwareAddress& hardware, std::span<const Ipv4Prefix> networks) {
        return lease_backend.find(hardware, networks);
      },
      tell_dns);
  plane_thread = std::thread([this] { plane->run(); });
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    responders.push_back(
        std::make_unique<names::Responder>(index, engine.pending_ids(), limits, random_seed()));
    answer_threads.push_back(std::make_unique<AnswerThread>(
        static_cast<std::uint16_t>(i), sockets[i], *responders.back(), mailbox, options, clock));
  }
  mailbox.post([this] { overload.emplace(); });
  tell_dns();
}

void Daemon::Parts::watch_overload(Instant now) {
  if (!overload || !overload->is_due(now)) return;
  auto drops = engine.statistics().drops;
  for (const auto& responder : responders) {
    for (std::size_t i = 0; i < names::drop_count; ++i) drops[i] += responder->counters().drops[i];
  }
  if (const auto dropped = overload->look(drops, now)) log(messages::requests_dropped, *dropped);
}

void Daemon::Parts::leased(dhcp::Actions&& actions) {
  for (auto& reply : actions.replies) lease_backend.reply(reply.ticket, std::move(reply.result));
  services->carry_out(std::move(actions), leases);
}

void Daemon::Parts::replicated(replication::Actions&& actions) {
  for (auto& send : actions.sends) carriers->send(std::move(send));
  for (auto& reply : actions.replies) backend.reply(reply.ticket, std::move(reply.result));
  for (const auto& event : actions.events) replication_log.write(event);
}

void Daemon::Parts::configure_replication() {
  replicated(replicator->configure(found.merged(settings.replication)));
  plane->hurry();
}

/// Fact base C1: who announces itself becomes a push and pull partner, until it says that it goes.
Result<void, std::string> Daemon::Parts::discover() {
  const auto& wanted = settings.carriers.discovery;
  if (!wanted.enabled) return {};
  auto speaking = transport::Discovery::start(
      {.addresses = {settings.replication.us}, .interval = wanted.interval, .ttl = wanted.ttl},
      [this](Ipv4 address, bool up) {
        mailbox.post([this, address, up] {
          if (!found.hear(address, up)) return;
          replication_log.write_announcement(address, up);
          configure_replication();
        });
      });
  if (!speaking) return fail(speaking.error());
  discovery = std::move(*speaking);
  return {};
}

void Daemon::Parts::stop() {
  backend.stop();
  if (admin) admin->stop();
  discovery.reset();
  answer_threads.clear();
  if (services) services->stop_asking();
  mailbox.stop();
  if (plane_thread.joinable()) plane_thread.join();
  services.reset();
  carriers.reset();
  if (store_thread) store_thread->post({.batch = 0, .clock = clock.mark()});
  store_thread.reset();
}

admin::StatisticsReport Daemon::Parts::report() {
  admin::StatisticsReport report;
  report.names = engine.statistics();
  for (const auto& responder : responders) {
    const auto& counters = responder->counters();
    report.queries += counters.queries;
    report.queries_answered += counters.answered;
    report.queries_not_found += counters.not_found;
    report.node_status += counters.node_status;
    for (std::size_t i = 0; i < names::drop_count; ++i) report.names.drops[i] += counters.drops[i];
    for (std::size_t i = 0; i < nbns::decode_error_count; ++i)
      report.malformed[i] += counters.malformed[i];
  }
  for (const auto& socket : sockets) report.receive_drops += socket.receive_drops();
  report.send_failures = transmitter.failures();
  for (const auto& thread : answer_threads) report.send_failures += thread->send_failures();
  const auto& counters = plane->counters();
  report.names.drops[static_cast<std::size_t>(names::Drop::store_unavailable)] +=
      counters.unavailable_drops;
  report.replication_faults = carriers->faults();
  for (const auto& partner : replicator->status().partners)
    report.last_pull = std::max(report.last_pull, partner.last_pull);
  if (discovery)
    report.replication_faults.emplace_back("malformed announcement", discovery->malformed());
  if (leases.configuration().enabled) report.dhcp = leases.statistics();
  report.services = services->counters();
  report.commits = counters.commits;
  report.commit_failures = counters.commit_failures;
  report.store_available = counters.store_available;
  report.started = started;
  report.wall_offset = clock.wall_offset();
  report.version = program_version();
  return report;
}

Daemon::Daemon(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Daemon::~Daemon() {
  parts_->stop();
}

Result<std::unique_ptr<Daemon>, std::string> Daemon::start(config::Settings settings) {
  auto sockets = bind_all(settings.nbns);
  if (!sockets) return fail(sockets.error());
  if (const auto buffer = sockets->front().receive_buffer(); buffer < receive_buffer_min) {
    log(messages::receive_buffer_small, buffer, receive_buffer_min);
  }

  const auto began = std::chrono::steady_clock::now();
  auto store = store::SqliteStore::open(settings.data_dir);
  if (!store) return fail(store.error().text);
  std::vector<names::Record> records;
  auto loaded =
      (*store)->load([&](names::Record&& record) { records.push_back(std::move(record)); });
  if (!loaded) return fail(loaded.error().text);
  if (auto settled = settle_owner(**store, loaded->owner, settings); !settled)
    return fail(std::move(settled).error());
  auto reader = std::make_unique<store::SqliteRecordReader>(settings.data_dir);

  auto parts = std::make_unique<Parts>(settings, std::move(*store), std::move(reader),
                                       loaded->counters.clock, std::move(*sockets));
  parts->engine.load_version(loaded->counters.version);
  parts->engine.reserve(records.size());
  parts->index.reserve(records.size());
  for (auto& record : records) parts->engine.load(std::move(record));
  const auto count = records.size();
  records = {};
  const auto leases = loaded->leases.leases.size();
  const auto pending =
      std::ranges::count(loaded->leases.leases, dhcp::NameState::pending, &dhcp::Lease::name_state);
  parts->leases.load(std::move(loaded->leases));
  parts->replicator.emplace(settings.replication, loaded->memory, parts->engine,
                            replication::Moment{parts->clock.now(), parts->clock.local_offset()});
  parts->engine.publish_all([&](names::Publication&& p) { parts->index.publish(std::move(p)); });

  const auto took =
      std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
  log(messages::database_opened, count, took.count(), loaded->counters.version);
  if (const auto uncounted = parts->clock.uncounted(); uncounted > milliseconds(0))
    log(messages::clock_not_synchronised, uncounted / seconds(1));
  if (settings.dhcp.enabled) log(messages::leases_read, leases, pending);
  const auto where = describe(bound_endpoints(parts->sockets));
  auto daemon = std::unique_ptr<Daemon>(new Daemon(std::move(parts)));
  auto& running = *daemon->parts_;
  auto carriers = Carriers::start(settings, [&mailbox = running.mailbox](auto&& input) {
    return mailbox.post(std::forward<decltype(input)>(input));
  });
  if (!carriers) return fail(carriers.error());
  running.carriers = std::move(*carriers);
  auto services = LeaseServices::open(settings, running.mailbox);
  if (!services) return fail(services.error());
  running.services = std::move(*services);
  running.serve();
  if (auto discovering = running.discover(); !discovering) return fail(discovering.error());
  auto admin = admin::AdminServer::start(
      running.backend, settings.admin.socket,
      [](const admin::AuditEntry& entry) {
        log(messages::administrator, entry.who, entry.command, entry.outcome);
      },
      settings.dhcp.enabled ? &running.lease_backend : nullptr);
  if (!admin) return fail(admin.error());
  running.admin = std::move(*admin);
  log(messages::started, program_version(), where);
  auto partners = settings.carriers.winsra.listen;
  std::ranges::copy(settings.carriers.grpc.listen, std::back_inserter(partners));
  if (!partners.empty()) log(messages::replicating, describe(partners));
  return daemon;
}

Result<void, std::string> Daemon::reload(config::Settings settings) {
  keep_owner(settings, parts_->settings.names.owner);
  const auto difference = config::difference(parts_->settings, settings);
  if (!difference.needs_restart.empty()) {
    std::string keys;
    for (const auto& key : difference.needs_restart) keys += (keys.empty() ? "" : ", ") + key;
    return fail("a running server cannot change " + keys +
                "; nothing was changed, restart to apply all of it");
  }
  if (difference.lines.empty()) {
    log(messages::configuration_unchanged);
    return {};
  }
  std::promise<void> configured;
  parts_->mailbox.post([&] {
    if (parts_->engine.configure(engine_options(settings))) parts_->plane->republish();
    parts_->leases.configure(settings.dhcp);
    parts_->settings = settings;
    parts_->configure_replication();
    configured.set_value();
  });
  configured.get_future().wait();
  parts_->mailbox.set_queue_limit(settings.names.burst.queue_limit);
  parts_->options.set(names::ResponderOptions(settings.names));
  for (const auto& line : difference.lines) log(messages::configuration_changed, line);
  return {};
}

}  // namespace winsome::daemon
