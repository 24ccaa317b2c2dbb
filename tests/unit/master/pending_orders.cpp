#include "master/pending_orders.hpp"

#include <catch2/catch.hpp>

namespace orrery::master {

namespace {

using os::OrderKind;
using os::OrderOutcome;

/// A service that has nothing to do.
struct Scene {
  Children children;
  Upgrade upgrade;
  CanaryReload canary;
  os::ServiceFacts::Reload reload;
  Course course;
  unsigned target = 1, generation = 1, settled = 1, loading = 0;
  bool crash_loop = false;
  PendingOrders orders;

  Scene() {
    course.enter(Course::Stage::kServing);
    children.add(0, 1).state = Child::State::kReady;
  }
  /// The answers of one look: "done 7 ...".
  std::string settle() {
    Actions actions;
    orders.settle({children, upgrade, canary, reload, course, crash_loop, target, generation, settled, loading},
                  actions);
    return told(actions);
  }
  std::string add(PendingOrders::Order order) {
    Actions actions;
    orders.add(std::move(order), "It begins.", actions);
    return told(actions);
  }
  static std::string told(const Actions& actions) {
    std::string all;
    for (const Action& action : actions) {
      const auto& answer = std::get<AnswerOrder>(action);
      all += std::string{os::word_for(answer.outcome)} + ' ' + std::to_string(answer.ticket) + ' ' + answer.text;
    }
    return all;
  }
};

}  // namespace

TEST_CASE("pending orders: one outcome each, and it is told once") {
  Scene scene;
  scene.target = 2;
  CHECK(scene.add({7, OrderKind::kScale, 2}) == "begun 7 It begins.");
  CHECK(scene.settle().empty());
  scene.children.add(1, 1).state = Child::State::kReady;
  CHECK(scene.settle() == "done 7 2 workers are ready.");
  CHECK(scene.settle().empty());
}

TEST_CASE("pending orders: what else happens decides them too") {
  Scene scene;
  SECTION("another number of workers") {
    scene.add({7, OrderKind::kScale, 3});
    CHECK(scene.settle() == "failed 7 The number of workers was changed again, to 1.");
  }
  SECTION("a crash loop") {
    scene.add({7, OrderKind::kRestart, 0, {1}});
    scene.crash_loop = true;
    CHECK(scene.settle().starts_with("failed 7 Workers die as soon as they are replaced"));
  }
  SECTION("a stop") {
    scene.add({7, OrderKind::kReload, 2});
    scene.loading = 2;
    CHECK(scene.settle().empty());
    scene.course.enter(Course::Stage::kStopping);
    CHECK(scene.settle() == "failed 7 The service stops before it was done.");
  }
  SECTION("another reload") {
    scene.add({7, OrderKind::kReload, 2});
    CHECK(scene.settle() == "failed 7 Another reload took its place.");
  }
  SECTION("a refusal") {
    scene.add({7, OrderKind::kReload, 2});
    scene.reload.generation = 2;
    scene.reload.outcome = os::ServiceFacts::Outcome::kRefused;
    scene.reload.why = decltype(scene.reload.why){"no such file"};
    CHECK(scene.settle() == "refused 7 Reload refused, nothing changed: no such file");
  }
}

TEST_CASE("pending orders: a stop is done with the last worker") {
  Scene scene;
  scene.add({7, OrderKind::kStop});
  scene.course.enter(Course::Stage::kStopping);
  CHECK(scene.settle().empty());
  scene.children.remove(1);
  CHECK(scene.settle() == "done 7 All workers have left, and the master leaves.");
}

TEST_CASE("pending orders: there is a limit") {
  Scene scene;
  for (std::uint64_t ticket = 1; !scene.orders.full(); ++ticket) {
    REQUIRE(ticket <= 1000);
    scene.add({ticket, OrderKind::kScale, 1});
  }
  CHECK_FALSE(scene.settle().empty());
  CHECK_FALSE(scene.orders.full());
}

TEST_CASE("pending orders: what is said becomes a sentence") {
  CHECK(sentence("a canary is on trial") == "A canary is on trial.");
  CHECK(sentence("It is one.") == "It is one.");
  CHECK(sentence("").empty());
}

}  // namespace orrery::master
