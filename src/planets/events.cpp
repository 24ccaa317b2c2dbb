#include "planets/events.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "planets/appearance.hpp"
#include "planets/root.hpp"

namespace orrery::planets {
namespace {

constexpr double kStep = 3600;       // seconds between samples
constexpr double kPrecision = 1e-3;  // seconds
constexpr double kNearHorizon = 1;   // degrees; a parabola through three samples is better than that
constexpr double kHorizonRefraction = -34.0 / 60;

struct Sample {
  double seconds;
  double height;      // degrees above the standard altitude
  double hour_angle;  // radians, [-pi, pi]
};

// One body over one place, by the seconds that have passed since an instant.
class Path {
 public:
  // `altitude`: what it is at rise and set, without air; the body's standard one when there is none.
  Path(Body body, const EarthRotation& rotation, const Observer& observer, Instant from,
       std::optional<Degrees> altitude = {})
      : body_(body),
        rotation_(rotation),
        observer_(observer),
        from_(from),
        altitude_(altitude),
        sin_latitude_(std::sin(radians(observer.latitude))),
        cos_latitude_(std::cos(radians(observer.latitude))) {}

  // Every number of it is finite. Throws std::domain_error where the sky is not known.
  [[nodiscard]] Sample at(double seconds) const {
    const SkyPosition p = rotation_.sky(from_.later(Seconds{seconds}), observer_).position(body_);
    const Degrees horizon = altitude_ ? *altitude_ : standard_altitude(body_, p.distance);
    const Sample sample{seconds, p.altitude.value - horizon.value, hour_angle(p)};
    if (!std::isfinite(sample.seconds + sample.height + sample.hour_angle))
      throw std::domain_error("the sky is not known for all of the time that is searched for events");
    return sample;
  }

 private:
  [[nodiscard]] double hour_angle(const SkyPosition& p) const {
    const double sin_altitude = std::sin(radians(p.altitude));
    const double cos_altitude = std::cos(radians(p.altitude));
    const double east = cos_altitude * std::sin(radians(p.azimuth));
    const double meridian = cos_latitude_ * sin_altitude - sin_latitude_ * cos_altitude * std::cos(radians(p.azimuth));
    return std::atan2(-east, meridian);
  }

  Body body_;
  const EarthRotation& rotation_;
  const Observer& observer_;
  Instant from_;
  std::optional<Degrees> altitude_;
  double sin_latitude_, cos_latitude_;
};

double height(const Sample& sample) { return sample.height; }
double hour_angle(const Sample& sample) { return sample.hour_angle; }

// Where `value` is nought between two samples of different sign.
double root(const Path& path, const Sample& low, const Sample& high, double (*value)(const Sample&)) {
  return root_between([&](double seconds) { return value(path.at(seconds)); }, low.seconds, value(low), high.seconds,
                      value(high), kPrecision);
}

bool same_side(const Sample& a, const Sample& b) { return (a.height < 0) == (b.height < 0); }

// Whether the parabola through three equidistant samples comes near the horizon.
bool may_touch(const Sample& a, const Sample& b, const Sample& c) {
  if (!same_side(a, b) || !same_side(b, c)) return false;
  if (std::abs(b.height) > std::abs(a.height) || std::abs(b.height) >= std::abs(c.height)) return false;
  const double slope = (c.height - a.height) / 2;
  const double bend = (a.height + c.height) / 2 - b.height;
  const double vertex = b.height - slope * slope / (4 * bend);
  return std::abs(vertex) < kNearHorizon || (vertex < 0) != (b.height < 0);
}

// The highest or lowest point between two samples, by golden section; any point beyond the horizon will do.
Sample turning_point(const Path& path, const Sample& a, const Sample& b, const Sample& c) {
  constexpr double kGolden = std::numbers::phi - 1;
  const double side = b.height < 0 ? -1 : 1;
  double low = a.seconds, high = c.seconds;
  Sample left = path.at(high - kGolden * (high - low));
  Sample right = path.at(low + kGolden * (high - low));
  while (high - low > 1 && same_side(left, b) && same_side(right, b)) {
    if (side * left.height < side * right.height) {
      high = right.seconds;
      right = left;
      left = path.at(high - kGolden * (high - low));
    } else {
      low = left.seconds;
      left = right;
      right = path.at(low + kGolden * (high - low));
    }
  }
  return side * left.height < side * right.height ? left : right;
}

struct Found {
  EventKind kind;
  double seconds;
};

class Search {
 public:
  explicit Search(const Path& path) : path_(path) {}

  // With `first_only` it may stop as soon as it has the first of each kind.
  void run(double span, bool first_only) {
    Sample before = path_.at(-kStep);
    Sample here = path_.at(0);
    while (here.seconds < span && !(first_only && has_each_before(before.seconds))) {
      const Sample next = path_.at(here.seconds + kStep);
      look_between(here, next);
      if (may_touch(before, here, next)) look_around(before, here, next);
      before = here;
      here = next;
    }
    std::erase_if(found_, [&](const Found& m) { return m.seconds < 0 || m.seconds >= span; });
    std::ranges::sort(found_, {}, &Found::seconds);
  }

  [[nodiscard]] const std::vector<Found>& found() const { return found_; }

 private:
  void look_between(const Sample& a, const Sample& b) {
    if (!same_side(a, b)) cross(a, b);
    const bool passes = a.hour_angle < 0 && b.hour_angle >= 0 && b.hour_angle - a.hour_angle < std::numbers::pi;
    if (passes) found_.push_back({EventKind::kTransit, root(path_, a, b, hour_angle)});
  }

  // What touches the horizon is found a step late, so that only what lies further back is settled.
  [[nodiscard]] bool has_each_before(double seconds) const {
    std::array<bool, 3> has{};
    for (const Found& f : found_)
      if (f.seconds >= 0 && f.seconds <= seconds) has[static_cast<std::size_t>(f.kind)] = true;
    return has[0] && has[1] && has[2];
  }

  void look_around(const Sample& a, const Sample& b, const Sample& c) {
    const Sample turn = turning_point(path_, a, b, c);
    if (same_side(turn, b)) return;
    cross(a, turn);
    cross(turn, c);
  }

  void cross(const Sample& a, const Sample& b) {
    found_.push_back({a.height < 0 ? EventKind::kRise : EventKind::kSet, root(path_, a, b, height)});
  }

  const Path& path_;
  std::vector<Found> found_;
};

bool at_horizon(const SkyEvent& event) { return event.kind != EventKind::kTransit; }

}  // namespace

std::string_view name_of(EventKind kind) noexcept {
  constexpr std::array<std::string_view, 3> kNames = {"rise", "transit", "set"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Visibility visibility) noexcept {
  constexpr std::array<std::string_view, 3> kNames = {"rises_and_sets", "always_up", "always_down"};
  return kNames[static_cast<std::size_t>(visibility)];
}

Degrees standard_altitude(Body body, AstronomicalUnits distance) noexcept {
  constexpr double kMetresPerAu = 149597870700;
  if (body == Body::kSun) return {-50.0 / 60};
  if (body != Body::kMoon) return {kHorizonRefraction};
  return {kHorizonRefraction - degrees(std::asin(radius_of(body).value / (distance.value * kMetresPerAu))).value};
}

namespace {

EventList find_events(Body body, const EarthRotation& rotation, const Observer& observer, Instant from, Seconds span,
                      bool first_only) {
  if (!std::isfinite(span.count())) throw std::domain_error("a search for events needs a span that ends");
  const Path path(body, rotation, observer, from);
  Search search(path);
  search.run(span.count(), first_only);
  EventList list{{}, path.at(0).height < 0 ? Visibility::kAlwaysDown : Visibility::kAlwaysUp};
  for (const auto& [kind, seconds] : search.found()) list.events.push_back({kind, from.later(Seconds{seconds})});
  if (std::ranges::any_of(list.events, at_horizon)) list.visibility = Visibility::kRisesAndSets;
  return list;
}

}  // namespace

EventList events_within(Body body, const EarthRotation& rotation, const Observer& observer, Instant from,
                        Seconds span) {
  return find_events(body, rotation, observer, from, span, false);
}

std::vector<SkyEvent> crossings_within(Body body, const EarthRotation& rotation, const Observer& observer, Instant from,
                                       Seconds span, Degrees altitude) {
  if (!std::isfinite(span.count())) throw std::domain_error("a search for events needs a span that ends");
  const Path path(body, rotation, observer, from, altitude);
  Search search(path);
  search.run(span.count(), false);
  std::vector<SkyEvent> crossings;
  for (const auto& [kind, seconds] : search.found())
    if (kind != EventKind::kTransit) crossings.push_back({kind, from.later(Seconds{seconds})});
  return crossings;
}

NextEvents next_events(Body body, const EarthRotation& rotation, const Observer& observer, Instant from) {
  const EventList list = find_events(body, rotation, observer, from, kNextEventsSpan, true);
  NextEvents next{{}, list.visibility};
  for (const auto& [kind, time] : list.events) {
    auto& first = next.times[static_cast<std::size_t>(kind)];
    if (!first) first = time;
  }
  return next;
}

}  // namespace orrery::planets
