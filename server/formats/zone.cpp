#include "server/formats/zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "server/formats/gatherer.h"
#include "server/formats/lines.h"
#include "server/formats/zone_reader.h"

namespace winsome::formats {
namespace {

/// Types are checked, so that a misspelt A record is not taken for one of a type we pass over.
// clang-format off
constexpr auto known_types = std::to_array<std::string_view>({
    "A", "A6", "AAAA", "AFSDB", "AMTRELAY", "APL", "ATMA", "AVC", "CAA", "CDNSKEY", "CDS", "CERT",
    "CNAME", "CSYNC", "DHCID", "DLV", "DNAME", "DNSKEY", "DS", "EID", "EUI48", "EUI64", "GPOS",
    "HINFO", "HIP", "HTTPS", "IPSECKEY", "ISDN", "KEY", "KX", "L32", "L64", "LOC", "LP", "MB",
    "MD", "MF", "MG", "MINFO", "MR", "MX", "NAPTR", "NID", "NIMLOC", "NINFO", "NS", "NSAP",
    "NSAP-PTR", "NSEC", "NSEC3", "NSEC3PARAM", "NULL", "NXT", "OPENPGPKEY", "PTR", "PX", "RKEY",
    "RP", "RRSIG", "RT", "SIG", "SINK", "SMIMEA", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TA",
    "TALINK", "TKEY", "TLSA", "TXT", "UID", "URI", "WALLET", "WINS", "WINS-R", "WINSR", "WKS",
    "X25", "ZONEMD"});
// clang-format on
static_assert(std::ranges::is_sorted(known_types));

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_type(const std::string& type) {
  return std::ranges::binary_search(known_types, std::string_view(type)) ||
         (type.starts_with("TYPE") && all_digits(std::string_view(type).substr(4)));
}

bool is_class(const std::string& word) {
  return word == "IN" || word == "CH" || word == "HS" || word == "CS" ||
         (word.starts_with("CLASS") && all_digits(std::string_view(word).substr(5)));
}

/// Seconds, or BIND's `1h30m`.
bool is_ttl(std::string_view word) {
  return !word.empty() && word.front() >= '0' && word.front() <= '9' &&
         word.find_first_not_of("0123456789smhdwSMHDW") == std::string_view::npos;
}

bool is_windows_age(std::string_view word) {
  return word.starts_with("[AGE:") && word.ends_with(']');
}

class ZoneParser {
 public:
  ZoneParser(std::string_view file, const ReadFile& read) : sources_(file, read) {}

  [[nodiscard]] bool set_zone(const Place& place, std::string_view origin);
  void read(std::string_view text, std::string_view file);
  [[nodiscard]] Parsed finish() && { return std::move(gatherer_).finish(); }

 private:
  void directive(const Place& place, const Entry& entry);
  void include(const Place& place, const Entry& entry);
  void record(const Place& place, const Entry& entry);
  [[nodiscard]] bool read_owner(const Place& place, const Entry& entry);
  void address_record(const Place& place, std::string_view address_word);
  [[nodiscard]] std::optional<Domain> domain(const Place& place, std::string_view text);
  [[nodiscard]] bool is_apex() const;

  Gatherer gatherer_;
  Sources sources_;
  Domain origin_;
  Domain apex_;
  std::optional<Domain> owner_;
  bool owner_is_wildcard_ = false;
  bool owner_reported_ = false;  // it is wrong, which was said where it stands
};

bool ZoneParser::set_zone(const Place& place, std::string_view origin) {
  if (origin.empty()) return true;
  const auto zone = domain(place, origin);
  if (zone) apex_ = origin_ = *zone;
  return zone.has_value();
}

void ZoneParser::read(std::string_view text, std::string_view file) {
  EntryReader entries(text, file, gatherer_);
  while (const auto entry = entries.next()) {
    const Place place{file, entry->line};
    const auto& first = entry->tokens.front();
    if (!entry->blank_owner && !first.quoted && first.text.starts_with('$')) {
      directive(place, *entry);
    } else {
      record(place, *entry);
    }
  }
}

void ZoneParser::directive(const Place& place, const Entry& entry) {
  const auto keyword = upper(entry.tokens.front().text);
  const auto count = entry.tokens.size() - 1;
  if (keyword == "$ORIGIN") {
    if (count != 1) return gatherer_.problem(place, "expected $ORIGIN and one name");
    if (const auto name = domain(place, entry.tokens[1].text)) origin_ = *name;
  } else if (keyword == "$TTL") {
    if (count != 1 || !is_ttl(entry.tokens[1].text)) {
      gatherer_.problem(place, "expected $TTL and one time, as 3600 or 1h");
    }
  } else if (keyword == "$INCLUDE") {
    if (count != 1 && count != 2) {
      return gatherer_.problem(place, "expected $INCLUDE, a file and perhaps an origin");
    }
    include(place, entry);
  } else if (keyword == "$GENERATE") {
    gatherer_.problem(place,
                      "$GENERATE is not supported: expand it first, as named-compilezone does");
  } else {
    gatherer_.problem(place,
                      fmt::format("directive '{}' is unknown, expected $ORIGIN, $TTL or $INCLUDE",
                                  shown(entry.tokens.front().text)));
  }
}

/// Origin and last owner of this file hold again behind an included one (RFC 1035 5.1).
void ZoneParser::include(const Place& place, const Entry& entry) {
  const auto path = entry.tokens[1].text;
  auto origin = origin_;
  if (entry.tokens.size() == 3) {
    const auto name = domain(place, entry.tokens[2].text);
    if (!name) return;
    origin = *name;
  }
  const auto text = sources_.enter(path);
  if (!text) {
    gatherer_.problem(place, fmt::format("$INCLUDE: '{}' {}", shown(path), to_text(text.error())));
    return;
  }
  std::swap(origin_, origin);
  const auto owner = owner_;
  const bool wildcard = owner_is_wildcard_;
  const bool reported = owner_reported_;
  read(*text, path);
  origin_ = std::move(origin);
  owner_ = owner;
  owner_is_wildcard_ = wildcard;
  owner_reported_ = reported;
  sources_.leave();
}

void ZoneParser::record(const Place& place, const Entry& entry) {
  if (!read_owner(place, entry)) return;

  std::size_t next = entry.blank_owner ? 0 : 1;
  std::string record_class;
  bool ttl_seen = false;
  for (; next < entry.tokens.size() && !entry.tokens[next].quoted; ++next) {
    const auto word = entry.tokens[next].text;
    if (!ttl_seen && is_ttl(word)) {
      ttl_seen = true;
    } else if (record_class.empty() && is_class(upper(word))) {
      record_class = upper(word);
    } else if (!is_windows_age(word)) {
      break;
    }
  }
  if (next == entry.tokens.size()) return gatherer_.problem(place, "the record has no type");

  const auto type = upper(entry.tokens[next].text);
  if (!is_type(type)) {
    return gatherer_.problem(
        place, fmt::format("'{}' is not a record type", shown(entry.tokens[next].text)));
  }
  if (!record_class.empty() && record_class != "IN" && record_class != "CLASS1") return;
  if (type == "SOA") apex_ = *owner_;
  if (type != "A") return;
  if (entry.tokens.size() != next + 2) {
    return gatherer_.problem(place, fmt::format("an A record has one address, found {} words",
                                                entry.tokens.size() - next - 1));
  }
  address_record(place, entry.tokens[next + 1].text);
}

bool ZoneParser::read_owner(const Place& place, const Entry& entry) {
  if (!entry.blank_owner) {
    const auto& text = entry.tokens.front().text;
    owner_ = domain(place, text);
    owner_is_wildcard_ = text == "*" || text.starts_with("*.");
    owner_reported_ = !owner_;
  } else if (!owner_ && !owner_reported_) {
    gatherer_.problem(place,
                      "the record has no owner: it starts with a blank, and none is before it");
  }
  return owner_.has_value();
}

void ZoneParser::address_record(const Place& place, std::string_view address_word) {
  const auto address = gatherer_.address(place, address_word);
  if (!address) return;
  const auto is_service = [](const std::string& label) { return label.starts_with('_'); };
  if (owner_->empty() || is_apex()) {
    gatherer_.skip(place, "the address is that of the zone's own name");
  } else if (owner_is_wildcard_) {
    gatherer_.skip(place, "the owner is a wildcard");
  } else if (std::any_of(owner_->begin() + 1, owner_->end(), is_service)) {
    gatherer_.skip(place, "the owner is a service, not a host");
  } else if (const auto name = gatherer_.host_name(place, owner_->front())) {
    gatherer_.add(place, MappingKind::unique, {.text = *name, .exact = {}}, address);
  }
}

std::optional<Domain> ZoneParser::domain(const Place& place, std::string_view text) {
  auto parsed = parse_domain(text, origin_);
  if (parsed) return *std::move(parsed);
  gatherer_.problem(place, fmt::format("domain name '{}' {}", shown(text), parsed.error()));
  return {};
}

bool ZoneParser::is_apex() const {
  return std::ranges::equal(*owner_, apex_, [](const std::string& a, const std::string& b) {
    return upper(a) == upper(b);
  });
}

}  // namespace

Parsed parse_zone(std::string_view text, std::string_view file, std::string_view origin,
                  const ReadFile& read) {
  ZoneParser parser(file, read);
  if (parser.set_zone({file, 0}, origin)) parser.read(text, file);
  return std::move(parser).finish();
}

}  // namespace winsome::formats
