#include "planets/scene.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "planets/appearance.hpp"
#include "planets/refraction.hpp"
#include "planets/wording.hpp"

namespace orrery::planets {
namespace {

using scene::kMiddle;
using scene::kRadius;
using scene::kRim;

constexpr double kLetter = 7.4;     // how wide a letter of a name is, at most
constexpr double kLineHeight = 15;  // of names

/// The centre is overhead and the edge the horizon; what is below stands on the rim, the deeper the further out.
Point project(double azimuth, double altitude) {
  const double below = kRadius + 11 + (kRim - kRadius - 20) * -altitude / 90;
  return polar(azimuth, altitude >= 0 ? kRadius * (90 - altitude) / 90 : below);
}

// --- colours ---

/// From night to day; the page's own (page/tint.js).
constexpr std::array kTints = {
    Tint{-18, {4, 8, 23}, {8, 16, 43}, {16, 27, 63}},        Tint{-12, {7, 14, 40}, {13, 26, 68}, {28, 44, 96}},
    Tint{-6, {15, 30, 76}, {34, 57, 122}, {67, 79, 140}},    Tint{-1, {29, 63, 127}, {64, 101, 159}, {125, 126, 164}},
    Tint{4, {33, 90, 159}, {70, 130, 187}, {134, 163, 189}}, Tint{12, {29, 102, 181}, {61, 136, 204}, {113, 170, 219}},
    Tint{35, {21, 92, 174}, {51, 127, 203}, {95, 163, 221}},
};

int mix(int from, int to, double share) { return static_cast<int>(std::lround(from + (to - from) * share)); }

Colour mix(const Colour& a, const Colour& b, double share) {
  return {mix(a.red, b.red, share), mix(a.green, b.green, share), mix(a.blue, b.blue, share)};
}

Tint tint_of(double altitude) {
  const double clamped = std::clamp(altitude, kTints.front().altitude, kTints.back().altitude);
  const auto high =
      std::find_if(kTints.begin() + 1, kTints.end() - 1, [&](const Tint& t) { return t.altitude >= clamped; });
  const Tint& low = *(high - 1);
  const double share = (clamped - low.altitude) / (high->altitude - low.altitude);
  return {clamped, mix(low.zenith, high->zenith, share), mix(low.middle, high->middle, share),
          mix(low.horizon, high->horizon, share)};
}

// --- what is drawn ---

double size_of(Body body, double magnitude) {
  if (body == Body::kSun) return 11;
  if (body == Body::kMoon) return 10;
  return std::clamp(4.7 - 0.36 * magnitude, 2.2, 6.2);
}

/// From the back to the front: the faint behind the bright, the Moon before the Sun.
std::vector<Shown> shown_of(const Query& query, const EarthRotation& rotation) {
  const Sky sky = rotation.sky(query.instant, query.observer);
  std::vector<Shown> all;
  for (const Body body : kBodies) {
    const Horizontal direction = sky.direction(body);
    const Appearance seen = appearance(body, sky.geometry(body), query.instant);
    const double altitude =
        direction.altitude.value + refraction(direction.altitude, query.pressure, query.temperature).value;
    all.push_back({body,
                   direction.azimuth.value,
                   altitude,
                   seen.illuminated,
                   size_of(body, seen.magnitude),
                   project(direction.azimuth.value, altitude),
                   {}});
  }
  std::reverse(all.begin() + 2, all.end());
  std::rotate(all.begin(), all.begin() + 2, all.end());
  return all;
}

const Shown& of(const std::vector<Shown>& all, Body body) { return *std::ranges::find(all, body, &Shown::body); }

Vector unit(const Shown& shown) {
  const double flat = std::cos(radians({shown.altitude}));
  return {flat * std::sin(radians({shown.azimuth})), flat * std::cos(radians({shown.azimuth})),
          std::sin(radians({shown.altitude}))};
}

/// The direction on the drawing, in degrees clockwise from rightward, in which `to` is seen from `from`.
double bearing(const Shown& from, const Shown& to) {
  const Vector step = unit(from) + 0.01 * unit(to);
  const double azimuth = degrees(std::atan2(step.x, step.y)).value;
  const double altitude = degrees(std::atan2(step.z, std::hypot(step.x, step.y))).value;
  const Point start = polar(from.azimuth, 90 - from.altitude);
  const Point end = polar(azimuth, 90 - altitude);
  return degrees(std::atan2(end.y - start.y, end.x - start.x)).value;
}

// --- names ---

struct Box {
  double left, right, top, bottom;

  [[nodiscard]] double overlap(const Box& other) const {
    const double width = std::min(right, other.right) - std::max(left, other.left);
    const double height = std::min(bottom, other.bottom) - std::max(top, other.top);
    return width > 0 && height > 0 ? width * height : 0;
  }
};

Box around(Point at, double half_width, double half_height) {
  return {at.x - half_width, at.x + half_width, at.y - half_height, at.y + half_height};
}

/// Where the middle of a body's name stands: beside it, where it covers least of what is there already.
Point name_place(const Shown& shown, double width, std::vector<Box>& taken) {
  Point best;
  double least = 1e9;
  for (const double far : {0.0, 14.0, 30.0}) {
    for (const double angle : {0.0, -45.0, 45.0, 180.0, 135.0, -135.0, 90.0, -90.0}) {
      const double cosine = std::cos(radians({angle}));
      const double sine = std::sin(radians({angle}));
      const Point at{shown.at.x + cosine * (shown.size + 5 + far + width / 2),
                     shown.at.y + sine * (shown.size + 5 + far + kLineHeight / 2)};
      const Box box = around(at, width / 2, kLineHeight / 2);
      double cost = far * 3 + (angle == 0 ? 0 : 4);
      for (const Box& other : taken) cost += 10 * box.overlap(other);
      const double outside =
          std::max({box.right - kMiddle, -kMiddle - box.left, box.bottom - kMiddle, -kMiddle - box.top, 0.0});
      cost += 1000 * outside;
      if (cost < least) {
        least = cost;
        best = at;
      }
    }
  }
  taken.push_back(around(best, width / 2, kLineHeight / 2));
  return best;
}

/// The names of what is in front get the better places.
void place_names(std::vector<Shown>& all) {
  std::vector<Box> taken;
  for (const Shown& shown : all) taken.push_back(around(shown.at, shown.size, shown.size));
  for (auto shown = all.rbegin(); shown != all.rend(); ++shown)
    shown->name = name_place(*shown, static_cast<double>(title_of(shown->body).size()) * kLetter, taken);
}

}  // namespace

Point polar(double azimuth, double distance) {
  return {-distance * std::sin(radians({azimuth})), -distance * std::cos(radians({azimuth}))};
}

Scene scene_of(const Query& query, const EarthRotation& rotation) {
  std::vector<Shown> all = shown_of(query, rotation);
  place_names(all);
  const Shown& sun = of(all, Body::kSun);
  const double moon_turn = bearing(of(all, Body::kMoon), sun);
  return {tint_of(sun.altitude), std::move(all), moon_turn, place_text(query.observer), minute_text(query.instant)};
}

}  // namespace orrery::planets
