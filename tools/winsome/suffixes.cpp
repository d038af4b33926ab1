#include "tools/winsome/suffixes.h"

#include <algorithm>
#include <array>

namespace winsome::cli {
namespace {

struct Meaning {
  std::uint8_t suffix;
  bool group;
  std::string_view text;
};

// clang-format off
constexpr std::array meanings{
    Meaning{0x00, false, "workstation"},
    Meaning{0x00, true,  "domain or workgroup"},
    Meaning{0x01, false, "messenger"},
    Meaning{0x01, true,  "master browsers"},
    Meaning{0x03, false, "messenger"},
    Meaning{0x06, false, "remote access server"},
    Meaning{0x1b, false, "domain master browser"},
    Meaning{0x1c, true,  "domain controllers"},
    Meaning{0x1d, false, "segment master browser"},
    Meaning{0x1e, true,  "browser elections"},
    Meaning{0x1f, false, "NetDDE"},
    Meaning{0x20, false, "file server"},
    Meaning{0x20, true,  "Internet group"},
    Meaning{0x21, false, "remote access client"},
    Meaning{0x22, false, "Exchange MSMail connector"},
    Meaning{0x23, false, "Exchange store"},
    Meaning{0x24, false, "Exchange directory"},
    Meaning{0x2b, false, "Lotus Notes server"},
    Meaning{0x2f, true,  "Lotus Notes multicast"},
    Meaning{0x30, false, "modem sharing server"},
    Meaning{0x31, false, "modem sharing client"},
    Meaning{0x33, true,  "Lotus Notes name servers"},
    Meaning{0x6a, false, "Exchange IMC"},
    Meaning{0x87, false, "Exchange MTA"},
    Meaning{0xbe, false, "network monitor agent"},
    Meaning{0xbf, false, "network monitor"},
};
// clang-format on

}  // namespace

std::string_view suffix_meaning(std::uint8_t suffix, bool group) {
  const auto found = std::ranges::find_if(meanings, [=](const Meaning& meaning) {
    return meaning.suffix == suffix && meaning.group == group;
  });
  return found == meanings.end() ? std::string_view() : found->text;
}

}  // namespace winsome::cli
