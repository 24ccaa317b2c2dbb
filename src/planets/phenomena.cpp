#include "planets/phenomena.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "planets/eclipses.hpp"
#include "planets/geocentre.hpp"
#include "planets/root.hpp"

namespace orrery::planets {
namespace {

constexpr double kStep = 86400;      // seconds between samples
constexpr double kPrecision = 0.01;  // seconds
constexpr double kSlopeSpan = 1800;  // seconds to both sides, for the change of an elongation

/// [-180, 180)
double wrapped(double angle) noexcept { return angle - 360 * std::floor((angle + 180) / 360); }

/// Samples of one angle, a day apart, from a day before to a day after the span.
template <class F>
std::vector<double> sampled(double span, F&& value) {
  std::vector<double> samples;
  for (double at = -kStep; at < span + 2 * kStep; at += kStep) samples.push_back(value(at));
  return samples;
}

double time_of(std::size_t sample) { return (static_cast<double>(sample) - 1) * kStep; }

/// The least of |value| between two moments, by golden section; any moment of another sign will do.
template <class F>
double turning_point(F&& value, double low, double high, bool negative) {
  constexpr double kGolden = std::numbers::phi - 1;
  while (high - low > 60) {
    const double left = high - kGolden * (high - low);
    const double right = low + kGolden * (high - low);
    const double at_left = value(left);
    const double at_right = value(right);
    if ((at_left < 0) != negative) return left;
    if ((at_right < 0) != negative) return right;
    (std::abs(at_left) < std::abs(at_right) ? high : low) = std::abs(at_left) < std::abs(at_right) ? right : left;
  }
  return (low + high) / 2;
}

/// Calls found(seconds) for each root of an angle of which there are samples; `value` gives it at any moment.
template <class F, class Found>
void each_root(const std::vector<double>& samples, F&& value, Found&& found) {
  const auto cross = [&](double low, double at_low, double high, double at_high) {
    found(root_between(value, low, at_low, high, at_high, kPrecision));
  };
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const double here = samples[i - 1];
    const double next = samples[i];
    // An angle that jumps by a circle passes no root.
    if ((here < 0) != (next < 0) && std::abs(here - next) < 180) cross(time_of(i - 1), here, time_of(i), next);
    if (i + 1 == samples.size()) break;
    const double after = samples[i + 1];
    const bool same_side = (here < 0) == (next < 0) && (next < 0) == (after < 0);
    const bool turns = std::abs(next) < std::abs(here) && std::abs(next) <= std::abs(after) && std::abs(next) < 2;
    if (!same_side || !turns) continue;
    const double turn = turning_point(value, time_of(i - 1), time_of(i + 1), next < 0);
    const double at_turn = value(turn);
    if ((at_turn < 0) == (next < 0)) continue;
    cross(time_of(i - 1), here, turn, at_turn);
    cross(turn, at_turn, time_of(i + 1), after);
  }
}

using Samples = std::array<std::vector<double>, kBodyCount>;

class Search {
 public:
  Search(const EarthRotation& rotation, Instant from, Seconds span) : centre_(rotation, from), span_(span.count()) {
    for (const Body body : kBodies) {
      longitudes_[index(body)] = sampled(span_, [&](double at) { return centre_.longitude(body, at); });
      ascensions_[index(body)] = sampled(span_, [&](double at) { return centre_.right_ascension(body, at); });
    }
  }

  std::vector<Phenomenon> run() {
    moon_phases();
    eclipses();
    seasons();
    for (const Body body : kBodies)
      if (body >= Body::kMercury) with_sun(body);
    for (const Body body : {Body::kMercury, Body::kVenus}) elongations(body);
    for (const Body a : kBodies)
      for (const Body b : kBodies)
        if (a != Body::kSun && a < b && b != Body::kPluto) conjunctions(a, b);
    std::ranges::sort(found_, {}, &Phenomenon::time);
    return std::move(found_);
  }

 private:
  static std::size_t index(Body body) { return static_cast<std::size_t>(body); }

  /// Each moment at which the longitude of `body` is `ahead` degrees ahead of the Sun's.
  template <class Found>
  void each_meeting(Body body, double ahead, Found&& found) {
    std::vector<double> samples(longitudes_[0].size());
    std::ranges::transform(longitudes_[index(body)], longitudes_[0], samples.begin(),
                           [&](double one, double sun) { return wrapped(one - sun - ahead); });
    const auto value = [&](double at) {
      return wrapped(centre_.longitude(body, at) - centre_.longitude(Body::kSun, at) - ahead);
    };
    each_root(samples, value, found);
  }

  void moon_phases() {
    constexpr std::array kPhases = {PhenomenonKind::kNewMoon, PhenomenonKind::kFirstQuarter, PhenomenonKind::kFullMoon,
                                    PhenomenonKind::kLastQuarter};
    for (std::size_t i = 0; i < kPhases.size(); ++i)
      each_meeting(Body::kMoon, 90.0 * static_cast<double>(i), [&](double at) { add(kPhases[i], at, Body::kMoon); });
  }

  void eclipses() {
    for (const auto& [kind, greatest, magnitude] : eclipses_within(centre_, span_)) {
      if (is_of_moon(kind))
        add(phenomenon_of(kind), greatest, Body::kMoon);
      else
        add(phenomenon_of(kind), greatest, Body::kSun, Body::kMoon);
      found_.back().magnitude = magnitude;
    }
  }

  void seasons() {
    constexpr std::array kSeasons = {PhenomenonKind::kMarchEquinox, PhenomenonKind::kJuneSolstice,
                                     PhenomenonKind::kSeptemberEquinox, PhenomenonKind::kDecemberSolstice};
    for (std::size_t i = 0; i < kSeasons.size(); ++i) {
      const double aim = 90.0 * static_cast<double>(i);
      std::vector<double> samples(longitudes_[0].size());
      std::ranges::transform(longitudes_[0], samples.begin(), [&](double sun) { return wrapped(sun - aim); });
      const auto value = [&](double at) { return wrapped(centre_.longitude(Body::kSun, at) - aim); };
      each_root(samples, value, [&](double at) { add(kSeasons[i], at, Body::kSun); });
    }
  }

  void with_sun(Body body) {
    const bool inner = body == Body::kMercury || body == Body::kVenus;
    each_meeting(body, 0, [&](double at) {
      const bool nearer = centre_.distance(body, at) < centre_.distance(Body::kSun, at);
      const auto kind = nearer ? PhenomenonKind::kInferiorConjunction : PhenomenonKind::kSuperiorConjunction;
      add(inner ? kind : PhenomenonKind::kConjunction, at, Body::kSun, body);
    });
    if (!inner) each_meeting(body, 180, [&](double at) { add(PhenomenonKind::kOpposition, at, body); });
  }

  /// Where the elongation grows no more.
  void elongations(Body body) {
    const auto elongation = [&](double at) { return centre_.separation(Body::kSun, body, at); };
    const auto growth = [&](double at) { return elongation(at + kSlopeSpan) - elongation(at - kSlopeSpan); };
    const std::vector<double> samples = sampled(span_, growth);
    for (std::size_t i = 1; i < samples.size(); ++i) {
      if (!(samples[i - 1] >= 0 && samples[i] < 0)) continue;
      const double at = root_between(growth, time_of(i - 1), samples[i - 1], time_of(i), samples[i], kPrecision);
      const bool east = wrapped(centre_.longitude(body, at) - centre_.longitude(Body::kSun, at)) > 0;
      add(east ? PhenomenonKind::kGreatestElongationEast : PhenomenonKind::kGreatestElongationWest, at, body);
    }
  }

  void conjunctions(Body a, Body b) {
    std::vector<double> samples(ascensions_[0].size());
    std::ranges::transform(ascensions_[index(a)], ascensions_[index(b)], samples.begin(),
                           [](double one, double other) { return wrapped(one - other); });
    const auto value = [&](double at) {
      return wrapped(centre_.right_ascension(a, at) - centre_.right_ascension(b, at));
    };
    each_root(samples, value, [&](double at) { add(PhenomenonKind::kConjunction, at, a, b); });
  }

  void add(PhenomenonKind kind, double at, Body body, std::optional<Body> other = {}) {
    if (!(at >= 0 && at < span_)) return;
    const Body from = other.value_or(Body::kSun);
    const double separation = from == body ? 0 : centre_.separation(from, body, at);
    found_.push_back({kind, centre_.time(at), body, other, {separation}});
  }

  Geocentre centre_;
  double span_;
  Samples longitudes_, ascensions_;
  std::vector<Phenomenon> found_;
};

}  // namespace

std::vector<Phenomenon> phenomena_within(const EarthRotation& rotation, Instant from, Seconds span) {
  return Search{rotation, from, span}.run();
}

}  // namespace orrery::planets
