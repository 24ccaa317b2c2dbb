// Shapes and letters in pixels: where they are, where they are not, and how they cover each other.
#include "planets/raster.hpp"

#include <array>
#include <catch2/catch.hpp>

namespace orrery::planets {
namespace {

constexpr Colour kBlack{0, 0, 0};
constexpr Colour kRed{255, 0, 0};
constexpr int kWidth = 100, kHeight = 80;

struct Pixels {
  explicit Pixels(const Raster& raster) : bytes(raster.pixels()) {}
  [[nodiscard]] int red(int x, int y) const {
    return static_cast<unsigned char>(bytes.at(static_cast<std::size_t>((y * kWidth + x) * 3)));
  }
  /// How many are more red than black in a part of the picture.
  [[nodiscard]] int count(int left, int right, int top = 0, int bottom = kHeight) const {
    int found = 0;
    for (int y = top; y < bottom; ++y)
      for (int x = left; x < right; ++x) found += red(x, y) > 127 ? 1 : 0;
    return found;
  }
  std::string_view bytes;
};

}  // namespace

TEST_CASE("raster: the ground, and shapes on it", "[planets]") {
  Raster raster{kWidth, kHeight, {10, 20, 30}};
  CHECK(raster.pixels().size() == kWidth * kHeight * 3);
  CHECK(raster.pixels().substr(0, 3) == "\x0a\x14\x1e");
  raster.disc({30, 40}, 10, {kRed});
  raster.circle({70, 40}, 10, 2, {kRed});
  raster.line({0, 70}, {99, 70}, 3, {kRed});
  const Pixels seen{raster};
  CHECK(seen.red(30, 40) == 255);
  CHECK(seen.red(38, 40) == 255);
  CHECK(seen.red(41, 40) == 10);
  CHECK(seen.red(70, 40) == 10);
  CHECK(seen.red(79, 40) > 200);
  CHECK(seen.red(50, 70) == 255);
  CHECK(seen.red(50, 66) == 10);
  CHECK(seen.count(15, 45, 25, 55) == Approx(314).margin(12));
}

TEST_CASE("raster: what is half clear lets half of the ground through; what is outside is left out", "[planets]") {
  Raster raster{kWidth, kHeight, kBlack};
  raster.disc({50, 40}, 20, {kRed, 0.5});
  raster.disc({-5, -5}, 3, {kRed});
  raster.disc({kWidth + 200.0, 40}, 30, {kRed});
  raster.text({kWidth - 5.0, 40}, "OUT OF IT", {20, 2, {kRed}});
  CHECK(Pixels{raster}.red(50, 40) == Approx(128).margin(2));
  CHECK(Pixels{raster}.red(0, 0) == 0);
}

TEST_CASE("raster: colours go from the middle to the edge", "[planets]") {
  Raster raster{kWidth, kHeight, kBlack};
  raster.glow({50, 40}, 30, 0.5, {{{0, 0, 0}, {100, 0, 0}, {200, 0, 0}}});
  const Pixels seen{raster};
  CHECK(seen.red(50, 40) == Approx(0).margin(8));
  CHECK(seen.red(65, 40) == Approx(100).margin(8));
  CHECK(seen.red(78, 40) == Approx(190).margin(12));
  CHECK(seen.red(85, 40) == 0);
  for (int x = 51; x < 79; ++x) {
    INFO(x);
    CHECK(seen.red(x, 40) > seen.red(x - 1, 40));
  }
}

TEST_CASE("raster: a crescent is as large as its phase, on its side", "[planets]") {
  struct Row {
    const char* name;
    double phase, turn;
    int left, right;  // share of the disc that is lit on each side, in hundredths
  };
  for (const Row& row :
       {Row{"new", 0, 0, 0, 0}, Row{"full", 1, 0, 100, 100}, Row{"half, to the right", 0.5, 0, 0, 100},
        Row{"half, to the left", 0.5, 180, 100, 0}, Row{"half, downward", 0.5, 90, 50, 50},
        Row{"a quarter, to the right", 0.25, 0, 0, 50}, Row{"three quarters, to the left", 0.75, 180, 100, 50}}) {
    INFO(row.name);
    Raster raster{kWidth, kHeight, kBlack};
    raster.crescent({50, 40}, 30, row.phase, row.turn, {kRed});
    const double half = 3.14159 * 30 * 30 / 2;
    CHECK(Pixels{raster}.count(0, 50) == Approx(half * row.left / 100).margin(half / 25));
    CHECK(Pixels{raster}.count(50, kWidth) == Approx(half * row.right / 100).margin(half / 25));
  }
}

TEST_CASE("raster: words stand where they begin, end, or have their middle", "[planets]") {
  struct Row {
    Align align;
    bool left, right;  // of the middle of the picture
  };
  for (const Row& row :
       {Row{Align::kLeft, false, true}, Row{Align::kMiddle, true, true}, Row{Align::kRight, true, false}}) {
    Raster raster{kWidth, kHeight, kBlack};
    raster.text({50, 40}, "HAH", {12, 2, {kRed}, row.align});
    const Pixels seen{raster};
    CHECK((seen.count(0, 48) > 0) == row.left);
    CHECK((seen.count(52, kWidth) > 0) == row.right);
    CHECK(seen.count(0, kWidth, 42, kHeight) == 0);
    CHECK(seen.count(0, kWidth, 0, 26) == 0);
  }
}

TEST_CASE("raster: signs that the letters have not are drawn, what nobody can draw is left out", "[planets]") {
  const auto width = [](std::string_view words) {
    Raster raster{kWidth, kHeight, kBlack};
    raster.text({2, 40}, words, {12, 2, {kRed}});
    int last = 0;
    for (int x = 0; x < kWidth; ++x)
      if (Pixels{raster}.count(x, x + 1) > 0) last = x;
    return last;
  };
  CHECK(width("I\u00b0") > width("I"));
  CHECK(width("I\u00b7I") > width("II"));
  CHECK(width("I I") > width("II") + 3);
  CHECK(width("I\u00e9\u4e2d\x01I") == width("II"));
  CHECK(width("\xc2") == 0);
  CHECK(width("") == 0);
}

}  // namespace orrery::planets
