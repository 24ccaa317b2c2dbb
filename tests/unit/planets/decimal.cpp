#include "planets/decimal.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <random>
#include <string>

namespace orrery::planets {
namespace {

std::string written(double value) {
  char text[32];
  const char* end = decimal::write(text, value);
  return end == nullptr ? "left" : std::string{text, static_cast<std::size_t>(end - text)};
}

std::string shortest(double value) {
  char text[400];
  return {text, std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr};
}

double read_in_general(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

TEST_CASE("Decimals are written as the shortest text, or left alone") {
  for (const double value : {0.0,
                             -0.0,
                             1.0,
                             -1.0,
                             145.051,
                             -39.754,
                             0.1,
                             0.2,
                             0.3,
                             1e-5,
                             -1e-5,
                             123456.0,
                             999999.999999999,
                             -0.0005,
                             100000.0,
                             51.4769,
                             1013.25,
                             359.999999999,
                             132.58514611192714,
                             1e6,
                             999999999999999.9,
                             1e14}) {
    INFO(shortest(value));
    CHECK(written(value) == shortest(value));
  }
  for (const double value : {1e15, 1e300, 9.999999999999999e-6, std::nan(""), HUGE_VAL, -HUGE_VAL, 5e-324}) {
    INFO(value);
    CHECK(written(value) == "left");
  }
}

TEST_CASE("Powers of two and their neighbours are written as the shortest text") {
  for (int exponent = -16; exponent < 50; ++exponent) {
    const double power = std::ldexp(1.0, exponent);
    for (const double value : {power, std::nextafter(power, 0), std::nextafter(power, HUGE_VAL)}) {
      REQUIRE(written(value) == shortest(value));
      REQUIRE(written(-value) == shortest(-value));
    }
  }
}

TEST_CASE("Any short decimal comes back as it was typed") {
  std::mt19937_64 random{20261123};
  for (int i = 0; i < 200'000; ++i) {
    const int decimals = static_cast<int>(random() % 10);
    const auto number = static_cast<std::int64_t>(random() % 999'999'999'999'999) %
                        (random() % 2 == 0 ? 1'000'000 : 999'999'999'999);
    const double value =
        static_cast<double>(random() % 2 == 0 ? number : -number) / decimal::kPowers[decimals];
    const std::string text = shortest(value);
    if (value == 0 || std::abs(value) >= decimal::kLeast) REQUIRE(written(value) == text);
    const auto back = decimal::read(text);
    if (back) REQUIRE(same_bits(*back, value));
  }
}

TEST_CASE("Doubles of any kind are written right, and texts read right or left alone") {
  std::mt19937_64 random{7};
  for (int i = 0; i < 200'000; ++i) {
    const double value =
        std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(random() % 70) - 70);
    const std::string text = shortest(value);
    const bool ours = value == 0 || (value >= decimal::kLeast && value < decimal::kMost);
    REQUIRE(written(value) == (ours ? text : "left"));
    if (const auto back = decimal::read(text)) REQUIRE(same_bits(*back, read_in_general(text)));
  }
}

TEST_CASE("What is no plain decimal is left to the general reader") {
  for (const char* text : {"", "-", ".", "1.", ".5", "-.5", "+1", "1e3", "0x1", "1,5", " 1", "1 ", "1.2.3",
                           "inf", "nan", "--1", "1234567890123456", "0.123456789012345"}) {
    INFO(text);
    CHECK_FALSE(decimal::read(text));
  }
  CHECK(same_bits(decimal::read("-0").value(), -0.0));
  CHECK(decimal::read("00145.0510") == 145.051);
  CHECK(decimal::read("0.12345678901234") == 0.12345678901234);
}

}  // namespace
}  // namespace orrery::planets
