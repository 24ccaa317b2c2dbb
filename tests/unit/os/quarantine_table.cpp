#include "os/quarantine_table.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <thread>
#include <vector>

namespace orrery::os {

namespace {

using namespace std::chrono_literals;
constexpr base::Monotonic kNow{100s};

}  // namespace

TEST_CASE("quarantine table: empty, filled, emptied") {
  QuarantineTable table{};
  table.seed(9);
  CHECK(table.empty());
  const std::uint64_t target = table.fingerprint("/a?b");
  const std::uint64_t key = QuarantineTable::key_of("GET", target);
  CHECK(table.held_until(key, kNow) == base::Monotonic{});
  const QuarantineTable::Entry entry{key, kNow + 5s};
  table.publish({&entry, 1});
  CHECK_FALSE(table.empty());
  CHECK(table.held_until(key, kNow) == kNow + 5s);
  CHECK(table.held_until(key, kNow + 5s) == base::Monotonic{});
  CHECK(table.held_until(QuarantineTable::key_of("POST", target), kNow) == base::Monotonic{});
  CHECK(table.held_until(QuarantineTable::key_of("GET", table.fingerprint("/a?c")), kNow) == base::Monotonic{});
  table.publish({});
  CHECK(table.empty());
  CHECK(table.held_until(key, kNow) == base::Monotonic{});
}

TEST_CASE("quarantine table: another service's fingerprints are others") {
  QuarantineTable one{}, other{};
  one.seed(1);
  other.seed(2);
  CHECK(one.fingerprint("/a") != other.fingerprint("/a"));
}

TEST_CASE("quarantine table: more than there is room for is cut") {
  const auto table = std::make_unique<QuarantineTable>();
  std::vector<QuarantineTable::Entry> entries;
  for (std::uint64_t key = 1; key <= QuarantineTable::kEntries + 1; ++key) entries.push_back({key, kNow + 1s});
  table->publish(entries);
  CHECK(table->held_until(QuarantineTable::kEntries, kNow) == kNow + 1s);
  CHECK(table->held_until(QuarantineTable::kEntries + 1, kNow) == base::Monotonic{});
}

TEST_CASE("quarantine table: who reads while the list changes sees the one or the other") {
  const auto table = std::make_unique<QuarantineTable>();
  const QuarantineTable::Entry one[] = {{1, kNow + 1s}, {2, kNow + 2s}};
  const QuarantineTable::Entry other[] = {{2, kNow + 2s}, {1, kNow + 1s}};
  table->publish(one);
  std::atomic<bool> over{false};
  std::thread writer([&] {
    while (!over) {
      table->publish(other);
      table->publish(one);
    }
  });
  int wrong = 0;
  for (int i = 0; i < 20000; ++i) {
    const base::Monotonic until = table->held_until(1, kNow);
    // Nothing is what a reader gets who was overtaken each time.
    if (until != kNow + 1s && until != base::Monotonic{}) ++wrong;
  }
  over = true;
  writer.join();
  CHECK(wrong == 0);
}

}  // namespace orrery::os
