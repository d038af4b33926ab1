// Any octets as a client's option 81, as its host name and as a relay's option 82: what is read
// from them is fit for where it goes, and a name that is told to the client reads back.
#include <algorithm>
#include <string>

#include "server/core/check.h"
#include "server/dhcp/host_name.h"
#include "server/dhcp/option_table.h"
#include "server/leases/network.h"

namespace {

using namespace winsome;

bool printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

/// RFC 1035 2.3.4
bool has_dns_labels(std::string_view name) {
  while (!name.empty()) {
    const auto end = std::min(name.find('.'), name.size());
    if (end == 0 || end > 63) return false;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return true;
}

void check_name(const std::string& name) {
  check(printable(name) && name.size() <= 253, "a host's name can be printed");
  if (const auto netbios = dhcp::netbios_name_of(name)) {
    check(!netbios->empty() && netbios->size() <= 15, "a NetBIOS name has 1 to 15 octets");
    check(std::ranges::none_of(*netbios, [](char c) { return c >= 'a' && c <= 'z'; }),
          "and is in upper case");
    check(dhcp::netbios_name_of(*netbios) == netbios, "and stays what it is");
  }
  if (const auto dns = dhcp::dns_name_of(name, "example.org")) {
    check(dns->ends_with(".example.org") && has_dns_labels(*dns), "a DNS name has labels");
    check(dns->find('.') + std::string_view(".example.org").size() == dns->size(),
          "and is directly beneath its domain");
  }
}

void check_fqdn(Octets value) {
  dhcp::Message message;
  message.options.put(dhcp::option::client_fqdn, value);
  const auto fqdn = dhcp::client_fqdn(message);
  check(fqdn.has_value() == (value.size() >= 3), "three octets are enough");
  if (!fqdn) return;
  check_name(fqdn->name);
  if (!has_dns_labels(fqdn->name)) return;
  message.options.put_text(dhcp::option::client_fqdn, dhcp::fqdn_value(fqdn->flags, fqdn->name));
  const auto again = dhcp::client_fqdn(message);
  check(again && again->name == fqdn->name && again->flags == fqdn->flags,
        "what the client is told is what it said");
}

void check_relay_option(Octets value) {
  dhcp::Message message;
  message.options.put(dhcp::option::relay_agent_information, value);
  std::size_t found = 0;
  for (unsigned code = 0; code < 256; ++code) {
    const auto octets = dhcp::relay_sub_option(message, static_cast<std::uint8_t>(code));
    if (octets) found += 2 + octets->size();
  }
  check(found <= value.size(), "sub-options lie beside each other");
  dhcp::Arrival on_our_wire;
  on_our_wire.local = Ipv4(192, 0, 2, 1);
  static_cast<void>(dhcp::link_address(on_our_wire, message));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Octets value(data, size);
  check_fqdn(value);
  check_relay_option(value);
  dhcp::Message message;
  message.options.put(dhcp::option::host_name, value);
  check_name(dhcp::host_name_of(message));
  return 0;
}
