#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "replication/transport/transport.h"

namespace winsome::transport {

/// What callers do wrong, and the engine does not hear of.
enum class GrpcFault : std::uint8_t {
  turned_away,   // one connection too many
  silent,        // connected, and said nothing
  unsecured,     // not TLS
  certificate,   // none, or one that is not accepted
  refused_call,  // of another version, not possible, or one too many
  stalled        // did not take what it asked for
};
inline constexpr std::size_t grpc_fault_count = 6;

using GrpcCounters = std::array<std::uint64_t, grpc_fault_count>;

[[nodiscard]] constexpr std::string_view to_text(GrpcFault fault) {
  constexpr std::array<std::string_view, grpc_fault_count> texts{
      "grpc turned away",         "grpc silent",       "grpc not secured",
      "grpc certificate refused", "grpc call refused", "grpc too slow"};
  return texts[static_cast<std::size_t>(fault)];
}

/// Counts faults, and tells of them where somebody listens. From any thread.
class GrpcFaults {
 public:
  explicit GrpcFaults(NoteFault note = {}) : note_(std::move(note)) {}

  void count(GrpcFault fault) { ++counts_[static_cast<std::size_t>(fault)]; }
  void tell(GrpcFault fault, const std::string& peer, const std::string& what) {
    count(fault);
    if (note_) note_(peer, what);
  }

  [[nodiscard]] GrpcCounters counters() const {
    GrpcCounters counters{};
    for (std::size_t i = 0; i < counters.size(); ++i) counters[i] = counts_[i];
    return counters;
  }

 private:
  NoteFault note_;
  std::array<std::atomic<std::uint64_t>, grpc_fault_count> counts_{};
};

}  // namespace winsome::transport
