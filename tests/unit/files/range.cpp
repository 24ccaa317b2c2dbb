#include "files/range.hpp"

#include <catch2/catch.hpp>

namespace orrery::files {

namespace {

constexpr Range kWhole{};
constexpr Range kNone{Range::Kind::kUnsatisfiable, 0, 0};
constexpr Range part(std::uint64_t offset, std::uint64_t length) { return {Range::Kind::kPart, offset, length}; }

}  // namespace

TEST_CASE("range: which bytes a field asks for") {
  struct Row {
    const char* field;
    std::uint64_t size;
    Range expected;
  };
  const Row row = GENERATE(
      Row{"bytes=0-0", 10, part(0, 1)}, Row{"bytes=0-9", 10, part(0, 10)}, Row{"bytes=0-", 10, part(0, 10)},
      Row{"bytes=9-9", 10, part(9, 1)}, Row{"bytes=9-", 10, part(9, 1)}, Row{"bytes=3-5", 10, part(3, 3)},
      Row{"bytes=3-100", 10, part(3, 7)}, Row{"bytes=-1", 10, part(9, 1)}, Row{"bytes=-10", 10, part(0, 10)},
      Row{"bytes=-11", 10, part(0, 10)}, Row{"BYTES=1-2", 10, part(1, 2)}, Row{" bytes= 1-2 ", 10, part(1, 2)},
      Row{"bytes=10-", 10, kNone}, Row{"bytes=10-20", 10, kNone}, Row{"bytes=-0", 10, kNone}, Row{"bytes=0-", 0, kNone},
      Row{"bytes=-5", 0, kWhole}, Row{"bytes=0-0,2-3", 10, kWhole}, Row{"bytes=0-0,", 10, kWhole},
      Row{"bytes=5-3", 10, kWhole}, Row{"bytes=", 10, kWhole}, Row{"bytes=-", 10, kWhole}, Row{"bytes=x-", 10, kWhole},
      Row{"bytes=1-x", 10, kWhole}, Row{"bytes=+1-2", 10, kWhole}, Row{"bytes=1 - 2", 10, kWhole},
      Row{"bytes=0x1-2", 10, kWhole}, Row{"bytes=1--2", 10, kWhole}, Row{"bytes=--2", 10, kWhole},
      Row{"bytes 0-1", 10, kWhole}, Row{"lines=0-1", 10, kWhole}, Row{"", 10, kWhole}, Row{"0-1", 10, kWhole},
      Row{"bytes=0-18446744073709551615", 10, part(0, 10)}, Row{"bytes=0-99999999999999999999999", 10, part(0, 10)},
      Row{"bytes=18446744073709551616-", 10, kNone}, Row{"bytes=99999999999999999999999-", 10, kNone},
      Row{"bytes=-99999999999999999999999", 10, part(0, 10)},
      Row{"bytes=99999999999999999999998-99999999999999999999999", 10, kNone},
      Row{"bytes=4294967296-4294967297", 8589934592, part(4294967296, 2)});
  INFO(row.field);
  CHECK(read_range(row.field, row.size) == row.expected);
}

TEST_CASE("range: as Content-Range says it") {
  CHECK(content_range(part(0, 500), 1234) == "bytes 0-499/1234");
  CHECK(content_range(part(1233, 1), 1234) == "bytes 1233-1233/1234");
  CHECK(content_range(kNone, 1234) == "bytes */1234");
}

}  // namespace orrery::files
