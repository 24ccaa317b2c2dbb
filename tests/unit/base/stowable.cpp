#include "base/stowable.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <string_view>
#include <vector>

namespace orrery::base {
namespace {

struct Row {
  const char* name;
  std::vector<std::size_t> written;  ///< places of bytes that are not zero
};

TEST_CASE("Stowable: what is stowed comes back where it was") {
  const std::size_t last = Stowable::kSize - 1;
  const Row row = GENERATE_COPY(values<Row>({
      {"nothing", {}},
      {"the first byte", {0}},
      {"the last byte", {last}},
      {"both ends", {0, last}},
      {"neighbours", {100, 101, 108, 120}},
      {"zeros between them, few and many", {0, 16, 40, 72, 5000, 5024, 5056}},
      {"a byte in each page", {0, 4096, 8192, 12288, 16384, 20480, 24576}},
  }));
  INFO(row.name);
  Stowable memory;
  char* const all = static_cast<char*>(memory.allocate(Stowable::kSize));
  REQUIRE(all);
  for (const std::size_t place : row.written) all[place] = static_cast<char>(1 + place % 100);
  const std::vector<char> before(all, all + Stowable::kSize);
  for (int times = 0; times < 3; ++times) {
    memory.stow();
    CHECK(memory.stowed());
    memory.stow();
    memory.restore();
    CHECK_FALSE(memory.stowed());
    CHECK(std::equal(before.begin(), before.end(), all));
  }
}

TEST_CASE("Stowable: a block that is full all over comes back too") {
  Stowable memory;
  char* const all = static_cast<char*>(memory.allocate(Stowable::kSize));
  REQUIRE(all);
  std::memset(all, 'x', Stowable::kSize);
  memory.stow();
  memory.restore();
  CHECK(std::all_of(all, all + Stowable::kSize, [](char byte) { return byte == 'x'; }));
}

TEST_CASE("Stowable: what is allocated is zero and apart, as long as there is room") {
  Stowable memory;
  char* const one = static_cast<char*>(memory.allocate(3));
  char* const other = static_cast<char*>(memory.allocate(Stowable::kSize - 16));
  REQUIRE(one);
  REQUIRE(other);
  CHECK(other - one == 16);
  CHECK(memory.allocate(1) == nullptr);
  CHECK(memory.allocate(SIZE_MAX) == nullptr);
  CHECK(memory.room_behind(one) == Stowable::kSize);
  CHECK(memory.room_behind(other) == Stowable::kSize - 16);
  CHECK(memory.room_behind(one + Stowable::kSize) == 0);
  CHECK(memory.room_behind(one - 1) == 0);
  CHECK(memory.room_behind(nullptr) == 0);
}

TEST_CASE("Stowable: who gets a block that was used finds zeros") {
  for (int times = 0; times < 3; ++times) {
    Stowable memory;
    char* const all = static_cast<char*>(memory.allocate(Stowable::kSize));
    REQUIRE(all);
    CHECK(std::all_of(all, all + Stowable::kSize, [](char byte) { return byte == 0; }));
    std::memset(all, 'x', Stowable::kSize);
    if (times == 1) memory.stow();
  }
}

TEST_CASE("Stowable: many at once do not touch each other") {
  std::vector<std::pair<std::unique_ptr<Stowable>, char*>> all;
  for (int i = 0; i < 200; ++i) {
    auto memory = std::make_unique<Stowable>();
    char* const room = static_cast<char*>(memory->allocate(Stowable::kSize));
    REQUIRE(room);
    std::memset(room, i + 1, Stowable::kSize);
    if (i % 2 == 0) memory->stow();
    all.emplace_back(std::move(memory), room);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].first->restore();
    const char wanted = static_cast<char>(i + 1);
    CHECK(std::all_of(all[i].second, all[i].second + Stowable::kSize, [&](char byte) { return byte == wanted; }));
  }
}

}  // namespace
}  // namespace orrery::base
