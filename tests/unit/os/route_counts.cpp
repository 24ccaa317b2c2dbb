#include "os/route_counts.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <limits>
#include <memory>

namespace orrery::os {

using namespace std::chrono_literals;

namespace {

/// As in the scoreboard: zeros.
std::unique_ptr<RouteCounts> fresh() { return std::make_unique<RouteCounts>(); }

}  // namespace

TEST_CASE("route_counts: a kind of answer keeps its method and its status") {
  struct Row {
    const char* name;
    const char* method;
    int status;
  };
  for (const Row row : {Row{"usual", "GET", 200}, Row{"the client got nothing", "POST", 0}, Row{"left", "PUT", 499},
                        Row{"the last method", "UNLINK", 599}, Row{"no method", "", 400}}) {
    INFO(row.name);
    const AnswerKind kind{row.method, row.status};
    CHECK(kind.packed() != 0);
    CHECK(AnswerKind{kind.packed()}.method() == row.method);
    CHECK(AnswerKind{kind.packed()}.status() == row.status);
  }
}

TEST_CASE("route_counts: a duration is in the bucket of the first bound above it") {
  struct Row {
    const char* name;
    base::Nanoseconds duration;
    std::size_t bucket;
  };
  for (const Row row : {Row{"a clock that ran back", -5ns, 0}, Row{"nothing", 0ns, 0},
                        Row{"below the first bound", duration_bound(0) - 1ns, 0},
                        Row{"the first bound", duration_bound(0), 1}, Row{"a millisecond", 1ms, 3},
                        Row{"below the last", duration_bound(kDurationBounds - 1) - 1ns, kDurationBounds - 1},
                        Row{"the last", duration_bound(kDurationBounds - 1), kDurationBounds},
                        Row{"for ever", base::Nanoseconds::max(), kDurationBounds}}) {
    INFO(row.name);
    CHECK(duration_bucket(row.duration) == row.bucket);
  }
  CHECK(duration_bound(0) == 131'072ns);
  CHECK(duration_bound(kDurationBounds - 1) > 68s);
}

TEST_CASE("route_counts: routes have rows of their own until there are too many of them") {
  CHECK(row_of_route(0) == kRouteRows);
  CHECK(row_of_route(kMostRoutes - 1) == kRouteRows + kMostRoutes - 1);
  CHECK(row_of_route(kMostRoutes) == kOtherRow);
  CHECK(row_of_route(65534) == kOtherRow);
}

TEST_CASE("route_counts: what is counted is found by kind, and kinds without a place are counted together") {
  const auto counts = fresh();
  const std::size_t row = row_of_route(7);
  for (int i = 0; i < 3; ++i) counts->count(row, AnswerKind{"GET", 200}, 1ms);
  counts->count(row, AnswerKind{"POST", 201}, 2ms);
  const RouteCounts::Row& counted = counts->row(row);
  CHECK(counted.series[0].kind == AnswerKind{"GET", 200}.packed());
  CHECK(counted.series[0].count == 3);
  CHECK(counted.series[1].count == 1);
  CHECK(counted.series[2].kind == 0);
  CHECK(counted.duration_ns == 5'000'000);
  CHECK(counted.durations[duration_bucket(1ms)] == 3);
  for (int status = 400; status < 450; ++status) counts->count(row, AnswerKind{"GET", status}, -1s);
  CHECK(counted.others == 50 - (RouteCounts::kSeries - 2));
  CHECK(counted.duration_ns == 5'000'000);
  CHECK(counts->row(row + 1).duration_ns == 0);
}

}  // namespace orrery::os
