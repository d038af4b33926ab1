#include <grpcpp/grpcpp.h>

#include "tests/unit/replication/grpc/grpc_fixture.h"
#include "tests/unit/replication/tls/certificates.h"
#include "winsome/replication/v1/replication.grpc.pb.h"

namespace winsome::transport {
namespace {

using namespace replication;
using std::chrono::hours;
using testing::HasSubstr;
using testing::StartsWith;

/// A server with its own files.
struct SecureServer {
  Folder folder;
  std::mutex mutex;
  std::condition_variable refused;
  std::vector<std::string> refusals;
  std::unique_ptr<Server> server;

  SecureServer(const Identity& identity, const Identity& trusted) {
    folder.write(identity, trusted);
    GrpcOptions options;
    options.listen = {{loopback, 0}};
    options.files = folder.files();
    options.refused = [this](const std::string& who, const std::string& why) {
      const std::lock_guard lock(mutex);
      refusals.push_back(who + ": " + why);
      refused.notify_all();
    };
    server = std::make_unique<Server>(std::move(options));
  }

  [[nodiscard]] std::string refusal() {
    std::unique_lock lock(mutex);
    refused.wait_for(lock, std::chrono::seconds(30), [this] { return !refusals.empty(); });
    return refusals.empty() ? std::string("nobody") : refusals.front();
  }

  [[nodiscard]] Partner partner(const std::string& name) const {
    auto one = insecure_partner(server->address());
    one.insecure = false;
    one.name = name;
    return one;
  }
};

class GrpcTls : public testing::Test {
 protected:
  [[nodiscard]] Identity good(const std::string& name) const {
    return ours.issue({.common_name = name, .dns_names = "DNS:" + name});
  }
  /// Opens a link and says why it did not come up; empty when it did.
  static std::string link_to(SecureServer& near, SecureServer& far, const std::string& name,
                             Link link = 1) {
    near.server->send(OpenLink{link, far.partner(name)});
    auto answer = near.server->inputs.next_of_any();
    if (std::holds_alternative<LinkUp>(answer)) return {};
    return std::get<LinkDown>(answer).why;
  }

  const Identity ours = authority();
  const Identity foreign = authority("Somebody else");
};

TEST_F(GrpcTls, APeerIsKnownByItsCertificate) {
  SecureServer east(good("east.example"), ours);
  SecureServer west(good("west.example"), ours);
  ASSERT_EQ(link_to(west, east, "east.example"), "");
  west.server->send(AskMap{1});
  const auto asked = east.server->next<MapAsked>();
  EXPECT_EQ(asked.peer.name, "west.example");
  EXPECT_EQ(asked.peer.address, loopback);
  east.server->send(AnswerMap{asked.link, {}});
  west.server->next<MapReceived>();
}

TEST_F(GrpcTls, NewsNameThePartner) {
  SecureServer east(good("east.example"), ours);
  SecureServer west(good("west.example"), ours);
  ASSERT_EQ(link_to(west, east, "east.example"), "");
  west.server->send(Watch{1});
  east.server->send(AnswerWatch{east.server->next<WatchAsked>().link, {}});
  EXPECT_EQ(west.server->next<NotifyReceived>().peer.name, "east.example");
}

TEST_F(GrpcTls, ACommonNameServesWhereThereIsNoOtherName) {
  SecureServer east(ours.issue({.common_name = "East"}), ours);
  SecureServer west(good("west.example"), ours);
  EXPECT_EQ(link_to(west, east, "East"), "");
}

TEST_F(GrpcTls, ACertificateForAnotherNameIsRefused) {
  SecureServer east(good("mallory.example"), ours);
  SecureServer west(good("west.example"), ours);
  EXPECT_EQ(link_to(west, east, "east.example"),
            "its certificate is for mallory.example, not east.example");
}

TEST_F(GrpcTls, ACertificateOfAnotherAuthorityIsRefused) {
  SecureServer east(foreign.issue({.common_name = "east.example"}), ours);
  SecureServer west(good("west.example"), ours);
  EXPECT_EQ(link_to(west, east, "east.example"),
            "its certificate is not from an authority that we trust");
}

TEST_F(GrpcTls, AnExpiredCertificateIsRefused) {
  SecureServer east(
      ours.issue({.common_name = "east.example", .from = hours(-72), .to = hours(-48)}), ours);
  SecureServer west(good("west.example"), ours);
  EXPECT_THAT(link_to(west, east, "east.example"), StartsWith("its certificate has expired on 2"));
}

TEST_F(GrpcTls, ACallerWithAnExpiredCertificateIsRefusedAndBothSayWhy) {
  SecureServer east(good("east.example"), ours);
  SecureServer west(
      ours.issue({.common_name = "west.example", .from = hours(-72), .to = hours(-48)}), ours);
  EXPECT_THAT(link_to(west, east, "east.example"),
              HasSubstr("our own certificate has expired on 2"));
  EXPECT_THAT(east.refusal(), StartsWith("west.example: its certificate has expired on 2"));
  EXPECT_TRUE(east.server->inputs.empty());
}

TEST_F(GrpcTls, ACallerOfAnotherAuthorityIsRefusedAndItsOwnSideHasAWord) {
  SecureServer east(good("east.example"), ours);
  SecureServer west(foreign.issue({.common_name = "west.example"}), ours);
  EXPECT_THAT(link_to(west, east, "east.example"),
              HasSubstr("our own certificate is not from an authority that we trust"));
  EXPECT_EQ(east.refusal(), "west.example: its certificate is not from an authority that we trust");
  const auto counters = east.server->transport->counters();
  EXPECT_GE(counters[static_cast<std::size_t>(GrpcFault::certificate)], 1U);
}

TEST_F(GrpcTls, ACertificateThatOnlyTheOtherSideRejectsIsSuspected) {
  SecureServer east(good("east.example"), ours);
  SecureServer west(good("west.example"), ours);
  east.folder.write("authority.pem", foreign.certificate());
  EXPECT_EQ(link_to(west, east, "east.example"),
            "the connection broke off; perhaps our certificate is not accepted there");
  EXPECT_EQ(east.refusal(), "west.example: its certificate is not from an authority that we trust");
}

TEST_F(GrpcTls, PlaintextAndTlsDoNotMix) {
  Server open(plaintext());
  SecureServer west(good("west.example"), ours);
  auto partner = west.partner("open");
  partner.address = open.address();
  west.server->send(OpenLink{1, partner});
  EXPECT_EQ(west.server->next<LinkDown>().why,
            "it does not secure its connections, or not as this server does");

  open.send(OpenLink{1, insecure_partner(west.server->address())});
  EXPECT_EQ(open.next<LinkDown>().why, "the connection broke off");
  EXPECT_EQ(west.server->faults.next(), "127.0.0.1: it does not secure its connections");
  EXPECT_TRUE(open.inputs.empty());
  EXPECT_TRUE(west.server->inputs.empty());
}

/// Calls as no server of ours would.
grpc::Status hello(const std::shared_ptr<grpc::ChannelCredentials>& credentials, Endpoint address) {
  const auto stub =
      v1::Replication::NewStub(grpc::CreateChannel("ipv4:" + to_text(address), credentials));
  v1::HelloRequest request;
  request.mutable_protocol_version()->set_major(1);
  v1::HelloResponse response;
  grpc::ClientContext context;
  return stub->Hello(&context, request, &response);
}

TEST_F(GrpcTls, ACallerWithoutACertificateIsRefused) {
  SecureServer east(good("localhost"), ours);
  const auto anonymous = grpc::SslCredentials(
      {.pem_root_certs = ours.certificate(), .pem_private_key = {}, .pem_cert_chain = {}});
  const auto stub = hello(anonymous, east.server->address());
  EXPECT_EQ(stub.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(hello(grpc::InsecureChannelCredentials(), east.server->address()).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(GrpcTls, ACertificateIsReplacedWhileTheServerRuns) {
  SecureServer east(good("old.example"), ours);
  SecureServer west(good("west.example"), ours);
  ASSERT_EQ(link_to(west, east, "new.example"),
            "its certificate is for old.example, not new.example");
  east.folder.write(good("new.example"), ours);
  std::string why = "not asked";
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (Link link = 2; !why.empty() && std::chrono::steady_clock::now() < until; ++link)
    why = link_to(west, east, "new.example", link);
  EXPECT_EQ(why, "");
}

TEST_F(GrpcTls, AnAuthorityIsReplacedWhileTheServerRuns) {
  SecureServer east(foreign.issue({.common_name = "east.example"}), ours);
  SecureServer west(good("west.example"), ours);
  ASSERT_NE(link_to(west, east, "east.example"), "");
  west.folder.write("authority.pem", foreign.certificate() + ours.certificate());
  EXPECT_EQ(link_to(west, east, "east.example", 2), "");
}

TEST_F(GrpcTls, FilesThatCannotServeAreNamed) {
  Inputs inputs;
  GrpcOptions options;
  options.files = {.certificate = "/nowhere/c.pem", .key = "/nowhere/k.pem", .authority = ""};
  EXPECT_EQ(GrpcTransport::start(options, inputs.post()).error(),
            "cannot secure replication over gRPC: certificate, key and authority belong together");
  options.files.authority = "/nowhere/a.pem";
  EXPECT_EQ(GrpcTransport::start(options, inputs.post()).error(),
            "cannot secure replication over gRPC: cannot read /nowhere/c.pem");

  const Folder folder;
  folder.write(good("east.example"), ours);
  folder.write("key.pem", good("other.example").key());
  options.files = folder.files();
  EXPECT_THAT(GrpcTransport::start(options, inputs.post()).error(),
              HasSubstr("the key is not that of the certificate"));
  folder.write("key.pem", "nonsense");
  EXPECT_THAT(GrpcTransport::start(options, inputs.post()).error(),
              HasSubstr("the key cannot be read"));
  folder.write(good("east.example"), ours);
  folder.write("authority.pem", "nonsense");
  EXPECT_THAT(GrpcTransport::start(options, inputs.post()).error(),
              HasSubstr("the authority's certificate cannot be read"));
}

TEST_F(GrpcTls, WithoutFilesNobodyIsServedInSecret) {
  Inputs inputs;
  GrpcOptions options;
  options.listen = {{loopback, 0}};
  EXPECT_EQ(GrpcTransport::start(options, inputs.post()).error(),
            "cannot serve replication over gRPC without certificates");
}

}  // namespace
}  // namespace winsome::transport
