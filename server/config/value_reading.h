#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/config/values.h"

namespace winsome::config {

// What functions that read and print values are made of.

/// `expected a text in quotes, found the integer 5`
void complain_kind(const Value& value, std::string_view expected, Complaints& complaints);

/// Within `limits`, or nothing, after a complaint.
[[nodiscard]] std::optional<milliseconds> read_duration(const Value& value, const Limits& limits,
                                                        Complaints& complaints);

/// Why a text is no network.
[[nodiscard]] std::string explain_prefix(const std::string& text);

template <class T>
const T* take(const Value& value, std::string_view expected, Complaints& complaints) {
  const auto* content = std::get_if<T>(&value.content);
  if (!content) complain_kind(value, expected, complaints);
  return content;
}

/// Reads element by element; the list is taken whole or not at all.
template <class T, class ReadElement>
void read_list(const Value& value, std::string_view expected, std::vector<T>& out,
               Complaints& complaints, const ReadElement& read_element) {
  const auto* list = take<List>(value, expected, complaints);
  if (!list) return;
  const auto complaints_before = complaints.size();
  std::vector<T> elements;
  for (const auto& element : *list) {
    const auto* text = take<std::string>(element, "a text in quotes", complaints);
    if (text) read_element(element.at, *text, elements);
  }
  if (complaints.size() == complaints_before) out = std::move(elements);
}

template <class T, class Text>
std::string join(const std::vector<T>& elements, const Text& text) {
  std::string joined = "[";
  for (const auto& element : elements) {
    if (joined.size() > 1) joined += ", ";
    joined += text(element);
  }
  return joined + "]";
}

}  // namespace winsome::config
