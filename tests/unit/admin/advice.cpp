#include "admin/advice.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <functional>
#include <vector>

namespace orrery::admin {

namespace {

using namespace std::chrono_literals;

std::vector<LoadSecond> watched(std::size_t seconds, double busy, base::Nanoseconds queue = 0ns, double cpus = 0) {
  return std::vector<LoadSecond>(seconds, LoadSecond{busy, queue, cpus});
}

/// Time that a request waits where `load` workers' worth of work comes and `workers` there are, each taking 20 ms
/// (Sakasegawa's approximation of a queue with several servers).
base::Nanoseconds wait_of(double load, unsigned workers) {
  constexpr double kLongest = 1;
  const double share = load / workers;
  if (share >= 1) return 1s;
  const double wait = 0.02 * std::pow(share, std::sqrt(2.0 * (workers + 1)) - 1) / (workers * (1 - share));
  return base::Nanoseconds{static_cast<std::int64_t>(std::min(wait, kLongest) * 1e9)};
}

/// The fewest workers that are idle for a quarter of their time and let nobody wait for half of a request's time.
unsigned optimum(double load) {
  for (unsigned workers = 1;; ++workers) {
    if (load / workers <= 0.75 && wait_of(load, workers) <= 10ms) return workers;
  }
}

struct Course {
  unsigned settled_after = 0;  ///< seconds; more than that from the optimum by 2 and more at the last time
  unsigned away = 0;           ///< seconds that far from it, of all
  unsigned worst = 0;          ///< distance once it was there first
  unsigned changes = 0;
};

/// Does what is advised at once, for so many seconds.
Course follow(const std::function<double(unsigned)>& load, unsigned seconds, unsigned workers) {
  Course course;
  std::vector<LoadSecond> history;
  bool was_there = false;
  for (unsigned second = 0; second < seconds; ++second) {
    const double now = load(second);
    if (history.size() == kDownAfter) history.erase(history.begin());
    history.push_back({std::min(1.0, now / workers), wait_of(now, workers), std::min<double>(now, workers)});
    const Advice advice = advise(history, {workers, 1, 16, 64, {}, {}});
    if (advice.workers != workers) {
      workers = advice.workers;
      history.clear();
      ++course.changes;
    }
    const unsigned best = optimum(now), distance = workers > best ? workers - best : best - workers;
    was_there = was_there || distance <= 1;
    if (was_there) course.worst = std::max(course.worst, distance);
    if (distance <= 1) continue;
    course.settled_after = second + 1;
    ++course.away;
  }
  return course;
}

}  // namespace

TEST_CASE("advice: what is said, by what was seen") {
  struct Row {
    const char* name;
    std::vector<LoadSecond> seconds;
    AdviceTerms terms;
    unsigned workers;
    const char* text;
  };
  const AdviceTerms usual{4, 1, 8, 8, {}, {}};
  const Row rows[] = {
      {"watched too short", watched(9, 1.0), usual, 4, "This number of them has been watched for 9 seconds only."},
      {"busy", watched(10, 0.9), usual, 6, "6 workers instead of 4. In the last 10 seconds they were busy for 90 %"},
      {"full", watched(10, 1.0), usual, 6, "6 workers instead of 4."},
      {"as wished", watched(60, 0.7), usual, 4, "4 workers as now."},
      {"requests wait", watched(10, 0.6, 20ms), usual, 5, "requests waited 20 ms for one"},
      {"requests wait for idle workers", watched(10, 0.1, 20ms), usual, 4, "4 workers as now."},
      {"idle", watched(60, 0.1), usual, 1, "1 worker instead of 4. In the last 60 seconds"},
      {"idle, not for long", watched(59, 0.1), usual, 4, "4 workers as now."},
      {"idle, and the least", watched(60, 0.1), {4, 4, 8, 8, {}, {}}, 4, "4 workers as now."},
      {"idle, down to the least", watched(60, 0.1), {4, 3, 8, 8, {}, {}}, 3, "3 workers instead of 4."},
      {"busy, and the most", watched(10, 1.0), {8, 1, 8, 8, {}, {}}, 8, "but 8 is the most"},
      {"busy, near the most", watched(10, 1.0), {7, 1, 8, 8, {}, {}}, 8, "8 workers instead of 7."},
      {"no CPU left", watched(10, 1.0, 50ms, 3.9), {4, 1, 8, 4, {}, {}}, 4, "but they use 3.9 of 4 CPUs"},
      {"memory for one", watched(10, 1.0), {4, 1, 8, 8, 150, 100}, 5, "5 workers instead of 4."},
      {"no memory", watched(10, 1.0), {4, 1, 8, 8, 99, 100}, 4, "no memory for one more"},
      {"paused", watched(60, 0), {0, 1, 8, 8, {}, {}}, 0, "No worker is wanted now"},
      {"below the least", watched(0, 0), {1, 2, 8, 8, {}, {}}, 2, "2 workers instead of 1, which are the least."},
      {"above the most", watched(0, 0), {9, 2, 8, 8, {}, {}}, 8, "8 workers instead of 9, which are the most."},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Advice advice = advise(row.seconds, row.terms);
    CHECK(advice.workers == row.workers);
    CHECK_THAT(advice.text, Catch::Contains(row.text));
  }
}

TEST_CASE("advice: a peak of the last minute keeps the workers that it needed") {
  auto seconds = watched(45, 0.1);
  const auto busy = watched(15, 0.7);
  seconds.insert(seconds.begin() + 20, busy.begin(), busy.end());
  CHECK(advise(seconds, {4, 1, 8, 8, {}, {}}).workers == 4);
}

TEST_CASE("advice: a steady load is met within one worker, from both sides, and then nothing changes any more") {
  for (const double load : {0.3, 1.5, 3.2, 6.9, 9.0}) {
    for (const unsigned workers : {1U, 16U}) {
      INFO(load << " from " << workers);
      const Course course = follow([load](unsigned) { return load; }, 1200, workers);
      CHECK(course.settled_after <= 90);
      CHECK(course.worst <= 1);
      CHECK(course.changes <= 6);
    }
  }
}

TEST_CASE("advice: a load that leaps is met within a minute and a half, each time") {
  const auto leaping = [](unsigned second) { return second % 1200 < 600 ? 1.5 : 6.0; };
  const Course course = follow(leaping, 4800, 1);
  CHECK(course.away <= 8 * 90);
  CHECK(course.changes <= 8 * 5);
  // In the second half of each stretch it is there.
  const Course calm = follow([](unsigned second) { return second < 600 ? 1.5 : 6.0; }, 1200, 1);
  CHECK(calm.settled_after <= 690);
}

TEST_CASE("advice: a load that rises and falls within an hour is followed within one worker nearly all the time") {
  constexpr double kHour = 3600, kTurn = 6.283185307179586;
  const auto wave = [](unsigned second) { return 4 + 3 * std::sin(kTurn * second / kHour); };
  const Course course = follow(wave, 7200, 6);
  CHECK(course.away <= 7200 / 20);
  CHECK(course.worst <= 2);
}

}  // namespace orrery::admin
