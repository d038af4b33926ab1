// The first octet is the code, the rest its value: any value prints, and any text that reads as a
// value prints so that it reads back. Sub-options and identifiers are read from any octets.
#include <string>
#include <vector>

#include "server/core/check.h"
#include "server/dhcp/client.h"
#include "server/dhcp/option_table.h"

namespace {

using namespace winsome;

/// What these texts stand for, if for anything, is shown so that it reads back.
void check_meant(std::uint8_t code, const std::vector<std::string>& texts) {
  const auto octets = dhcp::parse_option(code, texts);
  if (!octets) return;
  const auto printed = dhcp::format_option(code, *octets);
  check(dhcp::parse_option(code, printed) == octets, "what is configured is shown as it is");
}

void check_client(Octets value) {
  const auto id = dhcp::ClientId::of(value);
  if (!id.octets.empty()) {
    check(dhcp::parse_client_id(dhcp::to_text(id)) == id, "an identifier's text reads back");
  }
  const std::string text(value.begin(), value.end());
  if (const auto read = dhcp::parse_client_id(text)) {
    check(dhcp::parse_client_id(dhcp::to_text(*read)) == read, "a text's identifier reads back");
  }
  if (const auto read = dhcp::parse_hardware(text)) {
    check(dhcp::parse_hardware(dhcp::to_text(*read)) == read, "a hardware address reads back");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto code = data[0];
  const Octets value(data + 1, size - 1);

  const auto texts = dhcp::format_option(code, value);
  std::size_t shown = 0;
  for (const auto& text : texts) {
    for (const auto character : text) {
      check(character >= 0x20 && character < 0x7f, "elements can be printed");
    }
    shown += text.size();
  }
  check(shown <= 64 * 255 + 20 * size, "text grows with the value alone");
  check_meant(code, texts);

  const auto found = dhcp::sub_options(value);
  check(!found || found->size() * 2 <= value.size(), "sub-options have two octets at least");
  check_client(value);

  check_meant(code, {std::string(value.begin(), value.end())});
  return 0;
}
