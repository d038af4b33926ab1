#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "server/config/settings.h"

namespace winsome::config {

inline const HostFacts example_host{"winsome.example.com", Ipv4(192, 0, 2, 10), {}};

/// The settings a good text gives; its problems fail the test.
inline Settings settings_of(std::string_view text, const HostFacts& host = example_host) {
  auto parsed = parse(text, "winsome.toml", host);
  if (parsed) return *parsed;
  for (const auto& problem : parsed.error()) ADD_FAILURE() << to_text(problem);
  return {};
}

/// The problems of a bad text, as the daemon prints them; none when it is good.
inline std::vector<std::string> problems_of(std::string_view text,
                                            const HostFacts& host = example_host) {
  std::vector<std::string> problems;
  const auto parsed = parse(text, "winsome.toml", host);
  if (parsed) return problems;
  for (const auto& problem : parsed.error()) problems.push_back(to_text(problem));
  return problems;
}

}  // namespace winsome::config
