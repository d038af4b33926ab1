#include "tests/sim/scenario.h"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "tests/sim/host.h"
#include "tests/sim/server.h"

namespace winsome::sim {
namespace {

/// A script that cannot be read. Caught in `play`.
struct Bad : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using Words = std::vector<std::string>;

Words words_of(const std::string& line) {
  std::istringstream in(line);
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

const std::string& word(const Words& words, std::size_t at) {
  if (at >= words.size()) throw Bad("something is missing");
  return words[at];
}

std::uint32_t number(const std::string& text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw Bad("not a number: " + text);
  return value;
}

milliseconds duration(const std::string& text) {
  static const std::map<std::string, milliseconds> units = {{"ms", milliseconds(1)},
                                                            {"s", seconds(1)},
                                                            {"m", std::chrono::minutes(1)},
                                                            {"h", std::chrono::hours(1)},
                                                            {"d", std::chrono::days(1)}};
  const auto digits = text.find_first_not_of("0123456789");
  const auto unit = digits == std::string::npos ? units.end() : units.find(text.substr(digits));
  if (unit == units.end()) throw Bad("not a duration: " + text);
  return unit->second * number(text.substr(0, digits));
}

Ipv4 address(const std::string& text) {
  const auto parsed = parse_ipv4(text);
  if (!parsed) throw Bad("not an address: " + text);
  return *parsed;
}

nbns::ScopedName name(const std::string& text) {
  const auto parsed = nbns::parse_name(text, 0);
  if (!parsed) throw Bad("not a name: " + text);
  return *parsed;
}

class Scenario {
 public:
  void run(const std::string& line);
  [[nodiscard]] World& world() { return world_; }

 private:
  void set_lan(const Words& words);
  void add_server(const Words& words);
  void add_host(const Words& words);
  void tell(Host& host, const Words& words);
  void behave(Host& host, const Words& words);
  void tell(Server& server, const Words& words);
  void join(const Words& words);
  void shape(const Words& words, bool cut);
  void show(const Server& server, const nbns::ScopedName& name);
  void show_owners(const Server& server);
  [[nodiscard]] Server& server(const std::string& who);
  [[nodiscard]] std::string who(Ipv4 owner) const;

  World world_{1};
  Network network_{world_};
  Links links_{world_};
  std::map<std::string, std::unique_ptr<Server>> servers_;
  std::map<std::string, std::unique_ptr<Host>> hosts_;
  Ipv4 last_server_;
};

void Scenario::run(const std::string& line) {
  const auto words = words_of(line.substr(0, line.find('#')));
  if (words.empty()) return;
  if (words[0] == "lan") return set_lan(words);
  if (words[0] == "server") return add_server(words);
  if (words[0] == "host") return add_host(words);
  if (words[0] == "partners") return join(words);
  if (words[0] == "cut" || words[0] == "heal") return shape(words, words[0] == "cut");
  if (words[0] == "quiet" || words[0] == "loud") return world_.mute(words[0] == "quiet");
  if (words[0] == "run") return world_.run_for(duration(word(words, 1)));
  const auto who = words[0].substr(0, words[0].size() - 1);
  const Words said(words.begin() + 1, words.end());
  if (who == "everybody") {
    for (const auto& [name, one] : servers_) tell(*one, said);
    return;
  }
  if (words[0].back() == ':' && hosts_.contains(who)) return tell(*hosts_[who], said);
  if (words[0].back() == ':' && servers_.contains(who)) return tell(*servers_[who], said);
  throw Bad("neither a command nor somebody: " + words[0]);
}

void Scenario::set_lan(const Words& words) {
  for (std::size_t i = 1; i < words.size(); i += 2) {
    const auto& value = word(words, i + 1);
    if (words[i] == "delay") {
      network_.weather.delay_least = network_.weather.delay_most = duration(value);
    } else if (words[i] == "loss") {
      network_.weather.loss = number(value);
    } else if (words[i] == "duplication") {
      network_.weather.duplication = number(value);
    } else {
      throw Bad("a lan has no " + words[i]);
    }
  }
}

void Scenario::add_server(const Words& words) {
  names::Options options;
  options.owner = last_server_ = address(word(words, 2));
  options.computer_name = "SERVER";
  DiskSpeed disk;
  replication::Options replication;
  replication.verification.interval = seconds(0);
  auto& intervals = options.intervals;
  const std::map<std::string, seconds*> settings = {
      {"renewal", &intervals.renewal},
      {"extinction", &intervals.extinction},
      {"extinction_timeout", &intervals.extinction_timeout},
      {"tombstone_uptime", &intervals.tombstone_uptime},
      {"verification", &intervals.verification},
      {"start_wait", &replication.start_wait},
      {"verify", &replication.verification.interval}};
  for (std::size_t i = 3; i < words.size(); i += 2) {
    const auto value = duration(word(words, i + 1));
    if (words[i] == "disk") {
      disk.least = disk.most = value;
    } else if (settings.contains(words[i])) {
      *settings.at(words[i]) = std::chrono::floor<seconds>(value);
    } else {
      throw Bad("a server has no " + words[i]);
    }
  }
  servers_[words[1]] = std::make_unique<Server>(Surroundings{world_, network_, links_}, words[1],
                                                options, disk, replication);
}

Server& Scenario::server(const std::string& who) {
  const auto found = servers_.find(who);
  if (found == servers_.end()) throw Bad("no such server: " + who);
  return *found->second;
}

/// Both pull, and both are told; with an arrow to one side only that side is.
void Scenario::join(const Words& words) {
  auto& here = server(word(words, 1));
  auto& there = server(word(words, 3));
  if (word(words, 2) != "<->" && words[2] != "->") throw Bad("neither <-> nor ->: " + words[2]);
  replication::Partner terms;
  terms.persistent = false;
  auto& out = links_.way(here.address(), there.address());
  auto& back = links_.way(there.address(), here.address());
  for (std::size_t i = 4; i < words.size(); ++i) {
    if (words[i] == "persistent") {
      terms.persistent = true;
      continue;
    }
    const auto& value = word(words, i + 1);
    if (words[i] == "interval") {
      terms.interval = std::chrono::floor<seconds>(duration(value));
    } else if (words[i] == "via") {
      if (value != "grpc" && value != "winsra") throw Bad("nothing goes via " + value);
      terms.carrier = value == "grpc" ? replication::Carrier::grpc : replication::Carrier::winsra;
    } else if (words[i] == "count") {
      terms.update_count = number(value);
    } else if (words[i] == "delay") {
      out.delay_least = out.delay_most = back.delay_least = back.delay_most = duration(value);
    } else if (words[i] == "rate") {
      out.octets_per_second = back.octets_per_second = number(value);
    } else {
      throw Bad("partners have no " + words[i]);
    }
    ++i;
  }
  const bool mutual = words[2] == "<->";
  const auto add = [&](Server& at, const Server& to, bool pulls) {
    auto options = at.replication();
    terms.name = to.who();
    terms.address = {to.address(), 42};
    terms.pull = pulls || mutual;
    terms.push = !pulls || mutual;
    options.partners.push_back(terms);
    at.configure(std::move(options));
  };
  add(here, there, false);
  add(there, here, true);
}

void Scenario::shape(const Words& words, bool cut) {
  const auto here = server(word(words, 1)).address();
  const auto there = server(word(words, 3)).address();
  const auto change = [&](Ipv4 from, Ipv4 to) {
    return cut ? links_.cut(from, to) : links_.heal(from, to);
  };
  change(here, there);
  if (word(words, 2) == "<->") change(there, here);
  world_.note("-", words[0] + " " + words[1] + " " + words[2] + " " + words[3]);
}

void Scenario::add_host(const Words& words) {
  std::vector<Ipv4> addresses;
  auto at = last_server_;
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "at") {
      at = server(word(words, i + 1)).address();
      break;
    }
    addresses.push_back(address(words[i]));
  }
  if (addresses.empty()) throw Bad("a host needs an address");
  hosts_[words[1]] = std::make_unique<Host>(world_, network_, words[1], addresses, at);
}

void Scenario::tell(Host& host, const Words& words) {
  const auto& verb = word(words, 0);
  if (verb == "dies") return host.die();
  if (verb == "lives") return host.live();
  if (verb == "moves") return host.move(address(word(words, 2)));
  if (verb == "is") return behave(host, words);
  const auto what = name(word(words, 1));
  if (verb == "query") return host.query(what);
  if (verb == "claims") return host.claim_for(what, address(word(words, 3)));

  auto kind = Kind::unique;
  std::size_t interface = 0;
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "group") kind = Kind::group;
    if (words[i] == "multihomed") kind = Kind::multihomed;
    if (words[i] != "at") continue;
    const auto wanted = address(word(words, ++i));
    const auto found = std::ranges::find(host.addresses(), wanted);
    if (found == host.addresses().end()) throw Bad("not an address of this host: " + words[i]);
    interface = static_cast<std::size_t>(found - host.addresses().begin());
  }
  if (verb == "register") return host.register_name(what, kind, interface);
  if (verb == "refresh") return host.refresh(what, interface);
  if (verb == "release") return host.release(what, interface);
  throw Bad("hosts do not know how to " + verb);
}

void Scenario::behave(Host& host, const Words& words) {
  static const std::map<std::string, Manner> manners = {
      {"honest", Manner::honest},           {"late", Manner::late},
      {"silent", Manner::silent},           {"denying", Manner::denies_all},
      {"claiming", Manner::claims_all},     {"mistaken", Manner::mistakes_id},
      {"spoofing", Manner::mistakes_source}};
  const auto found = manners.find(word(words, 1));
  if (found == manners.end()) throw Bad("nobody is " + words[1]);
  if (words.size() > 2) host.lateness = duration(words[2]);
  host.behave(found->second);
}

void Scenario::tell(Server& server, const Words& words) {
  const auto& verb = word(words, 0);
  if (verb == "crashes") return server.crash();
  if (verb == "restarts") return server.restart();
  if (verb == "scavenges") return server.command(names::Scavenge{});
  if (verb == "pulls") return server.command(replication::PullNow{});
  if (verb == "pushes") return server.command(replication::PushNow{});
  if (verb == "propagates") return server.command(replication::PushNow{{}, true});
  if (verb == "verifies") return server.command(replication::VerifyNow{});
  if (verb == "knows") return show_owners(server);
  if (verb == "loses") return server.restore(true);
  if (verb == "is") return word(words, 1) == "backed" ? server.back_up() : server.restore(false);
  if (verb == "disk")
    return word(words, 1) == "refuses" ? server.refuse_disk() : server.mend_disk();
  const auto what = name(word(words, 1));
  if (verb == "deletes") return server.command(names::DeleteRecord{what});
  if (verb == "tombstones") return server.command(names::TombstoneRecord{what});
  if (verb == "shows") return show(server, what);
  if (verb != "adds") throw Bad("servers do not know how to " + verb);
  names::AddRecords add;
  add.records.push_back(names::exact(names::MappingType::unique, what, {address(word(words, 2))}));
  server.command(add);
}

void Scenario::show(const Server& server, const nbns::ScopedName& what) {
  const auto* record = server.running() ? server.engine().find(what.view()) : nullptr;
  if (!record) return world_.show(server.who(), nbns::to_text(what) + " is unknown");
  const bool list = record->type == names::RecordType::special_group;
  std::string members;
  for (const auto& member : record->members) {
    members += ' ' + to_text(member.address);
    if (list && member.owner != server.address()) members += " (" + who(member.owner) + ')';
  }
  const auto of = record->owner == server.address() ? "" : " of " + who(record->owner);
  world_.show(server.who(), fmt::format("{} is {}{} {}, version {}{}, until {}:{}",
                                        nbns::to_text(what), record->is_static ? "static " : "",
                                        names::to_text(record->state), names::to_text(record->type),
                                        record->version, of, time_text(record->due), members));
}

void Scenario::show_owners(const Server& server) {
  std::string line = "knows";
  for (const auto& one : server.status().owners)
    line += fmt::format(" {} up to {}, {} names;", who(one.owner), one.max, one.records);
  world_.show(server.who(), line);
}

std::string Scenario::who(Ipv4 owner) const {
  for (const auto& [name, one] : servers_) {
    if (one->address() == owner) return name;
  }
  return to_text(owner);
}

}  // namespace

Played play(std::string_view script) {
  Scenario scenario;
  scenario.world().keep_trace();
  std::istringstream lines{std::string(script)};
  int at = 0;
  for (std::string line; std::getline(lines, line);) {
    ++at;
    try {
      scenario.run(line);
    } catch (const Bad& bad) {
      return {.trace = {}, .problem = fmt::format("line {}: {}", at, bad.what())};
    }
  }
  std::string trace;
  for (const auto& line : scenario.world().trace()) trace += line + '\n';
  return {.trace = trace, .problem = scenario.world().violation().value_or("")};
}

}  // namespace winsome::sim
