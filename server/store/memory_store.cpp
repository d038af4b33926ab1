#include "server/store/memory_store.h"

#include <string>

#include "server/store/record_codec.h"

namespace winsome::store {

Result<Counters, StoreFailure> MemoryStore::load(const Sink& sink) {
  for (const auto& [name, record] : records_) sink(names::Record(record));
  return counters_;
}

Result<void, StoreFailure> MemoryStore::commit(const Batch& batch) {
  if (auto written = write(); !written) return written;
  for (const auto& change : batch.changes) {
    if (const auto* put = std::get_if<names::PutRecord>(&change)) {
      records_.insert_or_assign(put->record.name, put->record);
    } else if (const auto* touch = std::get_if<names::TouchRecord>(&change)) {
      const auto found = records_.find(touch->name);
      if (found != records_.end()) apply_touch(found->second, touch->due);
    } else {
      records_.erase(std::get<names::EraseRecord>(change).name);
    }
  }
  counters_ = {batch.version, batch.clock};
  return {};
}

Result<void, StoreFailure> MemoryStore::probe(const ClockMark& clock) {
  if (auto written = write(); !written) return written;
  counters_.clock = clock;
  return {};
}

Result<void, StoreFailure> MemoryStore::backup(const std::filesystem::path& file) {
  return fail(StoreFailure{StoreError::unavailable,
                           "a database in memory cannot be copied to " + file.string()});
}

void MemoryStore::refuse(std::size_t good, std::size_t bad) {
  good_ = good;
  bad_ = bad;
}

Result<void, StoreFailure> MemoryStore::write() {
  if (good_ > 0) {
    --good_;
  } else if (bad_ > 0) {
    --bad_;
    return fail(StoreFailure{StoreError::unavailable, "the disk refuses, as told"});
  }
  return {};
}

}  // namespace winsome::store
