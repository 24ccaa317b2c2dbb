#include "base/whole_number.hpp"

#include <catch2/catch.hpp>
#include <cstdint>

namespace orrery::base {

TEST_CASE("whole_number: takes all of the text or none of it") {
  struct Row {
    const char* text;
    std::optional<std::uint16_t> number;
  };
  const Row row = GENERATE(values<Row>({
      {"0", 0},
      {"8000", 8000},
      {"0080", 80},
      {"65535", 65535},
      {"65536", {}},
      {"", {}},
      {" 80", {}},
      {"80 ", {}},
      {"+80", {}},
      {"-1", {}},
      {"0x50", {}},
      {"80a", {}},
  }));
  INFO(row.text);
  CHECK(whole_number<std::uint16_t>(row.text) == row.number);
}

TEST_CASE("whole_number: a signed type may be below zero") {
  CHECK(whole_number<int>("-3") == -3);
  CHECK_FALSE(whole_number<int>("--3"));
}

}  // namespace orrery::base
