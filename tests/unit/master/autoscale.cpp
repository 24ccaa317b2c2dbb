// What the admin process orders by itself about the number of workers, and when it is not obeyed.
#include "fake_world.hpp"

namespace orrery::master {

namespace {

using os::OrderKind;

Plan scaled(unsigned workers) {
  Plan plan = plan_for(workers);
  plan.workers_min = 2;
  plan.workers_max = 5;
  plan.autoscale = Autoscale::kOn;
  return plan;
}

struct Scaled : FakeWorld {
  explicit Scaled(const Plan& plan = scaled(3)) {
    send(Started{plan});
    ready_all();
  }
  /// What is answered to an order of so many workers.
  std::string autoscale(int workers) {
    order(9, OrderKind::kAutoscale, workers);
    return answer(9);
  }
  [[nodiscard]] os::ServiceFacts::Scaling told() const {
    os::ServiceFacts facts;
    supervisor.describe(facts);
    return facts.scaling;
  }
};

}  // namespace

TEST_CASE("autoscale: the number follows within the bounds, and the journal says by what") {
  Scaled world;
  CHECK(world.told() == os::ServiceFacts::Scaling{Autoscale::kOn, false, 2, 5});
  CHECK(world.autoscale(4) == "begun 4 workers shall run.");
  CHECK(world.has_said("The number of workers is now 4 (it was 3), by autoscale"));
  world.ready_all();
  CHECK(world.answer(9) == "done 4 workers are ready.");
  world.autoscale(200);
  CHECK(world.supervisor.target() == 5);
  world.autoscale(-1);
  CHECK(world.supervisor.target() == 2);
}

TEST_CASE("autoscale: a number that a person orders holds until the next reload") {
  struct Row {
    const char* name;
    void (*orders)(FakeWorld&);
    unsigned workers;
  };
  const Row rows[] = {
      {"scale", [](FakeWorld& w) { w.order(7, OrderKind::kScale, 8); }, 8},
      {"the number that there is", [](FakeWorld& w) { w.order(7, OrderKind::kScale, 3); }, 3},
      {"TTIN", [](FakeWorld& w) { w.signal(SIGTTIN); }, 4},
      {"TTOU", [](FakeWorld& w) { w.signal(SIGTTOU); }, 2},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Scaled world;
    row.orders(world);
    world.ready_all();
    CHECK(world.told().rests);
    CHECK(world.autoscale(5) == "refused The number of workers was ordered, which holds until the next reload.");
    CHECK(world.supervisor.target() == row.workers);
    SECTION(std::string{row.name} + ": a good reload lets it go on, from the configured number") {
      world.reload(scaled(3));
      CHECK(world.autoscale(5) == "refused A reload is under way.");
      for (int turn = 0; turn < 5; ++turn) {
        world.ready_all();
        for (const pid_t pid : world.of_generation(1)) {
          if (!world.received(pid).empty()) world.exit(pid, exited(0));
        }
      }
      CHECK(world.supervisor.target() == 3);
      CHECK(world.autoscale(5).starts_with("begun"));
    }
    SECTION(std::string{row.name} + ": one that is given up does not") {
      world.reload(scaled(3));
      world.exit(world.of_generation(2).front(), exited(4));
      CHECK(world.told().rests);
      CHECK(world.supervisor.target() == row.workers);
    }
  }
}

TEST_CASE("autoscale: a reload keeps the number that it has come to, within the new bounds") {
  Scaled world;
  world.autoscale(5);
  world.ready_all();
  Plan plan = scaled(3);
  SECTION("the same bounds") {
    world.reload(plan);
    CHECK(world.supervisor.target() == 5);
  }
  SECTION("narrower ones") {
    plan.workers_max = 4;
    world.reload(plan);
    CHECK(world.supervisor.target() == 4);
  }
  SECTION("it is off: the configured number") {
    plan.autoscale = Autoscale::kOff;
    world.reload(plan);
    CHECK(world.supervisor.target() == 3);
  }
}

TEST_CASE("autoscale: it is not obeyed where it is off, or while something else is under way") {
  struct Row {
    const char* name;
    void (*happens)(FakeWorld&);
    const char* answer;
  };
  const Row rows[] = {
      {"a reload is read", [](FakeWorld& w) { w.signal(SIGHUP); }, "refused A reload is under way."},
      {"an upgrade", [](FakeWorld& w) { w.signal(SIGUSR2); }, "refused An upgrade is under way."},
      {"drained", [](FakeWorld& w) { w.order(7, OrderKind::kDrain); }, "refused The service is drained."},
      {"paused", [](FakeWorld& w) { w.signal(SIGWINCH); }, "refused The service is paused."},
      {"the stop", [](FakeWorld& w) { w.signal(SIGTERM); }, "refused The service is stopping."},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Scaled world;
    row.happens(world);
    CHECK(world.told().rests);
    CHECK(world.autoscale(4) == row.answer);
  }
  for (const Autoscale mode : {Autoscale::kOff, Autoscale::kDryRun}) {
    Plan plan = scaled(3);
    plan.autoscale = mode;
    Scaled world{plan};
    CHECK(world.autoscale(4) == "refused The setting `autoscale` is not on.");
    CHECK(world.supervisor.target() == 3);
  }
}

}  // namespace orrery::master
