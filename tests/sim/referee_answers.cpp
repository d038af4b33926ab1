#include <algorithm>

#include "tests/sim/referee.h"

namespace winsome::sim {

using namespace names;  // NOLINT: speaks of nothing else

namespace {

constexpr Ipv4 everybody{255, 255, 255, 255};

bool is_live(const Record& record) {
  return record.state == State::active;
}

}  // namespace

void Referee::check_answers(const Decision& decision, const Lookup& lookup) {
  if (world_.chance(20)) return check_answers(lookup);
  std::set<nbns::ScopedName> touched(decision.commanded);
  for (const auto& request : decision.requests) touched.insert(request.request.name);
  for (const auto& [name, evidence] : decision.evidence) touched.insert(name);
  for (const auto& name : std::set(touched)) {
    if (name.name.suffix() == 0x1b) touched.insert({name.name.with_suffix(0x1c), name.scope});
  }
  touched.insert(nbns::make_name("*", 0x1b));
  for (const auto& name : touched) check_answer(name, lookup);
}

void Referee::check_answers(const Lookup& lookup) {
  for (const auto& [name, record] : records_) check_answer(name, lookup);
  check_answer(nbns::make_name("*", 0x1b), lookup);
  check_answer(nbns::make_name("NEVERHEARDOF", 0x20), lookup);
}

void Referee::check_answer(const nbns::ScopedName& name, const Lookup& lookup) {
  const auto found = lookup(name);
  const auto wanted = expected(name);
  if (found == wanted) return;
  const auto list = [](const std::vector<Ipv4>& addresses) {
    std::string all;
    for (const auto address : addresses) all += ' ' + winsome::to_text(address);
    return all;
  };
  world_.violate(nbns::to_text(name) + " is answered with" + list(found) + ", but the disk says" +
                 list(wanted));
}

/// What the disk's records say a query should find (B6).
std::vector<Ipv4> Referee::expected(const nbns::ScopedName& name) const {
  std::vector<Ipv4> list;
  const auto add = [&](Ipv4 address) {
    if (std::ranges::find(list, address) == list.end()) list.push_back(address);
  };
  const auto master = [&](const Record& record) {
    return record.name.name.suffix() == 0x1b && is_live(record) && is_single(record.type);
  };
  if (name.name == nbns::make_name("*", 0x1b)) {
    for (const auto& [one, record] : records_) {
      if (master(record)) add(record.members.front().address);
    }
    return list;
  }
  const auto found = records_.find(name);
  if (found == records_.end() || name.name.suffix() == 0x1d) return list;
  const auto& record = found->second;
  if (record.type == RecordType::normal_group) return {everybody};
  if (!is_live(record)) return list;
  if (name.name.suffix() == 0x1c) {
    const auto browser = records_.find({name.name.with_suffix(0x1b), name.scope});
    if (browser != records_.end() && master(browser->second))
      add(browser->second.members.front().address);
  }
  for (const auto& member : record.members) {
    if (list.size() < names::members_max) add(member.address);
  }
  return list;
}

}  // namespace winsome::sim
