#include "master/course.hpp"

#include <catch2/catch.hpp>
#include <chrono>

namespace orrery::master {

namespace {

using namespace std::chrono_literals;
using Stage = Course::Stage;

Course at(Stage stage) {
  Course course;
  course.enter(stage);
  return course;
}

}  // namespace

TEST_CASE("course: where each signal leads from each stage") {
  struct Row {
    Stage stage, term, term_with_delay, quit;
  };
  const Row rows[] = {
      {Stage::kServing, Stage::kStopping, Stage::kLingering, Stage::kQuitting},
      {Stage::kLingering, Stage::kStopping, Stage::kStopping, Stage::kQuitting},
      {Stage::kStopping, Stage::kStopping, Stage::kStopping, Stage::kQuitting},
      {Stage::kQuitting, Stage::kQuitting, Stage::kQuitting, Stage::kKilling},
      {Stage::kKilling, Stage::kKilling, Stage::kKilling, Stage::kKilling},
      {Stage::kEnded, Stage::kEnded, Stage::kEnded, Stage::kEnded},
  };
  for (const Row& row : rows) {
    INFO(static_cast<int>(row.stage));
    const Course course = at(row.stage);
    CHECK(course.told_to_stop(true, false) == row.term);
    CHECK(course.told_to_stop(true, true) == row.term_with_delay);
    CHECK(course.told_to_stop(false, true) == row.quit);
  }
}

TEST_CASE("course: where its limits lead, and which stages keep workers") {
  CHECK(at(Stage::kLingering).run_out() == Stage::kStopping);
  CHECK(at(Stage::kStopping).run_out() == Stage::kKilling);
  CHECK(at(Stage::kQuitting).run_out() == Stage::kKilling);
  for (const Stage stage : {Stage::kServing, Stage::kLingering}) CHECK(at(stage).serving());
  for (const Stage stage : {Stage::kIdle, Stage::kStopping, Stage::kEnded}) CHECK_FALSE(at(stage).serving());
  for (const Stage stage : {Stage::kStopping, Stage::kQuitting, Stage::kKilling}) CHECK(at(stage).leaving());
  for (const Stage stage : {Stage::kIdle, Stage::kLingering, Stage::kEnded}) CHECK_FALSE(at(stage).leaving());
}

TEST_CASE("course: a limit is that of its stage, and the exit code stays") {
  Course course;
  CHECK(course.stage() == Stage::kIdle);
  CHECK(course.deadline() == base::Monotonic::max());
  course.enter(Stage::kStopping, base::Monotonic{5s});
  course.end_with(3);
  CHECK(course.deadline() == base::Monotonic{5s});
  course.enter(Stage::kKilling);
  CHECK(course.deadline() == base::Monotonic::max());
  CHECK(course.exit_code() == 3);
}

}  // namespace orrery::master
