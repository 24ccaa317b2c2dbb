#include "planets/track.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "support/json.hpp"
#include "support/planet_service.hpp"

namespace orrery::planets {
namespace {

TrackQuery every(Seconds step, std::size_t points) {
  const Instant begin = Instant::from_unix(Instant::UnixTime{std::chrono::seconds{1'795'305'600}});
  return {.query = {.instant = begin, .is_now = false, .problems = {}}, .step = step, .points = points};
}

/// All pieces, and the size of the largest.
struct Whole {
  std::string text;
  std::size_t largest = 0;
};

Whole whole(Track track) {
  Whole all;
  for (bool more = true; more;) {
    std::string piece;
    more = track.next(piece);
    all.largest = std::max(all.largest, piece.size());
    all.text += piece;
  }
  return all;
}

const auto kRotation = std::make_shared<const EarthRotation>();

}  // namespace

TEST_CASE("track: its pieces are one JSON document with every point", "[planets]") {
  const Body body = *body_named("mars");
  for (const std::size_t points : {std::size_t{1}, std::size_t{2}, std::size_t{5000}}) {
    INFO(points);
    const Whole all = whole(Track{body, every(Seconds{60}, points), kRotation});
    const auto document = nlohmann::json::parse(all.text);
    CHECK(document.at("name") == "mars");
    CHECK(document.at("track").size() == points);
  }
}

TEST_CASE("track: as a table it has the same points, a line each", "[planets]") {
  const Body body = *body_named("moon");
  for (const std::size_t points : {std::size_t{1}, std::size_t{2}, std::size_t{3000}}) {
    INFO(points);
    const std::string csv = whole(Track{body, every(Seconds{60}, points), kRotation, Track::Form::kCsv}).text;
    const auto track = nlohmann::json::parse(whole(Track{body, every(Seconds{60}, points), kRotation}).text)["track"];
    std::string expected = "time,az,alt\r\n";
    std::array<char, 80> cells{};
    for (const auto& point : track) {
      std::snprintf(cells.data(), cells.size(), ",%.9f,%.9f\r\n", point["az"].get<double>(),
                    point["alt"].get<double>());
      expected += point["time"].get<std::string>() + cells.data();
    }
    CHECK(csv == expected);
  }
}

TEST_CASE("track: what the client takes decides its form, and its tag", "[planets]") {
  struct Row {
    const char* accept;
    int status;
    const char* type;
  };
  constexpr const char* kCells = "text/csv; charset=utf-8; header=present";
  const std::string target = "/planets/mars/track?lon=1&lat=2&from=2026-11-23T00:00:00Z";
  test::PlanetService service;
  const auto tag_of = [&](const char* accept) { return service.ask(target, accept).field("ETag").value_or(""); };
  for (const Row& row :
       {Row{"", 200, "application/json"}, Row{"Accept: */*\r\n", 200, "application/json"},
        Row{"Accept: text/csv\r\n", 200, kCells}, Row{"Accept: application/json;q=0.5, text/*\r\n", 200, kCells},
        Row{"Accept: text/csv;q=0, */*\r\n", 200, "application/json"},
        Row{"Accept: image/png\r\n", 406, "application/json"}}) {
    INFO(row.accept);
    const test::SeenResponse response = service.ask(target, row.accept);
    CHECK(response.status == row.status);
    CHECK(response.field("Content-Type") == row.type);
    CHECK(response.field("Vary").value_or("").find("Accept") == 0);
    CHECK(response.body.starts_with("time,az,alt\r\n2026-11-23T00:00:00.000Z,") == (row.type == kCells));
  }
  CHECK(tag_of("") != tag_of("Accept: text/csv\r\n"));
  const std::string csv_tag = tag_of("Accept: text/csv\r\n");
  CHECK(service.ask(target, "Accept: text/csv\r\nIf-None-Match: " + csv_tag + "\r\n").status == 304);
  CHECK(service.ask(target, "If-None-Match: " + csv_tag + "\r\n").status == 200);
  CHECK(service.ask(target + "&step=0", "Accept: text/csv\r\n").status == 400);
}

TEST_CASE("track: a long one comes in pieces of bounded size", "[planets]") {
  const Whole all = whole(Track{*body_named("venus"), every(Seconds{1}, 20'000), kRotation});
  CHECK(all.text.size() > 1'000'000);
  CHECK(all.largest < 64 * 1024);
}

}  // namespace orrery::planets
