#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "replication/grpc/grpc_options.h"

namespace winsome::transport {

/// What a certificate says; times count from now.
struct Wanted {
  std::string common_name{};
  std::string dns_names{};  // `DNS:a,DNS:b`; empty: none
  std::chrono::hours from{-1};
  std::chrono::hours to{24};
  std::string purposes{};  // `serverAuth`; empty: not said
  bool authority = false;
};

/// A certificate with its key, made for one test.
class Identity {
 public:
  [[nodiscard]] static Identity self_signed(const Wanted& wanted);
  [[nodiscard]] Identity issue(const Wanted& wanted) const;

  [[nodiscard]] const std::string& certificate() const { return certificate_; }
  [[nodiscard]] const std::string& key() const { return key_; }

 private:
  std::string certificate_;
  std::string key_;
};

[[nodiscard]] inline Identity authority(const std::string& name = "Test authority") {
  return Identity::self_signed({.common_name = name, .authority = true});
}

/// A folder that goes with the test.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  /// Replaces the file as a whole.
  void write(const std::string& file, const std::string& text) const;
  void write(const Identity& identity, const Identity& authority) const;
  [[nodiscard]] TlsFiles files() const;

 private:
  std::filesystem::path path_;
};

}  // namespace winsome::transport
