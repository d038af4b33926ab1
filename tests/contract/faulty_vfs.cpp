#include "tests/contract/faulty_vfs.h"

#include <algorithm>
#include <fstream>
#include <new>
#include <utility>

namespace winsome::store {

void DiskImage::apply(std::string& content, const Change& change) {
  if (change.truncates) {
    content.resize(change.offset);
    return;
  }
  content.resize(std::max<std::size_t>(content.size(), change.offset + change.octets.size()));
  content.replace(change.offset, change.octets.size(), change.octets);
}

void DiskImage::write(const std::string& file, std::uint64_t offset, std::string octets) {
  files_[file].pending.push_back({offset, std::move(octets), false});
}

void DiskImage::truncate(const std::string& file, std::uint64_t size) {
  files_[file].pending.push_back({size, {}, true});
}

void DiskImage::sync(const std::string& file) {
  auto& [synced, pending] = files_[file];
  for (const auto& change : pending) apply(synced, change);
  pending.clear();
}

void DiskImage::materialise(const std::filesystem::path& directory, Random& random) const {
  constexpr std::size_t sector = 512;
  for (const auto& [name, file] : files_) {
    auto content = file.synced;
    for (auto change : file.pending) {
      const auto fate = random.below(3);
      if (fate == 0) continue;
      if (fate == 1 && !change.truncates) {
        change.octets.resize(change.octets.size() / sector / 2 * sector);
      }
      apply(content, change);
    }
    std::ofstream(directory / name, std::ios::binary) << content;
  }
}

struct FaultyVfs::File {
  sqlite3_file base;
  FaultyVfs* vfs;
  std::string* name;
  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

struct FaultyVfs::Methods {
  static File* self(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
  static sqlite3_file* real(sqlite3_file* file) { return self(file)->real(); }

  static int close(sqlite3_file* file) {
    delete self(file)->name;
    return real(file)->pMethods->xClose(real(file));
  }
  static int read(sqlite3_file* file, void* out, int length, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), out, length, offset);
  }
  static int write(sqlite3_file* file, const void* octets, int length, sqlite3_int64 offset) {
    auto& vfs = *self(file)->vfs;
    if (vfs.count()) return SQLITE_FULL;
    vfs.record([&](DiskImage& image) {
      image.write(*self(file)->name, static_cast<std::uint64_t>(offset),
                  {static_cast<const char*>(octets), static_cast<std::size_t>(length)});
    });
    return real(file)->pMethods->xWrite(real(file), octets, length, offset);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    auto& vfs = *self(file)->vfs;
    if (vfs.count()) return SQLITE_IOERR_TRUNCATE;
    vfs.record([&](DiskImage& image) {
      image.truncate(*self(file)->name, static_cast<std::uint64_t>(size));
    });
    return real(file)->pMethods->xTruncate(real(file), size);
  }
  static int sync(sqlite3_file* file, int flags) {
    auto& vfs = *self(file)->vfs;
    if (vfs.count()) return SQLITE_IOERR_FSYNC;
    vfs.record([&](DiskImage& image) { image.sync(*self(file)->name); });
    return real(file)->pMethods->xSync(real(file), flags);
  }
  static int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return real(file)->pMethods->xFileSize(real(file), size);
  }
  static int lock(sqlite3_file* file, int level) {
    return real(file)->pMethods->xLock(real(file), level);
  }
  static int unlock(sqlite3_file* file, int level) {
    return real(file)->pMethods->xUnlock(real(file), level);
  }
  static int is_locked(sqlite3_file* file, int* out) {
    return real(file)->pMethods->xCheckReservedLock(real(file), out);
  }
  static int control(sqlite3_file* file, int op, void* argument) {
    return real(file)->pMethods->xFileControl(real(file), op, argument);
  }
  static int sector_size(sqlite3_file* file) {
    return real(file)->pMethods->xSectorSize(real(file));
  }
  static int characteristics(sqlite3_file* file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
  }
  static int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
  }
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
  }
  static void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
  static int shm_unmap(sqlite3_file* file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
  }

  static FaultyVfs& owner(sqlite3_vfs* vfs) { return *static_cast<FaultyVfs*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, sqlite3_filename path, sqlite3_file* file, int flags,
                  int* out_flags);
  static int remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    owner(vfs).record(
        [&](DiskImage& image) { image.remove(std::filesystem::path(path).filename()); });
    return owner(vfs).real_->xDelete(owner(vfs).real_, path, sync_directory);
  }
};

int FaultyVfs::Methods::open(sqlite3_vfs* vfs, sqlite3_filename path, sqlite3_file* file, int flags,
                             int* out_flags) {
  static constexpr sqlite3_io_methods methods{
      2,         close,     read,    write,       truncate,        sync,    file_size, lock,
      unlock,    is_locked, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
      shm_unmap, nullptr,   nullptr};
  auto& faulty = owner(vfs);
  file->pMethods = nullptr;
  if (faulty.count()) return SQLITE_CANTOPEN;
  const auto name = std::filesystem::path(path == nullptr ? "" : path).filename().string();
  auto* opened = new (file) File{{&methods}, &faulty, new std::string(name)};
  const int code = faulty.real_->xOpen(faulty.real_, path, opened->real(), flags, out_flags);
  if (code != SQLITE_OK) {
    delete opened->name;
    file->pMethods = nullptr;
  }
  return code;
}

FaultyVfs::FaultyVfs() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
  vfs_.zName = "faulty";
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  vfs_.xOpen = Methods::open;
  vfs_.xDelete = Methods::remove;
  sqlite3_vfs_register(&vfs_, 1);
}

FaultyVfs::~FaultyVfs() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, 1);
}

void FaultyVfs::fail_calls(std::uint64_t first, std::uint64_t count) {
  const std::scoped_lock lock(mutex_);
  calls_ = 0;
  first_ = first;
  failing_ = count;
}

std::uint64_t FaultyVfs::calls() const {
  const std::scoped_lock lock(mutex_);
  return calls_;
}

void FaultyVfs::cut_every(std::uint64_t interval) {
  const std::scoped_lock lock(mutex_);
  interval_ = interval;
}

void FaultyVfs::promise(std::uint64_t promised) {
  const std::scoped_lock lock(mutex_);
  promised_ = promised;
}

std::vector<FaultyVfs::Cut> FaultyVfs::cuts() const {
  const std::scoped_lock lock(mutex_);
  return cuts_;
}

bool FaultyVfs::count() {
  const std::scoped_lock lock(mutex_);
  ++calls_;
  if (calls_ % interval_ == 0) cuts_.push_back({image_, promised_});
  return calls_ >= first_ && calls_ - first_ < failing_;
}

template <class F>
void FaultyVfs::record(F change) {
  const std::scoped_lock lock(mutex_);
  change(image_);
}

}  // namespace winsome::store
