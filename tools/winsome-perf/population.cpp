#include "tools/winsome-perf/population.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace winsome::perf {

namespace {

// The way hosts are called in turn. The tail is the host's number in the given base, so names stay
// different.
struct Style {
  std::string_view head;
  std::uint32_t base;
  std::size_t digits;
};

constexpr std::array styles = {
    Style{"DESKTOP-", 36, 7},  Style{"PC", 10, 8},    Style{"LAPTOP-", 36, 8},
    Style{"BERLIN-WS", 10, 6}, Style{"W10-", 10, 7},  Style{"SRV-APP-", 10, 6},
    Style{"NPI", 16, 6},       Style{"OSLO-", 36, 6},
};

constexpr std::array<std::uint8_t, names_per_host> suffixes = {0x00, 0x03, 0x20};

nbns::Name named(std::string_view head, std::uint32_t tail, std::uint32_t base, std::size_t digits,
                 std::uint8_t suffix) {
  auto name = nbns::make_name(head, suffix);
  for (std::size_t i = 0; i < digits; ++i, tail /= base) {
    const auto digit = static_cast<std::uint8_t>(tail % base);
    name.octets[head.size() + digits - 1 - i] =
        static_cast<std::uint8_t>(digit < 10 ? '0' + digit : 'A' + digit - 10);
  }
  return name;
}

// Odd multiplication permutes 20 bits: numbers that follow each other do not give names that do.
constexpr std::uint32_t scatter(std::uint32_t number) {
  constexpr std::uint32_t mask = (1U << 20) - 1;
  return (number & ~mask) | ((number * 0x9e375U) & mask);
}

}  // namespace

nbns::Name name_of(std::uint32_t number) {
  const auto host = scatter(number / names_per_host);
  const auto& style = styles[host % styles.size()];
  return named(style.head, host / static_cast<std::uint32_t>(styles.size()), style.base,
               style.digits, suffixes[number % names_per_host]);
}

nbns::Name missing_name(std::uint32_t number) {
  return named("NOBODY-", number, 36, 7, 0x20);
}

}  // namespace winsome::perf
