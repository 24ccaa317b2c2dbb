#include "base/spare_blocks.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <set>
#include <vector>

namespace orrery::base {
namespace {

TEST_CASE("spare_blocks: a block that was given back is the next of its size") {
  SpareBlocksUpTo<4> blocks;
  void* const first = blocks.allocate(100);
  void* const other = blocks.allocate(300);
  std::memset(first, 1, 100);
  blocks.release(first);
  blocks.release(other);
  CHECK(blocks.count() == 2);
  // Whatever fits into the same step.
  CHECK(blocks.allocate(128) == first);
  CHECK(blocks.allocate(290) == other);
  CHECK(blocks.count() == 0);
  blocks.release(first);
  blocks.release(other);
  blocks.release(nullptr);
  CHECK(blocks.count() == 2);
}

TEST_CASE("spare_blocks: every size has its room, and no two have the same") {
  SpareBlocksUpTo<4> blocks;
  for (int round = 0; round < 2; ++round) {
    std::set<void*> given;
    for (std::size_t size = 0; size <= SpareBlocksUpTo<4>::kLargest + 64; size += 7) {
      void* const block = blocks.allocate(size);
      REQUIRE(block != nullptr);
      std::memset(block, round, size);
      CHECK(given.insert(block).second);
    }
    for (void* const block : given) blocks.release(block);
  }
}

TEST_CASE("spare_blocks: no more of a size are kept than was said, and none that are large") {
  SpareBlocksUpTo<2> blocks;
  std::vector<void*> given;
  for (int i = 0; i < 5; ++i) given.push_back(blocks.allocate(64));
  for (void* const block : given) blocks.release(block);
  CHECK(blocks.count() == 2);
  blocks.release(blocks.allocate(2 * SpareBlocksUpTo<2>::kLargest));
  CHECK(blocks.count() == 2);
}

TEST_CASE("spare_blocks: blocks of the C library are taken as well") {
  SpareBlocksUpTo<2> blocks;
  void* const small = std::malloc(5);
  void* const odd = std::calloc(1, 90);
  blocks.release(small);
  blocks.release(odd);
  // 90 bytes are no room for 96 unless the C library gave more.
  void* const next = blocks.allocate(64);
  std::memset(next, 7, 64);
  blocks.release(next);
  CHECK(blocks.count() >= 1);
}

}  // namespace
}  // namespace orrery::base
