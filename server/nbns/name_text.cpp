#include <algorithm>
#include <charconv>

#include "server/nbns/name.h"
#include "server/nbns/wire.h"

namespace winsome::nbns {
namespace {

constexpr std::size_t text_length_max = 15;
constexpr std::string_view hex_digits = "0123456789ABCDEF";

void append_hex(std::string& text, std::uint8_t octet) {
  text += hex_digits[octet >> 4];
  text += hex_digits[octet & 0xf];
}

void append_escaped(std::string& text, std::uint8_t octet) {
  const auto character = static_cast<char>(octet);
  if (octet >= 0x20 && octet < 0x7f && character != '\\' && character != '<' && character != '>') {
    text += character;
  } else {
    text += "\\x";
    append_hex(text, octet);
  }
}

/// Exactly two hexadecimal digits from the front of `text`.
std::optional<std::uint8_t> take_hex(std::string_view& text) {
  if (text.size() < 2) return {};
  std::uint8_t octet = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 2, octet, 16);
  if (error != std::errc{} || end != text.data() + 2) return {};
  text.remove_prefix(2);
  return octet;
}

constexpr char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

/// The octets that `text` stands for. Angle brackets are left to suffixes.
std::optional<std::string> unescape(std::string_view text, bool fold) {
  std::string octets;
  while (!text.empty()) {
    const auto character = text.front();
    text.remove_prefix(1);
    if (character == '<' || character == '>') return {};
    if (character != '\\') {
      octets += fold ? upper(character) : character;
      continue;
    }
    if (!text.starts_with('x')) return {};
    text.remove_prefix(1);
    const auto octet = take_hex(text);
    if (!octet) return {};
    octets += static_cast<char>(*octet);
  }
  return octets;
}

/// What stands behind a suffix: nothing, or a dot and a scope that can be encoded.
std::optional<Scope> parse_scope(std::string_view text) {
  if (text.empty()) return Scope();
  if (text.front() != '.') return {};
  text.remove_prefix(1);

  std::string scope;
  for (bool last = false; !last;) {
    const auto end = text.find('.');
    last = end == std::string_view::npos;
    const auto label = unescape(text.substr(0, end), false);
    if (!label || label->empty() || label->size() > label_length_max) return {};
    // An escaped dot would become a border between labels.
    if (label->contains('.') || label->contains('\0')) return {};
    if (!scope.empty()) scope += '.';
    scope += *label;
    if (!last) text.remove_prefix(end + 1);
  }
  if (scope.size() > scope_length_max) return {};
  return Scope(scope);
}

}  // namespace

std::string to_text(const ScopedNameView& name) {
  std::string text;
  if (name.name == wildcard_name()) {
    text = "*";
  } else {
    auto length = text_length_max;
    while (length > 0 && name.name.octets[length - 1] == ' ') --length;
    for (std::size_t i = 0; i < length; ++i) append_escaped(text, name.name.octets[i]);
    text += '<';
    append_hex(text, name.name.suffix());
    text += '>';
  }
  if (!name.scope.empty()) text += '.';
  for (const auto character : name.scope)
    append_escaped(text, static_cast<std::uint8_t>(character));
  return text;
}

std::optional<ScopedName> parse_name(std::string_view text, std::uint8_t default_suffix,
                                     bool fold) {
  // Names may contain `#`, but `<` is always escaped in them: where it stands, a suffix begins.
  const auto bracket = text.find('<');
  const bool bracketed = bracket != std::string_view::npos;
  if (!bracketed && (text == "*" || text.starts_with("*."))) {
    auto scope = parse_scope(text.substr(1));
    if (!scope) return {};
    return ScopedName(wildcard_name(), std::move(*scope));
  }

  const auto mark = bracketed ? bracket : text.find('#');
  const auto octets = unescape(text.substr(0, mark), fold);
  if (!octets || octets->size() > text_length_max) return {};
  if (mark == std::string_view::npos) {
    if (octets->empty()) return {};
    return ScopedName(make_name(*octets, default_suffix));
  }

  auto rest = text.substr(mark + 1);
  const auto suffix = take_hex(rest);
  if (!suffix) return {};
  if (bracketed) {
    if (!rest.starts_with('>')) return {};
    rest.remove_prefix(1);
  }
  auto scope = parse_scope(rest);
  if (!scope) return {};
  return ScopedName(make_name(*octets, *suffix), std::move(*scope));
}

}  // namespace winsome::nbns
