#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/nbns/message.h"
#include "tools/winsome/exit_code.h"

namespace winsome::cli {

struct NbnsOptions {
  Endpoint server;
  std::optional<Ipv4> from;                 // source address; otherwise the system chooses
  unsigned tries = 3;                       // fact base A1: as Windows has it
  std::chrono::milliseconds timeout{1500};  // of each try
};

/// One socket to one name server, or to a node that is asked for its names.
class NbnsClient {
 public:
  [[nodiscard]] static Result<NbnsClient, Failure> open(const NbnsOptions& options);
  NbnsClient(NbnsClient&& other) noexcept;
  NbnsClient(const NbnsClient&) = delete;
  NbnsClient& operator=(const NbnsClient&) = delete;
  NbnsClient& operator=(NbnsClient&&) = delete;
  ~NbnsClient();

  /// Ours, as the server sees it.
  [[nodiscard]] Ipv4 local_address() const;

  /// Transaction ids are nobody's to guess.
  [[nodiscard]] static std::uint16_t new_id();

  /// Sends until something with the same id answers. A WACK extends the wait, is told to `on_wack`,
  /// and stops the retransmission (RFC 1002 4.2.16).
  [[nodiscard]] Result<nbns::Message, Failure> ask(
      const nbns::Message& request, const std::function<void(const nbns::Wack&)>& on_wack = {});

 private:
  NbnsClient(NbnsOptions options, int socket) : options_(options), socket_(socket) {}
  [[nodiscard]] Failure system_failure(int error) const;
  [[nodiscard]] Failure silence() const;

  NbnsOptions options_;
  int socket_;
};

}  // namespace winsome::cli
