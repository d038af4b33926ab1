#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "server/core/random.h"
#include "server/names/actions.h"
#include "server/names/answer_index.h"
#include "server/names/options.h"
#include "server/names/pending_ids.h"
#include "server/names/source_limits.h"
#include "server/names/statistics.h"
#include "server/nbns/query_view.h"

namespace winsome::names {

/// What every answer thread knows beside the index; a new one replaces it as a whole when the
/// configuration changes.
struct ResponderOptions {
  explicit ResponderOptions(const Options& options);

  /// Computer name and file server name of this node.
  [[nodiscard]] bool is_own(const nbns::ScopedNameView& name) const {
    const auto suffix = name.name.suffix();
    return (suffix == 0x00 || suffix == 0x20) && name.scope.empty() &&
           name.name.with_suffix(0) == computer;
  }

  std::vector<Ipv4Prefix> query_from;
  std::vector<Ipv4Prefix> register_from;
  bool query_from_all = false;
  bool register_from_all = false;
  std::size_t requests_per_second = 0;
  std::uint32_t ttl = 0;                  // of our own names, seconds
  nbns::Name computer;                    // with suffix 0
  std::vector<std::uint8_t> node_status;  // ready-made RDATA
};

/// Counted by one answer thread, read by others.
struct ResponderCounters {
  std::atomic<std::uint64_t> queries = 0;
  std::atomic<std::uint64_t> answered = 0;
  std::atomic<std::uint64_t> not_found = 0;
  std::atomic<std::uint64_t> node_status = 0;
  std::array<std::atomic<std::uint64_t>, drop_count> drops{};
  std::array<std::atomic<std::uint64_t>, nbns::decode_error_count> malformed{};
};

/// The answer plane, one for each of its threads: from a datagram to its answer, to a message for
/// the decision plane, or to nothing. Queries allocate nothing.
class Responder {
 public:
  Responder(AnswerIndex& index, const PendingIds& pending, SourceLimits& limits, std::uint64_t seed)
      : reader_(index), pending_(pending), limits_(limits), random_(seed) {}

  struct Nothing {};
  struct Reply {
    std::size_t length;  // octets written to `out`
  };
  /// A message is a registration, refresh, release, or a response that a challenge awaits: the
  /// decision plane's.
  using Outcome = std::variant<Nothing, Reply, nbns::Message>;

  /// `out` has room for nbns::payload_length_max octets. `now` and the options are those of the
  /// whole batch.
  [[nodiscard]] Outcome respond(Octets datagram, const Path& path, const ResponderOptions& options,
                                Instant now, std::span<std::uint8_t> out);

  [[nodiscard]] AnswerIndex::Reader& reader() { return reader_; }
  [[nodiscard]] const ResponderCounters& counters() const { return counters_; }
  void count(Drop why) { bump(counters_.drops[static_cast<std::size_t>(why)]); }

 private:
  [[nodiscard]] bool admits(const std::vector<Ipv4Prefix>& networks, bool everybody,
                            const Path& path, const ResponderOptions& options, Instant now);
  [[nodiscard]] std::size_t query(const Path& path, const ResponderOptions& options, Instant now,
                                  std::span<std::uint8_t> out);
  [[nodiscard]] std::size_t node_status(const ResponderOptions& options,
                                        std::span<std::uint8_t> out);
  [[nodiscard]] std::size_t defend(Octets datagram, const Path& path,
                                   const ResponderOptions& options, std::span<std::uint8_t> out);
  [[nodiscard]] std::size_t positive(const nbns::QueryView& query, const Answer& answer,
                                     Instant now, std::span<std::uint8_t> out);
  [[nodiscard]] Outcome response(Octets datagram, std::uint16_t id);
  [[nodiscard]] Outcome decode(Octets datagram);
  void count(nbns::DecodeError why) { bump(counters_.malformed[static_cast<std::size_t>(why)]); }

  /// One writer: a load and a store do, without a locked instruction.
  static void bump(std::atomic<std::uint64_t>& counter) {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }

  AnswerIndex::Reader reader_;
  const PendingIds& pending_;
  SourceLimits& limits_;
  Random random_;
  ResponderCounters counters_;
  nbns::QueryView view_;
};

}  // namespace winsome::names
