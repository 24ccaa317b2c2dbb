#include "base/calendar_names.hpp"

#include <catch2/catch.hpp>
#include <ctime>
#include <string>

namespace orrery::base {

TEST_CASE("calendar names: those of the C locale") {
  for (int month = 0; month < 12; ++month) {
    std::tm parts{};
    parts.tm_mon = month;
    char text[8] = {};
    REQUIRE(std::strftime(text, sizeof text, "%b", &parts) == 3);
    CHECK(month_name(static_cast<unsigned>(month) + 1) == std::string{text});
  }
  for (int day = 0; day < 7; ++day) {
    std::tm parts{};
    parts.tm_wday = day;
    char text[8] = {};
    REQUIRE(std::strftime(text, sizeof text, "%a", &parts) == 3);
    CHECK(day_name(static_cast<unsigned>(day)) == std::string{text});
  }
}

}  // namespace orrery::base
