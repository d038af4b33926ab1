#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/dhcp/message.h"
#include "tests/sim/wires.h"
#include "tests/sim/world.h"

namespace winsome::sim {

/// How a station deals with its lease.
enum class Conduct : std::uint8_t {
  honest,
  squatter,   // goes on using its address when the lease has ended
  hasty,      // repeats every message at once, and does not wait for better offers
  forgetful,  // never renews: lets the lease end and starts again
};

/// A DHCP client (RFC 2131 figure 5): boots, renews at T1, rebinds at T2, starts again at the end.
class Station {
 public:
  enum class State : std::uint8_t {
    off,
    selecting,
    requesting,
    rebooting,
    bound,
    renewing,
    rebinding
  };

  /// Called when an address is taken into use, and when it is given up (no address).
  using Bound = std::function<void(Station&, std::optional<Ipv4>)>;

  Station(World& world, Wires& wires, std::string who, dhcp::HardwareAddress hardware);
  ~Station();
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  void plug_into(Wire wire);
  /// Asks for the address that it had, if it had one, else for any.
  void boot();
  /// The power goes; what it had is remembered, as on a disk.
  void power_off();
  void release();
  /// Says of its address that somebody else has it.
  void decline();
  /// Says so, or releases, for an address that is not its own.
  void lie(dhcp::MessageType type, Ipv4 address, Ipv4 server);
  void inform();
  /// One BOOTP request; whatever comes back is taken for good.
  void ask_bootp();

  void behave(Conduct conduct) { conduct_ = conduct; }
  void call_itself(std::string host_name) { host_name_ = std::move(host_name); }
  /// Option 61, which other stations may send too.
  void identify_as(std::vector<std::uint8_t> client_id) { client_id_ = std::move(client_id); }
  void on_bound(Bound bound) { heard_ = std::move(bound); }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] Ipv4 address() const { return address_; }
  [[nodiscard]] Ipv4 server() const { return server_; }
  [[nodiscard]] Instant lease_ends() const { return ends_; }
  [[nodiscard]] const std::string& who() const { return who_; }
  [[nodiscard]] const dhcp::HardwareAddress& hardware() const { return hardware_; }
  [[nodiscard]] dhcp::ClientId client() const;
  [[nodiscard]] std::size_t naks() const { return naks_; }
  [[nodiscard]] const std::optional<dhcp::Message>& last_answer() const { return last_answer_; }

 private:
  [[nodiscard]] dhcp::Message message(dhcp::MessageType type) const;
  void start();
  void send(const dhcp::Message& message, Ipv4 server);
  void transmit();
  void again_after(milliseconds pause);
  void hear(const Frame& frame);
  void choose(const dhcp::Message& offer);
  void take(const dhcp::Message& ack);
  void give_up_address();
  void at(Instant when, void (Station::*what)());
  void renew();
  void rebind();
  void expire();

  World& world_;
  Wires& wires_;
  std::string who_;
  dhcp::HardwareAddress hardware_;
  std::vector<std::uint8_t> client_id_;
  std::string host_name_;
  Conduct conduct_ = Conduct::honest;
  Wire wire_ = 0;
  bool plugged_ = false;
  State state_ = State::off;
  bool bootp_ = false;
  std::uint32_t xid_ = 0;
  Instant began_{};
  Instant asked_{};  // when the present request was first sent
  int tries_ = 0;
  std::uint64_t turn_ = 0;  // timers of an earlier one are void
  Ipv4 address_;
  Ipv4 former_;  // what it asks for when it boots
  Ipv4 server_;
  Ipv4 offered_;
  Instant ends_{};
  Instant rebinds_{};
  std::size_t naks_ = 0;
  Bound heard_;
  std::optional<dhcp::Message> last_answer_;
};

}  // namespace winsome::sim
