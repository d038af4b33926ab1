#include "server/core/journaled_map.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace winsome {
namespace {

using Map = JournaledMap<int, std::string>;

std::vector<std::string> changes(const Map& map) {
  std::vector<std::string> all;
  map.changes([&](int key, const std::string* now) {
    all.push_back(std::to_string(key) + (now ? "=" + *now : " gone"));
  });
  return all;
}

TEST(JournaledMap, ListsEachChangedKeyOnceAndAsItIsNow) {
  Map map;
  map.load(1, "one");
  map.load(2, "two");
  map.begin_batch();
  map.put(3, "three");
  map.put(3, "drei");
  map.erase(2);
  EXPECT_EQ(changes(map), (std::vector<std::string>{"2 gone", "3=drei"}));
}

TEST(JournaledMap, SaysNothingOfWhatCameAndWentInOneBatch) {
  Map map;
  map.begin_batch();
  map.put(1, "one");
  map.erase(1);
  EXPECT_TRUE(changes(map).empty());
}

TEST(JournaledMap, SaysNothingOfErasingWhatIsNotThere) {
  Map map;
  map.begin_batch();
  map.erase(1);
  EXPECT_TRUE(changes(map).empty());
}

TEST(JournaledMap, UndoesAllBatchesInFlight) {
  Map map;
  map.load(1, "one");
  map.load(2, "two");
  map.begin_batch();
  map.put(1, "eins");
  map.erase(2);
  map.begin_batch();
  map.put(1, "uno");
  map.put(2, "dos");
  map.put(3, "tres");
  map.undo_all();
  EXPECT_EQ(map.all(), (std::map<int, std::string>{{1, "one"}, {2, "two"}}));
}

TEST(JournaledMap, KeepsWhatIsDurableWhenItUndoes) {
  Map map;
  map.begin_batch();
  map.put(1, "one");
  map.begin_batch();
  map.put(1, "uno");
  map.commit_oldest();
  map.undo_all();
  ASSERT_NE(map.find(1), nullptr);
  EXPECT_EQ(*map.find(1), "one");
}

}  // namespace
}  // namespace winsome
