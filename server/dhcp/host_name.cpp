#include "server/dhcp/host_name.h"

#include <algorithm>

#include "server/core/byte_reader.h"
#include "server/dhcp/option_table.h"

namespace winsome::dhcp {
namespace {

constexpr std::size_t name_max = 253;  // RFC 1035 2.3.4, as text
constexpr std::size_t label_max = 63;
constexpr std::size_t netbios_max = 15;

constexpr bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

std::string_view first_label(std::string_view name) {
  return name.substr(0, name.find('.'));
}

std::string decoded(Octets octets) {
  ByteReader in(octets);
  std::string name;
  while (in.remaining() > 0) {
    const auto label = in.take(in.u8());
    if (!in.ok() || label.size() > label_max) return {};
    if (label.empty()) break;
    if (!name.empty()) name += '.';
    name.append(label.begin(), label.end());
  }
  return name;
}

std::string trimmed(std::string_view name) {
  while (!name.empty() && (name.back() == '\0' || name.back() == '.')) name.remove_suffix(1);
  if (name.size() > name_max || !printable(name)) return {};
  return std::string(name);
}

}  // namespace

std::optional<ClientFqdn> client_fqdn(const Message& message) {
  const auto value = message.options.find(option::client_fqdn);
  if (!value) return {};
  ByteReader in(*value);
  ClientFqdn fqdn;
  fqdn.flags = in.u8();
  in.take(2);  // RCODE1, RCODE2
  if (!in.ok()) return {};
  const auto rest = in.take(in.remaining());
  const bool in_labels = (fqdn.flags & ClientFqdn::encoded) != 0;
  fqdn.name = trimmed(in_labels ? decoded(rest) : std::string(rest.begin(), rest.end()));
  return fqdn;
}

std::string fqdn_value(std::uint8_t flags, std::string_view name) {
  std::string value{static_cast<char>(flags), '\xff', '\xff'};  // RFC 4702 2.2
  if ((flags & ClientFqdn::encoded) == 0) return value.append(name);
  while (!name.empty()) {
    const auto label = first_label(name);
    value += static_cast<char>(std::min(label.size(), label_max));
    value += label.substr(0, label_max);
    name.remove_prefix(std::min(label.size() + 1, name.size()));
  }
  return value += '\0';
}

std::string host_name_of(const Message& message) {
  if (auto fqdn = client_fqdn(message); fqdn && !fqdn->name.empty()) return std::move(fqdn->name);
  return trimmed(message.options.text(option::host_name));
}

std::optional<std::string> netbios_name_of(std::string_view host_name) {
  std::string name(first_label(host_name).substr(0, netbios_max));
  if (name.empty() || !printable(name)) return {};
  if (name.find_first_of("\"*+,/:;<=>?[\\]|") != std::string::npos) return {};
  std::ranges::transform(name, name.begin(), upper);
  return name;
}

std::optional<std::string> dns_name_of(std::string_view host_name, std::string_view domain) {
  const auto label = first_label(host_name);
  if (label.empty() || label.size() > label_max || domain.empty()) return {};
  if (label.front() == '-' || label.back() == '-') return {};
  if (!std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; }))
    return {};
  std::string name(label);
  std::ranges::transform(name, name.begin(), lower);
  name += '.';
  name += domain;
  if (name.size() > name_max) return {};
  return name;
}

}  // namespace winsome::dhcp
