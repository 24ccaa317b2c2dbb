#include "planets/earth_rotation.hpp"

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "support/temporary_directory.hpp"
#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

// A line of finals2000A.all as the IERS writes it: 68 columns and what follows.
std::string finals_line(int mjd, const char* ut1_minus_utc) {
  char line[256];
  std::snprintf(line, sizeof line, "26 1 1 %8.2f I  0.120733 0.000091  0.136966 0.000091  I%10s 0.0000102  0.0000",
                static_cast<double>(mjd), ut1_minus_utc);
  return std::string{line} + "\n";
}

constexpr int kNewYear2026 = 61041;  // 2026-01-01

struct File {
  test::TemporaryDirectory directory;
  std::string path = directory.file("finals2000A.all");

  explicit File(const std::string& text) { std::ofstream{path} << text; }
};

struct Environment {
  ~Environment() {
    ::unsetenv("ORRERY_PLANETS_DUT1");
    ::unsetenv("ORRERY_PLANETS_FINALS2000A");
  }
};

double dut1(const EarthRotation& rotation, Instant instant) { return rotation.at(instant).ut1_minus_utc.count(); }

}  // namespace

TEST_CASE("a constant UT1 - UTC holds from 1972 on", "[planets]") {
  const auto rotation = EarthRotation::constant(Seconds{-0.25}).value();
  CHECK(dut1(rotation, utc(2026, 11, 23)) == -0.25);
  CHECK(rotation.at(utc(2026, 11, 23)).tt_minus_ut1.count() == Approx(69.434));
  CHECK(dut1(rotation, utc(1971, 12, 31)) == 0);
  CHECK_FALSE(EarthRotation::constant(Seconds{1.5}));
  CHECK_FALSE(EarthRotation::constant(Seconds{NAN}));
}

TEST_CASE("without an override the table holds", "[planets]") {
  const EarthRotation rotation;
  for (const Instant instant : {utc(1900, 1, 1), utc(2000, 1, 1), utc(2026, 1, 1)})
    CHECK(dut1(rotation, instant) == earth_orientation(instant).ut1_minus_utc.count());
}

TEST_CASE("a finals2000A file is interpolated, and the table holds beyond it", "[planets]") {
  const File file{finals_line(kNewYear2026, " 0.1000000") + finals_line(kNewYear2026 + 1, " 0.1200000") +
                  finals_line(kNewYear2026 + 2, "-0.0800000") + finals_line(kNewYear2026 + 3, "")};
  const auto rotation = EarthRotation::from_finals2000a(file.path);
  INFO((rotation ? "" : rotation.error().message));
  REQUIRE(rotation);
  CHECK(dut1(*rotation, utc(2026, 1, 1)) == Approx(0.1));
  CHECK(dut1(*rotation, utc(2026, 1, 1, 12)) == Approx(0.11));
  CHECK(dut1(*rotation, utc(2026, 1, 3)) == Approx(-0.08));
  CHECK(dut1(*rotation, utc(2026, 1, 4)) == 0);
  CHECK(dut1(*rotation, utc(2025, 12, 31)) == 0);
}

TEST_CASE("a leap second is no slope in a finals2000A file", "[planets]") {
  constexpr int kLastOf2016 = 57753;
  const File file{finals_line(kLastOf2016, "-0.4070000") + finals_line(kLastOf2016 + 1, " 0.5920000")};
  const auto rotation = EarthRotation::from_finals2000a(file.path).value();
  CHECK(dut1(rotation, utc(2016, 12, 31, 12)) == Approx(-0.4075).margin(1e-5));
}

TEST_CASE("what is no finals2000A file is refused by line", "[planets]") {
  struct Row {
    const char* name;
    std::string text;
    const char* said;
  };
  for (const Row& row : {
           Row{"empty", "", "no two days"},
           Row{"words", std::string(80, 'x') + "\n", "line 1"},
           Row{"a gap", finals_line(61041, "0.1") + finals_line(61043, "0.1"), "line 2"},
           Row{"absurd", finals_line(61041, "0.1") + finals_line(61042, "5.1"), "line 2"},
       }) {
    INFO(row.name);
    const auto rotation = EarthRotation::from_finals2000a(File{row.text}.path);
    REQUIRE_FALSE(rotation);
    CHECK(rotation.error().message.find(row.said) != std::string::npos);
  }
  CHECK(EarthRotation::from_finals2000a("/nowhere/finals").error().message.find("cannot read /nowhere/finals") !=
        std::string::npos);
}

TEST_CASE("the environment gives a number, a file, or neither, not both", "[planets]") {
  Environment cleaned_up;
  CHECK(dut1(EarthRotation::from_environment().value(), utc(2026, 1, 1)) == 0);
  ::setenv("ORRERY_PLANETS_DUT1", "0.05", 1);
  CHECK(dut1(EarthRotation::from_environment().value(), utc(2026, 1, 1)) == 0.05);
  for (const char* bad : {"x", "0.1s", "2", "nan"}) {
    ::setenv("ORRERY_PLANETS_DUT1", bad, 1);
    INFO(bad);
    CHECK(EarthRotation::from_environment().error().message.find("ORRERY_PLANETS_DUT1=") == 0);
  }
  ::setenv("ORRERY_PLANETS_FINALS2000A", "/nowhere", 1);
  CHECK(EarthRotation::from_environment().error().message.find("both") != std::string::npos);
  ::unsetenv("ORRERY_PLANETS_DUT1");
  CHECK(EarthRotation::from_environment().error().message.find("/nowhere") != std::string::npos);
}

}  // namespace orrery::planets
