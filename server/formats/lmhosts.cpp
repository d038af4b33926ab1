#include "server/formats/lmhosts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "server/formats/gatherer.h"
#include "server/formats/lines.h"

namespace winsome::formats {
namespace {

/// What the directives behind a name say.
struct Marks {
  bool multihomed = false;
  bool normal_group = false;
  std::vector<std::pair<MappingKind, std::string>> groups;  // to be a member of
};

/// One byte of a quoted name, `\0xNN` or plain; nothing: a backslash that starts no escape.
std::optional<char> take_octet(std::string_view& quoted) {
  const char first = quoted.front();
  if (first != '\\') {
    quoted.remove_prefix(1);
    return first;
  }
  if (quoted.size() < 5 || quoted[1] != '0' || upper(quoted.substr(2, 1)) != "X") return {};
  const auto octet = parse_octet(quoted.substr(3, 2));
  if (!octet) return {};
  quoted.remove_prefix(5);
  return static_cast<char>(*octet);
}

class LmhostsParser {
 public:
  LmhostsParser(std::string_view file, const ReadFile& read) : sources_(file, read) {}

  void read(std::string_view text, std::string_view file);
  [[nodiscard]] Parsed finish() && { return std::move(gatherer_).finish(); }

 private:
  /// The alternates being read: the first of them that can be read is the only one.
  struct Alternates {
    std::size_t line = 0;
    bool satisfied = false;
  };

  void directive_line(const Place& place, std::string_view line,
                      std::optional<Alternates>& alternates);
  void end_alternates(const Place& place, std::optional<Alternates>& alternates);
  void include(const Place& place, std::string_view rest, std::optional<Alternates>& alternates);
  void host_line(const Place& place, std::string_view line);

  [[nodiscard]] std::optional<WrittenName> name(const Place& place, Cursor& in);
  [[nodiscard]] std::optional<std::string> quoted(const Place& place, Cursor& in);
  [[nodiscard]] std::optional<Marks> marks(const Place& place, bool exact, Cursor& in);
  [[nodiscard]] std::optional<std::string> group_name(const Place& place, Cursor& in);
  void add_host(const Place& place, std::string_view address, const WrittenName& name,
                const Marks& marks);

  Gatherer gatherer_{SecondAddress::needs_mark};
  Sources sources_;
};

void LmhostsParser::read(std::string_view text, std::string_view file) {
  std::optional<Alternates> alternates;
  LineReader lines(text, file, gatherer_);
  while (const auto line = lines.next()) {
    const Place place{file, line->number};
    const auto content = trim(line->text);
    if (content.starts_with('#')) {
      directive_line(place, content, alternates);
    } else if (!content.empty()) {
      host_line(place, content);
    }
  }
  if (alternates) {
    gatherer_.problem({file, alternates->line}, "#BEGIN_ALTERNATE without #END_ALTERNATE");
  }
}

void LmhostsParser::directive_line(const Place& place, std::string_view line,
                                   std::optional<Alternates>& alternates) {
  Cursor in(line);
  const auto keyword = in.word();
  if (keyword == "#INCLUDE") {
    include(place, trim(in.rest()), alternates);
  } else if (keyword == "#BEGIN_ALTERNATE") {
    if (alternates) {
      gatherer_.problem(
          place, fmt::format("#BEGIN_ALTERNATE within that of line {}, expected #END_ALTERNATE",
                             alternates->line));
    } else {
      alternates = Alternates{.line = place.line};
    }
  } else if (keyword == "#END_ALTERNATE") {
    end_alternates(place, alternates);
  }
}

void LmhostsParser::end_alternates(const Place& place, std::optional<Alternates>& alternates) {
  if (!alternates) {
    gatherer_.problem(place, "#END_ALTERNATE without #BEGIN_ALTERNATE");
  } else if (!alternates->satisfied) {
    gatherer_.problem(
        place, fmt::format("none of the alternates from line {} on can be read", alternates->line));
  }
  alternates.reset();
}

void LmhostsParser::include(const Place& place, std::string_view rest,
                            std::optional<Alternates>& alternates) {
  const auto end = rest.starts_with('"') ? rest.find('"', 1) : rest.find(" #");  // a comment
  const auto path = rest.starts_with('"') ? rest.substr(1, end - 1) : trim(rest.substr(0, end));
  if (path.empty()) {
    gatherer_.problem(place, "#INCLUDE names no file");
    return;
  }
  if (alternates && alternates->satisfied) return;

  const auto text = sources_.enter(path);
  if (!text) {
    if (alternates && text.error() == IncludeError::unreadable) return;
    gatherer_.problem(place, fmt::format("#INCLUDE: '{}' {}", shown(path), to_text(text.error())));
    return;
  }
  if (alternates) alternates->satisfied = true;
  read(*text, path);
  sources_.leave();
}

void LmhostsParser::host_line(const Place& place, std::string_view line) {
  Cursor in(line);
  const auto address = in.word("#\"");
  const auto written = name(place, in);
  if (!written) return;
  const auto said = marks(place, written->exact.has_value(), in);
  if (!said) return;
  add_host(place, address, *written, *said);
}

std::optional<WrittenName> LmhostsParser::name(const Place& place, Cursor& in) {
  in.skip_blanks();
  if (in.at('"')) {
    const auto octets = quoted(place, in);
    if (!octets) return {};
    if (octets->size() == 16) {
      return WrittenName{
          .text = {}, .exact = nbns::make_name(*octets, static_cast<std::uint8_t>(octets->back()))};
    }
    return WrittenName{.text = *octets, .exact = {}};
  }

  const auto word = in.rest().substr(0, in.rest().find_first_of(" \t"));
  const auto hash = word.find('#');
  if (word.empty() || hash == 0) {
    gatherer_.problem(place, "there is no name behind the address");
    return {};
  }
  const auto text = gatherer_.host_name(place, word.substr(0, hash));
  if (!text) return {};
  const auto suffix =
      hash == std::string_view::npos ? std::nullopt : parse_octet(word.substr(hash + 1));
  in.advance(suffix ? word.size() : std::min(hash, word.size()));
  if (!suffix) return WrittenName{.text = *text, .exact = {}};
  return WrittenName{.text = {}, .exact = nbns::make_name(*text, *suffix)};
}

/// The octets between quotes: 16 as they are, or up to 15, folded and without padding.
std::optional<std::string> LmhostsParser::quoted(const Place& place, Cursor& in) {
  const auto close = in.rest().find('"', 1);
  if (close == std::string_view::npos) {
    gatherer_.problem(place, "the quoted name has no closing quote");
    return {};
  }
  auto content = in.rest().substr(1, close - 1);
  in.advance(close + 1);

  std::string octets;
  while (!content.empty()) {
    const auto octet = take_octet(content);
    if (!octet) {
      gatherer_.problem(place, fmt::format("'{}': expected \\0x and two hexadecimal digits",
                                           shown(content.substr(0, 5))));
      return {};
    }
    octets += *octet;
  }
  if (octets.size() == 16) return octets;
  const auto length = octets.size();
  octets = upper(octets.substr(0, octets.find_last_not_of(' ') + 1));
  if (octets.empty()) {
    gatherer_.problem(place, "the quoted name is blank");
  } else if (length > 16) {
    gatherer_.problem(
        place,
        fmt::format("the quoted name has {} octets, expected at most 15, or 16 with the suffix",
                    length));
  } else {
    return octets;
  }
  return {};
}

/// Reads directives up to the end of the line or to a comment, that is a # without a keyword of
/// ours.
std::optional<Marks> LmhostsParser::marks(const Place& place, bool exact, Cursor& in) {
  Marks said;
  for (in.skip_blanks(); !in.at_end(); in.skip_blanks()) {
    if (!in.at('#')) {
      gatherer_.problem(
          place,
          fmt::format("'{}' behind the name, expected a directive or a comment", shown(in.word())));
      return {};
    }
    in.advance(1);
    const bool keyword_follows = !in.at_blank();
    const auto keyword = keyword_follows ? in.word("#:") : std::string_view();
    const bool has_value = in.at(':');
    if (has_value && (keyword == "DOM" || keyword == "SG")) {
      in.advance(1);
      auto group = group_name(place, in);
      if (!group) return {};
      const auto kind = keyword == "DOM" ? MappingKind::domain_name : MappingKind::internet_group;
      said.groups.emplace_back(kind, *std::move(group));
    } else if (!has_value && keyword == "MH") {
      said.multihomed = true;
    } else if (!has_value && exact && keyword == "GROUP") {
      said.normal_group = true;
    } else if (has_value || (keyword != "PRE" && keyword != "NOFNR")) {
      return said;
    }
  }
  return said;
}

std::optional<std::string> LmhostsParser::group_name(const Place& place, Cursor& in) {
  if (in.at('"')) {
    auto octets = quoted(place, in);
    if (!octets || octets->size() <= 15) return octets;
    gatherer_.problem(place, "the group's name has 16 octets, expected at most 15");
    return {};
  }
  const auto word = in.at_blank() ? std::string_view() : in.word("#");
  if (word.size() > 15) {
    gatherer_.problem(place,
                      fmt::format("group '{}' is {} octets long, a NetBIOS name has at most 15",
                                  shown(word), word.size()));
    return {};
  }
  return gatherer_.host_name(place, word);
}

void LmhostsParser::add_host(const Place& place, std::string_view address_word,
                             const WrittenName& name, const Marks& said) {
  using enum MappingKind;
  const bool is_normal_group = name.exact && (name.exact->suffix() == 0x1e ||
                                              (said.normal_group && name.exact->suffix() != 0x1c));
  if (is_normal_group) {
    if (!parse_ipv4(address_word)) {
      gatherer_.problem(place,
                        fmt::format("address '{}' is not an IPv4 address", shown(address_word)));
      return;
    }
    gatherer_.add(place, normal_group, name, {});  // whose address it is does not matter
    return;
  }

  const auto address = gatherer_.address(place, address_word);
  if (!address) return;
  const auto is_itself = [&name](const auto& member_of) {
    return name.exact && member_of.first == internet_group &&
           member_of.second == upper(text_of(*name.exact));
  };
  if (name.exact && name.exact->suffix() == 0x1c) {
    gatherer_.add(place, domain_name, name, address);
  } else if (std::ranges::any_of(said.groups, is_itself)) {
    gatherer_.add(place, internet_group, name, address);
  } else {
    gatherer_.add(place, said.multihomed ? multihomed : unique, name, address);
  }
  for (const auto& member_of : said.groups) {
    if (is_itself(member_of)) continue;
    gatherer_.add(place, member_of.first, {.text = member_of.second, .exact = {}}, address);
  }
}

}  // namespace

Parsed parse_lmhosts(std::string_view text, std::string_view file, const ReadFile& read) {
  LmhostsParser parser(file, read);
  parser.read(text, file);
  return std::move(parser).finish();
}

}  // namespace winsome::formats
