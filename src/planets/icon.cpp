#include "planets/icon.hpp"

#include <array>
#include <cmath>
#include <numbers>

#include "planets/png.hpp"
#include "planets/raster.hpp"

namespace orrery::planets {
namespace {

// As in page/icon.svg, whose side is 32 and whose disc has a radius of 15.
constexpr double kSide = 32;
constexpr Point kMiddle{16, 16};
constexpr double kRadius = 15;
constexpr Colour kGround{10, 14, 24};
constexpr std::array<Colour, 3> kSky = {{{13, 26, 68}, {28, 44, 96}, {59, 63, 125}}};

struct Dot {
  Point at;
  double radius;
  Colour colour;
};

constexpr std::array<Dot, 3> kPlanets = {
    {{{10, 13.5}, 4.2, {255, 215, 94}}, {{21, 10.6}, 2, {255, 132, 88}}, {{25, 19}, 1.4, {242, 239, 228}}}};

// The way of the bodies: an arc around a point below, in dots.
constexpr Point kArcMiddle{18.25, 24.85};
constexpr double kArcRadius = 16;
constexpr double kArcBegin = 198;  // degrees, clockwise from rightward
constexpr double kArcEnd = 312;
constexpr int kArcDots = 16;

}  // namespace

std::string icon_png(int size, double share) {
  Raster raster{size, size, kGround};
  const double unit = size * share / kSide;
  const auto put = [&](Point point) {
    return Point{size / 2.0 + unit * (point.x - kMiddle.x), size / 2.0 + unit * (point.y - kMiddle.y)};
  };
  raster.glow(put(kMiddle), unit * kRadius, 0.7, kSky);
  for (int i = 0; i < kArcDots; ++i) {
    const double angle = (kArcBegin + (kArcEnd - kArcBegin) * i / (kArcDots - 1)) * std::numbers::pi / 180;
    const Point at{kArcMiddle.x + kArcRadius * std::cos(angle), kArcMiddle.y + kArcRadius * std::sin(angle)};
    raster.disc(put(at), unit * 0.5, {{142, 163, 216}});
  }
  for (const auto& [at, radius, colour] : kPlanets) raster.disc(put(at), unit * radius, {colour});
  return png(raster.pixels(), size);
}

}  // namespace orrery::planets
