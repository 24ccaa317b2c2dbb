#include "os/route_counts.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>

namespace orrery::os {

using namespace std::chrono_literals;

namespace {

const base::DurationBounds kBounds;

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

TEST_CASE("route_counts: routes have rows of their own until there are too many of them") {
  CHECK(row_of_route(0) == kRouteRows);
  CHECK(row_of_route(kMostRoutes - 1) == kRouteRows + kMostRoutes - 1);
  CHECK(row_of_route(kMostRoutes) == kOtherRow);
  CHECK(row_of_route(65534) == kOtherRow);
}

TEST_CASE("route_counts: what is counted is found by kind, and kinds without a place are counted together") {
  const auto counts = fresh();
  const std::size_t row = row_of_route(7);
  for (int i = 0; i < 3; ++i) counts->count(row, AnswerKind{"GET", 200}, 1ms, kBounds);
  counts->count(row, AnswerKind{"POST", 201}, 2ms, kBounds);
  const RouteCounts::Row& counted = counts->row(row);
  CHECK(counted.series[0].kind == AnswerKind{"GET", 200}.packed());
  CHECK(counted.series[0].count == 3);
  CHECK(counted.series[1].count == 1);
  CHECK(counted.series[2].kind == 0);
  CHECK(counted.duration_ns == 5'000'000);
  CHECK(counted.durations[kBounds.bucket(1ms)] == 3);
  for (int status = 400; status < 450; ++status) counts->count(row, AnswerKind{"GET", status}, -1s, kBounds);
  CHECK(counted.others == 50 - (RouteCounts::kSeries - 2));
  CHECK(counted.duration_ns == 5'000'000);
  CHECK(counts->row(row + 1).duration_ns == 0);
}

}  // namespace orrery::os
