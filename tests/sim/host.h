#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "server/nbns/message.h"
#include "tests/sim/network.h"
#include "tests/sim/world.h"

namespace winsome::sim {

/// How a host answers when it is asked whether a name is its own.
enum class Manner : std::uint8_t {
  honest,
  late,             // honest, but after `Host::lateness`
  silent,           // never
  denies_all,       // gives away what it has
  claims_all,       // claims what it never had, and whatever address is asked about
  mistakes_id,      // honest, with another transaction id
  mistakes_source,  // honest, from another address
};

/// What a host wants a name to be.
enum class Kind : std::uint8_t { unique, group, multihomed };

/// A client: registers, refreshes in time, releases, asks, and answers challenges after its manner.
/// Retries as Windows does (fact base A1, A8).
class Host {
 public:
  static constexpr milliseconds patience{1500};
  static constexpr int tries = 3;
  static constexpr std::uint16_t port = 137;

  /// What the host believes of a name at one of its addresses.
  enum class Belief : std::uint8_t { asking, held, refused, releasing, gone };

  Host(World& world, Network& network, std::string who, std::vector<Ipv4> addresses, Ipv4 server);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  void register_name(const nbns::ScopedName& name, Kind kind, std::size_t interface = 0);
  void refresh(const nbns::ScopedName& name, std::size_t interface = 0);
  void release(const nbns::ScopedName& name, std::size_t interface = 0);
  void query(const nbns::ScopedName& name);
  /// Registers an address that is somebody else's.
  void claim_for(const nbns::ScopedName& name, Ipv4 address);

  /// Falls silent and forgets everything.
  void die();
  void live();
  /// Refreshes no more, but still defends what it has.
  void rest() { resting_ = true; }
  /// Has this address in place of all others, and registers all its names again.
  void move(Ipv4 address);
  void behave(Manner manner) { manner_ = manner; }
  /// Turns to another server with what comes.
  void use(Ipv4 server) { server_.address = server; }

  [[nodiscard]] bool alive() const { return alive_; }
  [[nodiscard]] Manner manner() const { return manner_; }
  [[nodiscard]] const std::string& who() const { return who_; }
  [[nodiscard]] const std::vector<Ipv4>& addresses() const { return addresses_; }
  /// Does the host think it has this name now.
  [[nodiscard]] bool holds(const nbns::ScopedName& name) const;

  milliseconds lateness{800};

 private:
  using Key = std::pair<nbns::ScopedName, Ipv4>;
  struct Claim {
    Kind kind = Kind::unique;
    Belief belief = Belief::gone;
    nbns::NameRequest request{};
    int tried = 0;
    Instant patience_ends{};
    Instant until{};  // held: as long as the server granted
  };

  void ask(const Key& key, Kind kind, nbns::Opcode opcode);
  void try_again(const Key& key, std::uint16_t id);
  void send(const Key& key, const nbns::Message& message);
  void receive(const Datagram& datagram);
  void answer(const nbns::QueryRequest& question, const Datagram& datagram);
  void learn(const nbns::NameResponse& response);
  void wait(const nbns::Wack& wack);
  void obey(const nbns::NameRequest& demand, const Datagram& datagram);
  [[nodiscard]] std::map<Key, Claim>::iterator asked_with(std::uint16_t id);
  void refresh_later(const Key& key);

  World& world_;
  Network& network_;
  std::string who_;
  std::vector<Ipv4> addresses_;
  Endpoint server_;
  bool alive_ = true;
  bool resting_ = false;
  Manner manner_ = Manner::honest;
  std::uint16_t last_id_ = 0;
  std::map<Key, Claim> claims_;
};

}  // namespace winsome::sim
