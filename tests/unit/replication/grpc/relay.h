#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>

#include "server/core/ipv4.h"

namespace winsome::transport {

/// A wire between two servers that can go dead without either being told.
class Relay {
 public:
  explicit Relay(Endpoint to);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay();

  [[nodiscard]] Endpoint address() const { return address_; }
  /// Takes connections and octets from now on, and passes nothing on.
  void silence() const { silent_ = true; }
  /// How many went through, both ways.
  [[nodiscard]] std::size_t octets() const { return octets_; }
  void wait_for_octets(std::size_t count) const;

 private:
  void run();
  [[nodiscard]] bool carry(int from, int to);

  Endpoint to_;
  Endpoint address_;
  int listener_ = -1;
  int stop_ = -1;
  mutable std::atomic<bool> silent_ = false;
  std::atomic<std::size_t> octets_ = 0;
  std::thread thread_;
};

}  // namespace winsome::transport
