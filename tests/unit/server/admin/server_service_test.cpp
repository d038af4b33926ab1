#include <gmock/gmock.h>

#include "server/dhcp/message.h"
#include "tests/unit/server/admin/fixture.h"

namespace winsome::admin {
namespace {

using grpc::StatusCode;

class ServerServiceTest : public AdminTest {
 protected:
  grpc::Status backup(const std::string& file) {
    v1::BackupRequest request;
    request.set_file(file);
    v1::BackupResponse response;
    grpc::ClientContext call;
    return whole->Backup(&call, request, &response);
  }
};

TEST_F(ServerServiceTest, StatisticsNameEveryReason) {
  backend.report.version = "1.2.3";
  backend.report.started = 1'700'000'000;
  backend.report.wall_offset = 1'000;
  backend.report.queries = 7;
  backend.report.names.version = 42;
  backend.report.names.drops[static_cast<std::size_t>(names::Drop::burst)] = 5;
  backend.report.malformed[static_cast<std::size_t>(nbns::DecodeError::bad_label)] = 6;
  backend.report.replication_faults = {{"turned away", 7}};
  backend.report.names.last_scavenging = Instant(milliseconds(2'000));
  backend.report.last_pull = Instant(milliseconds(4'000));
  v1::GetStatisticsResponse response;
  grpc::ClientContext call;
  ASSERT_TRUE(whole->GetStatistics(&call, {}, &response).ok());
  EXPECT_EQ(response.version(), "1.2.3");
  EXPECT_EQ(response.started().seconds(), 1'700'000'000);
  EXPECT_EQ(response.queries().received(), 7U);
  EXPECT_EQ(response.database().version(), 42U);
  EXPECT_TRUE(response.database().available());
  ASSERT_EQ(response.drops_size(), static_cast<int>(names::drop_count));
  EXPECT_EQ(response.drops(static_cast<int>(names::Drop::burst)).name(), "burst");
  EXPECT_EQ(response.drops(static_cast<int>(names::Drop::burst)).value(), 5U);
  ASSERT_EQ(response.malformed_size(), static_cast<int>(nbns::decode_error_count));
  EXPECT_EQ(response.malformed(static_cast<int>(nbns::DecodeError::bad_label)).name(), "bad_label");
  EXPECT_EQ(response.malformed(static_cast<int>(nbns::DecodeError::bad_label)).value(), 6U);
  ASSERT_EQ(response.replication_faults_size(), 1);
  EXPECT_EQ(response.replication_faults(0).name(), "turned_away");
  EXPECT_EQ(response.replication_faults(0).value(), 7U);
  EXPECT_EQ(response.last_pull().seconds(), 5);
  EXPECT_EQ(response.scavenging().last().seconds(), 3);
  EXPECT_FALSE(response.scavenging().has_last_by_hand());
}

TEST_F(ServerServiceTest, LeasesAreCountedWhereThereAreAny) {
  v1::GetStatisticsResponse without;
  grpc::ClientContext first;
  ASSERT_TRUE(whole->GetStatistics(&first, {}, &without).ok());
  EXPECT_FALSE(without.has_dhcp());
  EXPECT_FALSE(without.has_last_pull());
  EXPECT_EQ(without.services_size(), 0);
  backend.report.services = {{"tftp_requests", 4}};

  auto& dhcp = backend.report.dhcp.emplace();
  dhcp.received[static_cast<std::size_t>(dhcp::MessageType::discover)] = 7;
  dhcp.sent[static_cast<std::size_t>(dhcp::MessageType::none)] = 3;
  dhcp.drops[static_cast<std::size_t>(dhcp::Drop::no_scope)] = 2;
  dhcp.scopes = {{.name = "a", .addresses = 100, .active = 10},
                 {.name = "b", .addresses = 50, .active = 1}};
  v1::GetStatisticsResponse with;
  grpc::ClientContext second;
  ASSERT_TRUE(whole->GetStatistics(&second, {}, &with).ok());
  EXPECT_EQ(with.dhcp().received(1).name(), "discover");
  EXPECT_EQ(with.dhcp().received(1).value(), 7U);
  EXPECT_EQ(with.dhcp().sent(0).name(), "bootp");
  EXPECT_EQ(with.dhcp().sent(0).value(), 3U);
  EXPECT_EQ(with.dhcp().drops(static_cast<int>(dhcp::Drop::no_scope)).name(), "no_scope");
  EXPECT_EQ(with.dhcp().addresses(), 150U);
  EXPECT_EQ(with.dhcp().active(), 11U);
  ASSERT_EQ(with.services_size(), 1);
  EXPECT_EQ(with.services(0).name(), "tftp_requests");
  EXPECT_EQ(with.services(0).value(), 4U);
}

TEST_F(ServerServiceTest, ScavengingSaysWhatChanged) {
  backend.on_execute = [](const names::Command&) {
    return names::CommandResult{.released = 3, .tombstoned = 2, .deleted = 1};
  };
  v1::ScavengeResponse response;
  grpc::ClientContext call;
  ASSERT_TRUE(whole->Scavenge(&call, {}, &response).ok());
  EXPECT_EQ(response.released(), 3U);
  EXPECT_EQ(response.tombstoned(), 2U);
  EXPECT_EQ(response.deleted(), 1U);
  EXPECT_EQ(audit().at(0).command, "scavenge");
}

TEST_F(ServerServiceTest, ABackupGoesToTheFileNamed) {
  std::filesystem::path asked;
  backend.on_backup = [&](const std::filesystem::path& file) {
    asked = file;
    return Result<void, std::string>{};
  };
  EXPECT_TRUE(backup("/var/backups/winsome.db").ok());
  EXPECT_EQ(asked, "/var/backups/winsome.db");
  EXPECT_EQ(audit().at(0).command, "backup to /var/backups/winsome.db");
}

TEST_F(ServerServiceTest, ABackupNeedsAnAbsolutePath) {
  EXPECT_EQ(backup("winsome.db").error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(backup("").error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(ServerServiceTest, ABackupThatFailsSaysWhy) {
  backend.on_backup = [](const std::filesystem::path&) -> Result<void, std::string> {
    return fail(std::string("the file exists"));
  };
  const auto status = backup("/x");
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "the file exists");
}

}  // namespace
}  // namespace winsome::admin
