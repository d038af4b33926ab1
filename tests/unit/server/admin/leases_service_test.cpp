#include "server/admin/leases_service.h"

#include <gmock/gmock.h>

#include "tests/unit/server/admin/fixture.h"

namespace winsome::admin {
namespace {

using dhcp::CommandStatus;
using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;

class LeasesServiceTest : public AdminTest {
 protected:
  LeasesServiceTest() {
    for (const auto& [name, third] :
         {std::pair<std::string, std::uint8_t>{"office", 2}, {"lab", 3}}) {
      dhcp::Scope scope;
      scope.name = name;
      scope.subnet = Ipv4Prefix(Ipv4(192, 0, third, 0), 24);
      lease_backend.configured.scopes.push_back(scope);
    }
  }

  void lease(Ipv4 address, const std::string& scope,
             dhcp::LeaseState state = dhcp::LeaseState::active) {
    dhcp::Lease made;
    made.address = address;
    made.scope = scope;
    made.state = state;
    made.hardware = *dhcp::parse_hardware("00:1b:44:11:3a:b7");
    made.client = *dhcp::parse_client_id("\"box\"");
    made.host_name = "box";
    lease_backend.stored.push_back(made);
  }

  grpc::Status list(const v1::ListLeasesRequest& request) {
    grpc::ClientContext call;
    const auto reader = leases->ListLeases(&call, request);
    v1::ListLeasesResponse page;
    listed.clear();
    while (reader->Read(&page)) {
      for (const auto& one : page.leases()) listed.push_back(one.address());
    }
    return reader->Finish();
  }

  grpc::Status release(const std::string& address) {
    v1::ReleaseLeaseRequest request;
    request.set_address(address);
    v1::ReleaseLeaseResponse response;
    grpc::ClientContext call;
    return leases->ReleaseLease(&call, request, &response);
  }

  grpc::Status reserve(const std::string& address, bool by_client_id = false) {
    v1::ReserveLeaseRequest request;
    request.set_address(address);
    request.set_by_client_id(by_client_id);
    grpc::ClientContext call;
    reserved.Clear();
    return leases->ReserveLease(&call, request, &reserved);
  }

  void answer(const dhcp::CommandResult& result) {
    lease_backend.on_execute = [result](const dhcp::Command&) { return result; };
  }

  template <class Command>
  [[nodiscard]] Command last() const {
    return std::get<Command>(lease_backend.commands().back());
  }

  std::vector<std::string> listed;
  v1::ReserveLeaseResponse reserved;
};

TEST_F(LeasesServiceTest, ScopesSayHowFullTheyAre) {
  backend.report.dhcp.emplace().scopes = {
      {.name = "lab", .addresses = 100, .active = 7, .declined = 1, .reserved = 2}};
  v1::ListScopesResponse response;
  grpc::ClientContext call;
  ASSERT_TRUE(leases->ListScopes(&call, {}, &response).ok());
  ASSERT_EQ(response.scopes_size(), 2);
  EXPECT_EQ(response.scopes(0).subnet(), "192.0.2.0/24");
  EXPECT_EQ(response.scopes(0).active(), 0U);
  EXPECT_EQ(response.scopes(1).addresses(), 100U);
  EXPECT_EQ(response.scopes(1).active(), 7U);
}

TEST_F(LeasesServiceTest, AScopeIsShownWithWhatHoldsEverywhere) {
  lease_backend.configured.parameters.lease = seconds(60);
  lease_backend.configured.authoritative = false;
  v1::GetScopeRequest request;
  request.set_name("lab");
  v1::GetScopeResponse response;
  grpc::ClientContext call;
  ASSERT_TRUE(leases->GetScope(&call, request, &response).ok());
  EXPECT_EQ(response.scope().name(), "lab");
  EXPECT_FALSE(response.scope().authoritative());
  EXPECT_EQ(response.everywhere().lease().seconds(), 60);
  request.set_name("attic");
  grpc::ClientContext second;
  EXPECT_EQ(leases->GetScope(&second, request, &response).error_code(), StatusCode::NOT_FOUND);
}

TEST_F(LeasesServiceTest, LeasesAreListedInTheOrderOfAddresses) {
  lease(Ipv4(192, 0, 2, 9), "office");
  lease(Ipv4(192, 0, 3, 1), "lab");
  lease(Ipv4(192, 0, 2, 7), "office", dhcp::LeaseState::ended);
  ASSERT_TRUE(list({}).ok());
  EXPECT_THAT(listed, ElementsAre("192.0.2.7", "192.0.2.9", "192.0.3.1"));
}

TEST_F(LeasesServiceTest, AListIsFilteredContinuedAndLimited) {
  lease(Ipv4(192, 0, 2, 7), "office", dhcp::LeaseState::ended);
  lease(Ipv4(192, 0, 2, 8), "office");
  lease(Ipv4(192, 0, 2, 9), "office");
  lease(Ipv4(192, 0, 3, 1), "lab");
  v1::ListLeasesRequest request;
  request.mutable_filter()->set_scope("office");
  request.mutable_filter()->set_state(v1::LEASE_STATE_ACTIVE);
  ASSERT_TRUE(list(request).ok());
  EXPECT_THAT(listed, ElementsAre("192.0.2.8", "192.0.2.9"));
  request.set_limit(1);
  ASSERT_TRUE(list(request).ok());
  EXPECT_THAT(listed, ElementsAre("192.0.2.8"));
  request.set_after("192.0.2.8");
  ASSERT_TRUE(list(request).ok());
  EXPECT_THAT(listed, ElementsAre("192.0.2.9"));
  request.set_after("x");
  EXPECT_EQ(list(request).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(LeasesServiceTest, ALongListIsAskedForInSlices) {
  for (std::uint32_t i = 0; i < 1'100; ++i) lease(Ipv4(0x0a000001 + i), "office");
  ASSERT_TRUE(list({}).ok());
  EXPECT_EQ(listed.size(), 1'100U);
  EXPECT_THAT(lease_backend.slices, ElementsAre(500, 500, 100));
}

TEST_F(LeasesServiceTest, OneLeaseIsShownOrNotFound) {
  lease(Ipv4(192, 0, 2, 7), "office");
  v1::GetLeaseRequest request;
  request.set_address("192.0.2.7");
  v1::GetLeaseResponse response;
  grpc::ClientContext call;
  ASSERT_TRUE(leases->GetLease(&call, request, &response).ok());
  EXPECT_EQ(response.lease().host_name(), "box");
  request.set_address("192.0.2.8");
  grpc::ClientContext second;
  EXPECT_EQ(leases->GetLease(&second, request, &response).error_code(), StatusCode::NOT_FOUND);
}

TEST_F(LeasesServiceTest, ReleasingIsOneCommandAndAudited) {
  ASSERT_TRUE(release("192.0.2.7").ok());
  EXPECT_EQ(last<dhcp::ReleaseLease>().address, Ipv4(192, 0, 2, 7));
  answer({.status = CommandStatus::not_found});
  EXPECT_EQ(release("192.0.2.8").error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(release("x").error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(lease_backend.commands().size(), 2U);
  EXPECT_EQ(audit().at(0).command, "release lease 192.0.2.7");
  EXPECT_EQ(audit().at(0).outcome, "done");
  EXPECT_THAT(audit().at(1).outcome, HasSubstr("192.0.2.8 is not leased"));
}

TEST_F(LeasesServiceTest, FlushingSaysHowMany) {
  answer({.status = CommandStatus::done, .changed = 17});
  v1::FlushLeasesRequest request;
  request.set_scope("lab");
  request.set_active(true);
  v1::FlushLeasesResponse response;
  grpc::ClientContext call;
  ASSERT_TRUE(leases->FlushLeases(&call, request, &response).ok());
  EXPECT_EQ(response.leases(), 17U);
  EXPECT_EQ(last<dhcp::FlushLeases>().scope, "lab");
  EXPECT_TRUE(last<dhcp::FlushLeases>().active);
  EXPECT_EQ(audit().at(0).command, "flush all leases of lab");
  EXPECT_EQ(audit().at(0).outcome, "done: 17");
}

TEST_F(LeasesServiceTest, ALeaseIsReservedByHardwareAddressUnlessAskedOtherwise) {
  lease(Ipv4(192, 0, 2, 7), "office");
  ASSERT_TRUE(reserve("192.0.2.7").ok());
  auto row = last<dhcp::AddReservations>().rows.at(0);
  EXPECT_EQ(row.reservation.hardware, lease_backend.stored[0].hardware);
  EXPECT_FALSE(row.reservation.client);
  EXPECT_EQ(row.reservation.name, "box");
  EXPECT_EQ(reserved.reservation().hardware(), "00:1b:44:11:3a:b7");
  ASSERT_TRUE(reserve("192.0.2.7", true).ok());
  row = last<dhcp::AddReservations>().rows.at(0);
  EXPECT_EQ(row.reservation.client, lease_backend.stored[0].client);
  EXPECT_FALSE(row.reservation.hardware);
  EXPECT_EQ(audit().at(0).command, "reserve lease 192.0.2.7");
}

TEST_F(LeasesServiceTest, WhatNobodyHasIsNotReserved) {
  lease(Ipv4(192, 0, 2, 7), "office", dhcp::LeaseState::declined);
  EXPECT_EQ(reserve("192.0.2.7").error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(reserve("192.0.2.8").error_code(), StatusCode::NOT_FOUND);
  EXPECT_TRUE(lease_backend.commands().empty());
}

TEST_F(LeasesServiceTest, ReservationsComeInPages) {
  for (std::uint32_t i = 0; i < 250; ++i) {
    auto& added = lease_backend.added.emplace_back();
    added.reservation.address = Ipv4(0xc0000201 + i);
  }
  grpc::ClientContext call;
  const auto reader = leases->ListReservations(&call, {});
  v1::ListReservationsResponse page;
  std::vector<int> sizes;
  while (reader->Read(&page)) sizes.push_back(page.reservations_size());
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_THAT(sizes, ElementsAre(100, 100, 50));
}

TEST_F(LeasesServiceTest, ARefusedDeletionSaysWhy) {
  answer({.status = CommandStatus::refused, .refusals = {{0, "it is the configuration's"}}});
  v1::DeleteReservationRequest request;
  request.set_address("192.0.2.7");
  v1::DeleteReservationResponse response;
  grpc::ClientContext call;
  const auto status = leases->DeleteReservation(&call, request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "it is the configuration's");
  EXPECT_EQ(audit().at(0).command, "delete reservation 192.0.2.7");
}

TEST_F(LeasesServiceTest, AServerWithoutLeasesSaysSo) {
  server.reset();
  auto started = AdminServer::start(backend, socket(), [](const AuditEntry&) {});
  ASSERT_TRUE(started) << started.error();
  leases = v1::Leases::NewStub(
      grpc::CreateChannel("unix:" + socket().native(), grpc::InsecureChannelCredentials()));
  v1::ListScopesResponse response;
  grpc::ClientContext call;
  const auto status = leases->ListScopes(&call, {}, &response);
  EXPECT_EQ(status.error_code(), StatusCode::UNIMPLEMENTED);
  EXPECT_THAT(status.error_message(), HasSubstr("no [dhcp]"));
  EXPECT_EQ(list({}).error_code(), StatusCode::UNIMPLEMENTED);
  grpc::ClientContext third;
  v1::ImportLeasesResponse imported;
  const auto writer = leases->ImportLeases(&third, &imported);
  EXPECT_EQ(writer->Finish().error_code(), StatusCode::UNIMPLEMENTED);
  server = std::move(*started);
}

}  // namespace
}  // namespace winsome::admin
