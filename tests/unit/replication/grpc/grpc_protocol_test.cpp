#include <grpcpp/grpcpp.h>

#include "replication/grpc/record_message.h"
#include "tests/unit/replication/grpc/grpc_fixture.h"
#include "tests/unit/replication/grpc/relay.h"
#include "winsome/replication/v1/replication.grpc.pb.h"

namespace winsome::transport {
namespace {

using namespace replication;
using grpc::StatusCode;

/// Calls as no server of ours would.
class GrpcProtocol : public testing::Test {
 protected:
  template <class Request>
  static Request of_version(std::uint32_t major) {
    Request request;
    request.mutable_protocol_version()->set_major(major);
    return request;
  }

  Server server{plaintext()};
  std::unique_ptr<v1::Replication::Stub> stub = v1::Replication::NewStub(
      grpc::CreateChannel("ipv4:" + to_text(server.address()), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
};

TEST_F(GrpcProtocol, BothSayWhichVersionTheySpeak) {
  v1::HelloResponse response;
  auto request = of_version<v1::HelloRequest>(1);
  request.mutable_protocol_version()->set_minor(9);
  request.GetReflection()->MutableUnknownFields(&request)->AddVarint(200, 1);
  ASSERT_TRUE(stub->Hello(&context, request, &response).ok());
  EXPECT_EQ(response.protocol_version().major(), 1U);
}

TEST_F(GrpcProtocol, AnotherMajorVersionIsRefused) {
  v1::HelloResponse response;
  const auto status = stub->Hello(&context, of_version<v1::HelloRequest>(2), &response);
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(),
            "it speaks version 2 of the replication protocol, and this server version 1");
}

TEST_F(GrpcProtocol, EveryCallSaysItsVersion) {
  v1::GetOwnerVersionMapResponse map;
  EXPECT_EQ(stub->GetOwnerVersionMap(&context, {}, &map).error_code(),
            StatusCode::FAILED_PRECONDITION);
  grpc::ClientContext second;
  v1::NotifyResponse heard;
  EXPECT_EQ(stub->Notify(&second, of_version<v1::NotifyRequest>(3), &heard).error_code(),
            StatusCode::FAILED_PRECONDITION);
  grpc::ClientContext third;
  EXPECT_EQ(stub->PullRecords(&third, {})->Finish().error_code(), StatusCode::FAILED_PRECONDITION);
  grpc::ClientContext fourth;
  EXPECT_EQ(stub->Watch(&fourth, {})->Finish().error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_TRUE(server.inputs.empty());
  EXPECT_EQ(server.transport->counters()[static_cast<std::size_t>(GrpcFault::refused_call)], 4U);
}

TEST_F(GrpcProtocol, ANotificationNamesABoundedNumberOfOwners) {
  auto request = of_version<v1::NotifyRequest>(1);
  for (std::size_t i = 0; i <= owners_max; ++i) request.add_owners();
  v1::NotifyResponse heard;
  EXPECT_EQ(stub->Notify(&context, request, &heard).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(server.inputs.empty());
}

TEST_F(GrpcProtocol, RecordsAreSomebodys) {
  const auto request = of_version<v1::PullRecordsRequest>(1);
  EXPECT_EQ(stub->PullRecords(&context, request)->Finish().error_code(),
            StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(server.inputs.empty());
}

TEST_F(GrpcProtocol, ALongMessageIsRefused) {
  auto request = of_version<v1::NotifyRequest>(1);
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(
      200, std::string(1 << 20, 'x'));
  v1::NotifyResponse heard;
  EXPECT_EQ(stub->Notify(&context, request, &heard).error_code(), StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(GrpcProtocol, ACallerThatBreaksOffEndsItsLink) {
  auto reader = stub->Watch(&context, of_version<v1::WatchRequest>(1));
  const auto asked = server.next<WatchAsked>();
  context.TryCancel();
  const auto down = server.next<LinkDown>();
  EXPECT_EQ(down.link, asked.link);
  EXPECT_EQ(down.why, "it broke off");
  EXPECT_FALSE(reader->Finish().ok());
}

/// As many records as a message holds.
AnswerRecords piece_for(Link link) {
  AnswerRecords answer{link, {}, false};
  for (std::uint64_t version = 1; version <= records_in_a_message_max; ++version) {
    names::Record record;
    record.name = {nbns::make_name("PC" + std::to_string(version), 0x20)};
    record.owner = loopback;
    record.version = version;
    record.members = {{.address = loopback, .owner = loopback, .due = {}}};
    answer.records.push_back(std::move(record));
  }
  return answer;
}

TEST(GrpcStalled, WhoDoesNotReadWhatHeAskedForIsDropped) {
  auto options = plaintext();
  options.limits.write = milliseconds(100);
  Server server(options);
  const auto stub = v1::Replication::NewStub(
      grpc::CreateChannel("ipv4:" + to_text(server.address()), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::PullRecordsRequest request;
  request.mutable_protocol_version()->set_major(1);
  request.mutable_range()->set_owner(loopback.value());
  const auto reader = stub->PullRecords(&context, request);  // and never reads

  const auto link = server.next<RecordsAsked>().link;
  Input heard = RecordsTaken{link};
  for (int pieces = 0; pieces < 1'000 && std::holds_alternative<RecordsTaken>(heard); ++pieces) {
    server.send(piece_for(link));
    heard = server.inputs.next_of_any();
  }
  ASSERT_TRUE(std::holds_alternative<LinkDown>(heard));
  EXPECT_EQ(std::get<LinkDown>(heard).why, "it does not take what it asked for");
  EXPECT_EQ(server.faults.next(), "127.0.0.1: it does not take what it asked for");
  EXPECT_EQ(server.transport->counters()[static_cast<std::size_t>(GrpcFault::stalled)], 1U);
}

/// Answers as no server of ours would.
class Stranger final : public v1::Replication::Service {
 public:
  Stranger() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    address = {loopback, static_cast<std::uint16_t>(port)};
  }
  ~Stranger() override { server_->Shutdown(); }

  grpc::Status Hello(grpc::ServerContext*, const v1::HelloRequest*,
                     v1::HelloResponse* response) override {
    *response->mutable_protocol_version() = version;
    return grpc::Status::OK;
  }
  grpc::Status GetOwnerVersionMap(grpc::ServerContext*, const v1::GetOwnerVersionMapRequest*,
                                  v1::GetOwnerVersionMapResponse* response) override {
    *response->mutable_protocol_version() = version;
    for (std::size_t i = 0; i <= owners_max; ++i) response->add_owners();
    return grpc::Status::OK;
  }
  grpc::Status PullRecords(grpc::ServerContext*, const v1::PullRecordsRequest*,
                           grpc::ServerWriter<v1::PullRecordsResponse>* out) override {
    *piece.mutable_protocol_version() = version;
    out->Write(piece);
    return grpc::Status::OK;
  }

  v1::ProtocolVersion version;
  v1::PullRecordsResponse piece;
  Endpoint address;

 private:
  std::unique_ptr<grpc::Server> server_;
};

class GrpcStranger : public testing::Test {
 protected:
  void open() {
    server.send(OpenLink{1, insecure_partner(stranger.address)});
    server.next<LinkUp>();
  }

  GrpcStranger() { stranger.version.set_major(1); }

  Stranger stranger;
  Server server{plaintext()};
};

TEST_F(GrpcStranger, APartnerOfAnotherMajorVersionIsNotTalkedTo) {
  stranger.version.set_major(4);
  server.send(OpenLink{1, insecure_partner(stranger.address)});
  EXPECT_EQ(server.next<LinkDown>().why,
            "it speaks version 4 of the replication protocol, and this server version 1");
}

TEST_F(GrpcStranger, AMapOfTooManyOwnersEndsTheLink) {
  open();
  server.send(AskMap{1});
  EXPECT_EQ(server.next<LinkDown>().why, "it told of too many owners");
}

TEST_F(GrpcStranger, RecordsThatCannotBeAreLeftOut) {
  stranger.piece.add_records();
  stranger.piece.set_last(true);
  open();
  server.send(AskRecords{1, {loopback, 1, 0}});
  const auto received = server.next<RecordsReceived>();
  EXPECT_EQ(received.skipped, 1U);
  EXPECT_TRUE(received.records.empty());
}

TEST_F(GrpcStranger, TooManyRecordsInAMessageEndTheLink) {
  while (stranger.piece.records_size() <= 500) stranger.piece.add_records();
  open();
  server.send(AskRecords{1, {loopback, 1, 0}});
  EXPECT_EQ(server.next<LinkDown>().why, "it sent too many records at once");
}

TEST_F(GrpcStranger, WhoHasNoSuchServiceIsNoPartner) {
  open();
  server.send(Watch{1});
  EXPECT_EQ(server.next<LinkDown>().why, "what answers there does not replicate names over gRPC");
}

/// A connection of its own, with which somebody asked for the map.
struct Caller {
  explicit Caller(Endpoint address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stub = v1::Replication::NewStub(grpc::CreateCustomChannel(
        "ipv4:" + to_text(address), grpc::InsecureChannelCredentials(), arguments));
    v1::WatchRequest request;
    request.mutable_protocol_version()->set_major(1);
    watch = stub->Watch(&context, request);
  }
  ~Caller() { context.TryCancel(); }
  [[nodiscard]] StatusCode outcome() const { return watch->Finish().error_code(); }

  std::unique_ptr<v1::Replication::Stub> stub;
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<v1::WatchResponse>> watch;
};

TEST(GrpcConnections, WhoIsRefusedMakesRoomForWhoComesAndWhoIsServedDoesNot) {
  auto options = plaintext();
  options.limits.connections_max = 2;
  Server server(options);
  const Caller served(server.address());
  server.next<WatchAsked>();
  const Caller stranger(server.address());
  server.send(RefuseLink{server.next<WatchAsked>().link, "it is no partner of this server"});
  EXPECT_EQ(stranger.outcome(), StatusCode::PERMISSION_DENIED);

  const Caller late(server.address());
  server.next<WatchAsked>();
  EXPECT_EQ(server.faults.next(), "127.0.0.1: one connection too many");
  const Caller too_late(server.address());
  EXPECT_EQ(server.faults.next(), "127.0.0.1: one connection too many");
  EXPECT_EQ(too_late.outcome(), StatusCode::UNAVAILABLE);
  EXPECT_TRUE(server.inputs.empty()) << "nobody who is served lost his link";
}

TEST(GrpcConnections, APlaceIsFreeWhenTheCallerIsGone) {
  auto options = plaintext();
  options.limits.connections_max_of_one_address = 1;
  Server server(options);
  {
    const Caller caller(server.address());
    server.next<WatchAsked>();
  }
  server.next<LinkDown>();
  StatusCode outcome = StatusCode::UNAVAILABLE;
  for (int tries = 0; tries < 1'000 && outcome == StatusCode::UNAVAILABLE; ++tries) {
    const auto stub = v1::Replication::NewStub(grpc::CreateChannel(
        "ipv4:" + to_text(server.address()), grpc::InsecureChannelCredentials()));
    v1::HelloRequest request;
    request.mutable_protocol_version()->set_major(1);
    v1::HelloResponse response;
    grpc::ClientContext context;
    outcome = stub->Hello(&context, request, &response).error_code();
  }
  EXPECT_EQ(outcome, StatusCode::OK);
}

GrpcOptions impatient() {
  auto options = plaintext();
  options.ping_interval = milliseconds(200);
  options.ping_timeout = milliseconds(200);
  return options;
}

TEST(GrpcSilence, APartnerThatSaysNothingIsNotWaitedForForever) {
  Server far(plaintext());
  auto options = plaintext();
  options.patience = seconds(1);
  Server near(options);
  const Relay relay(far.address());
  relay.silence();
  near.send(OpenLink{1, insecure_partner(relay.address())});
  EXPECT_EQ(near.next<LinkDown>().why, "it did not answer in time");
}

TEST(GrpcSilence, APeerThatVanishesIsNoticedByBothEnds) {
  Server far(impatient());
  Server near(impatient());
  const Relay relay(far.address());
  near.send(OpenLink{1, insecure_partner(relay.address())});
  near.next<LinkUp>();
  near.send(Watch{1});
  const auto asked = far.next<WatchAsked>();
  relay.silence();
  EXPECT_EQ(near.next<LinkDown>().why, "the connection broke off");
  EXPECT_EQ(far.next<LinkDown>().link, asked.link);
}

TEST(GrpcSilence, AQuietPeerThatIsThereIsKept) {
  Server far(impatient());
  Server near(impatient());
  const Relay relay(far.address());
  near.send(OpenLink{1, insecure_partner(relay.address())});
  near.next<LinkUp>();
  near.send(Watch{1});
  const auto asked = far.next<WatchAsked>();
  relay.wait_for_octets(relay.octets() + 300);  // pings alone: more than ten of 17 octets each way
  far.send(AnswerWatch{asked.link, {}});
  EXPECT_EQ(near.next<NotifyReceived>().link, 1U);
}

}  // namespace
}  // namespace winsome::transport
