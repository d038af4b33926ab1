#include "server/nbns/name.h"

#include <algorithm>

#include "server/nbns/wire.h"

namespace winsome::nbns {
namespace {

constexpr std::uint8_t pointer_bits = 0xc0;
constexpr std::size_t pointer_hops_max = 5;  // fact base A3; more has no honest use

/// Text cannot tell these from the dots between labels, nor can C strings carry the other.
constexpr bool belongs_in_scope(std::uint8_t octet) {
  return octet != '.' && octet != 0;
}

Result<void, DecodeError> append_label(ScopeBuffer& scope, Octets label) {
  const std::size_t dot = scope.length == 0 ? 0 : 1;
  if (scope.length + dot + label.size() > scope_length_max) return fail(DecodeError::name_too_long);
  if (!std::ranges::all_of(label, belongs_in_scope)) return fail(DecodeError::bad_label);
  if (dot == 1) scope.text[scope.length] = '.';
  std::ranges::copy(label, scope.text.begin() + scope.length + dot);
  scope.length += dot + label.size();
  return {};
}

}  // namespace

Result<ScopedNameView, DecodeError> decode_name(ByteReader& in, ScopeBuffer& scope) {
  Name name;
  scope.length = 0;
  bool named = false;
  std::size_t hops = 0;
  auto labels = in;  // follows pointers, while `in` stays behind the first of them
  auto segment =
      in.offset();  // where `labels` began; pointers go before it, so that each one makes progress

  for (;;) {
    const auto length = labels.u8();
    if (!labels.ok()) return fail(DecodeError::truncated);
    if (length == 0) break;

    if ((length & pointer_bits) == pointer_bits) {
      const std::size_t target = (length & ~pointer_bits) << 8 | labels.u8();
      if (!labels.ok()) return fail(DecodeError::truncated);
      if (hops == 0) in = labels;
      if (target < header_length || target >= segment || ++hops > pointer_hops_max)
        return fail(DecodeError::bad_pointer);
      segment = target;
      labels = ByteReader(in.whole(), target);
      continue;
    }

    if (length > label_length_max) return fail(DecodeError::bad_label);
    const auto label = labels.take(length);
    if (!labels.ok()) return fail(DecodeError::truncated);
    if (named) {
      if (const auto appended = append_label(scope, label); !appended)
        return fail(appended.error());
    } else if (length != letters_length || !decode_half_ascii(label.data(), name)) {
      return fail(DecodeError::bad_label);
    }
    named = true;
  }

  if (!named) return fail(DecodeError::bad_label);
  if (hops == 0) in = labels;
  return ScopedNameView{name, scope.view()};
}

void encode_name(ByteWriter& out, const ScopedNameView& name) {
  out.u8(letters_length);
  out.put(encode_half_ascii(name.name));

  if (name.scope.size() > scope_length_max) out.fail();
  for (auto rest = name.scope; !rest.empty() && out.ok();) {
    const auto end = std::min(rest.find('.'), rest.size());
    const auto label = rest.substr(0, end);
    if (label.empty() || label.size() > label_length_max || label.contains('\0') ||
        end + 1 == rest.size()) {
      out.fail();
    }
    out.u8(static_cast<std::uint8_t>(label.size()));
    for (const auto character : label) out.u8(static_cast<std::uint8_t>(character));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  out.u8(0);
}

}  // namespace winsome::nbns
