#include <gmock/gmock.h>

#include <mutex>
#include <thread>

#include "tests/unit/server/admin/fixture.h"

namespace winsome::admin {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;

class NamesServiceTest : public AdminTest {
 protected:
  std::vector<v1::ListResponse> list(const v1::ListRequest& request, grpc::Status& status) {
    grpc::ClientContext call;
    const auto reader = names->List(&call, request);
    std::vector<v1::ListResponse> pages;
    v1::ListResponse page;
    while (reader->Read(&page)) pages.push_back(page);
    status = reader->Finish();
    return pages;
  }

  grpc::Status remove(const std::string& name) {
    v1::DeleteRequest request;
    request.set_name(name);
    v1::DeleteResponse response;
    grpc::ClientContext call;
    return names->Delete(&call, request, &response);
  }
};

TEST_F(NamesServiceTest, ListsEveryRecordOnceInPagesOfAtMost500) {
  for (int i = 10'000; i < 11'201; ++i) backend.stored.push_back(record("H" + std::to_string(i)));
  grpc::Status status;
  const auto pages = list({}, status);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(pages.size(), 3U);
  EXPECT_EQ(pages[0].records_size(), 500);
  EXPECT_EQ(pages[2].records_size(), 201);
  EXPECT_EQ(pages[0].records(0).name(), "H10000<20>");
  EXPECT_EQ(pages[1].records(0).name(), "H10500<20>");
  EXPECT_EQ(pages[2].records(200).name(), "H11200<20>");
}

TEST_F(NamesServiceTest, ListsNothingOfAnEmptyDatabase) {
  grpc::Status status;
  EXPECT_TRUE(list({}, status).empty());
  EXPECT_TRUE(status.ok());
}

TEST_F(NamesServiceTest, AListGoesOnBehindANameAndStopsAtItsLimit) {
  for (int i = 0; i < 10; ++i) backend.stored.push_back(record("H" + std::to_string(i)));
  v1::ListRequest request;
  request.set_after("H2<20>");
  request.set_limit(4);
  grpc::Status status;
  const auto pages = list(request, status);
  ASSERT_EQ(pages.size(), 1U);
  ASSERT_EQ(pages[0].records_size(), 4);
  EXPECT_EQ(pages[0].records(0).name(), "H3<20>");
}

TEST_F(NamesServiceTest, AListIsFiltered) {
  backend.stored = {record("A<00>"), record("A<20>"), record("B<20>")};
  backend.stored[2].state = names::State::released;
  v1::ListRequest request;
  request.mutable_filter()->set_suffix(0x20);
  request.mutable_filter()->set_state(v1::RECORD_STATE_ACTIVE);
  grpc::Status status;
  const auto pages = list(request, status);
  ASSERT_EQ(pages.size(), 1U);
  ASSERT_EQ(pages[0].records_size(), 1);
  EXPECT_EQ(pages[0].records(0).name(), "A<20>");
}

TEST_F(NamesServiceTest, AListWithABadFilterIsAnInvalidArgument) {
  v1::ListRequest request;
  request.mutable_filter()->set_owner("nobody");
  grpc::Status status;
  EXPECT_TRUE(list(request, status).empty());
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(NamesServiceTest, ADatabaseThatCannotBeReadIsUnavailable) {
  backend.read_error = "disk I/O error";
  grpc::Status status;
  EXPECT_TRUE(list({}, status).empty());
  EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "disk I/O error");
}

TEST_F(NamesServiceTest, GetsTheRecordOfExactlyOneName) {
  backend.stored = {record("A<00>"), record("A<20>")};
  backend.stored[1].version = 0xffff'ffff'ffff'ffffU;
  v1::GetRequest request;
  request.set_name("A<20>");
  v1::GetResponse response;
  grpc::ClientContext call;
  const auto status = names->Get(&call, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.record().name(), "A<20>");
  EXPECT_EQ(response.record().version(), 0xffff'ffff'ffff'ffffU);
  EXPECT_EQ(response.record().owner(), "192.0.2.10");
  EXPECT_EQ(response.record().members(0).address(), "192.0.2.1");
  EXPECT_EQ(response.record().due().seconds(), 1000);
}

TEST_F(NamesServiceTest, GetOfAnUnknownNameIsNotFound) {
  v1::GetRequest request;
  request.set_name("A<20>");
  v1::GetResponse response;
  grpc::ClientContext call;
  const auto status = names->Get(&call, request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("A<20>"));
}

TEST_F(NamesServiceTest, AddExecutesTheMappingAndCounts) {
  backend.on_execute = [](const names::Command&) { return names::CommandResult{.added = 3}; };
  v1::AddRequest request;
  request.mutable_mapping()->set_type(v1::MAPPING_TYPE_UNIQUE);
  request.mutable_mapping()->set_name("FRED");
  request.mutable_mapping()->set_expand(true);
  request.mutable_mapping()->add_addresses("192.0.2.1");
  request.set_allow_blocked(true);
  v1::AddResponse response;
  grpc::ClientContext call;
  ASSERT_TRUE(names->Add(&call, request, &response).ok());
  EXPECT_EQ(response.counts().added(), 3U);
  const auto commands = backend.commands();
  ASSERT_EQ(commands.size(), 1U);
  const auto& command = std::get<names::AddRecords>(commands[0]);
  EXPECT_EQ(command.records.size(), 3U);
  EXPECT_TRUE(command.allow_blocked);
  EXPECT_FALSE(command.dry_run);
  ASSERT_EQ(audit().size(), 1U);
  EXPECT_EQ(audit()[0].command, "add FRED<00> FRED<03> FRED<20> at 192.0.2.1");
}

TEST_F(NamesServiceTest, ARefusedAddIsAFailedPreconditionWithItsReason) {
  backend.on_execute = [](const names::Command&) {
    return names::CommandResult{.status = names::CommandStatus::refused,
                                .refusals = {{0, "WPAD is blocked"}}};
  };
  v1::AddRequest request;
  request.mutable_mapping()->set_type(v1::MAPPING_TYPE_UNIQUE);
  request.mutable_mapping()->set_name("WPAD<20>");
  request.mutable_mapping()->add_addresses("192.0.2.1");
  v1::AddResponse response;
  grpc::ClientContext call;
  const auto status = names->Add(&call, request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "WPAD is blocked");
}

TEST_F(NamesServiceTest, DeleteAndTombstoneAreDifferentCommands) {
  ASSERT_TRUE(remove("A<20>").ok());
  v1::TombstoneRequest request;
  request.set_name("B<20>");
  v1::TombstoneResponse response;
  grpc::ClientContext call;
  ASSERT_TRUE(names->Tombstone(&call, request, &response).ok());
  const auto commands = backend.commands();
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_EQ(nbns::to_text(std::get<names::DeleteRecord>(commands[0]).name), "A<20>");
  EXPECT_EQ(nbns::to_text(std::get<names::TombstoneRecord>(commands[1]).name), "B<20>");
}

TEST_F(NamesServiceTest, DeleteTellsApartWhyItFailed) {
  EXPECT_EQ(remove("NO-SUFFIX").error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(backend.commands().empty());
  backend.on_execute = [](const names::Command&) {
    return names::CommandResult{.status = names::CommandStatus::not_found};
  };
  EXPECT_EQ(remove("A<20>").error_code(), StatusCode::NOT_FOUND);
  backend.on_execute = [](const names::Command&) {
    return names::CommandResult{.status = names::CommandStatus::unavailable};
  };
  EXPECT_EQ(remove("A<20>").error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(NamesServiceTest, EveryMutationIsAuditedWithItsCaller) {
  backend.on_execute = [](const names::Command&) {
    return names::CommandResult{.status = names::CommandStatus::not_found};
  };
  EXPECT_FALSE(remove("A<20>").ok());
  const auto entries = audit();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].command, "delete A<20>");
  EXPECT_THAT(entries[0].outcome, HasSubstr("not in the database"));
  EXPECT_EQ(entries[0].who,
            "uid " + std::to_string(::getuid()) + " pid " + std::to_string(::getpid()));
}

TEST_F(NamesServiceTest, ReadingIsNotAudited) {
  grpc::Status status;
  (void)list({}, status);
  EXPECT_TRUE(audit().empty());
}

TEST_F(NamesServiceTest, AListAnswersWhileCommandsAreStuck) {
  std::mutex gate;
  gate.lock();
  backend.on_execute = [&](const names::Command&) {
    const std::lock_guard wait(gate);
    return names::CommandResult{};
  };
  std::jthread stuck([this] { (void)remove("A<20>"); });
  while (backend.commands().empty()) std::this_thread::yield();
  grpc::Status status;
  (void)list({}, status);
  EXPECT_TRUE(status.ok());
  gate.unlock();
}

}  // namespace
}  // namespace winsome::admin
