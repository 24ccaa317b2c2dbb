#include "base/duration_bounds.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

namespace orrery::base {

using namespace std::chrono_literals;

TEST_CASE("duration_bounds: without any said there are twenty, each twice the one before") {
  const DurationBounds bounds;
  REQUIRE(bounds.count() == DurationBounds::kMost);
  CHECK(bounds.bound(0) == 131'072ns);
  CHECK(bounds.bound(19) > 68s);
  for (std::size_t i = 1; i < bounds.count(); ++i) CHECK(bounds.bound(i) == 2 * bounds.bound(i - 1));
  CHECK(DurationBounds::read({})->count() == DurationBounds::kMost);
}

TEST_CASE("duration_bounds: a duration is in the bucket of the first bound that is not below it") {
  const DurationBounds usual;
  const DurationBounds said = *DurationBounds::read({"900us", "0.25", "1 s"});
  struct Row {
    const char* name;
    const DurationBounds& bounds;
    Nanoseconds duration;
    std::size_t bucket;
  };
  for (const Row& row :
       {Row{"a clock that ran back", usual, -5ns, 0}, Row{"nothing", usual, 0ns, 0},
        Row{"the first bound", usual, usual.bound(0), 0}, Row{"above the first bound", usual, usual.bound(0) + 1ns, 1},
        Row{"a millisecond", usual, 1ms, 3}, Row{"the last bound", usual, usual.bound(19), 19},
        Row{"for ever", usual, Nanoseconds::max(), 20}, Row{"below all said", said, 1us, 0},
        Row{"on one that was said", said, 250ms, 1}, Row{"between two", said, 251ms, 2},
        Row{"above all said", said, 1001ms, 3}}) {
    INFO(row.name);
    CHECK(row.bounds.bucket(row.duration) == row.bucket);
  }
}

TEST_CASE("duration_bounds: each bucket begins behind a bound and ends with the next, however close they are") {
  for (const DurationBounds& bounds :
       {DurationBounds{}, *DurationBounds::read({"1us"}), *DurationBounds::read({"3600"}),
        *DurationBounds::read(
            {"65.535us", "65.536us", "65.537us", "70us", "100us", "131.071us", "131.072us", "1", "3600"})}) {
    for (std::size_t i = 0; i < bounds.count(); ++i) {
      INFO(bounds.bound(i).count());
      CHECK(bounds.bucket(bounds.bound(i)) == i);
      CHECK(bounds.bucket(bounds.bound(i) + 1ns) == i + 1);
      CHECK(bounds.bucket(bounds.bound(i) - 1ns) ==
            (i > 0 && bounds.bound(i - 1) == bounds.bound(i) - 1ns ? i - 1 : i));
    }
    CHECK(bounds.bucket(Nanoseconds::max()) == bounds.count());
    CHECK(bounds.bucket(Nanoseconds::min()) == 0);
  }
}

TEST_CASE("duration_bounds: a bound is a time, and what is none is told") {
  struct Row {
    const char* text;
    Nanoseconds bound;
  };
  for (const Row row : {Row{"1us", 1us}, Row{"1.5ms", 1500us}, Row{"250 ms", 250ms}, Row{"0.000131072", 131'072ns},
                        Row{"3600", 3600s}, Row{"2s", 2s}}) {
    INFO(row.text);
    const auto bound = DurationBounds::read_bound(row.text);
    REQUIRE(bound);
    CHECK(*bound == row.bound);
  }
  for (const char* const text : {"", "soon", "1h", "1e3", "-1", "+1", "inf", ".", "1.2.3", "1msx", "ms"}) {
    INFO(text);
    const auto bound = DurationBounds::read_bound(text);
    REQUIRE_FALSE(bound);
    CHECK(bound.error().message.find("is no time; write seconds, or a number with us, ms or s") != std::string::npos);
  }
  for (const char* const text : {"0", "0.9us", "3601", "99999999999999999999"}) {
    INFO(text);
    REQUIRE_FALSE(DurationBounds::read_bound(text));
    CHECK(DurationBounds::read_bound(text).error().message.find("from 1us to 3600s") != std::string::npos);
  }
}

TEST_CASE("duration_bounds: they ascend, and there are not too many") {
  CHECK(DurationBounds::read({"1ms", "1ms"}).error().message ==
        "`1ms` is not above the bound before it; write them in ascending order");
  CHECK_FALSE(DurationBounds::read({"2", "1"}));
  CHECK_FALSE(DurationBounds::read({"1", "soon"}));
  std::vector<std::string> texts;
  for (int i = 1; i <= 20; ++i) texts.push_back(std::to_string(i));
  CHECK(DurationBounds::read(texts)->count() == 20);
  texts.emplace_back("21");
  CHECK(DurationBounds::read(texts).error().message == "21 bounds are too many; 20 may be");
}

}  // namespace orrery::base
