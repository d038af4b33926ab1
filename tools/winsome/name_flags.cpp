#include "tools/winsome/name_flags.h"

#include <fmt/format.h>

#include "tools/winsome/arguments.h"
#include "tools/winsome/records.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

std::string upper(std::string text) {
  for (auto& letter : text) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return text;
}

/// A shell pattern that only `text` matches.
std::string quoted(const std::string& text) {
  std::string pattern;
  for (const auto letter : text) {
    if (letter == '*' || letter == '?' || letter == '[') {
      pattern += fmt::format("[{}]", letter);
    } else {
      pattern += letter;
    }
  }
  return pattern;
}

/// Cuts `<1C>` or `#1C` off a pattern.
std::string take_suffix(std::string& pattern) {
  auto mark = pattern.find('<');
  if (mark == std::string::npos && pattern.size() >= 3 && pattern[pattern.size() - 3] == '#') {
    mark = pattern.size() - 3;
  }
  if (mark == std::string::npos) return {};
  auto suffix = pattern.substr(mark);
  if (suffix.starts_with('#')) suffix.erase(0, 1);
  pattern.erase(mark);
  return suffix;
}

v1::MappingType guessed_type(const nbns::ScopedName& name, const AddFlags& flags) {
  if (has_suffix(flags.name)) {
    if (name.name.suffix() == 0x1c) return v1::MAPPING_TYPE_DOMAIN_NAME;
    if (name.name.suffix() == 0x1e) return v1::MAPPING_TYPE_NORMAL_GROUP;
  }
  return flags.addresses.size() > 1 ? v1::MAPPING_TYPE_MULTIHOMED : v1::MAPPING_TYPE_UNIQUE;
}

}  // namespace

Result<v1::ListRequest, std::string> list_request(const ListFlags& flags) {
  v1::ListRequest request;
  auto& filter = *request.mutable_filter();
  auto pattern = flags.as_typed ? flags.pattern : upper(flags.pattern);
  auto suffix_text = take_suffix(pattern);
  if (!flags.suffix.empty()) suffix_text = flags.suffix;
  filter.set_name_pattern(pattern);
  if (!suffix_text.empty()) {
    const auto suffix = suffix_argument(suffix_text);
    if (!suffix) {
      return fail(fmt::format("suffix '{}' is not two hexadecimal digits, as in 1C", suffix_text));
    }
    filter.set_suffix(*suffix);
  }
  for (const auto* text : {&flags.address, &flags.owner}) {
    if (text->empty()) continue;
    const auto address = address_argument(*text);
    if (!address) return fail(address.error());
    text == &flags.address ? filter.set_address(*text) : filter.set_owner(*text);
  }
  if (!flags.type.empty()) {
    const auto type = record_type(flags.type);
    if (!type) {
      return fail(
          fmt::format("type '{}' is none of unique, group, special-group, multihomed", flags.type));
    }
    filter.set_type(*type);
  }
  if (!flags.state.empty()) {
    const auto state = record_state(flags.state);
    if (!state) {
      return fail(fmt::format("state '{}' is none of active, released, tombstone", flags.state));
    }
    filter.set_state(*state);
  }
  if (flags.only_static || flags.only_dynamic) filter.set_is_static(flags.only_static);
  if (flags.limit > 0) request.set_limit(flags.limit);
  return request;
}

Result<v1::ListRequest, std::string> list_request_of_name(const std::string& name, bool as_typed) {
  const auto parsed = name_argument(name, as_typed);
  if (!parsed) return fail(parsed.error());
  v1::ListRequest request;
  request.mutable_filter()->set_name_pattern(quoted(as_typed ? name : upper(name)));
  return request;
}

Result<v1::AddRequest, std::string> add_request(const AddFlags& flags) {
  const auto name = name_argument(flags.name, flags.as_typed);
  if (!name) return fail(name.error());
  auto type = guessed_type(*name, flags);
  if (!flags.type.empty()) {
    const auto wanted = mapping_type(flags.type);
    if (!wanted) {
      return fail(fmt::format(
          "type '{}' is none of unique, multihomed, group, domain, internet-group", flags.type));
    }
    type = *wanted;
  }
  if (flags.addresses.empty() && type != v1::MAPPING_TYPE_NORMAL_GROUP) {
    return fail(fmt::format("{} needs an address", flags.name));
  }
  v1::AddRequest request;
  auto& mapping = *request.mutable_mapping();
  mapping.set_type(type);
  mapping.set_name(nbns::to_text(*name));
  mapping.set_expand(!has_suffix(flags.name));
  for (const auto& text : flags.addresses) {
    const auto address = address_argument(text);
    if (!address) return fail(address.error());
    mapping.add_addresses(text);
  }
  request.set_dry_run(flags.dry_run);
  request.set_allow_blocked(true);  // an administrator who names a blocked name means it
  return request;
}

}  // namespace winsome::cli
