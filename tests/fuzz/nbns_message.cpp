// Any datagram decodes or is refused; what decodes is encoded and decodes to the same, and so does
// its text.
#include <variant>
#include <vector>

#include "server/core/check.h"
#include "server/nbns/message.h"

namespace {

using namespace winsome;

/// Every message has a name, and every name is printed and read back.
void check_name(const nbns::ScopedName& name) {
  check(nbns::parse_name(nbns::to_text(name), 0x00, false) == name, "a name's text reads back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = nbns::decode({data, size});
  if (!message) return 0;

  // Label pointers are written out, once in the question and twice in a redirection.
  std::vector<std::uint8_t> room(size + 1'024);
  const auto octets = nbns::encode(*message, room);
  check(!octets.empty(), "what decodes has an encoding");
  check(nbns::decode(octets) == message, "what is encoded decodes to the same");

  check(!nbns::to_text(*message).empty(), "every message prints");
  std::visit([](const auto& alternative) { check_name(alternative.name); }, *message);
  return 0;
}
