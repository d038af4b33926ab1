#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "server/names/name_server.h"
#include "tests/sim/world.h"

namespace winsome::sim {

/// What the owner of a contested name said, as far as the server heard it.
struct Evidence {
  Endpoint requester;
  std::uint16_t request_id = 0;
  std::optional<Ipv4> wanted;  // the address that was to be registered
  std::uint16_t id = 0;        // of the questions
  std::set<Ipv4> asked;
  Instant first_asked = never;
  bool denied = false;
  std::optional<std::set<Ipv4>> claimed;
};

/// What the referee has to know of one step when it becomes durable.
struct Decision {
  Instant when{};
  std::vector<names::ClientRequest> requests;
  std::set<nbns::ScopedName> commanded;
  std::map<nbns::ScopedName, Evidence> evidence;  // as it was when the step ended its inputs
};

/// Watches one server from outside and knows, from what was asked, answered and written, what it
/// must never do. Shares no code with the engine it watches.
class Referee {
 public:
  /// With partners, `replicates`, what they say may change what our clients were told.
  Referee(World& world, names::Options options, bool replicates)
      : world_(world), options_(std::move(options)), replicates_(replicates) {}

  void replicates(bool does) { replicates_ = does; }

  [[nodiscard]] Decision decided(std::span<const names::Input> inputs,
                                 const names::Actions& actions);
  /// The batch is on the disk; `told` if the server lives to know.
  void committed(const Decision& decision, const names::Actions& actions, bool told);
  /// Everything in flight was taken back: the engine is as the disk.
  void undone(const names::NameServer& engine);
  /// Another disk, or an older copy of this one: what was promised is forgotten.
  void disk_replaced() { replaced_ = true; }
  void restarted(const std::map<nbns::ScopedName, names::Record>& loaded, std::uint64_t version);
  void about_to_send(const Decision& decision, const names::Actions& actions);

  using Lookup = std::function<std::vector<Ipv4>(const nbns::ScopedName&)>;
  /// The answer plane says what the disk says: of the names that a step may have changed, or of
  /// all.
  void check_answers(const Decision& decision, const Lookup& lookup);
  void check_answers(const Lookup& lookup);
  /// The engine has the records of the disk, and its version.
  void check_same(const names::NameServer& engine, const std::string& when);
  void check_bounds(const names::NameServer& engine);

 private:
  using Records = std::map<nbns::ScopedName, names::Record>;
  using Promise = std::pair<nbns::ScopedName, Ipv4>;

  void hear(const names::ClientResponse& response);
  void follow(const names::Actions& actions, const Decision& decision);
  void apply(const names::Change& change);
  void check_change(const Decision& decision, const names::Record* before,
                    const names::Record* after);
  void check_version(const names::Record* before, const names::Record& after);
  void check_loss(const Decision& decision, const names::Record& before, const names::Record* after,
                  Ipv4 lost);
  void check_gain(const Decision& decision, const names::Record& before,
                  const names::Record& after);
  void forget_released(const Decision& decision);
  void check_promises(const names::Record& after);
  [[nodiscard]] std::optional<std::string> no_reason_to_lose(const Decision& decision,
                                                             const names::Record& before,
                                                             const names::Record* after,
                                                             Ipv4 lost) const;
  [[nodiscard]] bool is_taken_back(const names::Record* before, const names::Record& after) const;
  [[nodiscard]] bool a_partner_may_take(const Decision& decision, const names::Record& before,
                                        const names::Record* after, Ipv4 lost);
  [[nodiscard]] bool registers(const Decision& decision, const nbns::ScopedName& name,
                               Ipv4 address) const;
  void check_grant(const Decision& decision, const nbns::NameResponse& response);
  void check_released(const Decision& decision, const nbns::NameResponse& response, Ipv4 source);
  [[nodiscard]] std::vector<Ipv4> expected(const nbns::ScopedName& name) const;
  void check_answer(const nbns::ScopedName& name, const Lookup& lookup);

  World& world_;
  names::Options options_;
  bool replicates_;
  bool replaced_ = false;
  bool may_repeat_ = false;  // since then
  Records records_;          // what is on the disk
  std::uint64_t version_ = 0;
  std::map<std::uint64_t, nbns::ScopedName> versions_;  // to which name each was given
  std::map<nbns::ScopedName, Evidence> evidence_;
  std::map<Promise, Instant> promises_;  // acknowledged, and until when
  std::set<Promise> released_;           // acknowledged as released, and not registered since
};

}  // namespace winsome::sim
