#include "tools/winsome-perf/generator.h"

#include <poll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace winsome::perf {

namespace {

constexpr auto expiry_interval = std::chrono::milliseconds(20);
// Below this, waiting in the kernel is less exact than asking it again at once.
constexpr auto wait_min = std::chrono::microseconds(60);

Stream::Plan load_plan(const Options& options) {
  Stream::Plan plan{.mode = options.mode,
                    .names = options.names,
                    .count = options.count,
                    .outstanding = options.outstanding,
                    .rate = options.rate};
  const bool by_order = options.mode == Mode::registration || options.mode == Mode::refresh ||
                        options.mode == Mode::release;
  if (by_order) plan.first = options.first;
  if (options.count == 0 && options.duration.count() == 0) {
    plan.once = by_order;
    plan.count = options.names;
  }
  return plan;
}

Stream::Plan storm_plan(const Options& options) {
  return {.mode = Mode::registration,
          .first = options.names + options.first,
          .names = 3U << 20,
          .count = 0,
          .outstanding = options.storm,
          .rate = 0};
}

Outcome outcome_of(const Stream& stream) {
  return {stream.plan().mode, stream.counts(), stream.latencies(), stream.elapsed()};
}

void wait(const std::vector<std::unique_ptr<Stream>>& streams, std::vector<pollfd>& polled,
          Clock::time_point now) {
  auto due = now + expiry_interval;
  for (const auto& stream : streams) due = std::min(due, stream->next_due());
  if (due - now < wait_min) return;
  const auto ns = std::chrono::nanoseconds(due - now - wait_min / 2).count();
  const timespec timeout{.tv_sec = 0, .tv_nsec = ns};
  ::ppoll(polled.data(), polled.size(), &timeout, nullptr);
}

}  // namespace

Outcomes generate(const Options& options) {
  ::prctl(PR_SET_TIMERSLACK, 1);  // an open loop keeps time to microseconds

  std::vector<std::unique_ptr<Stream>> streams;
  streams.push_back(std::make_unique<Stream>(options, load_plan(options)));
  if (options.storm > 0) streams.push_back(std::make_unique<Stream>(options, storm_plan(options)));
  auto& load = *streams.front();
  std::vector<pollfd> polled;
  for (const auto& stream : streams) {
    for (const int fd : stream->sockets()) polled.push_back({fd, POLLIN, 0});
  }

  const auto start = Clock::now();
  auto next_expiry = start + expiry_interval;
  for (const auto& stream : streams) stream->start(start);
  while (!std::ranges::all_of(streams, [](const auto& stream) { return stream->done(); })) {
    const auto now = Clock::now();
    if (options.duration.count() > 0 && now - start >= options.duration) load.finish();
    if (load.all_sent()) {
      for (const auto& stream : streams)
        stream->finish();  // a storm lasts as long as the load beside it
    }
    bool idle = true;
    for (const auto& stream : streams) {
      if (stream->send_due(now)) idle = false;
    }
    for (const auto& stream : streams) {
      if (stream->receive()) idle = false;
    }
    if (now >= next_expiry) {
      for (const auto& stream : streams) stream->expire(now);
      next_expiry = now + expiry_interval;
    }
    if (idle) wait(streams, polled, now);
  }

  Outcomes outcomes{.load = outcome_of(load), .storm = {}};
  if (streams.size() > 1) outcomes.storm = outcome_of(*streams[1]);
  return outcomes;
}

}  // namespace winsome::perf
