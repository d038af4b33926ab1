#include "server/admin/replication_service.h"

#include <gmock/gmock.h>

#include <latch>
#include <thread>

#include "tests/unit/server/admin/fixture.h"

namespace winsome::admin {
namespace {

using grpc::StatusCode;
using replication::CommandResult;
using replication::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;

class ReplicationServiceTest : public AdminTest {
 protected:
  ReplicationServiceTest() {
    add("east", Ipv4(192, 0, 2, 7));
    add("west", Ipv4(192, 0, 2, 8));
  }

  void add(const std::string& name, Ipv4 address) {
    backend.replication.partners.emplace_back();
    auto& partner = backend.replication.partners.back().partner;
    partner.name = name;
    partner.address = {address, 42};
  }

  grpc::Status pull(const std::optional<std::string>& partner = {}) {
    v1::PullRequest request;
    if (partner) request.set_partner(*partner);
    grpc::ClientContext call;
    pulled.Clear();
    return replication->Pull(&call, request, &pulled);
  }

  grpc::Status pause(const std::string& partner, bool paused) {
    v1::SetPausedRequest request;
    request.set_partner(partner);
    request.set_paused(paused);
    v1::SetPausedResponse response;
    grpc::ClientContext call;
    return replication->SetPaused(&call, request, &response);
  }

  grpc::Status verify(const v1::VerifyRequest& request) {
    grpc::ClientContext call;
    verified.Clear();
    return replication->Verify(&call, request, &verified);
  }

  void answer(const CommandResult& result) {
    backend.on_replicate = [result](const replication::Command&) { return result; };
  }

  template <class Command>
  [[nodiscard]] Command last() const {
    return std::get<Command>(backend.replications().back());
  }

  v1::PullResponse pulled;
  v1::VerifyResponse verified;
};

TEST_F(ReplicationServiceTest, PartnersAndOwnersAreListed) {
  backend.report.wall_offset = 1'000;
  backend.replication.partners[1].next_pull = Instant(seconds(5));
  backend.replication.owners = {{.owner = Ipv4(192, 0, 2, 1), .max = 42, .ours = true}};
  v1::ListPartnersResponse partners;
  grpc::ClientContext call;
  ASSERT_TRUE(replication->ListPartners(&call, {}, &partners).ok());
  ASSERT_EQ(partners.partners_size(), 2);
  EXPECT_EQ(partners.partners(1).next_pull().seconds(), 6);
  v1::ListOwnersResponse owners;
  grpc::ClientContext second;
  ASSERT_TRUE(replication->ListOwners(&second, {}, &owners).ok());
  ASSERT_EQ(owners.owners_size(), 1);
  EXPECT_EQ(owners.owners(0).max(), 42U);
}

TEST_F(ReplicationServiceTest, APullSaysWhatCame) {
  answer({.text = {}, .received = 120, .changed = 118});
  ASSERT_TRUE(pull("east").ok());
  EXPECT_EQ(last<replication::PullNow>().partner, "east");
  EXPECT_THAT(pulled.partners(), ElementsAre("east"));
  EXPECT_EQ(pulled.records_received(), 120U);
  EXPECT_EQ(pulled.names_changed(), 118U);
  EXPECT_EQ(audit().at(0).command, "pull from east");
  EXPECT_EQ(audit().at(0).outcome, "done");
}

TEST_F(ReplicationServiceTest, APartnerIsKnownByItsAddressToo) {
  ASSERT_TRUE(pull("192.0.2.8").ok());
  EXPECT_EQ(last<replication::PullNow>().partner, "west");
  add("west-tcp42", Ipv4(192, 0, 2, 8));
  const auto status = pull("192.0.2.8");
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("west, west-tcp42"));
}

TEST_F(ReplicationServiceTest, AnUnknownPartnerIsNotFoundAndNobodyIsAsked) {
  EXPECT_EQ(pull("north").error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(pull("").error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(pause("north", true).error_code(), StatusCode::NOT_FOUND);
  EXPECT_TRUE(backend.replications().empty());
}

TEST_F(ReplicationServiceTest, APartnerThatFailsAloneFailsTheCall) {
  answer({.outcome = Outcome::failed, .text = "east: it did not answer"});
  const auto status = pull("east");
  EXPECT_EQ(status.error_code(), StatusCode::ABORTED);
  EXPECT_EQ(status.error_message(), "east: it did not answer");
  EXPECT_EQ(audit().at(0).outcome, "east: it did not answer");
}

TEST_F(ReplicationServiceTest, PartnersThatFailAmongOthersAreNamed) {
  answer({.outcome = Outcome::failed, .text = "east: no\nwest: neither", .received = 3});
  ASSERT_TRUE(pull().ok());
  EXPECT_EQ(last<replication::PullNow>().partner, "");
  EXPECT_THAT(pulled.partners(), ElementsAre("east", "west"));
  EXPECT_THAT(pulled.failures(), ElementsAre("east: no", "west: neither"));
  EXPECT_EQ(pulled.records_received(), 3U);
  EXPECT_EQ(audit().at(0).command, "pull from all partners");
  EXPECT_EQ(audit().at(0).outcome, "east: no; west: neither");
}

TEST_F(ReplicationServiceTest, AllAreThoseOfTheDirectionThatAreNotPaused) {
  backend.replication.partners[0].partner.pull = false;
  ASSERT_TRUE(pull().ok());
  EXPECT_THAT(pulled.partners(), ElementsAre("west"));
  backend.replication.partners[1].partner.paused = true;
  EXPECT_EQ(pull().error_code(), StatusCode::NOT_FOUND);
}

TEST_F(ReplicationServiceTest, WhatIsRefusedIsAFailedPrecondition) {
  answer({.outcome = Outcome::refused, .text = "east is paused"});
  EXPECT_EQ(pull("east").error_code(), StatusCode::FAILED_PRECONDITION);
  answer({.outcome = Outcome::unavailable});
  EXPECT_EQ(pull("east").error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(pull().error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(ReplicationServiceTest, APushMayBeHandedOn) {
  v1::PushRequest request;
  request.set_partner("west");
  request.set_propagate(true);
  v1::PushResponse response;
  grpc::ClientContext call;
  ASSERT_TRUE(replication->Push(&call, request, &response).ok());
  EXPECT_EQ(last<replication::PushNow>().partner, "west");
  EXPECT_TRUE(last<replication::PushNow>().propagate);
  EXPECT_THAT(response.partners(), ElementsAre("west"));
  EXPECT_EQ(audit().at(0).command, "push to west, to be handed on");
}

TEST_F(ReplicationServiceTest, PausingAndResumingAreAudited) {
  ASSERT_TRUE(pause("east", true).ok());
  EXPECT_TRUE(last<replication::SetPaused>().paused);
  ASSERT_TRUE(pause("192.0.2.7", false).ok());
  EXPECT_EQ(last<replication::SetPaused>().partner, "east");
  EXPECT_FALSE(last<replication::SetPaused>().paused);
  EXPECT_EQ(audit().at(0).command, "pause east");
  EXPECT_EQ(audit().at(1).command, "resume 192.0.2.7");
}

TEST_F(ReplicationServiceTest, AVerificationCountsWhatItCompared) {
  answer({.text = {}, .received = 100, .changed = 2, .deleted = 1});
  v1::VerifyRequest request;
  request.set_owner("192.0.2.7");
  ASSERT_TRUE(verify(request).ok());
  EXPECT_EQ(last<replication::VerifyNow>().owner, Ipv4(192, 0, 2, 7));
  EXPECT_EQ(verified.compared(), 100U);
  EXPECT_EQ(verified.different(), 2U);
  EXPECT_EQ(verified.deleted(), 1U);
  EXPECT_EQ(audit().at(0).command, "verify 192.0.2.7");
}

TEST_F(ReplicationServiceTest, OwnersThatCannotBeVerifiedAmongOthersAreNamed) {
  answer({.outcome = Outcome::failed, .text = "192.0.2.9: no partner holds its records"});
  ASSERT_TRUE(verify({}).ok());
  EXPECT_THAT(verified.failures(), ElementsAre("192.0.2.9: no partner holds its records"));
  EXPECT_EQ(audit().at(0).command, "verify all owners");
}

TEST_F(ReplicationServiceTest, ComparingVersionsChangesNothingAndIsNotAudited) {
  answer({.differences = "east: one\nwest: two\n", .received = 5, .changed = 2});
  v1::VerifyRequest request;
  request.set_versions_only(true);
  ASSERT_TRUE(verify(request).ok());
  EXPECT_TRUE(last<replication::VerifyNow>().versions_only);
  EXPECT_THAT(verified.differences(), ElementsAre("east: one", "west: two"));
  EXPECT_TRUE(audit().empty());
}

TEST_F(ReplicationServiceTest, PartnersThatDidNotSayTheirVersionsAreNamed) {
  answer({.outcome = Outcome::failed,
          .text = "west: no answer",
          .differences = "east: one\n",
          .received = 5,
          .changed = 1});
  v1::VerifyRequest request;
  request.set_owner("192.0.2.7");
  request.set_versions_only(true);
  ASSERT_TRUE(verify(request).ok());
  EXPECT_THAT(verified.differences(), ElementsAre("east: one"));
  EXPECT_THAT(verified.failures(), ElementsAre("west: no answer"));
}

TEST_F(ReplicationServiceTest, AnOwnerIsAnAddress) {
  v1::VerifyRequest request;
  for (const auto* wrong : {"east", "0.0.0.0", ""}) {
    request.set_owner(wrong);
    EXPECT_EQ(verify(request).error_code(), StatusCode::INVALID_ARGUMENT) << wrong;
  }
  EXPECT_TRUE(backend.replications().empty());
}

TEST_F(ReplicationServiceTest, RemovingAnOwnerSaysHowManyRecordsItHad) {
  answer({.text = {}, .deleted = 17});
  v1::DeleteOwnerRequest request;
  request.set_owner("192.0.2.7");
  v1::DeleteOwnerResponse deleted;
  grpc::ClientContext call;
  ASSERT_TRUE(replication->DeleteOwner(&call, request, &deleted).ok());
  EXPECT_EQ(last<replication::DeleteOwner>().owner, Ipv4(192, 0, 2, 7));
  EXPECT_EQ(deleted.records(), 17U);
  v1::TombstoneOwnerRequest second;
  second.set_owner("192.0.2.7");
  v1::TombstoneOwnerResponse tombstoned;
  grpc::ClientContext next;
  ASSERT_TRUE(replication->TombstoneOwner(&next, second, &tombstoned).ok());
  EXPECT_EQ(last<replication::TombstoneOwner>().owner, Ipv4(192, 0, 2, 7));
  EXPECT_EQ(tombstoned.records(), 17U);
  EXPECT_EQ(audit().at(0).command, "delete owner 192.0.2.7");
  EXPECT_EQ(audit().at(1).command, "tombstone owner 192.0.2.7");
}

TEST_F(ReplicationServiceTest, AnOwnerThatIsNotKnownIsNotFound) {
  answer({.outcome = Outcome::not_found});
  v1::DeleteOwnerRequest request;
  request.set_owner("192.0.2.99");
  v1::DeleteOwnerResponse response;
  grpc::ClientContext call;
  const auto status = replication->DeleteOwner(&call, request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("192.0.2.99"));
}

TEST_F(ReplicationServiceTest, CommandsThatWaitForPartnersKeepNobodyElseWaiting) {
  constexpr auto most = static_cast<std::ptrdiff_t>(ReplicationService::waiting_max);
  std::latch all_wait(most);
  std::latch go_on(1);
  backend.on_replicate = [&](const replication::Command& command) {
    if (std::holds_alternative<replication::PullNow>(command)) {
      all_wait.count_down();
      go_on.wait();
    }
    return CommandResult{};
  };
  std::vector<std::jthread> callers;
  std::atomic<int> succeeded = 0;
  for (std::ptrdiff_t i = 0; i < most; ++i) {
    callers.emplace_back([&] {
      grpc::ClientContext call;
      v1::PullResponse response;
      if (replication->Pull(&call, {}, &response).ok()) ++succeeded;
    });
  }
  all_wait.wait();

  const auto refused = pull();
  EXPECT_EQ(refused.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("8 commands wait for partners"));
  grpc::ClientContext call;
  v1::GetStatisticsResponse statistics;
  EXPECT_TRUE(whole->GetStatistics(&call, {}, &statistics).ok());
  EXPECT_TRUE(pause("east", true).ok());

  go_on.count_down();
  callers.clear();
  EXPECT_EQ(succeeded, most);
  EXPECT_TRUE(pull().ok());
}

}  // namespace
}  // namespace winsome::admin
