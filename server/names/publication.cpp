#include <algorithm>
#include <array>

#include "server/core/byte_writer.h"
#include "server/names/name_server.h"

namespace winsome::names {
namespace {

constexpr Ipv4 everybody{255, 255, 255, 255};

/// Entries that fit into a datagram behind header, encoded name, type, class, time to live and
/// length.
constexpr std::size_t entries_max = (nbns::payload_length_max - 12 - 34 - 10) / nbns::nb_entry_size;

/// Collects NB entries without duplicates, as many as fit.
class Entries {
 public:
  void add(const nbns::NbEntry& entry) {
    if (std::ranges::find(seen(), entry.address) != seen().end()) return;
    if (count_ == entries_max) {
      truncated_ = true;
      return;
    }
    addresses_[count_++] = entry.address;
    nbns::encode_entry(out_, entry);
  }
  [[nodiscard]] Octets octets() const { return out_.written(); }
  [[nodiscard]] std::uint8_t size() const { return static_cast<std::uint8_t>(count_); }
  [[nodiscard]] bool truncated() const { return truncated_; }

 private:
  [[nodiscard]] std::span<const Ipv4> seen() const { return {addresses_.data(), count_}; }

  std::array<Ipv4, entries_max> addresses_{};
  std::size_t count_ = 0;
  std::array<std::uint8_t, entries_max * nbns::nb_entry_size> room_{};
  ByteWriter out_{room_};
  bool truncated_ = false;
};

nbns::ScopedName wildcard_1b() {
  return nbns::wildcard_name().with_suffix(0x1b);
}

}  // namespace

AnswerPtr NameServer::answer(const Record& record) const {
  const auto suffix = record.name.name.suffix();
  if (suffix == 0x1d) return nullptr;
  if (!record.is_static && policy_.blocked(record.name.name)) return nullptr;
  const bool answers_always = record.type == RecordType::normal_group;
  if (!answers_always && record.state != State::active) return nullptr;

  Entries entries;
  Answer::Shape shape;
  // An infinite lease's name holds as long as a client's would: who asked is to ask again.
  const bool for_ever = record.is_static || record.due == never;
  shape.life = for_ever ? Answer::Life::fixed : Answer::Life::until_due;
  shape.due = record.due;
  shape.fixed_ttl = static_cast<std::uint32_t>(options_.intervals.renewal.count());
  switch (record.type) {
    case RecordType::normal_group:
      entries.add({.group = true, .node = nbns::NodeType::b, .address = everybody});
      break;
    case RecordType::unique:
    case RecordType::multihomed:
      for (const auto& member : record.members) {
        entries.add({.group = false, .node = record.node, .address = member.address});
      }
      break;
    case RecordType::special_group:
      if (suffix == 0x1c) {
        const auto& masters = table_.domain_masters();
        const auto master = masters.find({record.name.name.with_suffix(0x1b), record.name.scope});
        if (options_.prepend_1b && master != masters.end()) {
          entries.add({.group = true, .node = nbns::NodeType::b, .address = master->second});
        }
        shape.pinned = entries.size();
        shape.shuffled = options_.randomize_1c;
      }
      for (const auto& member : record.members) {
        if (entries.size() == members_max) break;  // a full domain, and its 1B is no member
        entries.add({.group = true, .node = nbns::NodeType::b, .address = member.address});
      }
      break;
  }
  if (entries.size() == 0) return nullptr;
  shape.truncated = entries.truncated();
  return Answer::make(record.name.view(), shape, entries.octets());
}

/// `*`<1B>: every active domain master browser, which browsers of other domains ask for.
AnswerPtr NameServer::domain_masters() const {
  const auto& masters = table_.domain_masters();
  if (masters.empty()) return nullptr;
  Entries entries;
  for (const auto& [name, address] : masters) {
    entries.add({.group = false, .node = nbns::NodeType::h, .address = address});
    if (entries.truncated()) break;
  }
  Answer::Shape shape;
  shape.life = Answer::Life::fixed;
  shape.fixed_ttl = static_cast<std::uint32_t>(options_.intervals.renewal.count());
  shape.truncated = entries.truncated();
  return Answer::make(wildcard_1b().view(), shape, entries.octets());
}

void NameServer::publish_changes() {
  bool masters_changed = false;
  const auto publish = [this](const nbns::ScopedName& name, const Record* record) {
    actions_.publications.push_back({name, record ? answer(*record) : nullptr});
  };
  for (const auto& name : table_.changed_names()) {
    publish(name, table_.find(name.view()));
    if (name.name.suffix() != 0x1b) continue;
    masters_changed = true;
    const nbns::ScopedName domain{name.name.with_suffix(0x1c), name.scope};
    if (const auto* group = table_.find(domain.view())) publish(domain, group);
  }
  if (masters_changed) actions_.publications.push_back({wildcard_1b(), domain_masters()});
}

void NameServer::publish_all(const std::function<void(Publication&&)>& publish) const {
  table_.for_each([&](const Record& record) { publish({record.name, answer(record)}); });
  publish({wildcard_1b(), domain_masters()});
}

}  // namespace winsome::names
