// Any datagram decodes or is refused; what decodes is encoded and decodes to the same.
#include <algorithm>

#include "server/core/check.h"
#include "server/dhcp/message.h"

namespace {

using namespace winsome;

/// With room for what stood in overloaded fields: nothing is overloaded again.
constexpr std::size_t room_for_all = dhcp::received_size_max + 256;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = dhcp::decode({data, size});
  if (!message) return 0;
  check(!dhcp::to_text(*message).empty(), "every message prints");

  const auto whole = dhcp::encode(*message, room_for_all);
  check(whole.omitted == 0, "all that came finds room");
  check(dhcp::decode(whole.octets) == message || whole.octets.size() > dhcp::received_size_max,
        "what is encoded decodes to the same");

  for (const auto limit : {dhcp::message_size_min, dhcp::message_size_default}) {
    const auto cut = dhcp::encode(*message, limit);
    const auto rest = dhcp::decode(cut.octets);
    if (cut.octets.size() > dhcp::received_size_max) continue;  // 82 alone
    check(rest.has_value(), "what is cut decodes");
    check(rest->options.size() + cut.omitted == message->options.size(),
          "options are there whole or are counted");
    check(rest->type == message->type, "the type is always there");
    for (std::size_t i = 0; i < rest->options.size(); ++i) {
      const auto [code, value] = rest->options.at(i);
      const auto before = message->options.find(code);
      check(before && std::ranges::equal(*before, value), "options are not changed");
    }
  }
  return 0;
}
