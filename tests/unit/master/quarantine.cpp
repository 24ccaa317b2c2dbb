#include "master/quarantine.hpp"

#include <catch2/catch.hpp>

namespace orrery::master {

namespace {

using namespace std::chrono_literals;
using Verdict = Quarantine::Verdict;
using How = Quarantine::How;

constexpr base::Monotonic kNow{1000s};

Quarantine with(Quarantine::Rules rules) {
  Quarantine quarantine;
  CHECK(quarantine.begin_generation(1, rules) == 0);
  return quarantine;
}

Quarantine::Suspect request(std::uint64_t key) { return {key, "GET /" + std::to_string(key)}; }

}  // namespace

TEST_CASE("quarantine rules: how many deaths, how far apart, hold a request") {
  struct Row {
    const char* name;
    Quarantine::Rules rules;
    unsigned deaths;
    base::Nanoseconds between;
    bool held;
  };
  const Row row = GENERATE(values<Row>({
      {"one", {10min, 2}, 1, 0s, false},
      {"two at once", {10min, 2}, 2, 0s, true},
      {"two within a minute", {10min, 2}, 2, kQuarantineWindow - 1ns, true},
      {"two a minute apart", {10min, 2}, 2, kQuarantineWindow, false},
      {"many, a minute apart", {10min, 2}, 20, kQuarantineWindow, false},
      {"one is enough", {10min, 1}, 1, 0s, true},
      {"three are wanted, two come", {10min, 3}, 2, 0s, false},
      {"three are wanted and come", {10min, 3}, 3, 20s, true},
      {"off", {0s, 1}, 20, 0s, false},
  }));
  INFO(row.name);
  Quarantine quarantine = with(row.rules);
  Verdict last = Verdict::kNothing;
  for (unsigned i = 0; i < row.deaths; ++i)
    last = quarantine.record_death(request(5), How::kCrashed, 1, kNow + i * row.between);
  CHECK((last == Verdict::kQuarantine) == row.held);
  CHECK(quarantine.held().size() == (row.held ? 1 : 0));
}

TEST_CASE("quarantine rules: a request is held for its time, one that was stuck for a minute at most") {
  struct Row {
    How how;
    base::Nanoseconds length, held;
  };
  const Row row = GENERATE(
      values<Row>({{How::kCrashed, 10min, 10min}, {How::kStuck, 10min, kLongestStuck}, {How::kStuck, 10s, 10s}}));
  Quarantine quarantine = with({row.length, 1});
  CHECK(quarantine.record_death(request(5), row.how, 1, kNow) == Verdict::kQuarantine);
  CHECK(quarantine.held()[0].until == kNow + row.held);
  CHECK(quarantine.expire(kNow + row.held - 1ns).empty());
  const auto ended = quarantine.expire(kNow + row.held);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].request.name == "GET /5");
  CHECK(quarantine.held().empty());
}

TEST_CASE("quarantine rules: deaths of one request say nothing about another") {
  Quarantine quarantine = with({10min, 2});
  for (std::uint64_t key = 1; key <= 10; ++key)
    CHECK(quarantine.record_death(request(key), How::kCrashed, 1, kNow) == Verdict::kNothing);
  CHECK(quarantine.record_death(request(3), How::kCrashed, 1, kNow) == Verdict::kQuarantine);
  CHECK(quarantine.record_death(request(3), How::kCrashed, 1, kNow + 1s) == Verdict::kKnown);
  CHECK(quarantine.held().size() == 1);
}

TEST_CASE("quarantine rules: after its time a request needs as many deaths as before") {
  Quarantine quarantine = with({10s, 2});
  for (int round = 0; round < 3; ++round) {
    const base::Monotonic start = kNow + round * 10s;
    CHECK(quarantine.record_death(request(5), How::kCrashed, 1, start) == Verdict::kNothing);
    CHECK(quarantine.record_death(request(5), How::kCrashed, 1, start) == Verdict::kQuarantine);
    CHECK(quarantine.expire(start + 10s).size() == 1);
  }
}

TEST_CASE("quarantine rules: a newer generation begins without; an older one's deaths count no more") {
  Quarantine quarantine = with({10min, 1});
  CHECK(quarantine.record_death(request(1), How::kCrashed, 1, kNow) == Verdict::kQuarantine);
  CHECK(quarantine.begin_generation(1, {10min, 1}) == 0);  // a refused reload
  CHECK(quarantine.held().size() == 1);
  CHECK(quarantine.begin_generation(2, {10min, 2}) == 1);
  CHECK(quarantine.held().empty());
  for (int i = 0; i < 3; ++i) CHECK(quarantine.record_death(request(1), How::kCrashed, 1, kNow) == Verdict::kNothing);
  CHECK(quarantine.record_death(request(1), How::kCrashed, 2, kNow) == Verdict::kNothing);
  CHECK(quarantine.record_death(request(1), How::kCrashed, 3, kNow) == Verdict::kQuarantine);
}

TEST_CASE("quarantine rules: only so many are held and suspected; the oldest goes") {
  Quarantine quarantine = with({10min, 1});
  for (std::uint64_t key = 1; key <= Quarantine::kMost + 1; ++key)
    CHECK(quarantine.record_death(request(key), How::kCrashed, 1, kNow) == Verdict::kQuarantine);
  CHECK(quarantine.held().size() == Quarantine::kMost);
  CHECK(quarantine.held().front().request.key == 2);
  Quarantine slower = with({10min, 2});
  for (std::uint64_t key = 1; key <= Quarantine::kMost + 1; ++key)
    CHECK(slower.record_death(request(key), How::kCrashed, 1, kNow) == Verdict::kNothing);
  CHECK(slower.record_death(request(1), How::kCrashed, 1, kNow) == Verdict::kNothing);
  CHECK(slower.record_death(request(Quarantine::kMost + 1), How::kCrashed, 1, kNow) == Verdict::kQuarantine);
}

}  // namespace orrery::master
