#include "replication/grpc/grpc_client.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "replication/grpc/client_link.h"
#include "replication/grpc/keep_alive.h"
#include "replication/grpc/record_message.h"
#include "replication/tls/tls.h"

namespace winsome::transport {
namespace {

grpc::ChannelArguments channel_arguments(const GrpcOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(message_length_max);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a link is a connection
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);          // whatever the environment says
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);             // the engine's business
  set_keep_alive(options, [&](const char* name, int value) { arguments.SetInt(name, value); });
  return arguments;
}

}  // namespace

GrpcClient::GrpcClient(const GrpcOptions& options, const Tls* tls, Post post)
    : options_(options), tls_(tls), post_(std::move(post)) {}

GrpcClient::~GrpcClient() {
  for (const auto& link : links_.all()) link->close();
}

void GrpcClient::open(replication::Link link, replication::Partner&& partner) {
  const auto* tls = partner.insecure ? nullptr : tls_;
  if (!partner.insecure && !tls) {
    post_(replication::LinkDown{link, "this server has no certificate to show it"});
    return;
  }
  auto verdict = std::make_shared<Verdict>();
  const auto channel = grpc::CreateCustomChannel(
      "ipv4:" + to_text(partner.address),
      tls ? tls->for_partner(partner.name, verdict) : grpc::InsecureChannelCredentials(),
      channel_arguments(options_));
  const auto one = std::make_shared<ClientLink>(Way{.link = link,
                                                    .partner = std::move(partner),
                                                    .channel = channel,
                                                    .verdict = std::move(verdict),
                                                    .tls = tls,
                                                    .patience = options_.patience},
                                                post_, links_);
  links_.add(one);
  one->begin();
}

void GrpcClient::close(replication::Link link) {
  if (const auto one = links_.find(link)) one->close();
}

}  // namespace winsome::transport
