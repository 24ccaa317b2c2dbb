#include "admin/statsd.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace orrery::admin {

namespace {

bool has(const std::vector<std::string>& lines, const std::string& line) {
  return std::ranges::count(lines, line) == 1;
}

}  // namespace

TEST_CASE("statsd: gunicorn's names, what came between two looks, and the tags behind each line") {
  View before, now;
  before.totals.requests = 5;
  now.totals.requests = 12;
  now.totals.latency[20] = 4;  // one to two milliseconds
  now.totals.handler_errors = 1;
  before.routes["/a"].answers = {{{"GET", 200}, 5}};
  now.routes["/a"].answers = {{{"GET", 200}, 8}, {{"POST", 200}, 2}};
  now.routes["/b"].answers = {{{"GET", 503}, 2}, {{"GET", 0}, 1}};
  now.workers.resize(3);
  now.workers[0].connections = 7;
  const auto lines = statsd_lines(before, now, {"h:1", "sky..", {"env:prod", "team:a"}});
  for (const char* line :
       {"sky.gunicorn.workers:3|g", "sky.gunicorn.requests:7|c", "sky.gunicorn.request.status.200:5|c",
        "sky.gunicorn.request.status.503:2|c", "sky.gunicorn.request.duration:1.57286|ms|@0.250000000",
        "sky.gunicorn.log.exception:1|c", "sky.orrery.connections:7|g"}) {
    INFO(line);
    CHECK(has(lines, std::string{line} + "|#env:prod,team:a"));
  }
  CHECK_FALSE(has(lines, "sky.gunicorn.request.status.0:1|c|#env:prod,team:a"));
  const auto quiet = statsd_lines(now, now, {});
  CHECK(has(quiet, "gunicorn.workers:3|g"));
  CHECK(std::ranges::none_of(quiet, [](const std::string& line) { return line.ends_with("|c"); }));
}

TEST_CASE("statsd: lines share a datagram as long as they fit, and none is cut") {
  CHECK(statsd_datagrams({"aaaa", "bb", "cc", "dddddddddd"}, 7) ==
        std::vector<std::string>{"aaaa\nbb", "cc", "dddddddddd"});
  CHECK(statsd_datagrams({}, 7).empty());
}

}  // namespace orrery::admin
