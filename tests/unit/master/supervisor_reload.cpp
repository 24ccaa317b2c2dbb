// What a reload does: the supervisor's stories between two generations.
#include <algorithm>
#include <set>

#include "fake_world.hpp"

namespace orrery::master {

using State = Supervisor::State;

TEST_CASE("supervisor reload: each new worker is ready before the old one gets TERM, one at a time") {
  FakeWorld world;
  world.serve(2);
  CHECK(world.reload(plan_for(2)) == 2);
  CHECK(world.trace == "spawn:2");
  CHECK(world.received(101).empty());
  world.send(WorkerReady{103});
  CHECK(world.trace == "term:101 spawn:2");
  CHECK(world.received(102).empty());
  world.send(WorkerReady{104});
  CHECK(world.trace == "say move:2 term:102 ready");
  CHECK(world.supervisor.state() == State::kServing);
  world.exit(101, exited(0));
  CHECK(world.dropped.empty());
  world.exit(102, exited(0));
  CHECK(world.dropped == std::vector<unsigned>{1});
  CHECK(world.announced == std::vector{Phase::kReady, Phase::kReloading, Phase::kReady});
}

TEST_CASE("supervisor reload: max_surge and max_unavailable") {
  FakeWorld world;
  world.serve(4);
  Plan plan = plan_for(4);
  SECTION("surge 2: two come at once") {
    plan.max_surge = 2;
    world.reload(plan);
    CHECK(world.trace == "spawn:2 spawn:2");
  }
  SECTION("surge 0: one leaves first") {
    plan.max_surge = 0;
    plan.max_unavailable = 1;
    world.reload(plan);
    CHECK(world.trace == "term:101 spawn:2");
  }
  SECTION("surge 1 and unavailable 1: both") {
    plan.max_unavailable = 1;
    world.reload(plan);
    CHECK(world.trace == "spawn:2 term:102 spawn:2");
  }
}

TEST_CASE("supervisor reload: `surge` starts all at once, each old one leaves as its replacement is ready") {
  FakeWorld world;
  world.serve(3);
  Plan plan = plan_for(3);
  plan.strategy = ReloadStrategy::kSurge;
  world.reload(plan);
  CHECK(world.trace == "spawn:2 spawn:2 spawn:2");
  world.send(WorkerReady{105});
  CHECK(world.trace == "term:102");
}

TEST_CASE("supervisor reload: with `all` no old one leaves before every new one is ready") {
  FakeWorld world;
  world.serve(3);
  Plan plan = plan_for(3);
  plan.strategy = ReloadStrategy::kAll;
  world.reload(plan);
  CHECK(world.trace == "spawn:2 spawn:2 spawn:2");
  world.send(WorkerReady{104});
  world.send(WorkerReady{105});
  CHECK(world.trace.empty());
  SECTION("they leave together") {
    world.send(WorkerReady{106});
    CHECK(world.trace == "say move:2 term:101 term:102 term:103 ready");
  }
  SECTION("one that fails takes the others of its generation with it; nobody of the old one has left") {
    world.exit(106, exited(4));
    CHECK(world.of_generation(1).size() == 3);
    for (const pid_t pid : world.of_generation(1)) CHECK(world.received(pid).empty());
    for (const pid_t pid : world.of_generation(2)) CHECK(world.received(pid) == std::vector{SIGTERM});
  }
}

TEST_CASE("supervisor: worn-out workers are replaced one after the other, whatever a reload may do") {
  FakeWorld world;
  world.start(4);
  Plan plan = plan_for(4);
  plan.max_surge = 4;
  plan.max_unavailable = 4;
  world.ready_all();
  world.reload(plan);
  world.ready_all();
  for (const pid_t old : {101, 102, 103, 104}) world.exit(old, exited(0));
  for (const pid_t pid : {105, 106, 107}) world.send(WorkerAskedRecycle{pid});
  CHECK(world.processes.size() == 5);
  world.send(WorkerReady{109});
  CHECK(world.received(105) == std::vector{SIGTERM});
  CHECK(world.processes.size() == 6);
}

TEST_CASE("supervisor reload: with surge 0 the place that was emptied is filled with the new generation") {
  FakeWorld world;
  world.serve(2);
  Plan plan = plan_for(2);
  plan.max_surge = 0;
  world.reload(plan);
  for (int i = 0; i < 10 && world.supervisor.state() == State::kRolling; ++i) {
    for (const auto& [pid, process] : std::map(world.processes)) {
      if (!process.received.empty()) world.exit(pid, exited(0));
    }
    world.ready_all();
  }
  CHECK(world.supervisor.state() == State::kServing);
  CHECK(world.of_generation(2).size() == 2);
}

TEST_CASE("supervisor reload: a full house makes room before it surges") {
  FakeWorld world;
  world.serve(256);
  world.reload(plan_for(256));
  CHECK(world.trace == "term:101");
  world.exit(101, exited(0));
  CHECK(world.trace == "report:101 spawn:2");
}

TEST_CASE("supervisor reload: a generation that does not get ready is given up and the old one stays") {
  FakeWorld world;
  world.serve(2);
  world.reload(plan_for(2));
  SECTION("the first fails") {
    const int status = GENERATE(exited(3), exited(4), exited(0), killed_by(SIGSEGV));
    world.exit(103, status);
    CHECK(world.processes.size() == 2);
    CHECK(world.received(101).empty());
    CHECK(world.dropped == std::vector<unsigned>{2});
  }
  SECTION("the first is not ready in time") {
    world.advance(10s);
    CHECK(world.received(103) == std::vector{SIGKILL});
    world.exit(103, killed_by(SIGKILL));
    CHECK(world.dropped == std::vector<unsigned>{2});
  }
  SECTION("the second fails: the place of the first is rolled back, ready before TERM") {
    world.send(WorkerReady{103});
    CHECK(world.received(101) == std::vector{SIGTERM});
    world.exit(101, exited(0));
    world.exit(world.next_pid - 1, exited(4));
    CHECK(world.received(103).empty());
    world.ready_all();
    CHECK(world.received(103) == std::vector{SIGTERM});
    world.exit(103, exited(0));
    CHECK(world.dropped == std::vector<unsigned>{2});
  }
  CHECK(world.has_said("Generation 2 is given up, generation 1 stays"));
  CHECK(world.supervisor.state() == State::kServing);
  CHECK(world.supervisor.target() == 2);
  CHECK(world.of_generation(1).size() == 2);
  CHECK(world.announced.back() == Phase::kReady);
}

TEST_CASE("supervisor reload: a failed generation takes its places with it") {
  FakeWorld world;
  world.serve(2);
  world.reload(plan_for(5));
  CHECK(world.of_generation(2).size() == 4);  // three new places, and one surge
  world.exit(103, exited(4));
  CHECK(world.supervisor.target() == 2);
  for (const pid_t pid : world.of_generation(2)) {
    CHECK(world.received(pid) == std::vector{SIGTERM});
    world.exit(pid, exited(0));
  }
  CHECK(world.dropped == std::vector<unsigned>{2});
  CHECK(world.supervisor.children().ready() == 2);
}

TEST_CASE("supervisor reload: a fork that fails gives the generation up") {
  FakeWorld world;
  world.serve(1);
  world.forks_work = false;
  world.reload(plan_for(1));
  CHECK(world.supervisor.state() == State::kServing);
  CHECK(world.dropped == std::vector<unsigned>{2});
  CHECK(world.received(101).empty());
}

TEST_CASE("supervisor reload: refused configuration is one line and moves nothing") {
  FakeWorld world;
  world.serve(2);
  world.signal(SIGHUP);
  const std::size_t lines = world.said.size();
  world.send(ConfigFailed{2, "planets.yaml:3:1: unknown key"});
  CHECK(world.said.size() == lines + 1);
  CHECK(world.has_said("nothing changed: planets.yaml:3:1: unknown key"));
  CHECK(world.trace == "say ready");
  CHECK(world.processes.size() == 2);
}

TEST_CASE("supervisor reload: a refused one takes no number, and a given up one keeps its own") {
  FakeWorld world;
  world.serve(1);
  for (int i = 0; i < 3; ++i) {
    world.signal(SIGHUP);
    CHECK(world.loads == std::vector<unsigned>{2});
    world.loads.clear();
    world.send(ConfigFailed{2, "bad"});
  }
  CHECK(world.reload(plan_for(1)) == 2);
  world.exit(world.of_generation(2).front(), exited(4));
  CHECK(world.supervisor.generation() == 1);
  world.signal(SIGHUP);  // two at once, the later one is refused
  world.signal(SIGHUP);
  CHECK(world.loads == std::vector<unsigned>{3, 4});
  world.loads.clear();
  world.send(ConfigReady{3, plan_for(1)});
  world.send(ConfigFailed{4, "bad"});
  CHECK(world.reload(plan_for(1)) == 3);
  world.ready_all();
  CHECK(world.supervisor.generation() == 3);
}

TEST_CASE("supervisor reload: the status says that one was refused or given up, until one is good") {
  FakeWorld world;
  world.serve(1);
  world.signal(SIGHUP);
  world.send(ConfigFailed{2, "planets.yaml:3:1: unknown key"});
  CHECK(world.supervisor.status() ==
        "1 of 1 worker ready, generation 1; reload refused: planets.yaml:3:1: unknown key");
  world.loads.clear();
  world.reload(plan_for(1));
  world.exit(world.of_generation(2).front(), exited(4));
  CHECK(world.supervisor.status() ==
        "1 of 1 worker ready, generation 1; reload given up: Worker 2 (pid 102): exit code 4");
  world.reload(plan_for(1));
  world.ready_all();
  CHECK(world.supervisor.status() == "1 of 1 worker ready, generation 3");
}

TEST_CASE("supervisor reload: a HUP during a reload supersedes it") {
  FakeWorld world;
  world.serve(2);
  world.reload(plan_for(2));
  world.send(WorkerReady{103});  // 101 leaves, 104 boots
  CHECK(world.reload(plan_for(2)) == 3);
  CHECK(world.received(104) == std::vector{SIGTERM});
  CHECK(world.of_generation(3).size() == 1);
  world.ready_all();
  world.ready_all();
  CHECK(world.supervisor.state() == State::kServing);
  for (const pid_t pid : {101, 102, 103, 104}) {
    CHECK(world.received(pid) == std::vector{SIGTERM});
    world.exit(pid, exited(0));
  }
  CHECK(world.of_generation(3).size() == 2);
  CHECK(std::set(world.dropped.begin(), world.dropped.end()) == std::set<unsigned>{1, 2});
}

TEST_CASE("supervisor reload: a superseding generation that fails goes back to the last that proved itself") {
  FakeWorld world;
  world.serve(2);
  world.reload(plan_for(2));
  world.send(WorkerReady{103});
  world.reload(plan_for(2));
  world.exit(world.of_generation(3).front(), exited(4));
  CHECK(world.supervisor.generation() == 1);
  world.ready_all();
  CHECK(world.received(103) == std::vector{SIGTERM});
}

TEST_CASE("supervisor reload: two HUPs before the first answer, the later one counts") {
  FakeWorld world;
  world.serve(1);
  world.signal(SIGHUP);
  world.signal(SIGHUP);
  CHECK(world.loads == std::vector<unsigned>{2, 3});
  world.send(ConfigReady{2, plan_for(1)});
  CHECK(world.trace == "drop:2");
  world.send(ConfigReady{3, plan_for(1)});
  CHECK(world.trace == "spawn:3");
}

TEST_CASE("supervisor reload: the number of workers returns to the configured one, and it says so") {
  FakeWorld world;
  world.serve(2);
  world.signal(SIGTTIN);
  world.ready_all();
  world.reload(plan_for(2));
  CHECK(world.has_said("returns to the configured 2 (it was 3)"));
  world.ready_all();
  world.ready_all();
  CHECK(world.supervisor.state() == State::kServing);
  CHECK(world.supervisor.children().live() == 2);
}

TEST_CASE("supervisor reload: fewer workers leave only when the new generation is proven") {
  FakeWorld world;
  world.serve(3);
  world.reload(plan_for(1));
  CHECK(world.received(103).empty());
  world.ready_all();
  CHECK(world.received(103) == std::vector{SIGTERM});
}

TEST_CASE("supervisor reload: an old worker that does not drain is killed after graceful_timeout") {
  FakeWorld world;
  world.serve(1);
  world.reload(plan_for(1));
  world.send(WorkerReady{102});
  world.advance(20s);
  CHECK(world.received(101) == std::vector{SIGTERM, SIGKILL});
  world.exit(101, killed_by(SIGKILL));
  CHECK(world.reports.back().ending == Ending::kGraceOver);
}

}  // namespace orrery::master
