// The page's sign, in the sizes that devices ask for.
#include "planets/icon.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>

#include "support/png.hpp"

namespace orrery::planets {

TEST_CASE("icon: each size shows the sign, with the Sun where the tab's has it", "[planets]") {
  struct Row {
    int size;
    double share;
  };
  for (const auto& [size, share] : {Row{192, 1}, Row{512, 1}, Row{512, 0.8}}) {
    INFO(size << " pixels, " << share);
    const test::Png picture{icon_png(size, share)};
    CHECK(picture.problem.empty());
    CHECK(picture.width == static_cast<std::size_t>(size));
    CHECK(picture.height == static_cast<std::size_t>(size));
    const auto at = [&](double x, double y) {
      const double unit = size * share / 32;
      return picture.at(static_cast<int>(size / 2.0 + unit * (x - 16)), static_cast<int>(size / 2.0 + unit * (y - 16)));
    };
    CHECK(at(10, 13.5) == std::array{255, 215, 94});
    CHECK(at(21, 10.6) == std::array{255, 132, 88});
    CHECK(picture.at(1, 1) == std::array{10, 14, 24});
    CHECK(at(16, 24) != std::array{10, 14, 24});
  }
}

TEST_CASE("icon: what is cut to a circle within 0.8 of the side loses nothing of the sign", "[planets]") {
  const test::Png picture{icon_png(512, 0.8)};
  for (int x = 0; x < 512; ++x)
    for (int y = 0; y < 512; ++y)
      if (std::hypot(x - 255.5, y - 255.5) > 0.4 * 512 + 1) REQUIRE(picture.at(x, y) == std::array{10, 14, 24});
}

}  // namespace orrery::planets
