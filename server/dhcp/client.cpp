#include "server/dhcp/client.h"

#include <charconv>

#include "server/dhcp/octet_text.h"

namespace winsome::dhcp {
namespace {

constexpr std::uint8_t ethernet_length = 6;
constexpr std::uint8_t type_text = 0;  // RFC 2132 9.14: an identifier that is no hardware address

/// Quotation marks have no escape here: such identifiers are shown in octets.
bool quotable(Octets octets) {
  return !octets.empty() && printable(octets) && !characters_of(octets).contains('"');
}

}  // namespace

std::optional<HardwareAddress> parse_hardware(std::string_view text) {
  HardwareAddress hardware;
  const auto slash = text.find('/');
  const bool typed = slash != std::string_view::npos;
  if (typed) {
    const auto* const stop = text.data() + slash;
    const auto [end, error] = std::from_chars(text.data(), stop, hardware.type);
    if (error != std::errc{} || end != stop) return {};
    text.remove_prefix(slash + 1);
    if (text.empty()) return hardware;
  }
  const auto octets = parse_octets(text);
  if (!octets || octets->size() > hardware.octets.size()) return {};
  if (!typed && octets->size() != ethernet_length) return {};
  hardware.length = static_cast<std::uint8_t>(octets->size());
  std::ranges::copy(*octets, hardware.octets.begin());
  return hardware;
}

std::string to_text(const HardwareAddress& hardware) {
  auto text = octets_text(hardware.view());
  if (hardware.type == HardwareAddress::ethernet && hardware.length == ethernet_length) return text;
  return std::to_string(hardware.type) + '/' + text;
}

ClientId ClientId::of(const HardwareAddress& hardware) {
  ClientId id;
  id.octets.reserve(1U + hardware.length);
  id.octets.push_back(hardware.type);
  const auto address = hardware.view();
  id.octets.insert(id.octets.end(), address.begin(), address.end());
  return id;
}

ClientId ClientId::of(Octets option) {
  const auto kept = option.first(std::min(option.size(), client_id_max));
  ClientId id;
  id.octets.assign(kept.begin(), kept.end());
  return id;
}

std::optional<ClientId> parse_client_id(std::string_view text) {
  if (!text.starts_with('"')) {
    const auto octets = parse_octets(text);
    if (!octets || octets->size() > client_id_max) return {};
    return ClientId::of(Octets(*octets));
  }
  text.remove_prefix(1);
  if (!text.ends_with('"')) return {};
  text.remove_suffix(1);
  if (!quotable(octets_of(text)) || text.size() >= client_id_max) return {};
  ClientId id;
  id.octets.push_back(type_text);
  id.octets.insert(id.octets.end(), text.begin(), text.end());
  return id;
}

std::string to_text(const ClientId& id) {
  const Octets octets(id.octets.data(), id.octets.size());
  if (octets.empty() || octets.front() != type_text || !quotable(octets.subspan(1))) {
    return octets_text(octets);
  }
  return '"' + std::string(characters_of(octets.subspan(1))) + '"';
}

}  // namespace winsome::dhcp
