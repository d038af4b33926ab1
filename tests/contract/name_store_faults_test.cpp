// What the SQLite store says of a batch is true, whatever the disk does.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "server/core/random.h"
#include "server/store/memory_store.h"
#include "server/store/sqlite_store.h"
#include "tests/contract/faulty_vfs.h"
#include "tests/unit/server/store/leases.h"
#include "tests/unit/server/store/records.h"
#include "tests/unit/server/store/temporary_directory.h"

namespace winsome::store {
namespace {

namespace fs = std::filesystem;

struct Sample {
  std::vector<names::Change> names;
  std::vector<replication::Change> memory;
  std::vector<dhcp::Change> leases;
};

/// Refreshes are folded and the log is moved and begun anew every few batches.
constexpr SqliteStore::Pace hurried{.refresh_generation = 4, .checkpoint = {.wake = 6, .hold = 12}};

/// What replication remembers of one name, of one of three owners.
replication::Change remember(const std::string& text, Random& random) {
  const Ipv4 owner(198, 51, 100, static_cast<std::uint8_t>(random.below(3)));
  switch (random.below(5)) {
    case 0: return replication::PutOwner{owner, random.next()};
    case 1: return replication::EraseOwner{owner};
    case 2: return replication::ErasePending{name_of(text), owner};
    default: {
      auto waiting = replica(text, owner);
      waiting.version = random.next();
      return replication::PutPending{waiting};
    }
  }
}

/// What a lease server writes of one address: most often a lease and what DNS is to hear of it.
void lease(std::uint8_t last, Random& random, std::vector<dhcp::Change>& changes) {
  switch (random.below(6)) {
    case 0: changes.emplace_back(dhcp::EraseLease{leased(last)}); break;
    case 1: changes.emplace_back(dhcp::PutReservation{full_reservation(last)}); break;
    case 2: changes.emplace_back(dhcp::EraseReservation{leased(last)}); break;
    case 3: changes.emplace_back(dhcp::EraseDnsWork{last}); break;
    default:
      changes.emplace_back(dhcp::PutLease{ordinary_lease(last, random.below(1'000'000))});
      changes.emplace_back(dhcp::PutDnsWork{dns_work(last, random.below(2) == 0)});
  }
}

/// Batches that put, touch and erase a dozen names, each name once in a batch at most, and what
/// replication remembers of others, and a few leases; the middle one says that recovery is done.
std::vector<Sample> make_batches(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<Sample> batches(count);
  batches[count / 2].memory.emplace_back(replication::PutRecovered{});
  for (auto& batch : batches) {
    for (int name = 0; name < 12; ++name) {
      const auto text = "NAME" + std::to_string(name);
      const auto due = static_cast<std::int64_t>(random.below(1'000'000));
      const auto kind = random.below(10);
      if (kind < 2) batch.names.emplace_back(names::PutRecord{unique_record(text, due)});
      if (kind >= 2 && kind < 5) batch.names.emplace_back(touch(text, due));
      if (kind == 5) batch.names.emplace_back(erase(text));
      if (kind >= 7) batch.memory.push_back(remember(text, random));
    }
    for (std::uint8_t last = 1; last <= 4; ++last) {
      if (random.below(2) == 0) lease(last, random, batch.leases);
    }
  }
  return batches;
}

std::unique_ptr<SqliteStore> open_store(const fs::path& directory) {
  auto opened = SqliteStore::open(directory, hurried);
  EXPECT_TRUE(opened) << opened.error().text;
  return opened ? *std::move(opened) : nullptr;
}

Known loaded_from(NameStore& store) {
  auto loaded = load(store);
  EXPECT_TRUE(loaded) << loaded.error().text;
  return loaded ? *std::move(loaded) : Known{};
}

Known loaded_from(const fs::path& directory) {
  const auto store = open_store(directory);
  return store ? loaded_from(*store) : Known{};
}

/// What a server would find that starts after this one was killed: the files as they are, without
/// the log's index.
Known after_a_kill(const fs::path& directory) {
  const TemporaryDirectory copy;
  for (const auto* file : {"winsome.db", "winsome.db-wal"}) {
    std::error_code missing;
    fs::copy_file(directory / file, copy.path() / file, missing);
  }
  return loaded_from(copy.path());
}

/// Runs the batches while the calls from `first` on fail, `count` of them, and compares. False: no
/// call failed.
bool holds_its_word(std::uint64_t first, std::uint64_t count, const std::vector<Sample>& batches) {
  const TemporaryDirectory directory;
  FaultyVfs disk;
  MemoryStore model;
  auto store = open_store(directory.path());
  loaded_from(*store);

  disk.fail_calls(first, count);
  bool failed = false;
  std::uint64_t version = 0;
  for (const auto& batch : batches) {
    ++version;
    if (commit(*store, batch.names, version, batch.memory, batch.leases)) {
      EXPECT_TRUE(commit(model, batch.names, version, batch.memory, batch.leases));
    } else if (!failed) {
      failed = true;
      // Only a disk that can be written again can forget what a failed commit left.
      if (count == 1) {
        EXPECT_EQ(after_a_kill(directory.path()).rows(), loaded_from(model).rows());
      }
    }
  }
  const bool reached = disk.calls() >= first;
  disk.heal();

  const ClockMark clock{at(1), 1};
  const auto probed = store->probe(clock);
  EXPECT_TRUE(probed) << probed.error().text;
  EXPECT_TRUE(model.probe(clock));
  const auto expected = loaded_from(model);
  EXPECT_EQ(loaded_from(*store).rows(), expected.rows());
  EXPECT_EQ(after_a_kill(directory.path()).rows(), expected.rows());
  store.reset();
  const auto found = loaded_from(directory.path());
  EXPECT_EQ(found.rows(), expected.rows());
  EXPECT_EQ(found.counters.version, expected.counters.version);
  return reached;
}

TEST(NameStoreFaults, ABatchIsDurableOrNotAtAllWhicheverCallFails) {
  const auto batches = make_batches(8, 1);
  for (std::uint64_t call = 1;; ++call) {
    SCOPED_TRACE("call " + std::to_string(call));
    if (!holds_its_word(call, 1, batches) || HasFailure()) break;
  }
}

TEST(NameStoreFaults, AStoreRecoversWhenADiskThatRefusedTakesWritesAgain) {
  const auto batches = make_batches(8, 2);
  for (std::uint64_t call = 1;; call += 3) {
    SCOPED_TRACE("calls from " + std::to_string(call));
    if (!holds_its_word(call, 1'000'000, batches) || HasFailure()) break;
  }
}

TEST(NameStoreFaults, WhileTheDiskRefusesNothingIsPromised) {
  const TemporaryDirectory directory;
  FaultyVfs disk;
  const auto store = open_store(directory.path());
  loaded_from(*store);
  disk.fail_calls(1, 1'000'000);
  for (int i = 0; i < 3; ++i) {
    const auto committed = commit(*store, {names::PutRecord{unique_record("FRED", 1)}});
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().error, StoreError::unavailable) << committed.error().text;
    EXPECT_FALSE(store->probe({}));
  }
  disk.heal();
  EXPECT_TRUE(store->probe({}));
}

// Decision 26.
TEST(NameStoreFaults, APowerCutLosesNothingThatWasPromised) {
  const TemporaryDirectory directory;
  const auto batches = make_batches(40, 3);
  std::vector<FaultyVfs::Cut> cuts;
  std::vector<Known> history;  // after n batches
  {
    FaultyVfs disk;
    MemoryStore model;
    history.push_back(loaded_from(model));
    const auto store = open_store(directory.path());
    loaded_from(*store);
    disk.fail_calls(1, 0);
    disk.cut_every(5);
    for (const auto& batch : batches) {
      const auto version = history.size();
      ASSERT_TRUE(commit(*store, batch.names, version, batch.memory, batch.leases));
      ASSERT_TRUE(commit(model, batch.names, version, batch.memory, batch.leases));
      disk.promise(version);
      history.push_back(loaded_from(model));
    }
    cuts = disk.cuts();
  }
  ASSERT_GT(cuts.size(), 20U);

  Random random(4);
  for (const auto& cut : cuts) {
    const TemporaryDirectory after;
    cut.image.materialise(after.path(), random);
    const auto found = loaded_from(after.path());
    ASSERT_GE(found.counters.version, cut.promised);
    ASSERT_LE(found.counters.version, cut.promised + 1);
    ASSERT_EQ(found.rows(), history[found.counters.version].rows());
  }
}

}  // namespace
}  // namespace winsome::store
