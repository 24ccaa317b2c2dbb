#include "config/number.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::config {

namespace {

Setting row(Kind kind, Range range) { return {.name = "n", .kind = kind, .unit = "things", .range = range}; }

}  // namespace

TEST_CASE("number: what is read, and what is told of the rest") {
  struct Row {
    const char* text;
    Kind kind;
    Range range;
    std::int64_t value;
    const char* complaint;  ///< empty = it is read
  };
  const Row rows[] = {
      {"7", Kind::kInteger, {0, 10}, 7, ""},
      {"11", Kind::kInteger, {0, 10}, 0, "11 is out of range; it must be 0 to 10"},
      {"-3", Kind::kInteger, {-5, 10}, -3, ""},
      {"-6", Kind::kInteger, {-5, 10}, 0, "-6 is out of range; it must be -5 to 10"},
      {"-1", Kind::kInteger, {0, 10}, 0, "-1 is out of range; it must be 0 to 10"},
      {"-0", Kind::kInteger, {0, 10}, 0, "-0 is out of range; it must be 0 to 10"},
      {"2.5", Kind::kInteger, {0, 10}, 0, "`2.5` is too fine; write a whole number of things"},
      {"x", Kind::kInteger, {0, 10}, 0, "`x` is not a whole number"},
      {"64k", Kind::kSize, {}, 65536, ""},
      {"1.5m", Kind::kSize, {}, 1572864, ""},
      {"30s", Kind::kDuration, {}, 30'000, ""},
      {"-30s", Kind::kDuration, {}, 0, "-30s is out of range; it must be 0 or more"},
      {"0.1ms", Kind::kDuration, {}, 0, "`0.1ms` is too fine; write a whole number of milliseconds"},
  };
  for (const Row& one : rows) {
    INFO(one.text);
    const auto read = read_integer(row(one.kind, one.range), one.text);
    CHECK(read.has_value() == std::string{one.complaint}.empty());
    CHECK((read ? "" : read.error().message) == one.complaint);
    if (read) CHECK(*read == one.value);
  }
}

TEST_CASE("number: what is printed is read again") {
  CHECK(print_number(row(Kind::kDuration, {}), 1500) == "1500ms");
  CHECK(print_number(row(Kind::kDuration, {}), 120'000) == "120s");
  CHECK(print_number(row(Kind::kSize, {}), 65536) == "64k");
  CHECK(print_number(row(Kind::kInteger, {}), -4) == "-4");
  CHECK(*read_integer(row(Kind::kSize, {}), print_number(row(Kind::kSize, {}), 3 << 20)) == 3 << 20);
}

}  // namespace orrery::config
