#include "admin/scaling.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace orrery::admin {

namespace {

using namespace std::chrono_literals;
using Terms = os::ServiceFacts::Scaling;

constexpr Terms kOn{Autoscale::kOn, false, 1, 16}, kDry{Autoscale::kDryRun, false, 1, 16};

Advice advised(unsigned workers) { return {workers, "Because."}; }

/// The fewest workers that are idle for a quarter of their time.
unsigned optimum(double load) { return static_cast<unsigned>(std::ceil(load / 0.75)); }

struct Course {
  std::vector<unsigned> workers;  ///< second by second
  unsigned orders = 0;
};

/// A service whose orders are obeyed in the next second, under so much load for so many seconds.
Course follow(const std::function<double(unsigned)>& load, unsigned seconds, unsigned workers) {
  Course course;
  Scaling scaling;
  std::vector<LoadSecond> history;
  for (unsigned second = 0; second < seconds; ++second) {
    const double now = load(second);
    if (history.size() == kDownAfter) history.erase(history.begin());
    history.push_back({std::min(1.0, now / workers), now >= workers ? 1s : 0ns, std::min<double>(now, workers)});
    const Deed deed = scaling.decide(advise(history, {workers, kOn.least, kOn.most, 64, {}, {}}), workers, kOn);
    if (deed.kind == Deed::Kind::kOrder) {
      workers = deed.workers;
      history.clear();
      ++course.orders;
    }
    course.workers.push_back(workers);
  }
  return course;
}

unsigned distance(unsigned one, unsigned other) { return std::max(one, other) - std::min(one, other); }

}  // namespace

TEST_CASE("scaling: up goes as far as is advised, down by a quarter at most") {
  struct Row {
    unsigned workers, advised, next;
  };
  for (const Row& row : {Row{2, 8, 8}, Row{4, 4, 4}, Row{16, 2, 12}, Row{12, 11, 11}, Row{4, 1, 3}, Row{3, 1, 2},
                         Row{2, 1, 1}, Row{1, 1, 1}, Row{1, 0, 0}}) {
    INFO(row.workers << " to " << row.advised);
    CHECK(next_number(row.workers, row.advised) == row.next);
  }
}

TEST_CASE("scaling: what is done, by the mode") {
  Scaling scaling;
  const Deed order = scaling.decide(advised(6), 4, kOn);
  CHECK(order.kind == Deed::Kind::kOrder);
  CHECK(order.workers == 6);
  CHECK(order.line == "autoscale orders 6 workers. Advised: Because.");
  CHECK(scaling.decide(advised(4), 4, kOn).kind == Deed::Kind::kNothing);
  CHECK(scaling.decide(advised(6), 4, {Autoscale::kOff, false, 1, 16}).kind == Deed::Kind::kNothing);
  CHECK(scaling.decide(advised(6), 4, {Autoscale::kOn, true, 1, 16}).kind == Deed::Kind::kNothing);
  CHECK(scaling.decide(advised(6), 4, {Autoscale::kDryRun, true, 1, 16}).kind == Deed::Kind::kNothing);
  CHECK(scaling.decide(advised(0), 0, kOn).kind == Deed::Kind::kNothing);
}

TEST_CASE("scaling: a dry run says each change of mind once") {
  Scaling scaling;
  const auto line = [&](unsigned advice, unsigned workers) {
    return scaling.decide(advised(advice), workers, kDry).line;
  };
  CHECK(line(4, 4).empty());
  CHECK(line(6, 4) == "autoscale (dry_run) would set the number of workers to 6. Advised: Because.");
  CHECK(line(6, 4).empty());
  CHECK(line(7, 4) == "autoscale (dry_run) would set the number of workers to 7. Advised: Because.");
  CHECK(line(4, 4) == "autoscale (dry_run) would leave the number of workers at 4. Advised: Because.");
  CHECK(line(4, 4).empty());
  SECTION("what a person does as advised is no news") {
    CHECK_FALSE(line(6, 4).empty());
    CHECK(line(6, 6).empty());
  }
  SECTION("what a person does against it is said again when it is advised again") {
    CHECK(line(2, 2).empty());
    CHECK_FALSE(line(6, 2).empty());
  }
  SECTION("after a rest it is said again") {
    CHECK_FALSE(line(6, 4).empty());
    CHECK(scaling.decide(advised(6), 4, {Autoscale::kDryRun, true, 1, 16}).line.empty());
    CHECK_FALSE(line(6, 4).empty());
  }
}

TEST_CASE("scaling: a steady load is met within one worker of the best number, from both sides, and then rests") {
  for (const double load : {0.3, 1.5, 3.2, 6.9, 9.0}) {
    for (const unsigned workers : {1U, 16U}) {
      INFO(load << " from " << workers);
      const Course course = follow([load](unsigned) { return load; }, 1800, workers);
      for (std::size_t second = 900; second < course.workers.size(); ++second)
        REQUIRE(distance(course.workers[second], optimum(load)) <= 1);
      CHECK(course.workers[900] == course.workers.back());
      CHECK(course.orders <= 12);
    }
  }
}

TEST_CASE("scaling: a load that leaps is met within a minute upwards, and within minutes downwards") {
  const auto leaping = [](unsigned second) { return second % 1200 < 600 ? 1.5 : 6.0; };
  const Course course = follow(leaping, 4800, 1);
  for (unsigned second = 0; second < 4800; ++second) {
    const unsigned since = second % 600;
    const bool up = second % 1200 >= 600;
    if (since < (up ? 60 : 480)) continue;
    INFO(second);
    REQUIRE(distance(course.workers[second], optimum(leaping(second))) <= 1);
  }
}

TEST_CASE("scaling: a load that rises and falls within two hours is followed within one worker nearly all the time") {
  constexpr double kPeriod = 7200, kTurn = 6.283185307179586;
  const auto wave = [](unsigned second) { return 4 + 3 * std::sin(kTurn * second / kPeriod); };
  const Course course = follow(wave, 14400, 6);
  unsigned away = 0, worst = 0;
  for (unsigned second = 0; second < 14400; ++second) {
    const unsigned far = distance(course.workers[second], optimum(wave(second)));
    away += far > 1 ? 1 : 0;
    worst = std::max(worst, far);
  }
  CHECK(away <= 14400 / 20);
  CHECK(worst <= 2);
}

}  // namespace orrery::admin
