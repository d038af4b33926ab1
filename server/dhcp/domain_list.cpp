#include "server/dhcp/domain_list.h"

#include <algorithm>

#include "server/dhcp/octet_text.h"

namespace winsome::dhcp {
namespace {

constexpr std::size_t label_max = 63;
constexpr unsigned pointer_bits = 0xc0;

/// What can be printed between dots, and read back.
bool ordinary(std::string_view label) {
  return printable(octets_of(label)) && label.find_first_of(" .") == std::string_view::npos;
}

std::optional<std::string> read_domain(ByteReader& in) {
  std::string name;
  auto reader = in;
  bool jumped = false;
  // Pointers go back only, each before the place where the last reading began: no loop.
  auto began = in.offset();
  for (;;) {
    const auto length = reader.u8();
    if (!reader.ok()) return {};
    if (length >= pointer_bits) {
      const auto target = (length & ~pointer_bits) << 8 | reader.u8();
      if (!reader.ok() || target >= began) return {};
      if (!jumped) in = reader;
      jumped = true;
      began = target;
      reader = ByteReader(in.whole(), target);
      continue;
    }
    if (length == 0) break;
    const auto label = characters_of(reader.take(length));
    if (length > label_max || !reader.ok() || !ordinary(label)) return {};
    if (!name.empty()) name += '.';
    name += label;
    if (name.size() + 2 > domain_length_max) return {};
  }
  if (!jumped) in = reader;
  if (name.empty()) return {};
  return name;
}

}  // namespace

bool append_domain(std::vector<std::uint8_t>& out, std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() + 2 > domain_length_max) return false;
  for (bool last = false; !last;) {
    const auto end = name.find('.');
    last = end == std::string_view::npos;
    const auto label = name.substr(0, end);
    if (label.empty() || label.size() > label_max || !ordinary(label)) return false;
    out.push_back(static_cast<std::uint8_t>(label.size()));
    out.insert(out.end(), label.begin(), label.end());
    if (!last) name.remove_prefix(end + 1);
  }
  out.push_back(0);
  return true;
}

std::optional<std::vector<std::string>> read_domains(Octets value) {
  std::vector<std::string> names;
  ByteReader in(value);
  while (in.remaining() > 0) {
    auto name = read_domain(in);
    if (!name || names.size() == domains_max) return {};
    names.push_back(std::move(*name));
  }
  if (names.empty()) return {};
  return names;
}

}  // namespace winsome::dhcp
