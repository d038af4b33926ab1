#include "server/formats/reservations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "server/dhcp/option_table.h"
#include "server/formats/lines.h"

namespace winsome::formats {
namespace {

constexpr std::size_t name_length_max = 253;  // RFC 1035 2.3.4, as text

}  // namespace

bool may_be_configured(std::uint8_t code) {
  using namespace dhcp::option;
  constexpr std::array spoken{requested_address,
                              lease_time,
                              overload,
                              message_type,
                              server_identifier,
                              parameter_request_list,
                              message,
                              message_size,
                              renewal_time,
                              rebinding_time,
                              client_identifier,
                              client_fqdn,
                              relay_agent_information,
                              subnet_selection};
  return code != 0 && code != 255 && std::ranges::find(spoken, code) == spoken.end();
}

std::optional<Ipv4> ReservationGatherer::address(const Place& place, std::string_view word) {
  const auto address = parse_ipv4(word);
  if (!address) {
    problem(place, fmt::format("address '{}' is not an IPv4 address", shown(word)));
    return {};
  }
  if (!address->is_host()) {
    problem(place,
            fmt::format("address '{}' cannot be a host's, expected one below 224.0.0.0", word));
    return {};
  }
  return address;
}

std::optional<std::string> ReservationGatherer::host_name(const Place& place,
                                                          std::string_view text) {
  const auto is_graphic = [](char c) { return c > 0x20 && c < 0x7f; };
  if (text.empty() || text.size() > name_length_max) {
    problem(place, fmt::format("name '{}' is {} octets long, expected 1 to {}", shown(text),
                               text.size(), name_length_max));
    return {};
  }
  if (!std::ranges::all_of(text, is_graphic)) {
    problem(place, fmt::format("name '{}' holds a blank, a control octet or one that is not ASCII",
                               shown(text)));
    return {};
  }
  return std::string(text);
}

void ReservationGatherer::add(const Place& place, dhcp::Reservation reservation) {
  const auto [found, fresh] = places_.try_emplace(reservation.address, rows_.size());
  if (!fresh) {
    const auto& first = rows_[found->second];
    problem(place, fmt::format("address {} is kept for somebody already ({}:{})",
                               to_text(reservation.address), first.file, first.line));
    return;
  }
  rows_.push_back({std::move(reservation), std::string(place.file), place.line});
}

ParsedReservations ReservationGatherer::finish() && {
  return {std::move(static_cast<Reports&>(*this)).finish(), std::move(rows_)};
}

}  // namespace winsome::formats
