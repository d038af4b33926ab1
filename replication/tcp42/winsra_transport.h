#pragma once

#include <memory>
#include <string>
#include <vector>

#include "replication/tcp42/winsra_options.h"
#include "replication/transport/transport.h"
#include "server/core/result.h"

namespace winsome::transport {

/// Replication over TCP 42, with Windows and Samba: one thread for all connections.
class WinsraTransport final : public Transport {
 public:
  /// The text of a failure is one sentence that says what to do.
  [[nodiscard]] static Result<std::unique_ptr<WinsraTransport>, std::string> start(
      WinsraOptions options, Post post);

  WinsraTransport(const WinsraTransport&) = delete;
  WinsraTransport& operator=(const WinsraTransport&) = delete;
  ~WinsraTransport() override;  // closes the sockets, as Windows' service does (fact base C2)

  void send(replication::Send&& what) override;

  /// Where it listens, with the ports that the system chose.
  [[nodiscard]] const std::vector<Endpoint>& listening() const;
  [[nodiscard]] WinsraCounters counters() const;

 private:
  class Host;
  explicit WinsraTransport(std::unique_ptr<Host> host);

  std::unique_ptr<Host> host_;
};

}  // namespace winsome::transport
