// A program of its own: it replaces the allocator of everything in it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <new>

#include "tests/unit/server/names/answers.h"

namespace {

thread_local std::size_t allocations = 0;

void* allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
  ++allocations;
  const auto whole = (size + alignment - 1) / alignment * alignment;
  if (void* room = std::aligned_alloc(alignment, whole)) return room;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate(size);
}
void* operator new[](std::size_t size) {
  return allocate(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* room) noexcept {
  std::free(room);
}
void operator delete[](void* room) noexcept {
  std::free(room);
}
void operator delete(void* room, std::size_t /*size*/) noexcept {
  std::free(room);
}
void operator delete[](void* room, std::size_t /*size*/) noexcept {
  std::free(room);
}
void operator delete(void* room, std::align_val_t /*alignment*/) noexcept {
  std::free(room);
}
void operator delete[](void* room, std::align_val_t /*alignment*/) noexcept {
  std::free(room);
}
void operator delete(void* room, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  std::free(room);
}
void operator delete[](void* room, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  std::free(room);
}

namespace winsome::names {
namespace {

std::size_t allocations_of(const std::function<void()>& work) {
  const auto before = allocations;
  work();
  return allocations - before;
}

Options shuffling() {
  auto wanted = options();
  wanted.randomize_1c = true;
  return wanted;
}

/// What `respond` allocates for one question, and that it is answered.
class QueryAllocations : public testing::Test {
 protected:
  std::size_t of(const nbns::QueryRequest& question) {
    std::array<std::uint8_t, nbns::payload_length_max> octets{};
    const auto datagram = nbns::encode(question, octets);
    bool answered = false;
    const auto count = allocations_of([&] {
      const auto outcome = answers_.respond(datagram);
      answered = std::holds_alternative<Responder::Reply>(outcome);
    });
    EXPECT_TRUE(answered);
    return count;
  }
  std::size_t of(std::string_view text) {
    return of(nbns::QueryRequest{.id = 7, .recursion_desired = true, .name = name(text)});
  }

  static constexpr auto scoped = "PC<00>.a.long.scope.of.another.department.example";
  Answers answers_{
      shuffling(),
      {record("PC"), record(scoped),
       record("CORP<1C>", {.type = RecordType::special_group, .addresses = {alice, bob, carol}}),
       record("CORP<1B>")}};
};

TEST_F(QueryAllocations, AreCounted) {
  EXPECT_EQ(allocations_of([] { ::operator delete(::operator new(1)); }), 1U);
}

// Contributing: no allocation on the query path
TEST_F(QueryAllocations, AreNone) {
  EXPECT_EQ(of("PC"), 0U);
  EXPECT_EQ(of("NOBODY"), 0U);
  EXPECT_EQ(of(scoped), 0U);
  EXPECT_EQ(of("NOBODY<00>.a.long.scope.of.another.department.example"), 0U);
  EXPECT_EQ(of("CORP<1C>"), 0U);  // shuffled
  EXPECT_EQ(of("*<1B>"), 0U);
  EXPECT_EQ(of("WINSOME<20>"), 0U);
  EXPECT_EQ(of(nbns::QueryRequest{.id = 7, .node_status = true, .name = name("WINSOME<20>")}), 0U);
}

}  // namespace
}  // namespace winsome::names
