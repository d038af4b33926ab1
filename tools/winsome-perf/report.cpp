#include "tools/winsome-perf/report.h"

#include <fmt/format.h>

#include <string_view>

namespace winsome::perf {

namespace {

std::string_view name_of_mode(Mode mode) {
  switch (mode) {
    case Mode::query: return "query";
    case Mode::miss: return "miss";
    case Mode::registration: return "register";
    case Mode::refresh: return "refresh";
    case Mode::release: return "release";
    case Mode::mixed: return "mixed";
  }
  return "";
}

double microseconds(std::chrono::nanoseconds ns) {
  return static_cast<double>(ns.count()) / 1000;
}

double rate(const Outcome& outcome) {
  const auto seconds = outcome.elapsed.count();
  return seconds > 0 ? static_cast<double>(outcome.counts.right) / seconds : 0;
}

std::string text_of(const Outcome& outcome) {
  const auto& counts = outcome.counts;
  const auto& latencies = outcome.latencies;
  return fmt::format(
      "{}: {} right answers in {:.2f} s, {:.0f} a second; {} sent, {} wrong, {} lost, {} repeated, "
      "{} WACKs, {} stray\n"
      "  latency in us: p50 {:.1f}, p90 {:.1f}, p99 {:.1f}, p99.9 {:.1f}, max {:.1f}, mean "
      "{:.1f}\n",
      name_of_mode(outcome.mode), counts.right, outcome.elapsed.count(), rate(outcome), counts.sent,
      counts.wrong, counts.lost, counts.repeated, counts.wacks, counts.stray,
      microseconds(latencies.percentile(50)), microseconds(latencies.percentile(90)),
      microseconds(latencies.percentile(99)), microseconds(latencies.percentile(99.9)),
      microseconds(latencies.max()), microseconds(latencies.mean()));
}

std::string json_of(const Outcome& outcome) {
  const auto& counts = outcome.counts;
  const auto& latencies = outcome.latencies;
  return fmt::format(
      R"({{"mode": "{}", "sent": {}, "right": {}, "wrong": {}, "lost": {}, "repeated": {}, "wacks": {}, "stray": {}, )"
      R"("seconds": {:.6f}, "rate": {:.1f}, "p50": {:.1f}, "p90": {:.1f}, "p99": {:.1f}, "p99.9": {:.1f}, )"
      R"("max": {:.1f}, "mean": {:.1f}}})",
      name_of_mode(outcome.mode), counts.sent, counts.right, counts.wrong, counts.lost,
      counts.repeated, counts.wacks, counts.stray, outcome.elapsed.count(), rate(outcome),
      microseconds(latencies.percentile(50)), microseconds(latencies.percentile(90)),
      microseconds(latencies.percentile(99)), microseconds(latencies.percentile(99.9)),
      microseconds(latencies.max()), microseconds(latencies.mean()));
}

}  // namespace

std::string to_text(const Outcomes& outcomes) {
  auto text = text_of(outcomes.load);
  if (outcomes.storm) text += "beside it, " + text_of(*outcomes.storm);
  return text;
}

std::string to_json(const Outcomes& outcomes) {
  auto text = R"({"load": )" + json_of(outcomes.load);
  if (outcomes.storm) text += R"(, "storm": )" + json_of(*outcomes.storm);
  return text + "}\n";
}

}  // namespace winsome::perf
