// Where the time of a query and of a registration goes, without sockets and disk.

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "server/core/random.h"
#include "server/names/name_server.h"
#include "server/names/responder.h"
#include "server/nbns/message.h"
#include "server/nbns/query_view.h"
#include "tools/winsome-perf/population.h"

namespace {

using namespace winsome;

using Datagram = std::vector<std::uint8_t>;

constexpr names::Path path{
    .remote = {Ipv4(10, 99, 0, 2), 137}, .local = Ipv4(10, 99, 0, 1), .socket = 0};
constexpr Instant now{std::chrono::hours(1)};

Datagram encoded(const nbns::Message& message) {
  std::array<std::uint8_t, nbns::payload_length_max> room;
  const auto octets = nbns::encode(message, room);
  return {octets.begin(), octets.end()};
}

nbns::NameRequest registration(std::uint32_t number, Ipv4 address = path.remote.address) {
  nbns::NameRequest request;
  request.name = nbns::ScopedName(perf::name_of(number));
  request.ttl = 300'000;
  request.entry = {.node = nbns::NodeType::h, .address = address};
  return request;
}

Datagram query(const nbns::Name& name) {
  return encoded(nbns::QueryRequest{.name = nbns::ScopedName(name)});
}

names::Options options() {
  names::Options options;
  options.owner = path.local;
  options.computer_name = "BENCH";
  return options;
}

/// A server that holds `count` names, and the index that its answer plane would read.
struct Filled {
  explicit Filled(std::uint32_t count) : server(options(), 1, Instant()) {
    server.reserve(count);
    index.reserve(count);
    std::vector<names::Input> inputs;
    for (std::uint32_t number = 0; number < count; ++number) {
      inputs.emplace_back(names::ClientRequest{path, registration(number)});
      if (inputs.size() == 256 || number + 1 == count) {
        auto actions = server.step(inputs, 0, Instant(std::chrono::minutes(1)));
        server.committed();
        index.publish(actions.publications);
        inputs.clear();
      }
    }
  }
  names::NameServer server;
  names::AnswerIndex index;
};

void decode_query(benchmark::State& state) {
  const auto datagram = query(perf::name_of(7));
  nbns::QueryView view;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(nbns::preview(datagram));
    benchmark::DoNotOptimize(nbns::decode_query(datagram, view));
  }
}
BENCHMARK(decode_query);

void decode_registration(benchmark::State& state) {
  const auto datagram = encoded(registration(7));
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(nbns::decode(datagram));
}
BENCHMARK(decode_registration);

/// Random names, as clients ask: what a cache miss in the index costs is in it.
void find_answer(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  Filled filled(count);
  names::AnswerIndex::Reader reader(filled.index);
  Random random(1);
  std::vector<nbns::Name> wanted;
  for (int i = 0; i < 4096; ++i) wanted.push_back(perf::name_of(random.below(count)));
  std::size_t at = 0;
  for ([[maybe_unused]] auto _ : state) {
    reader.quiescent();
    const auto* answer = reader.find({wanted[at++ % wanted.size()], {}});
    benchmark::DoNotOptimize(answer);
    if (answer == nullptr) state.SkipWithError("a name that was registered is not found");
  }
}
BENCHMARK(find_answer)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

/// From datagram to datagram: all that our answer thread adds to a reflector.
void answer_query(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  Filled filled(count);
  names::SourceLimits limits;
  names::Responder responder(filled.index, filled.server.pending_ids(), limits, 1);
  const names::ResponderOptions known(options());
  Random random(1);
  std::vector<Datagram> queries;
  for (int i = 0; i < 4096; ++i) queries.push_back(query(perf::name_of(random.below(count))));
  std::array<std::uint8_t, nbns::payload_length_max> out;
  std::size_t at = 0;
  for ([[maybe_unused]] auto _ : state) {
    responder.reader().quiescent();
    benchmark::DoNotOptimize(
        responder.respond(queries[at++ % queries.size()], path, known, now, out));
  }
}
BENCHMARK(answer_query)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

/// Deciding a batch of 256 new names, and publishing it.
void register_names(benchmark::State& state) {
  constexpr std::uint32_t batch = 256;
  const auto before = static_cast<std::uint32_t>(state.range(0));
  auto filled = std::make_unique<Filled>(before);
  auto next = before;
  std::vector<names::Input> inputs;
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    inputs.clear();
    for (std::uint32_t i = 0; i < batch; ++i) {
      inputs.emplace_back(names::ClientRequest{path, registration(next++)});
    }
    state.ResumeTiming();
    auto actions = filled->server.step(inputs, 0, now);
    filled->server.committed();
    filled->index.publish(actions.publications);
    benchmark::DoNotOptimize(actions);
  }
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(register_names)->Arg(1'000)->Arg(1'000'000)->Iterations(400);

/// The same names again: only time changes.
void refresh_names(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  Filled filled(count);
  std::uint32_t next = 0;
  std::vector<names::Input> inputs;
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    inputs.clear();
    for (std::uint32_t i = 0; i < 256; ++i) {
      inputs.emplace_back(names::ClientRequest{path, registration(next++ % count)});
    }
    state.ResumeTiming();
    auto actions = filled.server.step(inputs, 0, now);
    filled.server.committed();
    filled.index.publish(actions.publications);
    benchmark::DoNotOptimize(actions);
  }
  state.SetItemsProcessed(state.iterations() * 256);
}
BENCHMARK(refresh_names)->Arg(1'000)->Arg(1'000'000)->Iterations(400);

}  // namespace
