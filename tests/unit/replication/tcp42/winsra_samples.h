#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "replication/tcp42/winsra_transport.h"
#include "server/names/record.h"
#include "tests/unit/replication/transport/inputs.h"
#include "tests/unit/replication/transport/raw_peer.h"

namespace winsome::transport {

inline constexpr Ipv4 us{192, 0, 2, 1};
inline constexpr Ipv4 other{192, 0, 2, 2};
inline const replication::OwnerMap two_owners = {{us, 1, 9}, {other, 3, 7}};
inline constexpr std::size_t pair_of_pieces = 1024 + 1;

inline names::Record record(std::uint64_t version, Ipv4 owner,
                            names::RecordType type = names::RecordType::unique) {
  nbns::Name name;
  const auto text = std::to_string(version);
  name.octets.fill(' ');
  std::ranges::copy(text, name.octets.begin());
  name.octets.back() = 0x20;
  return {.name = {name, {}},
          .type = type,
          .owner = owner,
          .version = version,
          .due = {},
          .members = {{.address = Ipv4(10, 0, 0, 1), .owner = owner, .due = {}}}};
}

inline std::vector<names::Record> records(std::uint64_t first, std::size_t count, Ipv4 owner) {
  std::vector<names::Record> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(record(first + i, owner));
  return all;
}

/// A transport on a port of its own, and what it posts.
struct Site {
  explicit Site(WinsraLimits limits = {}, std::vector<Endpoint> listen = {{loopback, 0}})
      : transport(started(
            {.us = us, .listen = std::move(listen), .fault = faults.note(), .limits = limits},
            inputs.post())) {}

  static std::unique_ptr<WinsraTransport> started(WinsraOptions options, Post post) {
    auto result = WinsraTransport::start(std::move(options), std::move(post));
    EXPECT_TRUE(result) << (result ? "" : result.error());
    return result ? std::move(*result) : nullptr;
  }

  [[nodiscard]] Endpoint endpoint() const { return transport->listening().front(); }
  void open(replication::Link link, const Endpoint& remote) const {
    replication::Partner partner;
    partner.address = remote;
    partner.carrier = replication::Carrier::winsra;
    transport->send(replication::OpenLink{link, partner});
  }
  void send(replication::Send what) const { transport->send(std::move(what)); }

  /// A peer that started an association, and asked for the map, so that its link is known.
  std::pair<RawPeer, replication::Link> asking_peer() {
    RawPeer peer(endpoint());
    peer.start();
    peer.say(winsra::MapRequest{});
    return {std::move(peer), inputs.next<replication::MapAsked>().link};
  }

  Inputs inputs;
  Faults faults;
  std::unique_ptr<WinsraTransport> transport;
};

}  // namespace winsome::transport
