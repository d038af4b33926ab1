// Any text is settings or a list of problems, each at a place that exists, in the order of the
// file.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "server/config/settings.h"
#include "server/core/check.h"

using namespace winsome;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto settings = config::parse(text, "fuzz.toml", {"winsome.example", Ipv4(192, 0, 2, 10)});
  if (settings) {
    check(config::difference(*settings, *settings).lines.empty(), "settings equal themselves");
    check(settings->names.owner.is_host(), "an owner is a host");
    check(!settings->nbns.listen.empty(), "a server listens somewhere");
    check(settings->names.computer_name.size() <= 15, "a computer name fits");
    check(settings->names.intervals.renewal > seconds::zero(), "an interval is no zero");
    const auto& replication = settings->replication;
    check(replication.us == settings->names.owner, "replication knows who we are");
    check(replication.partners.size() <= replication::partners_max, "partners have a maximum");
    for (const auto& partner : replication.partners) {
      check(!partner.name.empty(), "a partner has a name");
      check(partner.address.address.is_host() && partner.address.port != 0,
            "a partner has an address");
    }
    return 0;
  }
  const auto& problems = settings.error();
  check(!problems.empty(), "a refusal has a reason");
  const auto in_order = [](const config::Problem& a, const config::Problem& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  };
  check(std::ranges::is_sorted(problems, in_order), "problems stand in the order of the file");
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  for (const auto& problem : problems) {
    check(problem.line <= lines, "a problem stands in the file");
    check(
        std::ranges::all_of(config::to_text(problem), [](char c) { return c >= 0x20 && c < 0x7f; }),
        "a problem is one printable line");
  }
  return 0;
}
