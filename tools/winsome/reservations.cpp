#include "tools/winsome/reservations.h"

#include <fmt/format.h>

#include <array>

#include "tools/winsome/arguments.h"
#include "tools/winsome/json.h"
#include "tools/winsome/parameters.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

constexpr std::array columns{Column{"ADDRESS", 15}, Column{"CLIENT", 20}, Column{"NAME", 24},
                             Column{"FROM", 13},    Column{"SCOPE", 16},  Column{"TOLD"}};

std::string client_text(const v1::Reservation& reservation) {
  switch (reservation.client_case()) {
    case v1::Reservation::kHardware: return reservation.hardware();
    case v1::Reservation::kClientId: return reservation.client_id();
    case v1::Reservation::kCircuit: return "circuit " + circuit_text(reservation.circuit());
    case v1::Reservation::CLIENT_NOT_SET: break;
  }
  return "?";
}

/// `8 h; routers 192.0.2.1`.
std::string told_text(const v1::Parameters& parameters) {
  std::string text;
  show_parameters(parameters, [&text](std::string_view, std::string_view value) {
    if (!text.empty()) text += "; ";
    text += value;
  });
  return text;
}

std::string json_of(const v1::Reservation& reservation) {
  JsonObject object;
  object.text("address", reservation.address());
  if (reservation.has_hardware()) object.text("hardware", reservation.hardware());
  if (reservation.has_client_id()) object.text("client_id", reservation.client_id());
  if (reservation.has_circuit()) object.text("circuit", circuit_text(reservation.circuit()));
  object.text("name", reservation.name())
      .text("scope", reservation.scope())
      .flag("configured", reservation.configured());
  add_parameters(object, reservation.parameters());
  return object.str() + '\n';
}

}  // namespace

std::string reservation_header(const Style& style) {
  return style.json ? "" : header_line(columns, style);
}

std::string reservation_row(const v1::Reservation& reservation, const Style& style) {
  if (style.json) return json_of(reservation);
  const std::array<std::string, columns.size()> cells{
      reservation.address(),
      client_text(reservation),
      reservation.name().empty() ? "-" : reservation.name(),
      reservation.configured() ? "configuration" : "tools",
      reservation.scope(),
      told_text(reservation.parameters())};
  return row_line(columns, cells);
}

Result<v1::Reservation, std::string> reservation_request(const ReservationFlags& flags) {
  v1::Reservation request;
  const auto address = address_argument(flags.address);
  if (!address) return fail(address.error());
  request.set_address(to_text(*address));
  const auto clients =
      int{!flags.hardware.empty()} + int{!flags.client_id.empty()} + int{!flags.circuit.empty()};
  if (clients != 1) {
    return fail(std::string("say who it is for, by one of --hardware, --client-id, --circuit"));
  }
  if (!flags.hardware.empty()) {
    const auto hardware = dhcp::parse_hardware(flags.hardware);
    if (!hardware) {
      return fail(
          fmt::format("hardware address '{}' is not like 00:1b:44:11:3a:b7", flags.hardware));
    }
    request.set_hardware(dhcp::to_text(*hardware));
  } else if (!flags.client_id.empty()) {
    const auto client = dhcp::parse_client_id(flags.client_id);
    if (!client) {
      return fail(
          fmt::format("client identifier '{}' is neither octets, as 01:00:1b:44:11:3a:b7, "
                      "nor text in quotes, as '\"printer-7\"'",
                      flags.client_id));
    }
    request.set_client_id(dhcp::to_text(*client));
  } else {
    request.set_circuit(circuit_argument(flags.circuit));
  }
  request.set_name(flags.name);
  request.set_scope(flags.scope);

  auto& parameters = *request.mutable_parameters();
  for (const auto& text : flags.options) {
    auto option = option_argument(text);
    if (!option) return fail(option.error());
    *parameters.add_options() = std::move(*option);
  }
  if (!flags.lease.empty()) {
    if (auto taken = lease_argument(flags.lease, parameters); !taken) return fail(taken.error());
  }
  if (!flags.boot_server.empty()) {
    const auto server = address_argument(flags.boot_server);
    if (!server) return fail(server.error());
    parameters.mutable_boot()->set_server(to_text(*server));
  }
  if (!flags.boot_file.empty()) parameters.mutable_boot()->set_file(flags.boot_file);
  if (!flags.boot_server_name.empty()) {
    parameters.mutable_boot()->set_server_name(flags.boot_server_name);
  }
  return request;
}

void fill(v1::Reservation& out, const formats::ReservationRow& row) {
  const auto& reservation = row.reservation;
  out.set_address(to_text(reservation.address));
  if (reservation.hardware) {
    out.set_hardware(dhcp::to_text(*reservation.hardware));
  } else if (reservation.client) {
    out.set_client_id(dhcp::to_text(*reservation.client));
  } else {
    out.mutable_circuit()->assign(reservation.circuit.begin(), reservation.circuit.end());
  }
  out.set_name(reservation.name);
  fill(*out.mutable_parameters(), reservation.parameters);
}

std::optional<dhcp::Reservation> to_reservation(const v1::Reservation& message) {
  dhcp::Reservation reservation;
  const auto address = parse_ipv4(message.address());
  if (!address) return {};
  reservation.address = *address;
  if (message.has_hardware()) {
    reservation.hardware = dhcp::parse_hardware(message.hardware());
  } else if (message.has_client_id()) {
    reservation.client = dhcp::parse_client_id(message.client_id());
  } else {
    reservation.circuit.assign(message.circuit().begin(), message.circuit().end());
  }
  if (!reservation.hardware && !reservation.client && reservation.circuit.empty()) return {};
  reservation.name = message.name();
  reservation.parameters = to_parameters(message.parameters());
  return reservation;
}

}  // namespace winsome::cli
