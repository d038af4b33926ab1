#include "server/dns/dhcid.h"

#include <openssl/sha.h>

namespace winsome::dns {
namespace {

constexpr std::uint8_t digest_sha256 = 1;
constexpr std::size_t label_max = 63;
constexpr std::size_t wire_name_max = 255;
constexpr std::uint8_t node_specific = 255;  // RFC 4361 6.1: type, IAID (4), DUID
constexpr std::size_t iaid_end = 5;

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// RFC 4034 6.2: labels with their lengths, lower case; empty for a name that has no such form.
std::vector<std::uint8_t> canonical(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::vector<std::uint8_t> wire;
  while (!name.empty()) {
    const auto label = name.substr(0, name.find('.'));
    if (label.empty() || label.size() > label_max) return {};
    wire.push_back(static_cast<std::uint8_t>(label.size()));
    for (const char c : label) wire.push_back(static_cast<std::uint8_t>(lower(c)));
    name.remove_prefix(label.size());
    if (name == ".") return {};
    if (!name.empty()) name.remove_prefix(1);
  }
  wire.push_back(0);
  return wire.size() <= wire_name_max ? wire : std::vector<std::uint8_t>();
}

struct Identifier {
  std::uint16_t type = 0;  // RFC 4701 3.3
  std::vector<std::uint8_t> octets;
};

Identifier identify(const dhcp::ClientId& client, const dhcp::HardwareAddress& hardware) {
  const auto& octets = client.octets;
  if (client == dhcp::ClientId::of(hardware)) return {0, {octets.begin(), octets.end()}};
  if (octets.size() > iaid_end && octets.front() == node_specific)
    return {2, {octets.begin() + iaid_end, octets.end()}};
  return {1, {octets.begin(), octets.end()}};
}

}  // namespace

std::vector<std::uint8_t> dhcid(const dhcp::ClientId& client, const dhcp::HardwareAddress& hardware,
                                std::string_view name) {
  const auto wire = canonical(name);
  if (wire.empty()) return {};
  auto [type, hashed] = identify(client, hardware);
  hashed.insert(hashed.end(), wire.begin(), wire.end());
  std::vector<std::uint8_t> rdata = {static_cast<std::uint8_t>(type >> 8),
                                     static_cast<std::uint8_t>(type), digest_sha256};
  const auto header = rdata.size();
  rdata.resize(header + SHA256_DIGEST_LENGTH);
  SHA256(hashed.data(), hashed.size(), rdata.data() + header);
  return rdata;
}

}  // namespace winsome::dns
