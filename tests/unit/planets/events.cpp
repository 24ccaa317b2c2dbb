#include "planets/events.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <stdexcept>

#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

const EarthRotation kRotation;
const Observer kGreenwich{{-0.0005}, {51.4769}, {0}};
constexpr Seconds kDay{86400};

double height_at(Body body, const Observer& observer, Instant instant) {
  const SkyPosition p = kRotation.sky(instant, observer).position(body);
  return p.altitude.value - standard_altitude(body, p.distance).value;
}

double seconds_apart(Instant a, Instant b) { return std::abs((a - b).count()); }

int count(const EventList& list, EventKind kind) {
  return static_cast<int>(std::ranges::count(list.events, kind, &SkyEvent::kind));
}

}  // namespace

TEST_CASE("every event is where it says", "[planets]") {
  for (Body body : kBodies) {
    const EventList list = events_within(body, kRotation, kGreenwich, utc(2026, 11, 23), 10 * kDay);
    CHECK(list.visibility == Visibility::kRisesAndSets);
    for (const auto& [kind, time] : list.events) {
      INFO(name_of(body) << " " << name_of(kind));
      const double before = height_at(body, kGreenwich, time.later(Seconds{-5}));
      const double after = height_at(body, kGreenwich, time.later(Seconds{5}));
      if (kind == EventKind::kRise) CHECK((before < 0 && after > 0));
      if (kind == EventKind::kSet) CHECK((before > 0 && after < 0));
      if (kind == EventKind::kTransit) {
        const double azimuth = kRotation.sky(time, kGreenwich).position(body).azimuth.value;
        CHECK(azimuth == Approx(180).margin(1e-4));
      }
    }
  }
}

TEST_CASE("events come in order, none twice, none left out", "[planets]") {
  const Instant from = utc(2026, 11, 23);
  const EventList year = events_within(Body::kSun, kRotation, kGreenwich, from, 366 * kDay);
  CHECK(count(year, EventKind::kRise) == 366);
  CHECK(count(year, EventKind::kTransit) == 366);
  CHECK(count(year, EventKind::kSet) == 366);
  for (std::size_t i = 1; i < year.events.size(); ++i) {
    REQUIRE((year.events[i].time - year.events[i - 1].time).count() > 3600);
    REQUIRE(year.events[i].kind != year.events[i - 1].kind);
  }
  // The Moon leaves out a rise each month.
  const EventList month = events_within(Body::kMoon, kRotation, kGreenwich, from, 295 * kDay);
  CHECK(count(month, EventKind::kRise) == 285);
}

TEST_CASE("a span cut in two has the same events", "[planets]") {
  const Instant from = utc(2026, 6, 1, 7);
  const Observer north{{25}, {66.4}, {0}};  // where the midsummer Sun grazes the horizon
  for (Body body : {Body::kSun, Body::kMoon, Body::kVenus}) {
    const EventList whole = events_within(body, kRotation, north, from, 40 * kDay);
    std::vector<SkyEvent> parts;
    for (int i = 0; i < 80; ++i) {
      const auto part = events_within(body, kRotation, north, from.later(i * kDay / 2), kDay / 2).events;
      parts.insert(parts.end(), part.begin(), part.end());
    }
    REQUIRE(parts.size() == whole.events.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      CHECK(parts[i].kind == whole.events[i].kind);
      CHECK(seconds_apart(parts[i].time, whole.events[i].time) < 0.1);
    }
  }
}

TEST_CASE("the next events are the first of the list", "[planets]") {
  const Instant from = utc(2026, 11, 23, 12);
  const NextEvents next = next_events(Body::kSun, kRotation, kGreenwich, from);
  // The Nautical Almanac Office prints 07:33, 11:47 and 16:00 for the 24th, 23rd at Greenwich.
  REQUIRE((next.times[0] && next.times[1] && next.times[2]));
  CHECK(seconds_apart(*next.times[0], utc(2026, 11, 24, 7, 33)) < 60);
  CHECK(seconds_apart(*next.times[1], utc(2026, 11, 24, 11, 46, 40)) < 60);
  CHECK(seconds_apart(*next.times[2], utc(2026, 11, 23, 16, 1)) < 60);
}

TEST_CASE("the next events are those of the whole search, also where the horizon is grazed", "[planets]") {
  std::mt19937_64 engine{5};
  std::uniform_real_distribution<double> unit(0, 1);
  for (int i = 0; i < 400; ++i) {
    const Body body = kBodies[static_cast<std::size_t>(i) % kBodyCount];
    const Observer there{{unit(engine) * 360 - 180}, {unit(engine) * 60 + 30}, {0}};
    const Instant from = utc(2000, 1, 1).later(Seconds{unit(engine) * 1e9});
    const NextEvents next = next_events(body, kRotation, there, from);
    const EventList list = events_within(body, kRotation, there, from, kNextEventsSpan);
    INFO(name_of(body) << " at " << there.latitude.value << ", case " << i);
    CHECK(next.visibility == list.visibility);
    for (EventKind kind : {EventKind::kRise, EventKind::kTransit, EventKind::kSet}) {
      const auto first = std::ranges::find(list.events, kind, &SkyEvent::kind);
      const auto& ours = next.times[static_cast<std::size_t>(kind)];
      REQUIRE(ours.has_value() == (first != list.events.end()));
      if (ours) CHECK(seconds_apart(*ours, first->time) == 0);
    }
  }
}

TEST_CASE("where a body stays up or down there is no rise, and it says which", "[planets]") {
  const Observer svalbard{{15.6}, {78.2}, {0}};
  const NextEvents winter = next_events(Body::kSun, kRotation, svalbard, utc(2026, 12, 21));
  CHECK(winter.visibility == Visibility::kAlwaysDown);
  CHECK_FALSE(winter.times[0]);
  CHECK(winter.times[1]);
  CHECK_FALSE(winter.times[2]);
  const NextEvents summer = next_events(Body::kSun, kRotation, svalbard, utc(2026, 6, 21));
  CHECK(summer.visibility == Visibility::kAlwaysUp);
  CHECK_FALSE(summer.times[0]);
  for (double latitude : {90.0, -90.0}) {
    const NextEvents pole = next_events(Body::kSun, kRotation, {{0}, {latitude}, {0}}, utc(2026, 6, 21));
    CHECK(pole.visibility == (latitude > 0 ? Visibility::kAlwaysUp : Visibility::kAlwaysDown));
  }
}

TEST_CASE("the Sun's grazing of the horizon is not missed", "[planets]") {
  // A sweep of places across the edge of the midnight Sun: sampling each minute is the judge.
  const Instant from = utc(2026, 6, 20, 12);
  int grazing = 0;
  for (double latitude = 65.60; latitude < 65.80; latitude += 0.01) {
    const Observer there{{0}, {latitude}, {0}};
    double least = 90;
    for (int minute = 0; minute < 1440; ++minute)
      least = std::min(least, height_at(Body::kSun, there, from.later(Seconds{minute * 60.0})));
    if (std::abs(least) < 1e-4) continue;  // a minute is too coarse a judge
    const EventList list = events_within(Body::kSun, kRotation, there, from, kDay);
    INFO(latitude << " " << least);
    CHECK((list.visibility == Visibility::kRisesAndSets) == (least < 0));
    CHECK(count(list, EventKind::kRise) == (least < 0 ? 1 : 0));
    CHECK(count(list, EventKind::kSet) == (least < 0 ? 1 : 0));
    grazing += std::abs(least) < 0.1 ? 1 : 0;
  }
  CHECK(grazing > 5);
}

TEST_CASE("a search that leaves the tables says so instead of telling half", "[planets]") {
  const Observer nowhere{{std::nan("")}, {0}, {0}};
  for (Body body : kBodies) {
    INFO(name_of(body));
    CHECK_THROWS_AS(events_within(body, kRotation, kGreenwich, utc(2149, 12, 31), 70 * kDay), std::domain_error);
    CHECK_THROWS_AS(events_within(body, kRotation, kGreenwich, utc(2149, 12, 31), Seconds{HUGE_VAL}),
                    std::domain_error);
    CHECK_THROWS_AS(events_within(body, kRotation, kGreenwich, utc(2149, 12, 31), Seconds{std::nan("")}),
                    std::domain_error);
    CHECK_THROWS_AS(events_within(body, kRotation, kGreenwich, utc(1849, 1, 1), kDay), std::domain_error);
    CHECK_THROWS_AS(events_within(body, kRotation, nowhere, utc(2026, 1, 1), kDay), std::domain_error);
    CHECK_THROWS_AS(next_events(body, kRotation, kGreenwich, utc(2200, 1, 1)), std::domain_error);
    // Two months are spare, so that nothing is short at the end of the range.
    CHECK_NOTHROW(events_within(body, kRotation, kGreenwich, utc(2149, 12, 31), 60 * kDay));
  }
}

TEST_CASE("the range's last day has events, and the date line and leap seconds are no seams", "[planets]") {
  CHECK(events_within(Body::kMoon, kRotation, kGreenwich, utc(2149, 12, 31), kDay).events.size() >= 2);
  CHECK(events_within(Body::kMoon, kRotation, kGreenwich, utc(1850, 1, 1), kDay).events.size() >= 2);
  for (Body body : {Body::kSun, Body::kMoon, Body::kMars}) {
    const Instant from = utc(2016, 12, 31, 12);  // a leap second twelve hours on
    const auto east = events_within(body, kRotation, {{180}, {-17}, {0}}, from, kDay).events;
    const auto west = events_within(body, kRotation, {{-180}, {-17}, {0}}, from, kDay).events;
    REQUIRE(east.size() == west.size());
    CHECK(east.size() >= 2);
    for (std::size_t i = 0; i < east.size(); ++i) CHECK(seconds_apart(east[i].time, west[i].time) < 0.01);
  }
}

}  // namespace orrery::planets
