#include "planets/decimal.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <random>
#include <string>

namespace orrery::planets {
namespace {

std::string written(double value) {
  char text[decimal::kRoom];
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

TEST_CASE("What people type is written as the shortest text, anything else is left alone") {
  for (const double value : {0.0,
                             -0.0,
                             1.0,
                             -1.0,
                             145.051,
                             -39.754,
                             0.1,
                             0.2,
                             0.3,
                             1e-6,
                             -1e-5,
                             9.0,
                             10.0,
                             99.0,
                             100.0,
                             101.0,
                             999.0,
                             1000.0,
                             123456.0,
                             -0.0005,
                             1e5,
                             1e6,
                             7.5,
                             10.25,
                             105.125,
                             -12e3,
                             51.476925,
                             999.9999,
                             1013.25,
                             123456789.1234,
                             999999999.999999}) {
    INFO(shortest(value));
    CHECK(written(value) == shortest(value));
  }
  for (const double value : {1e9, 1e14, 1e15, 1e300, 1e-7, 0.1234567, 132.58514611192714, 1.0 / 3, 1e14 + 1.0 / 3,
                             std::nan(""), HUGE_VAL, -HUGE_VAL, 5e-324}) {
    INFO(value);
    CHECK(written(value) == "left");
  }
}

TEST_CASE("Any short decimal comes back as it was typed") {
  std::mt19937_64 random{20261123};
  for (int i = 0; i < 200'000; ++i) {
    const int decimals = static_cast<int>(random() % 10);
    const auto number =
        static_cast<std::int64_t>(random() % 999'999'999'999'999) % (random() % 2 == 0 ? 1'000'000 : 999'999'999'999);
    const double value = static_cast<double>(random() % 2 == 0 ? number : -number) / decimal::kPowers[decimals];
    const std::string text = shortest(value);
    const std::string ours = written(value);
    if (decimals <= 6 && std::abs(value) < 1e9) REQUIRE(ours == text);
    if (ours != "left") REQUIRE(ours == text);
    const auto back = decimal::read(text);
    if (back) REQUIRE(same_bits(*back, value));
  }
}

TEST_CASE("Doubles of any kind are written right or left alone, and so are texts read") {
  std::mt19937_64 random{7};
  for (int i = 0; i < 200'000; ++i) {
    const double value = std::ldexp(static_cast<double>(random() >> 11), static_cast<int>(random() % 70) - 70);
    const std::string text = shortest(value);
    if (const std::string ours = written(value); ours != "left") REQUIRE(ours == text);
    if (const auto back = decimal::read(text)) REQUIRE(same_bits(*back, read_in_general(text)));
  }
}

TEST_CASE("What is no pair of digits is written as some pair, and nothing beside the table is read") {
  for (const std::uint64_t value : {std::uint64_t{100}, std::uint64_t{655}, ~std::uint64_t{0}}) {
    char text[2];
    decimal::write_pair(text, value);
    CHECK(std::string_view{text, 2}.find_first_not_of("0123456789") == std::string_view::npos);
  }
}

template <int kDecimals>
std::string rounded(double value) {
  char text[decimal::kRoom];
  const char* end = decimal::write_rounded<kDecimals>(text, value);
  return end == nullptr ? "left" : std::string{text, static_cast<std::size_t>(end - text)};
}

TEST_CASE("Results are written to their last place, zeros included") {
  CHECK(rounded<9>(294.4581491983007) == "294.458149198");
  CHECK(rounded<9>(-7.324913233039686) == "-7.324913233");
  CHECK(rounded<9>(0.9999999996) == "1.000000000");
  CHECK(rounded<9>(89.9999999995) == "90.000000000");
  CHECK(rounded<9>(-4.9e-10) == "0.000000000");
  CHECK(rounded<9>(-5.1e-10) == "-0.000000001");
  CHECK(rounded<9>(-0.0) == "0.000000000");
  CHECK(rounded<9>(25000.5) == "25000.500000000");
  CHECK(rounded<12>(39.5) == "39.500000000000");
  CHECK(rounded<12>(0.002569555290789) == "0.002569555291");
  CHECK(rounded<9>(999999.9) == "999999.900000000");
  for (const double value : {1e6, -1e7, 1e300, HUGE_VAL, -HUGE_VAL, std::nan("")}) CHECK(rounded<9>(value) == "left");
  CHECK(rounded<12>(1e3) == "left");
}

TEST_CASE("Results are rounded to the nearest") {
  std::mt19937_64 random{11};
  for (int i = 0; i < 200'000; ++i) {
    const double value = (static_cast<double>(random() >> 11) * 0x1p-53 - 0.5) * 720;
    REQUIRE(std::abs(read_in_general(rounded<9>(value)) - value) <= 0.501e-9);
    const double distance = std::abs(value) / 6;
    REQUIRE(std::abs(read_in_general(rounded<12>(distance)) - distance) <= 0.53e-12);
  }
}

TEST_CASE("What is no plain decimal is left to the general reader") {
  for (const char* text : {"", "-", ".", "1.", ".5", "-.5", "+1", "1e3", "0x1", "1,5", " 1", "1 ", "1.2.3", "inf",
                           "nan", "--1", "1234567890123456", "0.123456789012345"}) {
    INFO(text);
    CHECK_FALSE(decimal::read(text));
  }
  CHECK(same_bits(decimal::read("-0").value(), -0.0));
  CHECK(decimal::read("00145.0510") == 145.051);
  CHECK(decimal::read("0.12345678901234") == 0.12345678901234);
}

}  // namespace
}  // namespace orrery::planets
