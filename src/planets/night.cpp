#include "planets/night.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "planets/appearance.hpp"
#include "planets/geocentre.hpp"

namespace orrery::planets {
namespace {

constexpr double kDay = 86400;
constexpr double kStep = 600;
constexpr double kDark = -6;  // the Sun's altitude from which on a sky may be too bright for a reason of its own
constexpr double kLowInTheDark = 10;  // below it what is seen in the dark is too low
constexpr double kBarelyUp = 3;       // below it a body is as good as gone before it is dark
constexpr double kNearSun = 18;

Instant begin_of_range() { return *Instant::from_civil({.year = 1850}); }

double unix_seconds(Instant instant) {
  return instant.day() * kDay + std::min(std::floor(instant.second_of_day()), kDay - 1);
}

Instant at_unix(double seconds) {
  return Instant::from_unix(std::chrono::sys_seconds{std::chrono::seconds{static_cast<std::int64_t>(seconds)}});
}

/// The nearest moment that can be asked for.
Instant known(double seconds) {
  return std::clamp(at_unix(seconds), begin_of_range(), end_of_range().later(Seconds{-1}));
}

bool is_day_at(Instant instant, const Query& query, const EarthRotation& rotation) {
  return is_day(rotation.sky(instant, query.observer).direction(Body::kSun).altitude);
}

/// When the Sun comes up after the middle of the night that begins so many seconds after 1970, or its end.
double morning_of(double begin, const Query& query, const EarthRotation& rotation) {
  const Instant middle = at_unix(begin + kDay / 2);
  if (is_day_at(middle, query, rotation)) return begin + kDay / 2;
  for (const TwilightEvent& event : twilight_within(rotation, query.observer, middle, Seconds{kDay / 2}))
    if (event.kind == TwilightKind::kSunrise) return unix_seconds(event.time.rounded());
  return begin + kDay;
}

// --- the sky at moments of the night ---

struct Glance {
  Instant time;
  std::array<Look, kBodyCount> looks;

  [[nodiscard]] const Look& of(Body body) const { return looks[static_cast<std::size_t>(body)]; }
};

Glance glance_at(Instant time, const Query& query, const EarthRotation& rotation) {
  const Sky sky = rotation.sky(time, query.observer);
  const Sightseer eyes{sky, time, query.pressure, query.temperature};
  Glance glance{time, {}};
  for (const Body body : kBodies) glance.looks[static_cast<std::size_t>(body)] = eyes.look(body);
  return glance;
}

std::vector<Glance> moments_of(const NightSpan& span, const Query& query, const EarthRotation& rotation) {
  std::vector<Glance> moments;
  const auto count = static_cast<std::size_t>((span.to - span.from).count() / kStep) + 1;
  moments.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    moments.push_back(glance_at(span.from.later(Seconds{static_cast<double>(i) * kStep}), query, rotation));
  return moments;
}

// --- a body in it ---

/// High and easy; a dark sky is worth more than a few degrees.
double worth(const Look& look) {
  return look.altitude.value + 12 * std::min(2.0, look.visible.margin) - (is_day(look.sun) ? 100 : 0);
}

/// Why nothing is seen in any of the moments.
Unseen why_not(const std::vector<Glance>& moments, Body body) {
  double least_from_sun = 180, highest = 0, highest_in_the_dark = 0;
  for (const Glance& moment : moments) {
    const Look& look = moment.of(body);
    if (look.altitude.value <= 0) continue;
    highest = std::max(highest, look.altitude.value);
    least_from_sun = std::min(least_from_sun, look.from_sun.value);
    if (look.sun.value < kDark) highest_in_the_dark = std::max(highest_in_the_dark, look.altitude.value);
  }
  if (highest == 0) return Unseen::kNotUp;
  if (highest_in_the_dark < kBarelyUp) return least_from_sun < kNearSun ? Unseen::kNearSun : Unseen::kByDayOnly;
  return highest_in_the_dark < kLowInTheDark ? Unseen::kTooLow : Unseen::kTooFaint;
}

/// How far a sight that is as good goes on from the best moment; the night's ends with it, and so does the day's.
std::size_t edge(const std::vector<Glance>& moments, Body body, std::size_t best, int way) {
  const Look& look = moments[best].of(body);
  const auto goes_on = [&](std::size_t at) {
    const Look& other = moments[at].of(body);
    return other.visible.sight <= look.visible.sight && is_day(other.sun) == is_day(look.sun);
  };
  const std::size_t last = way < 0 ? 0 : moments.size() - 1;
  while (best != last && goes_on(best + static_cast<std::size_t>(way))) best += static_cast<std::size_t>(way);
  return best;
}

Show show_of(const std::vector<Glance>& moments, Body body) {
  std::size_t best = moments.size();
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const Look& look = moments[i].of(body);
    if (look.visible.sight == Sight::kNone) continue;
    if (best == moments.size()) {
      best = i;
      continue;
    }
    const Look& known = moments[best].of(body);
    const bool easier = look.visible.sight < known.visible.sight;
    if (easier || (look.visible.sight == known.visible.sight && worth(look) > worth(known))) best = i;
  }
  if (best == moments.size())
    return {body, moments[moments.size() / 2].of(body).magnitude, {}, {}, {}, why_not(moments, body)};
  const Look& look = moments[best].of(body);
  return {body, look.magnitude, Show::Moment{moments[best].time, look}, moments[edge(moments, body, best, -1)].time,
          moments[edge(moments, body, best, 1)].time};
}

/// The order of the list; nought is the most welcome.
auto rank(const Show& show) {
  const Sight sight = show.best ? show.best->look.visible.sight : Sight::kNone;
  return std::pair{sight, show.best ? unix_seconds(show.best->time) : 0};
}

std::vector<Show> shows_of(const std::vector<Glance>& moments) {
  std::vector<Show> shows;
  for (const Body body : kBodies)
    if (body != Body::kSun) shows.push_back(show_of(moments, body));
  std::ranges::stable_sort(shows, [](const Show& a, const Show& b) { return rank(a) < rank(b); });
  return shows;
}

// --- the Moon, and eclipses ---

Degrees tilt(const Look& from, const Look& to) {
  const double turn = radians({to.azimuth.value - from.azimuth.value});
  const double low = radians(from.altitude);
  const double high = radians(to.sun);
  return degrees(std::atan2(std::cos(high) * std::cos(turn) * std::sin(low) - std::sin(high) * std::cos(low),
                            std::cos(high) * std::sin(turn)));
}

NightMoon moon_of(const Night& night, const Query& query, const EarthRotation& rotation) {
  const auto show = std::ranges::find(night.shows, Body::kMoon, &Show::body);
  const Instant middle = night.span.from.later((night.span.to - night.span.from) / 2);
  const Sky sky = rotation.sky(middle, query.observer);
  const double ahead = sky.position(Body::kMoon).right_ascension.value - sky.position(Body::kSun).right_ascension.value;
  const Glance best = glance_at(show->best ? show->best->time : middle, query, rotation);
  return {appearance(Body::kMoon, sky.geometry(Body::kMoon), middle).illuminated, std::fmod(ahead + 360, 360) < 180,
          tilt(best.of(Body::kMoon), best.of(Body::kSun)),
          next_events(Body::kMoon, rotation, query.observer, night.span.from)};
}

std::vector<NightEclipse> eclipses_of(const NightSpan& span, const Query& query, const EarthRotation& rotation) {
  const Geocentre centre{rotation, span.from};
  std::vector<NightEclipse> seen;
  for (const Eclipse& eclipse : eclipses_within(centre, (span.to - span.from).count())) {
    const Instant time = centre.time(eclipse.greatest);
    if (circumstances(eclipse, time, rotation, query.observer).is_visible) seen.push_back({eclipse, time});
  }
  return seen;
}

}  // namespace

NightSpan night_around(const Query& query, const EarthRotation& rotation) {
  const double instant = unix_seconds(query.instant);
  // To the minute, as the moments of the night are told.
  const double noon = 60 * std::round((kDay / 2 - query.observer.longitude.value / 360 * kDay) / 60);
  double begin = std::floor((instant - noon) / kDay) * kDay + noon;
  double since = morning_of(begin - kDay, query, rotation);
  double until = morning_of(begin, query, rotation);
  if (instant >= until) {
    // After the last morning that is known there is no other night.
    const bool is_last = !in_range(at_unix(begin + kDay));
    if (!is_last) begin += kDay;
    since = is_last ? since : until;
    until = is_last ? begin + kDay : morning_of(begin, query, rotation);
  }
  return {known(begin), known(begin + kDay), known(since), known(until)};
}

Night night_of(const Query& query, const EarthRotation& rotation) {
  Night night{.span = night_around(query, rotation),
              .sun = {},
              .darkest = {90},
              .twilight = {},
              .moon = {},
              .shows = {},
              .eclipses = {}};
  const std::vector<Glance> moments = moments_of(night.span, query, rotation);
  for (const Glance& moment : moments) night.darkest = std::min(night.darkest, moment.of(Body::kSun).sun);
  night.sun = next_events(Body::kSun, rotation, query.observer, night.span.from).visibility;
  night.twilight = twilight_within(rotation, query.observer, night.span.from, night.span.to - night.span.from);
  night.shows = shows_of(moments);
  night.moon = moon_of(night, query, rotation);
  night.eclipses = eclipses_of(night.span, query, rotation);
  return night;
}

}  // namespace orrery::planets
