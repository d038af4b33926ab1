#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <string>

#include "replication/tls/tls_files.h"
#include "server/core/result.h"

namespace winsome::transport {

/// Why a partner's certificate was not accepted, for whoever waits for the connection.
class Verdict {
 public:
  void set(std::string why);
  [[nodiscard]] std::string why() const;  // empty: nothing is wrong with it, or none came

 private:
  mutable std::mutex mutex_;
  std::string why_;
};

/// Mutual TLS from files that are looked at again and again. All that gRPC calls experimental is
/// behind this. Chains are judged here and not by gRPC, which does not tell why it refuses one.
class Tls {
 public:
  /// The error is the end of a sentence: what is wrong with which file.
  [[nodiscard]] static Result<std::unique_ptr<Tls>, std::string> open(const TlsFiles& files,
                                                                      NoteRefusal refused);
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;
  ~Tls();  // tells of no refusal after

  /// Callers have to show a certificate of the authority.
  [[nodiscard]] std::shared_ptr<grpc::ServerCredentials> for_callers() const;

  /// Who answers has to show a certificate of the authority that is for `name`.
  [[nodiscard]] std::shared_ptr<grpc::ChannelCredentials> for_partner(
      const std::string& name, std::shared_ptr<Verdict> verdict) const;

  /// Why a partner might not accept our own certificate, as a sentence; empty: nothing is known.
  [[nodiscard]] std::string own_fault() const;

 private:
  struct Parts;
  explicit Tls(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

/// The name in the certificate of who called; empty without TLS.
[[nodiscard]] std::string name_of_caller(const grpc::AuthContext& caller);

}  // namespace winsome::transport
