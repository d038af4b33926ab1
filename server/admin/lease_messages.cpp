#include "server/admin/lease_messages.h"

#include <absl/container/btree_map.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "server/admin/convert.h"
#include "server/core/printable.h"
#include "server/formats/reservations.h"

namespace winsome::admin {
namespace {

// Both enums have their values in our order, one behind UNSPECIFIED.
static_assert(v1::LEASE_STATE_DECLINED == 1 + static_cast<int>(dhcp::LeaseState::declined));
static_assert(v1::LEASE_NAME_STATE_CLIENT == 1 + static_cast<int>(dhcp::NameState::client));

constexpr std::size_t name_length_max = 63;  // as in the configuration
constexpr std::size_t boot_file_max = 127;   // RFC 951 3, without the NUL
constexpr std::size_t server_name_max = 63;
constexpr std::size_t option_length_max = 1024;  // RFC 3396; no message holds more
constexpr std::size_t circuit_max = 255;
constexpr std::size_t host_name_max = 253;  // RFC 1035 2.3.4, as text

/// ASCII without controls, whose first is `least`.
bool is_ascii(std::string_view text, char least) {
  return std::ranges::all_of(text, [least](char c) { return c >= least && c < 0x7f; });
}

bool is_graphic(std::string_view text) {
  return is_ascii(text, '!');
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

Result<Ipv4, std::string> to_address(const std::string& text) {
  const auto address = parse_ipv4(text);
  if (!address) return fail(fmt::format("address '{}' is not an IPv4 address", printable(text)));
  return *address;
}

template <class Range>
void fill(v1::AddressRange& out, const Range& range) {
  out.set_first(to_text(range.first));
  out.set_last(to_text(range.last));
}

/// A text of the configuration's fields; the error names it.
Result<void, std::string> check_text(std::string_view what, const std::string& text,
                                     std::size_t most, char least) {
  if (text.size() <= most && is_ascii(text, least)) return {};
  return fail(fmt::format("{} '{}': expected at most {} octets of ASCII{}", what, printable(text),
                          most, least == ' ' ? "" : " without blanks"));
}

Result<dhcp::Parameters, std::string> to_parameters(const v1::Parameters& message) {
  dhcp::Parameters parameters;
  for (const auto& option : message.options()) {
    const auto code = static_cast<std::uint8_t>(option.code());
    if (option.code() > 0xff || !formats::may_be_configured(code)) {
      return fail(fmt::format("option {} is not to be configured", option.code()));
    }
    if (option.value().size() > option_length_max) {
      return fail(fmt::format("option {} is {} octets long, expected at most {}", code,
                              option.value().size(), option_length_max));
    }
    parameters.options[code].assign(option.value().begin(), option.value().end());
  }
  const auto& boot = message.boot();
  if (auto good = check_text("boot file", boot.file(), boot_file_max, ' '); !good)
    return fail(good.error());
  if (auto good = check_text("boot server name", boot.server_name(), server_name_max, ' '); !good)
    return fail(good.error());
  parameters.boot.file = boot.file();
  parameters.boot.server_name = boot.server_name();
  if (!boot.server().empty()) {
    const auto server = to_address(boot.server());
    if (!server) return fail(server.error());
    parameters.boot.server = *server;
  }
  if (message.infinite()) {
    parameters.lease = dhcp::forever;
  } else if (message.has_lease()) {
    const auto length = message.lease().seconds();
    if (length <= 0 || length >= 0xffff'ffff) {
      return fail(fmt::format("a lease of {} s, expected 1 to {}", length, 0xffff'fffeU));
    }
    parameters.lease = seconds(length);
  }
  return parameters;
}

/// Who it is kept for.
Result<void, std::string> take_client(const v1::Reservation& message, dhcp::Reservation& out) {
  switch (message.client_case()) {
    case v1::Reservation::kHardware:
      out.hardware = dhcp::parse_hardware(message.hardware());
      if (out.hardware && out.hardware->length > 0) return {};
      return fail(fmt::format("'{}' is no hardware address", printable(message.hardware())));
    case v1::Reservation::kClientId:
      out.client = dhcp::parse_client_id(message.client_id());
      if (out.client) return {};
      return fail(fmt::format("'{}' is no client identifier", printable(message.client_id())));
    case v1::Reservation::kCircuit:
      out.circuit.assign(message.circuit().begin(), message.circuit().end());
      if (!out.circuit.empty() && out.circuit.size() <= circuit_max) return {};
      return fail(
          fmt::format("a circuit of {} octets, expected 1 to {}", out.circuit.size(), circuit_max));
    case v1::Reservation::CLIENT_NOT_SET: break;
  }
  return fail(std::string("it says no client: a hardware address, client identifier or circuit"));
}

}  // namespace

v1::Lease to_message(const dhcp::Lease& lease, std::int64_t wall_offset) {
  v1::Lease message;
  message.set_address(to_text(lease.address));
  message.set_state(static_cast<v1::LeaseState>(1 + static_cast<int>(lease.state)));
  message.set_client_id(dhcp::to_text(lease.client));
  if (lease.hardware.length > 0) message.set_hardware(dhcp::to_text(lease.hardware));
  *message.mutable_granted() = to_timestamp(lease.granted, wall_offset);
  if (lease.due != never) *message.mutable_due() = to_timestamp(lease.due, wall_offset);
  message.set_scope(printable(lease.scope));
  message.set_host_name(printable(lease.host_name));
  message.mutable_circuit()->assign(lease.circuit.begin(), lease.circuit.end());
  message.set_bootp(lease.bootp);
  message.set_name_state(static_cast<v1::LeaseNameState>(1 + static_cast<int>(lease.name_state)));
  message.set_netbios_name(printable(lease.netbios_name));
  for (const auto suffix : lease.suffixes) message.add_suffixes(suffix);
  message.set_dns_name(printable(lease.dns_name));
  return message;
}

v1::Parameters to_message(const dhcp::Parameters& parameters) {
  v1::Parameters message;
  for (const auto& [code, value] : parameters.options) {
    auto& option = *message.add_options();
    option.set_code(code);
    option.mutable_value()->assign(value.begin(), value.end());
  }
  const auto& boot = parameters.boot;
  if (boot != dhcp::Boot{}) {
    message.mutable_boot()->set_file(printable(boot.file));
    message.mutable_boot()->set_server_name(printable(boot.server_name));
    if (!boot.server.unspecified()) message.mutable_boot()->set_server(to_text(boot.server));
  }
  message.set_infinite(parameters.lease == dhcp::forever);
  if (parameters.lease && !message.infinite()) {
    message.mutable_lease()->set_seconds(parameters.lease->count());
  }
  return message;
}

v1::Reservation to_message(const std::string& scope, const dhcp::Reservation& reservation,
                           bool configured) {
  v1::Reservation message;
  message.set_scope(printable(scope));
  message.set_address(to_text(reservation.address));
  if (reservation.hardware) {
    message.set_hardware(dhcp::to_text(*reservation.hardware));
  } else if (reservation.client) {
    message.set_client_id(dhcp::to_text(*reservation.client));
  } else {
    message.mutable_circuit()->assign(reservation.circuit.begin(), reservation.circuit.end());
  }
  message.set_name(printable(reservation.name));
  *message.mutable_parameters() = to_message(reservation.parameters);
  message.set_configured(configured);
  return message;
}

v1::Scope to_message(const dhcp::Scope& scope, bool authoritative,
                     const dhcp::ScopeStatistics* counts) {
  v1::Scope message;
  message.set_name(printable(scope.name));
  message.set_comment(printable(scope.comment));
  message.set_subnet(to_text(scope.subnet));
  message.set_shared_network(printable(scope.shared_network));
  for (const auto& pool : scope.pools) {
    auto& shown = *message.add_pools();
    fill(shown, pool.range);
    for (const auto& name : pool.classes) shown.add_classes(printable(name));
  }
  for (const auto& range : scope.exclusions) fill(*message.add_exclusions(), range);
  *message.mutable_parameters() = to_message(scope.parameters);
  message.mutable_offer_delay()->set_seconds(scope.offer_delay.count());
  // A backup server leaves what it does not know to the primary, unless it is told otherwise.
  message.set_authoritative(
      scope.authoritative.value_or(authoritative && scope.offer_delay == seconds(0)));
  message.set_bootp_dynamic(scope.bootp_dynamic);
  message.set_feeds_names(scope.names.enabled);
  for (const auto suffix : scope.names.suffixes) message.add_suffixes(suffix);
  message.set_dns_domain(printable(scope.dns.domain));
  if (counts != nullptr) {
    message.set_addresses(counts->addresses);
    message.set_active(counts->active);
    message.set_declined(counts->declined);
    message.set_reserved(counts->reserved);
  }
  return message;
}

std::vector<v1::Reservation> list_reservations(const dhcp::Configuration& configuration,
                                               const std::vector<dhcp::StoredReservation>& added,
                                               const std::string& scope) {
  absl::btree_map<Ipv4, v1::Reservation> sorted;
  for (const auto& one : configuration.scopes) {
    if (!scope.empty() && one.name != scope) continue;
    for (const auto& reservation : one.reservations) {
      sorted.try_emplace(reservation.address, to_message(one.name, reservation, true));
    }
  }
  for (const auto& one : added) {
    if (!scope.empty() && one.scope != scope) continue;
    sorted.try_emplace(one.reservation.address, to_message(one.scope, one.reservation, false));
  }
  std::vector<v1::Reservation> all;
  all.reserve(sorted.size());
  for (auto& [address, reservation] : sorted) all.push_back(std::move(reservation));
  return all;
}

LeaseMatcher::LeaseMatcher(const v1::LeaseFilter& filter) : filter_(filter) {
  filter_.set_text(lower(filter.text()));
}

bool LeaseMatcher::operator()(const dhcp::Lease& lease) const {
  if (!filter_.scope().empty() && filter_.scope() != lease.scope) return false;
  if (filter_.has_state() && filter_.state() != 1 + static_cast<int>(lease.state)) return false;
  if (filter_.text().empty()) return true;
  const std::array texts{to_text(lease.address),        dhcp::to_text(lease.hardware),
                         dhcp::to_text(lease.client),   printable(lease.host_name),
                         printable(lease.netbios_name), printable(lease.dns_name)};
  return std::ranges::any_of(
      texts, [this](const auto& text) { return lower(text).contains(filter_.text()); });
}

Result<dhcp::AddReservations::Row, std::string> to_row(const v1::Reservation& message,
                                                       std::int64_t) {
  dhcp::AddReservations::Row row;
  row.scope = message.scope();
  auto& reservation = row.reservation;
  const auto address = to_address(message.address());
  if (!address) return fail(address.error());
  reservation.address = *address;
  const auto wrong = [&](const std::string& text) {
    return fail(fmt::format("{}: {}", message.address(), text));
  };
  if (auto taken = take_client(message, reservation); !taken) return wrong(taken.error());
  if (auto good = check_text("name", message.name(), name_length_max, '!'); !good)
    return wrong(good.error());
  reservation.name = message.name();
  auto parameters = to_parameters(message.parameters());
  if (!parameters) return wrong(parameters.error());
  reservation.parameters = std::move(*parameters);
  return row;
}

Result<dhcp::ImportLeases::Row, std::string> to_row(const v1::ImportedLease& message,
                                                    std::int64_t unix_now) {
  dhcp::ImportLeases::Row row;
  const auto address = to_address(message.address());
  if (!address) return fail(address.error());
  row.address = *address;
  if (!message.hardware().empty()) {
    const auto hardware = dhcp::parse_hardware(message.hardware());
    if (!hardware) {
      return fail(fmt::format("{}: '{}' is no hardware address", message.address(),
                              printable(message.hardware())));
    }
    row.hardware = *hardware;
  }
  if (!message.client_id().empty()) {
    row.client = dhcp::parse_client_id(message.client_id());
    if (!row.client) {
      return fail(fmt::format("{}: '{}' is no client identifier", message.address(),
                              printable(message.client_id())));
    }
  }
  row.left = dhcp::forever;
  if (message.has_expires()) {
    // Beyond what 32 bits of seconds hold an end is none.
    constexpr std::int64_t most = 0xffff'ffff;
    const auto ends = message.expires().seconds();
    if (ends <= unix_now) return fail(message.address() + ": the lease has ended");
    if (ends - unix_now < most) row.left = seconds(ends - unix_now);
  }
  const auto& name = message.host_name();
  if (name.size() <= host_name_max && is_graphic(name)) row.host_name = name;
  return row;
}

Result<dhcp::AddReservations::Row, std::string> to_reservation(const dhcp::Lease& lease,
                                                               bool by_client_id) {
  if (lease.state == dhcp::LeaseState::declined) {
    return fail(to_text(lease.address) + " is declined: nobody has it");
  }
  dhcp::AddReservations::Row row;
  row.reservation.address = lease.address;
  if (lease.hardware.length > 0 && !by_client_id) {
    row.reservation.hardware = lease.hardware;
  } else {
    row.reservation.client = lease.client;
  }
  if (lease.host_name.size() <= name_length_max && is_graphic(lease.host_name)) {
    row.reservation.name = lease.host_name;
  }
  return row;
}

}  // namespace winsome::admin
