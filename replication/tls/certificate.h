#pragma once

#include <string>

#include "server/core/result.h"

namespace winsome::transport {

/// In which role the one who shows a certificate shows it.
enum class Role : unsigned char { client, server };

/// What a peer showed, and what it is judged by; all PEM.
struct Evidence {
  std::string certificate;  // empty: none
  std::string chain;        // whatever came along, to reach the authority
  std::string authority;
};

/// By which name the holder of the certificate is known: its first DNS name, else its common name.
/// The error says what is wrong, of "it": `its certificate has expired on 2026-01-31`.
[[nodiscard]] Result<std::string, std::string> judge(const Evidence& evidence, Role role);

/// The name in a certificate that was judged before; empty when there is none.
[[nodiscard]] std::string name_in(const std::string& certificate);

/// What is wrong with files that are to be ours, as the end of a sentence; empty when nothing is.
[[nodiscard]] std::string fault_of_pair(const std::string& certificate, const std::string& key);
[[nodiscard]] std::string fault_of_authority(const std::string& authority);

}  // namespace winsome::transport
