#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <string>
#include <vector>

namespace winsome::dns {

inline std::string to_base64(const std::vector<std::uint8_t>& octets) {
  std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');
  const auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), octets.data(),
                                    static_cast<int>(octets.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace winsome::dns
