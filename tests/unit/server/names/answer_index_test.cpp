#include "server/names/answer_index.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "server/core/random.h"

namespace winsome::names {
namespace {

nbns::ScopedName numbered(std::uint32_t number) {
  return nbns::make_name("N" + std::to_string(number), 0x20);
}

/// An answer with `count` entries whose every octet is `mark`.
Publication publication(const nbns::ScopedName& name, std::uint8_t mark, std::size_t count = 1) {
  const std::vector<std::uint8_t> entries(6 * count, mark);
  return {name, Answer::make(name.view(), {.due = Instant(seconds(mark))}, entries)};
}

Publication erasure(const nbns::ScopedName& name) {
  return {name, nullptr};
}

int mark_of(const AnswerIndex::Reader& reader, const nbns::ScopedName& name) {
  const auto* answer = reader.find(name.view());
  if (!answer) return -1;
  for (const auto octet : answer->entries()) EXPECT_EQ(octet, answer->entries()[0]);
  EXPECT_EQ(answer->name(), name.view());
  return answer->entries()[0];
}

TEST(AnswerTest, HoldsItsEntriesAndItsName) {
  const nbns::ScopedName name(nbns::make_name("PC", 0), nbns::Scope("scope"));
  const std::vector<std::uint8_t> entries = {0x60, 0, 10, 0, 0, 1, 0x60, 0, 10, 0, 0, 2};
  const auto answer = Answer::make(name.view(), {.pinned = 1, .truncated = true}, entries);
  EXPECT_EQ(answer->name(), name.view());
  EXPECT_TRUE(std::ranges::equal(answer->entries(), entries));
  EXPECT_EQ(answer->shape().pinned, 1);
  EXPECT_TRUE(answer->shape().truncated);
}

TEST(AnswerTest, TheTimeToLiveIsWhatIsLeftOrFixed) {
  const auto name = numbered(1);
  const auto left = Answer::make(name.view(), {.due = Instant(seconds(100))}, {});
  EXPECT_EQ(left->ttl(Instant(seconds(40))), 60U);
  EXPECT_EQ(left->ttl(Instant(seconds(100))), 1U);
  const auto fixed = Answer::make(name.view(), {.life = Answer::Life::fixed, .fixed_ttl = 77}, {});
  EXPECT_EQ(fixed->ttl(Instant(seconds(1'000'000))), 77U);
}

TEST(AnswerIndexTest, FindsWhatWasPublishedLast) {
  AnswerIndex index;
  const AnswerIndex::Reader reader(index);
  EXPECT_EQ(mark_of(reader, numbered(1)), -1);
  index.publish(publication(numbered(1), 7));
  EXPECT_EQ(mark_of(reader, numbered(1)), 7);
  index.publish(publication(numbered(1), 8));
  EXPECT_EQ(mark_of(reader, numbered(1)), 8);
  EXPECT_EQ(index.size(), 1U);
  index.publish(erasure(numbered(1)));
  EXPECT_EQ(mark_of(reader, numbered(1)), -1);
  EXPECT_EQ(index.size(), 0U);
  index.publish(publication(numbered(1), 9));
  EXPECT_EQ(mark_of(reader, numbered(1)), 9);
}

TEST(AnswerIndexTest, ErasingWhatIsNotThereDoesNothing) {
  AnswerIndex index;
  index.publish(erasure(numbered(1)));
  EXPECT_EQ(index.size(), 0U);
}

TEST(AnswerIndexTest, ScopesAreKeptApart) {
  AnswerIndex index;
  const AnswerIndex::Reader reader(index);
  const nbns::ScopedName scoped(numbered(1).name, nbns::Scope("scope"));
  index.publish(publication(scoped, 7));
  EXPECT_EQ(mark_of(reader, scoped), 7);
  EXPECT_EQ(mark_of(reader, numbered(1)), -1);
}

TEST(AnswerIndexTest, GrowsAsFarAsItMust) {
  AnswerIndex index;
  AnswerIndex::Reader reader(index);
  for (std::uint32_t i = 0; i < 20'000; ++i)
    index.publish(publication(numbered(i), static_cast<std::uint8_t>(i)));
  EXPECT_EQ(index.size(), 20'000U);
  reader.quiescent();
  for (std::uint32_t i = 0; i < 20'000; ++i)
    ASSERT_EQ(mark_of(reader, numbered(i)), static_cast<std::uint8_t>(i));
  EXPECT_EQ(mark_of(reader, numbered(20'000)), -1);
}

TEST(AnswerIndexTest, ReservingKeepsWhatIsThere) {
  AnswerIndex index;
  const AnswerIndex::Reader reader(index);
  index.publish(publication(numbered(1), 7));
  index.reserve(100'000);
  EXPECT_EQ(mark_of(reader, numbered(1)), 7);
}

// Names that come and go leave erased places: they must not fill the table
TEST(AnswerIndexTest, SurvivesNamesThatComeAndGo) {
  AnswerIndex index;
  AnswerIndex::Reader reader(index);
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    index.publish(publication(numbered(i), 1));
    if (i >= 10) index.publish(erasure(numbered(i - 10)));
    reader.quiescent();
  }
  EXPECT_EQ(index.size(), 10U);
  EXPECT_EQ(mark_of(reader, numbered(19'999)), 1);
  EXPECT_EQ(mark_of(reader, numbered(19'000)), -1);
}

TEST(AnswerIndexTest, AgreesWithAMapThroughRandomChanges) {
  Random random(3);
  AnswerIndex index;
  AnswerIndex::Reader reader(index);
  std::map<std::uint32_t, int> model;
  for (int i = 0; i < 30'000; ++i) {
    const auto key = random.below(3000);
    if (random.below(3) == 0) {
      index.publish(erasure(numbered(key)));
      model.erase(key);
    } else {
      const auto mark = static_cast<std::uint8_t>(random.below(256));
      index.publish(publication(numbered(key), mark));
      model[key] = mark;
    }
    if (random.below(100) == 0) reader.quiescent();
  }
  EXPECT_EQ(index.size(), model.size());
  for (std::uint32_t key = 0; key < 3000; ++key) {
    const auto found = model.find(key);
    ASSERT_EQ(mark_of(reader, numbered(key)), found == model.end() ? -1 : found->second);
  }
}

// What a reader holds outlives any number of changes, until the reader lets go (under ASan)
TEST(AnswerIndexTest, NothingIsFreedWhileItIsRead) {
  AnswerIndex index;
  AnswerIndex::Reader reader(index);
  AnswerIndex::Reader other(index);
  index.publish(publication(numbered(1), 7, 25));
  reader.quiescent();
  const auto* held = reader.find(numbered(1).view());
  for (std::uint32_t i = 0; i < 5000; ++i) {
    index.publish(publication(numbered(1), 8));
    index.publish(publication(numbered(i), 9));
    other.quiescent();
  }
  for (const auto octet : held->entries()) ASSERT_EQ(octet, 7);
  reader.quiescent();
}

TEST(AnswerIndexTest, AReaderThatIsOfflineHoldsNothingBack) {
  AnswerIndex index;
  AnswerIndex::Reader away(index);
  AnswerIndex::Reader reader(index);
  away.offline();
  for (std::uint32_t i = 0; i < 5000; ++i) {
    index.publish(publication(numbered(1), static_cast<std::uint8_t>(i)));
    reader.quiescent();
  }
  away.quiescent();
  EXPECT_EQ(mark_of(away, numbered(1)), static_cast<std::uint8_t>(4999));
}

TEST(AnswerIndexTest, ReadersMayComeAndGo) {
  AnswerIndex index;
  index.publish(publication(numbered(1), 7));
  for (int i = 0; i < 1000; ++i) {
    const AnswerIndex::Reader reader(index);
    ASSERT_EQ(mark_of(reader, numbered(1)), 7);
  }
}

// For the thread and address sanitizers: readers follow pointers while answers are replaced, erased
// and the table grows. Every answer that is found must be whole and of the name asked for.
TEST(AnswerIndexTest, ManyReadAndOnePublishes) {
  constexpr std::uint32_t names = 400;
  AnswerIndex index;
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> found = 0;
  const auto read = [&](std::uint64_t seed) {
    Random random(seed);
    AnswerIndex::Reader reader(index);
    std::vector<std::pair<nbns::ScopedName, const Answer*>> held;
    while (!done.load(std::memory_order_relaxed)) {
      reader.quiescent();
      held.clear();
      for (int i = 0; i < 32; ++i) {
        const auto name = numbered(random.below(names * 2));
        if (const auto* answer = reader.find(name.view())) held.emplace_back(name, answer);
      }
      std::this_thread::yield();  // the publisher goes on; what is held must not change
      for (const auto& [name, answer] : held) {
        ++found;
        const auto entries = answer->entries();
        const auto whole = [&](std::uint8_t octet) { return octet == entries[0]; };
        if (answer->name() != name.view() || !std::ranges::all_of(entries, whole)) {
          ADD_FAILURE() << "a torn answer";
          return;
        }
      }
      if (random.below(8) == 0) {
        reader.offline();
        std::this_thread::yield();
      }
    }
  };
  {
    std::vector<std::jthread> readers;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) readers.emplace_back(read, seed);
    Random random(99);
    for (std::uint32_t i = 0; i < 20'000 || (found.load() < 1000 && i < 10'000'000); ++i) {
      const auto key = random.below(i < 10'000 ? names : names * 2);
      if (random.below(4) == 0) {
        index.publish(erasure(numbered(key)));
      } else {
        index.publish(publication(numbered(key), static_cast<std::uint8_t>(i), 1 + i % 3));
      }
      if (i % 5000 == 4999) index.reserve(index.size() + i);
    }
    done = true;
  }
  EXPECT_GE(found.load(), 1000U);
}

}  // namespace
}  // namespace winsome::names
