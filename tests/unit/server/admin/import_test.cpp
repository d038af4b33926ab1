#include <gmock/gmock.h>

#include "tests/unit/server/admin/fixture.h"

namespace winsome::admin {
namespace {

using grpc::StatusCode;

v1::Mapping host(const std::string& name, const std::string& address) {
  v1::Mapping mapping;
  mapping.set_type(v1::MAPPING_TYPE_UNIQUE);
  mapping.set_name(name);
  mapping.set_expand(true);
  mapping.add_addresses(address);
  return mapping;
}

class ImportTest : public AdminTest {
 protected:
  grpc::Status send(const std::vector<v1::ImportRequest>& messages) {
    grpc::ClientContext call;
    response.Clear();
    const auto writer = names->Import(&call, &response);
    for (const auto& message : messages) {
      if (!writer->Write(message)) break;
    }
    writer->WritesDone();
    return writer->Finish();
  }

  static v1::ImportRequest whole(const std::vector<v1::Mapping>& mappings) {
    v1::ImportRequest message;
    message.mutable_options();
    message.set_end(true);
    for (const auto& mapping : mappings) *message.add_mappings() = mapping;
    return message;
  }

  v1::ImportResponse response;
};

TEST_F(ImportTest, GathersTheWholeStreamIntoOneCommand) {
  backend.on_execute = [](const names::Command&) {
    return names::CommandResult{.added = 5, .changed = 1};
  };
  auto first = whole({host("A", "192.0.2.1")});
  first.mutable_options()->set_keep_going(true);
  first.set_end(false);
  auto last = whole({host("B", "192.0.2.2")});
  last.clear_options();
  const auto status = send({first, last});
  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto commands = backend.commands();
  ASSERT_EQ(commands.size(), 1U);
  const auto& command = std::get<names::AddRecords>(commands[0]);
  EXPECT_EQ(command.records.size(), 6U);
  EXPECT_TRUE(command.keep_going);
  EXPECT_EQ(response.counts().added(), 5U);
  EXPECT_EQ(response.counts().changed(), 1U);
  EXPECT_TRUE(response.applied());
}

TEST_F(ImportTest, AStreamThatBreaksOffAddsNothing) {
  auto unfinished = whole({host("A", "192.0.2.1")});
  unfinished.set_end(false);
  EXPECT_EQ(send({unfinished}).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(backend.commands().empty());
}

TEST_F(ImportTest, AStreamThatIsCancelledAddsNothing) {
  {
    grpc::ClientContext call;
    const auto writer = names->Import(&call, &response);
    auto unfinished = whole({host("A", "192.0.2.1")});
    unfinished.set_end(false);
    writer->Write(unfinished);
    call.TryCancel();
    EXPECT_EQ(writer->Finish().error_code(), StatusCode::CANCELLED);
  }
  server->stop();
  EXPECT_TRUE(backend.commands().empty());
}

TEST_F(ImportTest, OptionsBelongInTheFirstMessageOnly) {
  auto first = whole({});
  first.set_end(false);
  EXPECT_EQ(send({first, whole({})}).error_code(), StatusCode::INVALID_ARGUMENT);
  auto headless = whole({});
  headless.clear_options();
  EXPECT_EQ(send({headless}).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(ImportTest, ARefusalNamesItsMapping) {
  backend.on_execute = [](const names::Command&) {
    // Records 3, 4 and 5 are those of the second mapping.
    return names::CommandResult{.status = names::CommandStatus::refused,
                                .refusals = {{4, "blocked"}, {5, "blocked too"}}};
  };
  ASSERT_TRUE(send({whole({host("A", "192.0.2.1"), host("WPAD", "192.0.2.2")})}).ok());
  EXPECT_FALSE(response.applied());
  EXPECT_EQ(response.refused(), 1U);
  ASSERT_EQ(response.refusals_size(), 1);
  EXPECT_EQ(response.refusals(0).index(), 1U);
  EXPECT_EQ(response.refusals(0).text(), "blocked");
}

TEST_F(ImportTest, AMappingThatCannotBeReadRefusesTheRest) {
  ASSERT_TRUE(send({whole({host("A", "192.0.2.1"), host("B", "nowhere")})}).ok());
  EXPECT_FALSE(response.applied());
  EXPECT_EQ(response.refused(), 1U);
  EXPECT_EQ(response.refusals(0).index(), 1U);
  for (const auto& command : backend.commands()) {
    EXPECT_TRUE(std::get<names::AddRecords>(command).dry_run);
  }
}

TEST_F(ImportTest, AMappingThatCannotBeReadIsLeftOutWhenKeepingGoing) {
  auto message = whole({host("A", "nowhere"), host("B", "192.0.2.2")});
  message.mutable_options()->set_keep_going(true);
  ASSERT_TRUE(send({message}).ok());
  EXPECT_TRUE(response.applied());
  EXPECT_EQ(response.refused(), 1U);
  const auto commands = backend.commands();
  ASSERT_EQ(commands.size(), 1U);
  const auto& command = std::get<names::AddRecords>(commands[0]);
  EXPECT_EQ(command.records.size(), 3U);
  EXPECT_FALSE(command.dry_run);
}

TEST_F(ImportTest, WhatTheEngineRefusesIsLeftOutWhenKeepingGoing) {
  backend.on_execute = [](const names::Command&) {
    return names::CommandResult{
        .status = names::CommandStatus::refused, .added = 3, .refusals = {{0, "blocked"}}};
  };
  auto message = whole({host("WPAD", "192.0.2.1"), host("B", "192.0.2.2")});
  message.mutable_options()->set_keep_going(true);
  ASSERT_TRUE(send({message}).ok());
  EXPECT_TRUE(response.applied());
  EXPECT_EQ(response.counts().added(), 3U);
  EXPECT_EQ(response.refused(), 1U);
}

TEST_F(ImportTest, ADryRunIsNeitherAppliedNorAudited) {
  auto message = whole({host("A", "192.0.2.1")});
  message.mutable_options()->set_dry_run(true);
  ASSERT_TRUE(send({message}).ok());
  EXPECT_FALSE(response.applied());
  EXPECT_TRUE(std::get<names::AddRecords>(backend.commands().at(0)).dry_run);
  EXPECT_TRUE(audit().empty());
}

TEST_F(ImportTest, RefusalsInAReplyAreBounded) {
  std::vector<v1::Mapping> wrong(1'500, host("A", "nowhere"));
  ASSERT_TRUE(send({whole(wrong)}).ok());
  EXPECT_EQ(response.refused(), 1'500U);
  EXPECT_EQ(response.refusals_size(), 1'000);
}

TEST_F(ImportTest, AnImportThatTheStoreCannotTakeIsUnavailable) {
  backend.on_execute = [](const names::Command&) {
    return names::CommandResult{.status = names::CommandStatus::unavailable};
  };
  EXPECT_EQ(send({whole({host("A", "192.0.2.1")})}).error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(ImportTest, OnlyOneImportRunsAtATime) {
  grpc::ClientContext call;
  v1::ImportResponse first_response;
  const auto first = names->Import(&call, &first_response);
  auto opening = whole({});
  opening.set_end(false);
  ASSERT_TRUE(first->Write(opening));
  // The second may overtake the first on its way in; then the first is the one that is refused.
  const auto second = send({whole({})});
  auto closing = whole({});
  closing.clear_options();
  first->Write(closing);
  first->WritesDone();
  const auto outcome = first->Finish();
  EXPECT_TRUE((second.error_code() == StatusCode::RESOURCE_EXHAUSTED) ^
              (outcome.error_code() == StatusCode::RESOURCE_EXHAUSTED))
      << second.error_message() << outcome.error_message();
  EXPECT_TRUE(send({whole({})}).ok());
}

TEST_F(ImportTest, AMessageOverAMegabyteIsRefused) {
  v1::Mapping large = host(std::string(2 << 20, 'A'), "192.0.2.1");
  EXPECT_EQ(send({whole({large})}).error_code(), StatusCode::RESOURCE_EXHAUSTED);
}

}  // namespace
}  // namespace winsome::admin
