#include "server/formats/wins_dat.h"

#include <fmt/format.h>

#include <charconv>

#include "server/formats/gatherer.h"
#include "server/formats/lines.h"

namespace winsome::formats {
namespace {

// The high octet of NB_FLAGS, with nmbd's bits of a name's state (RFC 1002 4.2.18).
constexpr std::uint8_t group_bit = 0x80;
constexpr std::uint8_t deregistering_bit = 0x10;
constexpr std::uint8_t conflict_bit = 0x08;
constexpr std::uint8_t active_bit = 0x04;

/// What nmbd writes as the address of a normal group: 255.255.255.255 for its own, 0.0.0.0 for
/// those that clients registered.
bool is_everybody(Ipv4 address) {
  return address.unspecified() || address == Ipv4(255, 255, 255, 255);
}

template <class Number>
std::optional<Number> parse_number(std::string_view text, int base) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

struct Flags {
  std::uint8_t octet = 0;
  bool self = false;  // a name of that nmbd itself
};

std::optional<Flags> parse_flags(std::string_view word) {
  const bool self = word.ends_with('S');
  if (!self && !word.ends_with('R')) return {};
  const auto octet = parse_number<std::uint8_t>(word.substr(0, word.size() - 1), 16);
  if (!octet) return {};
  return Flags{*octet, self};
}

class WinsDatParser {
 public:
  explicit WinsDatParser(std::int64_t now) : now_(now) {}

  void read(std::string_view text, std::string_view file);
  [[nodiscard]] Parsed finish() && { return std::move(gatherer_).finish(); }

 private:
  [[nodiscard]] bool version_line(const Place& place, std::string_view line);
  void record_line(const Place& place, std::string_view line);
  [[nodiscard]] std::optional<nbns::Name> name(const Place& place, Cursor& in);
  [[nodiscard]] bool read_addresses(const Place& place, Cursor& in, Mapping& record, Flags& flags);
  [[nodiscard]] bool worth_taking(const Place& place, std::int64_t death_time, const Flags& flags);

  std::int64_t now_;
  Gatherer gatherer_;
};

void WinsDatParser::read(std::string_view text, std::string_view file) {
  LineReader lines(text, file, gatherer_);
  bool version_seen = false;
  while (const auto line = lines.next()) {
    const Place place{file, line->number};
    if (line->text.starts_with('#') || trim(line->text).empty()) continue;
    if (version_seen) {
      record_line(place, line->text);
    } else if (version_line(place, line->text)) {
      version_seen = true;
    } else {
      return;
    }
  }
}

bool WinsDatParser::version_line(const Place& place, std::string_view line) {
  Cursor in(line);
  const auto keyword = in.word();
  const auto version = in.word();
  if (keyword != "VERSION") {
    gatherer_.problem(
        place,
        fmt::format("'{}' found, expected 'VERSION 1 0': this is not a wins.dat", shown(keyword)));
    return false;
  }
  if (version != "1") {
    gatherer_.problem(
        place, fmt::format("version '{}' of wins.dat is unknown, expected 1", shown(version)));
    return false;
  }
  return true;
}

void WinsDatParser::record_line(const Place& place, std::string_view line) {
  Cursor in(trim(line));
  Mapping record;
  record.kind = MappingKind::dynamic;
  record.exact = name(place, in);
  if (!record.exact) return;

  const auto death_word = in.word();
  const auto death_time = parse_number<std::int64_t>(death_word, 10);
  if (!death_time || *death_time < 0) {
    gatherer_.problem(place,
                      fmt::format("time of death '{}' is not a Unix time, expected seconds or 0",
                                  shown(death_word)));
    return;
  }
  Flags flags;
  if (!read_addresses(place, in, record, flags) || !worth_taking(place, *death_time, flags)) return;
  if (*death_time > 0) record.expires = death_time;
  gatherer_.add_record(place, std::move(record));
}

/// `"NAME#tt"`. A name may hold quotes and `#` itself, so both are looked for from the end; nothing
/// behind the name has a quote.
std::optional<nbns::Name> WinsDatParser::name(const Place& place, Cursor& in) {
  const auto line = in.rest();
  const auto close = line.rfind('"');
  if (!line.starts_with('"') || close == 0) {
    gatherer_.problem(
        place, fmt::format("'{}' found, expected a name in quotes, as \"FRED#20\"", shown(line)));
    return {};
  }
  const auto content = line.substr(1, close - 1);
  in.advance(close + 1);

  const auto hash = content.rfind('#');
  const auto suffix =
      hash == std::string_view::npos ? std::nullopt : parse_octet(content.substr(hash + 1));
  if (!suffix || hash == 0) {
    gatherer_.problem(
        place, fmt::format("name '{}': expected 1 to 15 octets, # and two hexadecimal digits",
                           shown(content)));
    return {};
  }
  if (hash > 15) {
    gatherer_.skip(place, fmt::format("name '{}' is {} octets long, a NetBIOS name has at most 15",
                                      shown(content.substr(0, hash)), hash));
    return {};
  }
  return nbns::make_name(content.substr(0, hash), *suffix);
}

/// The addresses, and the flags behind the last of them.
bool WinsDatParser::read_addresses(const Place& place, Cursor& in, Mapping& record, Flags& flags) {
  auto word = in.word();
  bool everybody_seen = false;
  for (; word.contains('.'); word = in.word()) {
    const auto address = parse_ipv4(word);
    if (!address) {
      gatherer_.problem(place, fmt::format("address '{}' is not an IPv4 address", shown(word)));
      return false;
    }
    if (is_everybody(*address)) {
      everybody_seen = true;
    } else if (!address->is_host()) {
      gatherer_.problem(place, fmt::format("address '{}' cannot be a host's", word));
      return false;
    } else if (record.addresses.size() == addresses_max) {
      gatherer_.problem(place, fmt::format("the record has more than {} addresses", addresses_max));
      return false;
    } else {
      record.addresses.push_back(*address);
    }
  }
  const auto parsed = parse_flags(word);
  if (!parsed || !in.word().empty()) {
    gatherer_.problem(
        place, fmt::format("flags '{}': expected two hexadecimal digits and R or S at the end",
                           shown(word)));
    return false;
  }
  flags = *parsed;
  record.group = (flags.octet & group_bit) != 0;
  record.node = static_cast<nbns::NodeType>(flags.octet >> 5 & 3);
  const bool is_normal_group = record.group && everybody_seen && record.exact->suffix() != 0x1c;
  if (is_normal_group) record.addresses.clear();
  if (record.addresses.empty() && !is_normal_group) {
    gatherer_.problem(place, "the record has no address of a host");
    return false;
  }
  return true;
}

bool WinsDatParser::worth_taking(const Place& place, std::int64_t death_time, const Flags& flags) {
  if (flags.self) {
    gatherer_.skip(place, "a name of the old server itself");
  } else if ((flags.octet & active_bit) == 0 ||
             (flags.octet & (deregistering_bit | conflict_bit)) != 0) {
    gatherer_.skip(place, "the name is not active, or in conflict");
  } else if (death_time != 0 && death_time < now_ + life_left_min) {
    gatherer_.skip(place, "the record has less than 60 seconds to live");
  } else {
    return true;
  }
  return false;
}

}  // namespace

Parsed parse_wins_dat(std::string_view text, std::string_view file, std::int64_t now_unix) {
  WinsDatParser parser(now_unix);
  parser.read(text, file);
  return std::move(parser).finish();
}

}  // namespace winsome::formats
