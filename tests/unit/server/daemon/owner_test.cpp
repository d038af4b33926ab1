#include "server/daemon/owner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/store/memory_store.h"

namespace winsome::daemon {
namespace {

using testing::HasSubstr;

constexpr Ipv4 first{192, 0, 2, 1};
constexpr Ipv4 second{192, 0, 2, 2};

config::Settings settings(Ipv4 owner, bool is_default) {
  config::Settings settings;
  settings.names.owner = owner;
  settings.replication.us = owner;
  settings.nbns.owner_is_default = is_default;
  return settings;
}

Ipv4 stored(store::NameStore& store) {
  return store.load([](names::Record&&) {})->owner;
}

TEST(Owner, IsWrittenIntoADatabaseThatKnowsNone) {
  store::MemoryStore store;
  auto wanted = settings(first, true);
  ASSERT_TRUE(settle_owner(store, {}, wanted));
  EXPECT_EQ(stored(store), first);
  EXPECT_EQ(wanted.names.owner, first);
}

TEST(Owner, StaysWhenTheHostHasAnotherAddress) {
  store::MemoryStore store;
  auto wanted = settings(second, true);
  ASSERT_TRUE(settle_owner(store, first, wanted));
  EXPECT_EQ(wanted.names.owner, first);
  EXPECT_EQ(wanted.replication.us, first);
}

TEST(Owner, ThatTheFileNamesOtherwiseIsRefused) {
  store::MemoryStore store;
  auto wanted = settings(second, false);
  const auto refused = settle_owner(store, first, wanted);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("are those of 192.0.2.1; set it to that"));
  EXPECT_TRUE(stored(store).unspecified());
}

TEST(Owner, MustBeDurableBeforeTheStart) {
  store::MemoryStore store;
  store.refuse(0, 1);
  auto wanted = settings(first, true);
  EXPECT_FALSE(settle_owner(store, {}, wanted));
}

TEST(Owner, OfARunningServerIsNoChangeOfAFileThatNamesNone) {
  auto reread = settings(second, true);
  keep_owner(reread, first);
  EXPECT_EQ(config::difference(settings(first, true), reread).lines, std::vector<std::string>{});
}

}  // namespace
}  // namespace winsome::daemon
