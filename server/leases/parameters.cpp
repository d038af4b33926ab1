#include "server/leases/parameters.h"

#include <algorithm>

namespace winsome::dhcp {
namespace {

/// What 32 bits of seconds say is 136 years; all ones are for ever (RFC 2131 3.3).
constexpr seconds longest = seconds(0xffff'fffe);

}  // namespace

ClientParameters::ClientParameters(const Configuration& configuration, const Scope& scope,
                                   const ClassList& classes, const Reservation* reservation)
    : reserved_(reservation != nullptr) {
  if (reservation) places_.push_back(&reservation->parameters);
  for (const auto index : classes) places_.push_back(&configuration.classes[index].parameters);
  places_.push_back(&scope.parameters);
  places_.push_back(&configuration.parameters);
}

const std::vector<std::uint8_t>* ClientParameters::option(std::uint8_t code) const {
  for (const auto* place : places_) {
    if (const auto found = place->options.find(code); found != place->options.end())
      return &found->second;
  }
  return nullptr;
}

std::bitset<256> ClientParameters::codes() const {
  std::bitset<256> codes;
  for (const auto* place : places_) {
    for (const auto& [code, value] : place->options) codes.set(code);
  }
  return codes;
}

Boot ClientParameters::boot() const {
  Boot boot;
  for (const auto* place : places_) {
    if (boot.file.empty()) boot.file = place->boot.file;
    if (boot.server_name.empty()) boot.server_name = place->boot.server_name;
    if (boot.server.unspecified()) boot.server = place->boot.server;
  }
  return boot;
}

seconds ClientParameters::lease() const {
  if (reserved_) {
    const auto reserved = places_.front()->lease.value_or(forever);
    return reserved > longest ? forever : reserved;
  }
  for (const auto* place : places_) {
    if (place->lease) return *place->lease > longest ? forever : *place->lease;
  }
  return forever;
}

}  // namespace winsome::dhcp
