#include "server/formats/hosts.h"

#include <fmt/format.h>

#include "server/formats/gatherer.h"
#include "server/formats/lines.h"

namespace winsome::formats {
namespace {

void read_line(const Place& place, std::string_view line, Gatherer& gatherer) {
  Cursor in(line.substr(0, line.find('#')));
  const auto address_word = in.word();
  if (address_word.empty()) return;
  const auto address = gatherer.address(place, address_word);
  if (!address) return;

  auto word = in.word();
  if (word.empty()) gatherer.problem(place, "there is no name behind the address");
  for (; !word.empty(); word = in.word()) {
    if (parse_ipv4(word)) {
      gatherer.problem(place, fmt::format("expected a name, found the address '{}'", word));
      continue;
    }
    const auto name = gatherer.host_name(place, word.substr(0, word.find('.')));
    if (name) gatherer.add(place, MappingKind::unique, {.text = *name, .exact = {}}, address);
  }
}

}  // namespace

Parsed parse_hosts(std::string_view text, std::string_view file) {
  Gatherer gatherer;
  LineReader lines(text, file, gatherer);
  while (const auto line = lines.next()) read_line({file, line->number}, line->text, gatherer);
  return std::move(gatherer).finish();
}

}  // namespace winsome::formats
