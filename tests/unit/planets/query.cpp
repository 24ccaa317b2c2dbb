#include "planets/query.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/connection_driver.hpp"

namespace orrery::planets {
namespace {

/// What `read` makes of the query of a request.
template <class Read>
auto of(const std::string& query, Read&& read) {
  std::optional<decltype(read(std::declval<const Request&>()))> result;
  test::ConnectionDriver driver;
  driver.answer_with([&](const Request& request) {
    result = read(request);
    return Response::text("");
  });
  driver.receive("GET /" + query + " HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(driver.answers().size() == 1);
  REQUIRE(result);
  return *result;
}

std::string joined(const std::vector<std::string>& problems) {
  std::string text;
  for (const std::string& problem : problems) text += problem + "\n";
  return text;
}

}  // namespace

TEST_CASE("query: without parameters it is Greenwich, now, in ordinary air", "[planets]") {
  const Query query = of("", read_query);
  CHECK(query.problems.empty());
  CHECK(query.is_now);
  CHECK(query.observer.longitude.value == kGreenwich.longitude.value);
  CHECK(query.observer.latitude.value == kGreenwich.latitude.value);
  CHECK(query.pressure.value == 1010);
  CHECK(query.temperature.value == 15);
}

TEST_CASE("query: every mistake is told at once, each with its parameter's name", "[planets]") {
  const Query query = of("?lon=200&lat=x&elevation=1e9&time=yesterday&pressure=-1&temperature=nan", read_query);
  CHECK(query.problems.size() == 6);
  const std::string all = joined(query.problems);
  for (const char* name : {"lon", "lat", "elevation", "time", "pressure", "temperature"}) {
    INFO(all);
    CHECK(all.find(name) != std::string::npos);
  }
}

TEST_CASE("query: half of a place is no place", "[planets]") {
  CHECK(of("?lon=1", read_query).problems.size() == 1);
  CHECK(of("?lat=1", read_query).problems.size() == 1);
  CHECK(of("?elevation=1", read_query).problems.size() == 1);
  CHECK(of("?lon=-180&lat=90&elevation=-12000", read_query).problems.empty());
  CHECK(of("?lon=180&lat=-90&elevation=100000", read_query).problems.empty());
}

TEST_CASE("query: no day that is asked for ends beyond the tables", "[planets]") {
  const auto last = [](int days) { return "?time=2149-12-31T00:00:00Z&days=" + std::to_string(days); };
  CHECK(of(last(1), read_events_query).query.problems.empty());
  CHECK(of(last(2), read_events_query).query.problems.size() == 1);
  CHECK(of("?days=0", read_events_query).query.problems.size() == 1);
  CHECK(of("?days=366", read_events_query).query.problems.empty());
  CHECK(of("?days=367", read_events_query).query.problems.size() == 1);
  CHECK(of("?days=1.5", read_events_query).query.problems.size() == 1);
}

TEST_CASE("query: a track has its points counted before it begins", "[planets]") {
  const TrackQuery day = of("?from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z&step=3600", read_track_query);
  CHECK(day.query.problems.empty());
  CHECK(day.points == 25);
  CHECK(of("?from=2026-11-22T00:00:00Z&to=2026-11-22T00:00:00Z", read_track_query).points == 1);
  CHECK_FALSE(of("?from=2026-11-23T00:00:00Z&to=2026-11-22T00:00:00Z", read_track_query).query.problems.empty());
  CHECK_FALSE(of("?from=1950-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&step=1", read_track_query).query.problems.empty());
}

TEST_CASE("query: a stream is always about now", "[planets]") {
  CHECK(of("?interval=3600", read_stream_query).interval == std::chrono::seconds{3600});
  CHECK(of("?interval=3601", read_stream_query).query.problems.size() == 1);
  CHECK(of("?time=2026-11-22T00:00:00Z", read_stream_query).query.problems.size() == 1);
}

}  // namespace orrery::planets
