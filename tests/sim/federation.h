#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "replication/engine/action.h"
#include "replication/engine/memory.h"
#include "server/names/actions.h"
#include "tests/sim/world.h"

namespace winsome::sim {

class Server;

/// Watches all servers of a federation together: after every batch that becomes durable, what each
/// knows of each, and when all is quiet, that they agree.
class Federation {
 public:
  explicit Federation(World& world) : world_(world) {}

  void add(const Server& server) { servers_.push_back(&server); }
  /// News goes round both ways. Where two servers acknowledged a name, one neighbour may hold the
  /// record of the one and the other neighbour that of the other; who then asks each for what that
  /// one does not hold has neither, until the name is registered or released again.
  void may_cross() { may_cross_ = true; }

  void started(const Server& server, const replication::Memory& memory);
  /// Its disk is another one; what it acknowledged and what it gave versions to may be gone.
  void disk_replaced(const Server& server);
  void committed(const Server& server, const names::Actions& names,
                 const replication::Actions& replication);
  void sent(const Server& server, const names::Actions& names);
  /// An administrator, or a host that lies, does something to this name: no promise counts.
  void meddled(const nbns::ScopedName& name) { meddled_.insert(name); }
  void owner_meddled(Ipv4 owner);

  /// All active records are the same everywhere, and nothing acknowledged is gone; what is wrong,
  /// if anything.
  [[nodiscard]] std::vector<std::string> disagreements() const;
  void check_agreement();

 private:
  struct Promise {
    Ipv4 server;
    bool group = false;
    Instant until;
  };
  /// What one server has given versions to, as far as it was ever durable.
  struct Ledger {
    std::uint64_t top = 0;
    std::map<std::uint64_t, nbns::ScopedName> names;
    std::uint64_t counter = 0;                        // as it stands on its disk
    bool asks = false;                                // its disk was replaced: nothing new is given
    std::uint64_t unique_through = ~std::uint64_t{};  // beyond, what nobody knew is given again
  };
  using Registration = std::pair<nbns::ScopedName, Ipv4>;

  [[nodiscard]] bool acknowledged_twice(const nbns::ScopedName& name) const;
  void forget_others(const nbns::ScopedName& name, const names::Record& record);
  void check_own(const Server& server, const names::Record& record);
  void check_record(const Server& server, const names::Record& record);
  void check_owner(const Server& server, const replication::PutOwner& change);
  void compare(std::vector<std::string>& wrong) const;
  void check_promises(std::vector<std::string>& wrong) const;

  World& world_;
  std::vector<const Server*> servers_;
  bool may_cross_ = false;
  std::map<Ipv4, Ledger> ledgers_;
  std::map<Ipv4, std::map<Ipv4, std::uint64_t>> known_;
  std::map<Ipv4, std::map<nbns::ScopedName, std::pair<Ipv4, std::uint64_t>>> held_;
  std::map<Registration, Promise> promises_;
  std::map<nbns::ScopedName, std::set<Ipv4>> registrants_;
  std::map<nbns::ScopedName, std::set<Ipv4>> acknowledged_by_;
  std::set<nbns::ScopedName> meddled_;
};

}  // namespace winsome::sim
