// Pixels as a PNG: the bytes of the format, and that its pixels are the ones that were given.
#include "planets/png.hpp"

#include <catch2/catch.hpp>

#include "support/png.hpp"

namespace orrery::planets {

TEST_CASE("png: the chunks of a small one are those of the format", "[planets]") {
  const std::string file = png(std::string{"\xff\0\0\0\xff\0", 6}, 2);
  CHECK(file.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  const test::Png read{file};
  CHECK(read.problem == "");
  CHECK(read.chunks == std::vector<std::string>{"IHDR", "IDAT", "IEND"});
  CHECK(read.width == 2);
  CHECK(read.height == 1);
  CHECK(read.at(0, 0) == std::array{255, 0, 0});
  CHECK(read.at(1, 0) == std::array{0, 255, 0});
}

TEST_CASE("png: every pixel comes back, of a picture with many runs and with none", "[planets]") {
  for (const bool noise : {false, true}) {
    constexpr int kWidth = 117, kHeight = 65;
    std::string rgb;
    unsigned state = 1;
    for (int i = 0; i < kWidth * kHeight * 3; ++i) {
      state = state * 1664525 + 1013904223;
      rgb += static_cast<char>(noise ? state >> 24 : static_cast<unsigned>(i) / 900);
    }
    const test::Png read{png(rgb, kWidth)};
    CHECK(read.problem == "");
    CHECK(read.height == kHeight);
    CHECK(read.rgb == rgb);
  }
}

}  // namespace orrery::planets
