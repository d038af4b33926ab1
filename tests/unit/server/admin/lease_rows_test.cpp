#include <gmock/gmock.h>

#include "tests/unit/server/admin/fixture.h"

namespace winsome::admin {
namespace {

using dhcp::CommandStatus;
using grpc::StatusCode;
using testing::HasSubstr;

/// Leases.AddReservations and ImportLeases, which are the same but for their rows.
class LeaseRowsTest : public AdminTest {
 protected:
  grpc::Status add(const std::vector<v1::AddReservationsRequest>& messages) {
    grpc::ClientContext call;
    response.Clear();
    const auto writer = leases->AddReservations(&call, &response);
    for (const auto& message : messages) writer->Write(message);
    writer->WritesDone();
    return writer->Finish();
  }

  static v1::AddReservationsRequest message(bool first, const std::vector<std::string>& addresses,
                                            bool last) {
    v1::AddReservationsRequest made;
    if (first) made.mutable_options();
    for (const auto& address : addresses) {
      auto& row = *made.add_rows();
      row.set_address(address);
      row.set_hardware("00:1b:44:11:3a:b7");
    }
    made.set_end(last);
    return made;
  }

  [[nodiscard]] dhcp::AddReservations last() const {
    return std::get<dhcp::AddReservations>(lease_backend.commands().back());
  }

  v1::AddReservationsResponse response;
};

TEST_F(LeaseRowsTest, AStreamIsOneCommand) {
  lease_backend.on_execute = [](const dhcp::Command&) { return dhcp::CommandResult{.changed = 3}; };
  ASSERT_TRUE(
      add({message(true, {"192.0.2.1", "192.0.2.2"}, false), message(false, {"192.0.2.3"}, true)})
          .ok());
  EXPECT_EQ(lease_backend.commands().size(), 1U);
  ASSERT_EQ(last().rows.size(), 3U);
  EXPECT_EQ(last().rows[2].reservation.address, Ipv4(192, 0, 2, 3));
  EXPECT_EQ(response.added(), 3U);
  EXPECT_TRUE(response.applied());
  EXPECT_EQ(audit().at(0).command, "add reservations (3 rows)");
  EXPECT_EQ(audit().at(0).outcome, "done: 3 added, 0 refused");
}

TEST_F(LeaseRowsTest, ADryRunIsNeitherAppliedNorAudited) {
  auto request = message(true, {"192.0.2.1"}, true);
  request.mutable_options()->set_dry_run(true);
  ASSERT_TRUE(add({request}).ok());
  EXPECT_TRUE(last().dry_run);
  EXPECT_FALSE(response.applied());
  EXPECT_TRUE(audit().empty());
}

TEST_F(LeaseRowsTest, OneRowThatCannotBeReadKeepsAllBackButTheRestIsJudged) {
  lease_backend.on_execute = [](const dhcp::Command&) {
    return dhcp::CommandResult{.status = CommandStatus::refused, .refusals = {{1, "is taken"}}};
  };
  ASSERT_TRUE(add({message(true, {"192.0.2.1", "bad", "192.0.2.3"}, true)}).ok());
  EXPECT_TRUE(last().dry_run);
  EXPECT_FALSE(response.applied());
  EXPECT_EQ(response.refused(), 2U);
  ASSERT_EQ(response.refusals_size(), 2);
  EXPECT_EQ(response.refusals(0).index(), 1U);
  EXPECT_EQ(response.refusals(1).index(), 2U) << "counted in the call, not in the command";
  EXPECT_EQ(response.refusals(1).text(), "is taken");
  EXPECT_EQ(audit().at(0).outcome, "nothing changed: 0 added, 2 refused");
}

TEST_F(LeaseRowsTest, KeepGoingLeavesOutWhatIsRefused) {
  lease_backend.on_execute = [](const dhcp::Command&) {
    return dhcp::CommandResult{.changed = 1, .refusals = {{0, "is taken"}}};
  };
  auto request = message(true, {"192.0.2.1", "bad", "192.0.2.3"}, true);
  request.mutable_options()->set_keep_going(true);
  ASSERT_TRUE(add({request}).ok());
  EXPECT_TRUE(last().keep_going);
  EXPECT_FALSE(last().dry_run);
  EXPECT_TRUE(response.applied());
  EXPECT_EQ(response.added(), 1U);
  EXPECT_EQ(response.refused(), 2U);
}

TEST_F(LeaseRowsTest, AStreamThatBreaksOffAddsNothing) {
  EXPECT_EQ(add({message(true, {"192.0.2.1"}, false)}).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(add({message(false, {"192.0.2.1"}, true)}).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(lease_backend.commands().empty());
  EXPECT_TRUE(add({message(true, {"192.0.2.1"}, true)}).ok()) << "the next may begin";
}

TEST_F(LeaseRowsTest, AStoreThatCannotWriteIsUnavailable) {
  lease_backend.on_execute = [](const dhcp::Command&) {
    return dhcp::CommandResult{.status = CommandStatus::unavailable};
  };
  EXPECT_EQ(add({message(true, {"192.0.2.1"}, true)}).error_code(), StatusCode::UNAVAILABLE);
  EXPECT_THAT(audit().at(0).outcome, HasSubstr("the store cannot write now"));
}

TEST_F(LeaseRowsTest, LeasesAreImportedTheSameWay) {
  v1::ImportLeasesRequest request;
  request.mutable_options();
  request.set_end(true);
  auto& row = *request.add_rows();
  row.set_address("192.0.2.7");
  row.set_hardware("00:1b:44:11:3a:b7");
  row.set_host_name("laser");
  grpc::ClientContext call;
  v1::ImportLeasesResponse imported;
  const auto writer = leases->ImportLeases(&call, &imported);
  writer->Write(request);
  writer->WritesDone();
  ASSERT_TRUE(writer->Finish().ok());
  EXPECT_TRUE(imported.applied());
  const auto command = std::get<dhcp::ImportLeases>(lease_backend.commands().back());
  ASSERT_EQ(command.rows.size(), 1U);
  EXPECT_EQ(command.rows[0].host_name, "laser");
  EXPECT_EQ(command.rows[0].left, dhcp::forever);
}

}  // namespace
}  // namespace winsome::admin
