#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/nbns/message.h"
#include "server/nbns/name.h"

namespace winsome::cli {

/// The suffix that a name without one has where one record is meant: the file server's, which users
/// look for.
inline constexpr std::uint8_t usual_suffix = 0x20;

/// `FRED<20>`, `FRED#20`, `FRED`; letters are upper-cased unless `as_typed`. The error says what
/// was expected.
[[nodiscard]] Result<nbns::ScopedName, std::string> name_argument(std::string_view text,
                                                                  bool as_typed);

/// The same, but a suffix has to be there: for what cannot be undone.
[[nodiscard]] Result<nbns::ScopedName, std::string> whole_name_argument(std::string_view text,
                                                                        bool as_typed);

/// Does the text say which suffix it means.
[[nodiscard]] bool has_suffix(std::string_view text);

/// Two hexadecimal digits: `1C`, also as `0x1c`, `<1C>` and `1Ch`.
[[nodiscard]] std::optional<std::uint8_t> suffix_argument(std::string_view text);

[[nodiscard]] Result<Ipv4, std::string> address_argument(const std::string& text);
[[nodiscard]] std::optional<nbns::NodeType> node_argument(std::string_view text);

/// What follows a name: addresses, and at most one `@SERVER`.
struct Targets {
  std::vector<Ipv4> addresses;
  std::string server = "127.0.0.1";
};
[[nodiscard]] Result<Targets, std::string> targets_argument(const std::vector<std::string>& words);

/// `192.0.2.10`, `192.0.2.10:1137`, `wins.example`; asks the resolver for the latter.
[[nodiscard]] Result<Endpoint, std::string> server_argument(const std::string& text,
                                                            std::uint16_t port);

/// The verbs of `netsh wins server` that have a verb of ours: `show database` is `name list`, and
/// `delete name Name=FRED EndChar=20` is `name delete FRED<20>`. Everything else stays as it is.
[[nodiscard]] std::vector<std::string> translate_netsh(std::vector<std::string> words);

}  // namespace winsome::cli
