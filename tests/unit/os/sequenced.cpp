#include "os/sequenced.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdint>
#include <thread>

namespace orrery::os {

namespace {

struct Pair {
  std::uint64_t one = 0, other = 0;
};

}  // namespace

TEST_CASE("sequenced: what is written is read, and counted") {
  Sequenced<Pair> cell;
  CHECK(cell.count() == 0);
  CHECK(cell.read()->one == 0);
  cell.write([](Pair& pair) { pair = {1, 2}; });
  CHECK(cell.count() == 1);
  CHECK(cell.read()->other == 2);
}

TEST_CASE("sequenced: while it is being written nothing is read, and no second writer gets in") {
  Sequenced<Pair> cell;
  bool read = true, written = true;
  cell.write([&](Pair&) {
    read = cell.read().has_value();
    written = cell.try_write([](Pair& pair) { pair.one = 9; });
  });
  CHECK_FALSE(read);
  CHECK_FALSE(written);
  CHECK(cell.try_write([](Pair& pair) { pair.one = 7; }));
  CHECK(cell.read()->one == 7);
}

TEST_CASE("sequenced: a reader beside the writer never sees half a value") {
  Sequence sequence;
  std::atomic<std::uint64_t> one{0}, other{0};
  std::atomic<bool> over{false};
  std::thread writer([&] {
    for (std::uint64_t i = 1; !over.load(); ++i) {
      sequence.write([&] {
        one.store(i, std::memory_order_relaxed);
        other.store(i, std::memory_order_relaxed);
      });
    }
  });
  unsigned whole = 0, halves = 0;
  while (whole < 20'000) {
    std::uint64_t first = 0, second = 0;
    const bool calm = sequence.read([&] {
      first = one.load(std::memory_order_relaxed);
      second = other.load(std::memory_order_relaxed);
    });
    if (!calm) continue;
    ++whole;
    halves += first != second ? 1U : 0U;
  }
  over.store(true);
  writer.join();
  CHECK(halves == 0);
}

}  // namespace orrery::os
