#include "server/dhcp/option_table.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace winsome::dhcp {
namespace {

using enum OptionType;

/// Names as Kea has them, else from IANA's registry.
// clang-format off
constexpr auto rows = std::to_array<OptionRow>({
    // RFC 2132 3: vendor extensions of RFC 1497
    {1,   "subnet-mask",                              address},
    {2,   "time-offset",                              i32},
    {3,   "routers",                                  addresses},
    {4,   "time-servers",                             addresses},
    {5,   "name-servers",                             addresses},
    {6,   "domain-name-servers",                      addresses},
    {7,   "log-servers",                              addresses},
    {8,   "cookie-servers",                           addresses},
    {9,   "lpr-servers",                              addresses},
    {10,  "impress-servers",                          addresses},
    {11,  "resource-location-servers",                addresses},
    {12,  "host-name",                                text},
    {13,  "boot-size",                                u16},
    {14,  "merit-dump",                               text},
    {15,  "domain-name",                              text},
    {16,  "swap-server",                              address},
    {17,  "root-path",                                text},
    {18,  "extensions-path",                          text},
    // 4: IP layer, host
    {19,  "ip-forwarding",                            flag},
    {20,  "non-local-source-routing",                 flag},
    {21,  "policy-filter",                            address_pairs},
    {22,  "max-dgram-reassembly",                     u16},
    {23,  "default-ip-ttl",                           u8},
    {24,  "path-mtu-aging-timeout",                   duration},
    {25,  "path-mtu-plateau-table",                   u16s},
    // 5: IP layer, interface
    {26,  "interface-mtu",                            u16},
    {27,  "all-subnets-local",                        flag},
    {28,  "broadcast-address",                        address},
    {29,  "perform-mask-discovery",                   flag},
    {30,  "mask-supplier",                            flag},
    {31,  "router-discovery",                         flag},
    {32,  "router-solicitation-address",              address},
    {33,  "static-routes",                            address_pairs},
    // 6: link layer
    {34,  "trailer-encapsulation",                    flag},
    {35,  "arp-cache-timeout",                        duration},
    {36,  "ieee802-3-encapsulation",                  flag},
    // 7: TCP
    {37,  "default-tcp-ttl",                          u8},
    {38,  "tcp-keepalive-interval",                   duration},
    {39,  "tcp-keepalive-garbage",                    flag},
    // 8: applications and services
    {40,  "nis-domain",                               text},
    {41,  "nis-servers",                              addresses},
    {42,  "ntp-servers",                              addresses},
    {43,  "vendor-encapsulated-options",              octets},
    {44,  "netbios-name-servers",                     addresses},
    {45,  "netbios-dd-server",                        addresses},
    {46,  "netbios-node-type",                        node_type},
    {47,  "netbios-scope",                            text},
    {48,  "font-servers",                             addresses},
    {49,  "x-display-manager",                        addresses},
    // 9: DHCP
    {50,  "dhcp-requested-address",                   address},
    {51,  "dhcp-lease-time",                          duration},
    {52,  "dhcp-option-overload",                     u8},
    {53,  "dhcp-message-type",                        u8},
    {54,  "dhcp-server-identifier",                   address},
    {55,  "dhcp-parameter-request-list",              u8s},
    {56,  "dhcp-message",                             text},
    {57,  "dhcp-max-message-size",                    u16},
    {58,  "dhcp-renewal-time",                        duration},
    {59,  "dhcp-rebinding-time",                      duration},
    {60,  "vendor-class-identifier",                  text},
    {61,  "dhcp-client-identifier",                   octets},
    {62,  "nwip-domain-name",                         text},             // RFC 2242
    {63,  "nwip-suboptions",                          octets},           // RFC 2242
    // RFC 2132 8 again
    {64,  "nisplus-domain-name",                      text},
    {65,  "nisplus-servers",                          addresses},
    {66,  "tftp-server-name",                         text},
    {67,  "boot-file-name",                           text},
    {68,  "mobile-ip-home-agent",                     addresses},
    {69,  "smtp-server",                              addresses},
    {70,  "pop-server",                               addresses},
    {71,  "nntp-server",                              addresses},
    {72,  "www-server",                               addresses},
    {73,  "finger-server",                            addresses},
    {74,  "irc-server",                               addresses},
    {75,  "streettalk-server",                        addresses},
    {76,  "streettalk-directory-assistance-server",   addresses},
    // later ones
    {77,  "user-class",                               texts},            // RFC 3004
    {78,  "slp-directory-agent",                      octets},           // RFC 2610
    {79,  "slp-service-scope",                        octets},           // RFC 2610
    {80,  "rapid-commit",                             octets},           // RFC 4039
    {81,  "fqdn",                                     octets},           // RFC 4702
    {82,  "dhcp-agent-options",                       octets},           // RFC 3046
    {85,  "nds-servers",                              addresses},        // RFC 2241
    {86,  "nds-tree-name",                            text},             // RFC 2241
    {87,  "nds-context",                              text},             // RFC 2241
    {88,  "bcms-controller-names",                    domains},          // RFC 4280
    {89,  "bcms-controller-address",                  addresses},        // RFC 4280
    {90,  "authenticate",                             octets},           // RFC 3118
    {91,  "client-last-transaction-time",             duration},         // RFC 4388
    {92,  "associated-ip",                            addresses},        // RFC 4388
    {93,  "client-system",                            u16s},             // RFC 4578
    {94,  "client-ndi",                               octets},           // RFC 4578
    {97,  "uuid-guid",                                octets},           // RFC 4578
    {98,  "uap-servers",                              text},             // RFC 2485
    {99,  "geoconf-civic",                            octets},           // RFC 4776
    {100, "pcode",                                    text},             // RFC 4833
    {101, "tcode",                                    text},             // RFC 4833
    {108, "v6-only-preferred",                        duration},         // RFC 8925
    {112, "netinfo-server-address",                   addresses},        // RFC 3679
    {113, "netinfo-server-tag",                       text},             // RFC 3679
    {114, "v4-captive-portal",                        text},             // RFC 8910
    {116, "auto-config",                              u8},               // RFC 2563
    {117, "name-service-search",                      u16s},             // RFC 2937
    {118, "subnet-selection",                         address},          // RFC 3011
    {119, "domain-search",                            domains},          // RFC 3397
    {120, "sip-servers",                              octets},           // RFC 3361
    {121, "classless-static-route",                   routes},           // RFC 3442
    {122, "cablelabs-client-configuration",           octets},           // RFC 3495
    {123, "geoconf",                                  octets},           // RFC 6225
    {124, "vivco-suboptions",                         octets},           // RFC 3925
    {125, "vivso-suboptions",                         octets},           // RFC 3925
    {136, "pana-agent",                               addresses},        // RFC 5192
    {137, "v4-lost",                                  domains},          // RFC 5223
    {138, "capwap-ac-v4",                             addresses},        // RFC 5417
    {141, "sip-ua-cs-domains",                        domains},          // RFC 6011
    {150, "tftp-server-address",                      addresses},        // RFC 5859
    {161, "mud-url",                                  text},             // RFC 8520
    {208, "pxelinux-magic",                           octets},           // RFC 5071
    {209, "configuration-file",                       text},             // RFC 5071
    {210, "path-prefix",                              text},             // RFC 5071
    {211, "reboot-time",                              duration},         // RFC 5071
    {249, "microsoft-classless-static-route",         routes},           // Windows XP asks for it
    {252, "web-proxy-auto-discovery",                 text},             // Windows asks for it
});
// clang-format on

constexpr bool sorted_by_code() {
  return std::ranges::adjacent_find(rows, std::ranges::greater_equal{}, &OptionRow::code) ==
         rows.end();
}
static_assert(sorted_by_code());

constexpr std::array<const OptionRow*, rows.size()> by_name() {
  std::array<const OptionRow*, rows.size()> index{};
  std::ranges::transform(rows, index.begin(), [](const OptionRow& row) { return &row; });
  std::ranges::sort(index, {}, &OptionRow::name);
  return index;
}
constexpr auto rows_by_name = by_name();

constexpr bool each_name_once() {
  return std::ranges::adjacent_find(rows_by_name, {}, &OptionRow::name) == rows_by_name.end();
}
static_assert(each_name_once());

/// What stands before the number of a code that has no name.
constexpr std::string_view number_prefix = "option-";

}  // namespace

std::span<const OptionRow> option_rows() {
  return rows;
}

const OptionRow* find_option(std::uint8_t code) {
  const auto* const row = std::ranges::lower_bound(rows, code, {}, &OptionRow::code);
  return row != rows.end() && row->code == code ? row : nullptr;
}

const OptionRow* find_option(std::string_view name) {
  const auto* const row = std::ranges::lower_bound(rows_by_name, name, {}, &OptionRow::name);
  return row != rows_by_name.end() && (*row)->name == name ? *row : nullptr;
}

std::string option_name(std::uint8_t code) {
  const auto* const row = find_option(code);
  return row != nullptr ? std::string(row->name)
                        : std::string(number_prefix) + std::to_string(code);
}

std::optional<std::uint8_t> option_code(std::string_view name) {
  if (const auto* const row = find_option(name)) return row->code;
  if (name.starts_with(number_prefix)) name.remove_prefix(number_prefix.size());
  std::uint8_t code = 0;
  const auto* const stop = name.data() + name.size();
  const auto [end, error] = std::from_chars(name.data(), stop, code);
  if (error != std::errc{} || end != stop) return {};
  return code;
}

}  // namespace winsome::dhcp
