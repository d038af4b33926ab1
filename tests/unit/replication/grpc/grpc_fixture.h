#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "replication/grpc/grpc_transport.h"
#include "server/core/check.h"
#include "tests/unit/replication/transport/inputs.h"

namespace winsome::transport {

inline constexpr Ipv4 loopback(127, 0, 0, 1);

/// One server with its inputs.
struct Server {
  Inputs inputs;
  Faults faults;
  std::unique_ptr<GrpcTransport> transport;

  explicit Server(GrpcOptions options) {
    options.fault = faults.note();
    auto started = GrpcTransport::start(options, inputs.post());
    check(started.has_value(), started ? "" : started.error().c_str());
    transport = std::move(*started);
  }

  [[nodiscard]] Endpoint address() const { return transport->listening().at(0); }

  template <class What>
  void send(What&& what) {
    transport->send(std::forward<What>(what));
  }
  template <class Kind>
  Kind next() {
    return inputs.next<Kind>();
  }
};

[[nodiscard]] inline GrpcOptions plaintext() {
  GrpcOptions options;
  options.listen = {{loopback, 0}};
  options.insecure = true;
  return options;
}

[[nodiscard]] inline replication::Partner insecure_partner(Endpoint address) {
  replication::Partner partner;
  partner.name = "partner";
  partner.address = address;
  partner.insecure = true;
  return partner;
}

/// A link from one server to another, both plaintext.
class GrpcTest : public testing::Test {
 protected:
  void SetUp() override {
    near.send(replication::OpenLink{1, insecure_partner(far.address())});
    ASSERT_EQ(near.next<replication::LinkUp>().link, 1U);
  }

  Server far{plaintext()};
  Server near{plaintext()};
};

}  // namespace winsome::transport
