// SQLite alone: commits the rows that our daemon commits, in batches of a given size, in one thread
// that does nothing else. Same schema, page size, journal and synchronisation; rows of a batch in
// the order of the key; checkpoints as SQLite makes them by itself.
//
//     bench_bare_sqlite SCHEMA.sql FILE ROWS-BEFORE ROWS BATCH TIMES
//
// Prints rows committed a second, one line for each time. FILE must not exist.

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "server/nbns/name.h"
#include "tools/winsome-perf/population.h"

namespace {

using namespace winsome;

void require(sqlite3* database, int code, int wanted) {
  if (code == wanted) return;
  std::fprintf(stderr, "bench_bare_sqlite: %s\n", sqlite3_errmsg(database));
  std::exit(1);
}

void run(sqlite3* database, const std::string& sql) {
  require(database, sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
}

sqlite3_stmt* prepare(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  require(database, sqlite3_prepare_v2(database, sql, -1, &statement, nullptr), SQLITE_OK);
  return statement;
}

void step(sqlite3* database, sqlite3_stmt* statement) {
  require(database, sqlite3_step(statement), SQLITE_DONE);
  sqlite3_reset(statement);
}

class Rows {
 public:
  explicit Rows(sqlite3* database)
      : database_(database),
        begin_(prepare(database, "BEGIN IMMEDIATE")),
        commit_(prepare(database, "COMMIT")),
        put_(prepare(database,
                     "INSERT INTO names (name, scope, type, state, node, static, owner, version, "
                     "due, batch, members) "
                     "VALUES (?1, ?2, 0, 0, 3, 0, 174260225, ?3, ?4, ?5, ?6)")),
        count_(prepare(
            database,
            "UPDATE counters SET version = ?1, batch = ?2, clock_now = ?1, clock_wall = ?1")) {}
  ~Rows() {
    for (auto* statement : {begin_, commit_, put_, count_}) sqlite3_finalize(statement);
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  void commit(std::uint32_t first, std::uint32_t count) {
    names_.clear();
    for (std::uint32_t i = 0; i < count; ++i) names_.push_back(perf::name_of(first + i));
    std::ranges::sort(names_);
    ++batch_;
    step(database_, begin_);
    for (const auto& name : names_) {
      const std::uint32_t address = 0x0a630002;
      sqlite3_bind_blob(put_, 1, name.octets.data(), static_cast<int>(name.octets.size()),
                        SQLITE_STATIC);
      sqlite3_bind_zeroblob(put_, 2, 0);
      sqlite3_bind_int64(put_, 3, ++version_);
      sqlite3_bind_int64(put_, 4, 518'400'000 + version_);
      sqlite3_bind_int64(put_, 5, batch_);
      sqlite3_bind_blob(put_, 6, &address, sizeof address, SQLITE_TRANSIENT);
      step(database_, put_);
    }
    sqlite3_bind_int64(count_, 1, version_);
    sqlite3_bind_int64(count_, 2, batch_);
    step(database_, count_);
    step(database_, commit_);
  }

 private:
  sqlite3* database_;
  sqlite3_stmt* begin_;
  sqlite3_stmt* commit_;
  sqlite3_stmt* put_;
  sqlite3_stmt* count_;
  std::vector<nbns::Name> names_;
  std::int64_t version_ = 0;
  std::int64_t batch_ = 0;
};

void commit_all(Rows& rows, std::uint32_t first, std::uint32_t count, std::uint32_t batch) {
  for (std::uint32_t done = 0; done < count; done += batch) {
    rows.commit(first + done, std::min(batch, count - done));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7 || std::filesystem::exists(argv[2])) {
    std::fputs("usage: bench_bare_sqlite SCHEMA.sql NEW-FILE ROWS-BEFORE ROWS BATCH TIMES\n",
               stderr);
    return 2;
  }
  const auto before = static_cast<std::uint32_t>(std::atoi(argv[3]));
  const auto count = static_cast<std::uint32_t>(std::atoi(argv[4]));
  const auto batch = static_cast<std::uint32_t>(std::max(std::atoi(argv[5]), 1));
  const auto times = static_cast<std::uint32_t>(std::atoi(argv[6]));
  std::ifstream schema(argv[1]);
  const std::string sql{std::istreambuf_iterator<char>(schema), {}};

  sqlite3* database = nullptr;
  require(database, sqlite3_open(argv[2], &database), SQLITE_OK);
  run(database,
      "PRAGMA page_size = 2048; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY");
  run(database, sql);
  {
    Rows rows(database);
    commit_all(rows, 0, before, 50'000);
    for (std::uint32_t time = 0; time < times; ++time) {
      const auto began = std::chrono::steady_clock::now();
      commit_all(rows, before + time * count, count, batch);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
      std::printf("%.1f\n", count / took.count());
    }
  }
  sqlite3_close(database);
  return 0;
}
