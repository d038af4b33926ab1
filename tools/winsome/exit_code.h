#pragma once

#include <cstdint>
#include <string>

namespace winsome::cli {

/// What scripts may rely on.
enum class ExitCode : std::uint8_t {
  ok = 0,
  failure = 1,
  usage = 2,
  not_found = 3,
  unreachable = 4,  // or denied
};

/// Why a command did not do what it was asked, in a sentence that ends with the next step where
/// there is one.
struct Failure {
  ExitCode code = ExitCode::failure;
  std::string text;
};

}  // namespace winsome::cli
