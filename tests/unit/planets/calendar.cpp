#include "planets/calendar.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "unit/planets/oracle_rows.hpp"

namespace orrery::planets {
namespace {

using Kind = PhenomenonKind;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    REQUIRE(end != std::string::npos);
    lines.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return lines;
}

}  // namespace

TEST_CASE("calendar: phenomena in words", "[planets]") {
  const Instant time = utc(2026, 11, 23);
  const auto words = [&](Kind kind, Body body, std::optional<Body> other, double angle) {
    return words_of({kind, time, body, other, {angle}});
  };
  CHECK(words(Kind::kFullMoon, Body::kMoon, {}, 180) == "Full Moon");
  CHECK(words(Kind::kConjunction, Body::kMoon, Body::kMars, 1.24) == "Moon and Mars, 1.2\u00b0 apart");
  CHECK(words(Kind::kConjunction, Body::kSun, Body::kMars, 1) == "Mars behind the Sun");
  CHECK(words(Kind::kInferiorConjunction, Body::kSun, Body::kVenus, 8) == "Venus passes between Earth and Sun");
  CHECK(words(Kind::kSuperiorConjunction, Body::kSun, Body::kVenus, 1) == "Venus behind the Sun");
  CHECK(words(Kind::kOpposition, Body::kSaturn, {}, 178) == "Saturn at opposition");
  CHECK(words(Kind::kGreatestElongationEast, Body::kMercury, {}, 18.25) ==
        "Mercury furthest from the Sun, 18.2\u00b0, in the evening sky");
  for (std::size_t i = 0; i < kPhenomenonNames.size(); ++i)
    CHECK_FALSE(words(static_cast<Kind>(i), Body::kSun, Body::kVenus, 1).empty());
}

TEST_CASE("calendar: it is RFC 5545 in form", "[planets]") {
  const auto year = phenomena_within(EarthRotation{}, utc(2026, 1, 1), Seconds{366 * 86400.0});
  const std::string text = calendar(year, utc(2026, 1, 1));
  const auto lines = lines_of(text);
  CHECK(lines.front() == "BEGIN:VCALENDAR");
  CHECK(lines[1] == "VERSION:2.0");
  CHECK(lines.back() == "END:VCALENDAR");
  std::set<std::string> uids;
  std::size_t events = 0;
  for (const std::string& line : lines) {
    CHECK(line.size() <= 75);
    if (line == "BEGIN:VEVENT") ++events;
    if (line.starts_with("UID:")) uids.insert(line);
    if (line.starts_with("SUMMARY:")) {
      const std::size_t comma = line.find(',');
      CHECK((comma == std::string::npos || line[comma - 1] == '\\'));
    }
    if (line.starts_with("DTSTAMP:")) CHECK(line == "DTSTAMP:20260101T000000Z");
  }
  CHECK(events == year.size());
  CHECK(uids.size() == year.size());
}

TEST_CASE("calendar: an event keeps its UID, whenever it is asked for", "[planets]") {
  const auto from = [](unsigned day) {
    std::set<std::string> uids;
    for (const std::string& line : lines_of(
             calendar(phenomena_within(EarthRotation{}, utc(2026, 3, day), Seconds{20 * 86400.0}), utc(2026, 3, day))))
      if (line.starts_with("UID:")) uids.insert(line);
    return uids;
  };
  const auto early = from(1), late = from(5);
  std::size_t both = 0;
  for (const std::string& uid : early) both += late.count(uid);
  CHECK(both >= 5);
}

}  // namespace orrery::planets
