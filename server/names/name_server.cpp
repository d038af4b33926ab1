#include "server/names/name_server.h"

#include <algorithm>
#include <utility>

#include "server/names/lifecycle.h"

namespace winsome::names {

NameServer::NameServer(Options options, std::uint64_t seed, Instant started)
    : options_(std::move(options)),
      policy_(options_),
      challenges_(seed, ids_),
      demands_(seed, ids_),
      started_(started) {}

void NameServer::load(Record&& record) {
  if (!may_be_fed(record, options_.owner)) record.fed = false;  // we had another address then
  table_.load(std::move(record));
}

Actions NameServer::step(std::span<Input> inputs, std::size_t waiting, Instant now) {
  begin(now);
  decide(inputs, waiting);
  return finish();
}

void NameServer::begin(Instant now) {
  now_ = now;
  actions_ = {};
  table_.begin_batch(version_);
  statistics_before_.push_back(statistics_);
}

void NameServer::decide(std::span<Input> inputs, std::size_t waiting) {
  waiting_ = waiting + inputs.size();
  for (const auto& input : inputs) {
    --waiting_;
    std::visit([this](const auto& one) { handle(one); }, input);
  }
  waiting_ = waiting;
  ask();
  retry_feeds();
  if (!closed_ && age(aged_in_a_step) > 0) statistics_.last_scavenging = now_;
}

Actions NameServer::finish() {
  ask();
  actions_.changes = table_.changes();
  actions_.version = version_;
  publish_changes();
  const auto aging = closed_ ? never : std::max(table_.next_deadline(), now_);
  const auto feeding = closed_ ? never : std::max(retry_feeds_at_, now_);
  actions_.wake_at = std::min({challenges_.next_due(), demands_.next_due(), aging, feeding});
  if (!defences_.empty() || !feeds_resolved_.empty()) actions_.wake_at = now_;
  return std::move(actions_);
}

void NameServer::committed() {
  table_.commit_oldest();
  statistics_before_.pop_front();
}

void NameServer::undo() {
  if (const auto version = table_.undo_all()) version_ = *version;
  if (!statistics_before_.empty()) {
    const auto drops = statistics_.drops;  // who got no answer got none
    statistics_ = statistics_before_.front();
    statistics_.drops = drops;
    statistics_before_.clear();
  }
  challenges_.drop_all();
  demands_.drop_all();
  defences_.clear();
  feeds_.clear();
  waiting_feeds_.clear();
  retry_feeds_at_ = never;
  feeds_resolved_.clear();
}

bool NameServer::configure(const Options& options) {
  const bool answers_change = options.access.blocked_names != options_.access.blocked_names ||
                              options.prepend_1b != options_.prepend_1b ||
                              options.randomize_1c != options_.randomize_1c ||
                              options.intervals.renewal != options_.intervals.renewal;
  options_ = options;
  policy_ = Policy(options_);
  return answers_change;
}

Statistics NameServer::statistics() const {
  auto statistics = statistics_;
  const auto& counts = table_.counts();
  statistics.records = table_.size();
  statistics.active = counts.active;
  statistics.released = counts.released;
  statistics.tombstones = counts.tombstones;
  statistics.static_records = counts.static_records;
  statistics.fed_records = counts.fed;
  statistics.version = version_;
  statistics.challenges_pending = challenges_.size();
  return statistics;
}

void NameServer::put(Record record) {
  arrange(record, options_.owner);
  if (!may_be_fed(record, options_.owner)) record.fed = false;
  table_.put(std::move(record));
}

void NameServer::put_own(Record record) {
  arrange(record, options_.owner);
  take_ownership(record);
  if (!may_be_fed(record, options_.owner)) record.fed = false;
  table_.put(std::move(record));
}

void NameServer::raise_version(std::uint64_t version) {
  version_ = std::max(version_, version);
}

std::vector<Ipv4> NameServer::take_overdue_owners() {
  std::vector<Ipv4> owners(overdue_owners_.begin(), overdue_owners_.end());
  std::ranges::sort(owners);
  overdue_owners_.clear();
  return owners;
}

void NameServer::take_ownership(Record& record) {
  record.owner = options_.owner;
  record.version = ++version_;
}

}  // namespace winsome::names
