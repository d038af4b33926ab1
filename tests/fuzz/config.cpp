// Any text is settings or a list of problems, each at a place that exists, in the order of the
// file.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "server/config/settings.h"
#include "server/core/check.h"

using namespace winsome;

namespace {

void check_dhcp(const dhcp::Configuration& dhcp) {
  check(!dhcp.enabled || !dhcp.scopes.empty(), "leases come from scopes");
  check(0 < dhcp.renewal && dhcp.renewal < dhcp.rebinding && dhcp.rebinding < 1,
        "clients renew, then rebind, then give up");
  for (const auto& scope : dhcp.scopes) {
    check(scope.subnet.length() >= 8 && scope.subnet.length() <= 30, "a subnet has hosts");
    for (const auto& pool : scope.pools) {
      check(pool.range.first <= pool.range.last, "a range has addresses");
      check(scope.subnet.contains(pool.range.first) && scope.subnet.contains(pool.range.last),
            "a pool lies in its subnet");
    }
    for (const auto& reservation : scope.reservations) {
      check(scope.subnet.contains(reservation.address), "a reservation lies in its subnet");
      check(reservation.hardware || reservation.client || !reservation.circuit.empty(),
            "a reservation has a client");
    }
  }
}

}  // namespace

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
    check_dhcp(settings->dhcp);
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
