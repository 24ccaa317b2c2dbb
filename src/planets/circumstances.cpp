#include "planets/circumstances.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "planets/events.hpp"
#include "planets/root.hpp"

namespace orrery::planets {
namespace {

constexpr double kReach = 4 * 3600;  // nowhere on the Earth is it further from its greatest moment
constexpr double kPrecision = 0.01;  // seconds
constexpr double kLookout = 5 * 60;  // seconds between looks at the horizon
constexpr double kEarthRadiusAu = kEarthRadius / 149597870700;

/// The discs of Sun and Moon, in radians.
struct Discs {
  double apart;
  double sun;
  double moon;
};

/// The share of the Sun's disc behind the Moon's.
double covered(const Discs& d) {
  if (d.apart >= d.sun + d.moon) return 0;
  if (d.apart <= std::abs(d.sun - d.moon)) return std::min(1.0, d.moon * d.moon / (d.sun * d.sun));
  const auto half_lens = [&](double radius, double other) {
    const double to_chord = (d.apart * d.apart + radius * radius - other * other) / (2 * d.apart);
    const double cosine = std::clamp(to_chord / radius, -1.0, 1.0);
    return radius * radius * (std::acos(cosine) - cosine * std::sqrt(1 - cosine * cosine));
  };
  return (half_lens(d.sun, d.moon) + half_lens(d.moon, d.sun)) / (std::numbers::pi * d.sun * d.sun);
}

class Place {
 public:
  Place(const EarthRotation& rotation, const Observer& observer, Instant from)
      : rotation_(rotation), observer_(observer), from_(from) {}

  [[nodiscard]] Instant time(double seconds) const { return from_.later(Seconds{seconds}); }
  [[nodiscard]] Discs discs(double seconds) const {
    const Sky sky = rotation_.sky(time(seconds), observer_);
    const auto radius = [&](Body body, double of) {
      return std::asin(of * kEarthRadiusAu / sky.position(body).distance.value);
    };
    return {radians(sky.elongation(Body::kMoon)), radius(Body::kSun, kEclipsedSunRadius),
            radius(Body::kMoon, kEclipsingMoonRadius)};
  }
  /// Whether the body is above the horizon at some moment between two.
  [[nodiscard]] bool sees(Body body, double from, double to) const {
    const auto is_up = [&](double at) {
      const SkyPosition p = rotation_.sky(time(at), observer_).position(body);
      return p.altitude > standard_altitude(body, p.distance);
    };
    for (double at = from; at < to; at += kLookout)
      if (is_up(at)) return true;
    return is_up(to);
  }

 private:
  const EarthRotation& rotation_;
  const Observer& observer_;
  Instant from_;
};

using Moments = std::vector<std::pair<EclipsePhase, double>>;

/// Begin and end of what lasts while `gap` is below nought; nothing where it never is.
template <class F>
void add_span(Moments& moments, EclipsePhase begins, EclipsePhase ends, double greatest, F&& gap) {
  const double least = gap(greatest);
  if (!(least < 0)) return;
  const double early = greatest - kReach;
  const double late = greatest + kReach;
  moments.emplace_back(begins, root_between(gap, early, gap(early), greatest, least, kPrecision));
  moments.emplace_back(ends, root_between(gap, greatest, least, late, gap(late), kPrecision));
  // Where the table of positions ends.
  std::erase_if(moments, [](const auto& moment) { return !std::isfinite(moment.second); });
}

Circumstances told(Moments moments, const Place& place, Body body) {
  Circumstances all;
  if (moments.empty()) return all;
  std::ranges::sort(moments, {}, &Moments::value_type::second);
  for (const auto& [phase, seconds] : moments) all.phases.push_back({phase, place.time(seconds)});
  all.is_visible = place.sees(body, moments.front().second, moments.back().second);
  return all;
}

Circumstances of_sun(const Place& place) {
  const double greatest = least_around(
      0, kReach, [&](double at) { return place.discs(at).apart; }, kPrecision);
  Moments moments;
  add_span(moments, EclipsePhase::kPartialBegins, EclipsePhase::kPartialEnds, greatest, [&](double at) {
    const Discs d = place.discs(at);
    return d.apart - d.sun - d.moon;
  });
  if (moments.empty()) return {};
  const Discs d = place.discs(greatest);
  const bool total = d.moon >= d.sun;
  add_span(moments, total ? EclipsePhase::kTotalBegins : EclipsePhase::kAnnularBegins,
           total ? EclipsePhase::kTotalEnds : EclipsePhase::kAnnularEnds, greatest, [&](double at) {
             const Discs here = place.discs(at);
             return here.apart - std::abs(here.moon - here.sun);
           });
  moments.emplace_back(EclipsePhase::kGreatest, greatest);
  Circumstances all = told(std::move(moments), place, Body::kSun);
  const bool central = d.apart < std::abs(d.moon - d.sun);
  all.magnitude = central ? d.moon / d.sun : (d.sun + d.moon - d.apart) / (2 * d.sun);
  all.obscuration = covered(d);
  return all;
}

Circumstances of_moon(const Eclipse& eclipse, const Geocentre& centre, const Place& place) {
  Moments moments{{EclipsePhase::kGreatest, 0}};
  const auto add = [&](EclipsePhase begins, EclipsePhase ends, auto&& reach) {
    add_span(moments, begins, ends, 0, [&](double at) {
      const EarthShadow shadow = earth_shadow(centre, at);
      return shadow.off - reach(shadow);
    });
  };
  add(EclipsePhase::kPenumbralBegins, EclipsePhase::kPenumbralEnds,
      [](const EarthShadow& s) { return s.penumbra + s.moon; });
  add(EclipsePhase::kPartialBegins, EclipsePhase::kPartialEnds, [](const EarthShadow& s) { return s.umbra + s.moon; });
  add(EclipsePhase::kTotalBegins, EclipsePhase::kTotalEnds, [](const EarthShadow& s) { return s.umbra - s.moon; });
  Circumstances all = told(std::move(moments), place, Body::kMoon);
  all.magnitude = eclipse.magnitude;
  return all;
}

}  // namespace

Circumstances circumstances(const Eclipse& eclipse, Instant greatest, const EarthRotation& rotation,
                            const Observer& observer) {
  const Place place{rotation, observer, greatest};
  return is_of_moon(eclipse.kind) ? of_moon(eclipse, Geocentre{rotation, greatest}, place) : of_sun(place);
}

}  // namespace orrery::planets
