#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/core/byte_reader.h"
#include "server/core/byte_writer.h"
#include "server/core/result.h"
#include "server/nbns/decode_error.h"

namespace winsome::nbns {

/// A NetBIOS name: 16 opaque octets, the last of them the Microsoft suffix. Compared octet by
/// octet, never folded.
struct Name {
  std::array<std::uint8_t, 16> octets{};

  [[nodiscard]] constexpr std::uint8_t suffix() const { return octets[15]; }

  /// The same name with another suffix: DOMAIN<1C> → DOMAIN<1B>.
  [[nodiscard]] constexpr Name with_suffix(std::uint8_t suffix) const {
    Name other = *this;
    other.octets[15] = suffix;
    return other;
  }

  friend constexpr auto operator<=>(const Name&, const Name&) = default;

  template <class H>
  friend H AbslHashValue(H h, const Name& name) {
    return H::combine_contiguous(std::move(h), name.octets.data(), name.octets.size());
  }
};

/// `text` padded with blanks to 15 octets, then `suffix`; cut at 15. Nothing is upper-cased.
[[nodiscard]] constexpr Name make_name(std::string_view text, std::uint8_t suffix) {
  Name name;
  for (std::size_t i = 0; i < 15; ++i) {
    name.octets[i] = i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0x20;
  }
  name.octets[15] = suffix;
  return name;
}

/// `*` and fifteen NULs: the name every node answers to in a node status request.
[[nodiscard]] constexpr Name wildcard_name() {
  Name name;
  name.octets[0] = '*';
  return name;
}

/// The longest scope, dots included, that a name may carry on the wire: 272 in all, less the
/// encoded name and a dot.
inline constexpr std::size_t scope_length_max = 239;

/// The longest scope a registration may have; longer ones get SRV_ERR (fact base A3).
inline constexpr std::size_t scope_length_registered_max = 237;

/// A scope identifier as dotted text. Almost every name has none, so none costs one null pointer.
class Scope {
 public:
  Scope() = default;
  explicit Scope(std::string_view text)
      : text_(text.empty() ? nullptr : std::make_unique<std::string>(text)) {}
  Scope(const Scope& other) : Scope(other.view()) {}
  Scope(Scope&&) noexcept = default;
  Scope& operator=(const Scope& other) { return *this = Scope(other.view()); }
  Scope& operator=(Scope&&) noexcept = default;
  ~Scope() = default;

  [[nodiscard]] std::string_view view() const {
    return text_ ? std::string_view(*text_) : std::string_view();
  }
  [[nodiscard]] bool empty() const { return !text_; }

  friend bool operator==(const Scope& a, const Scope& b) { return a.view() == b.view(); }
  friend auto operator<=>(const Scope& a, const Scope& b) { return a.view() <=> b.view(); }

 private:
  std::unique_ptr<std::string> text_;
};

/// A name and its scope, borrowed: what a look-up needs. Hashes and compares like `ScopedName`.
struct ScopedNameView {
  Name name;
  std::string_view scope;

  friend auto operator<=>(const ScopedNameView&, const ScopedNameView&) = default;
  template <class H>
  friend H AbslHashValue(H h, const ScopedNameView& key) {
    return H::combine(std::move(h), key.name, std::string_view(key.scope));
  }
};

/// A name and its scope: the key of everything the server knows.
struct ScopedName {
  Name name;
  Scope scope;

  ScopedName() = default;
  ScopedName(const Name& the_name, Scope the_scope = {})
      : name(the_name), scope(std::move(the_scope)) {}
  explicit ScopedName(const ScopedNameView& view) : name(view.name), scope(view.scope) {}

  [[nodiscard]] ScopedNameView view() const { return {name, scope.view()}; }

  friend bool operator==(const ScopedName&, const ScopedName&) = default;
  friend auto operator<=>(const ScopedName&, const ScopedName&) = default;
  template <class H>
  friend H AbslHashValue(H h, const ScopedName& key) {
    return AbslHashValue(std::move(h), key.view());
  }
};

/// Where a decoder puts a scope it met: as text, without allocating.
struct ScopeBuffer {
  std::array<char, scope_length_max> text;
  std::size_t length = 0;
  [[nodiscard]] std::string_view view() const { return {text.data(), length}; }
};

/// First-level encoded name with scope labels and label pointers (RFC 1002 4.1). Pointers go
/// backwards only, at most 5 of them; the length limit bounds the labels to 121. A scope label with
/// a dot or NUL in it is refused: as text it would look like another scope. The reader is left
/// behind the name. The view borrows `scope`.
[[nodiscard]] Result<ScopedNameView, DecodeError> decode_name(ByteReader& in, ScopeBuffer& scope);

/// Writes the name with its scope labels; a scope that `decode_name` would refuse makes the writer
/// fail.
void encode_name(ByteWriter& out, const ScopedNameView& name);

/// `FRED<20>`, `CORP<1C>.scope.example`. Trailing blanks are cut; octets that do not print, `\`,
/// `<` and `>` are
/// `\xNN`; blanks that are not padding stay. The wildcard is `*`. `parse_name` reads it back,
/// unfolded.
[[nodiscard]] std::string to_text(const ScopedNameView& name);
[[nodiscard]] inline std::string to_text(const ScopedName& name) {
  return to_text(name.view());
}
[[nodiscard]] inline std::string to_text(const Name& name) {
  return to_text(ScopedNameView{name, {}});
}

/// `FRED<20>`, `FRED#20`, either with `.scope` behind it, or `FRED` (then `default_suffix`); `*` is
/// the wildcard. Without a suffix a dot is part of the name. Octets may be `\xNN`. Letters of the
/// name are upper-cased when `fold`, but neither escapes nor the scope. More than 15 octets, a bad
/// suffix or scope: nothing.
[[nodiscard]] std::optional<ScopedName> parse_name(std::string_view text,
                                                   std::uint8_t default_suffix, bool fold = true);

}  // namespace winsome::nbns
