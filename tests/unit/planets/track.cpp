#include "planets/track.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "support/json.hpp"

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

TEST_CASE("track: a long one comes in pieces of bounded size", "[planets]") {
  const Whole all = whole(Track{*body_named("venus"), every(Seconds{1}, 20'000), kRotation});
  CHECK(all.text.size() > 1'000'000);
  CHECK(all.largest < 64 * 1024);
}

}  // namespace orrery::planets
