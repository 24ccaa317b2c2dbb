// A reload with a canary: how it is judged, and what each thing that comes meanwhile does to it.
#include "fake_world.hpp"
#include "os/contract.hpp"

namespace orrery::master {

namespace {

using os::OrderKind;

Tally answered(std::uint64_t requests, std::uint64_t errors) {
  Tally tally;
  tally.requests = requests;
  tally.errors = errors;
  tally.latency[20] = requests;
  return tally;
}

/// A service of two workers (101, 102) whose third (103) is the canary of generation 2, ordered with ticket 7.
struct TrialWorld : FakeWorld {
  explicit TrialWorld(unsigned workers = 2, bool ready = true) {
    serve(2);
    order(7, OrderKind::kReload, 1);
    load(workers);
    if (ready) send(WorkerReady{103});
  }
  void load(unsigned workers) {
    const unsigned generation = loads.back();
    loads.clear();
    send(ConfigReady{generation, plan_for(workers)});
  }
  void good() { send(CanaryRead{103, answered(100, 0), answered(300, 0)}); }
  void bad() { send(CanaryRead{103, answered(100, 30), answered(300, 0)}); }
  [[nodiscard]] os::ServiceFacts facts() const {
    os::ServiceFacts told;
    supervisor.describe(told);
    return told;
  }
  /// Nobody but the canary has learnt of it.
  [[nodiscard]] bool old_ones_serve() const { return received(101).empty() && received(102).empty(); }
};

}  // namespace

TEST_CASE("trial: one worker of the new generation, beside all of the old one, and nobody leaves") {
  TrialWorld world;
  CHECK(world.of_generation(1) == std::vector<pid_t>{101, 102});
  CHECK(world.of_generation(2) == std::vector<pid_t>{103});
  CHECK(world.old_ones_serve());
  CHECK(world.supervisor.canary() == 103);
  CHECK(world.supervisor.generation() == 1);
  CHECK(world.supervisor.state() == Supervisor::State::kRolling);
  CHECK(world.facts().canary.number == 3);
  CHECK(world.facts().canary.generation == 2);
  CHECK(world.facts().state == os::ServiceFacts::State::kReloading);
  CHECK(world.answer(7).starts_with("begun"));
  CHECK(world.announced.back() == Phase::kReloading);
}

TEST_CASE("trial: a good canary is promoted, takes a place, and the reload goes on") {
  TrialWorld world{3};
  world.send(CanaryRead{103, answered(99, 0), answered(300, 0)});
  CHECK(world.of_generation(2).size() == 1);
  world.good();
  CHECK(world.has_said("The canary of generation 2 is promoted: the canary answered 100 requests"));
  CHECK(world.supervisor.generation() == 2);
  CHECK(world.supervisor.target() == 3);
  CHECK(world.supervisor.canary() == 0);
  CHECK(world.received(101) == std::vector<int>{SIGTERM});
  world.exit(101, exited(0));
  for (int i = 0; i < 3; ++i) world.ready_all();
  world.exit(102, exited(0));
  CHECK(world.processes.contains(103));
  CHECK(world.of_generation(2).size() == 3);
  CHECK(world.answer(7).starts_with("done Generation 2 is ready with 3 workers: the canary answered 100 requests"));
  CHECK(world.facts().canary.promoted == 1);
  CHECK(world.facts().canary.number == 0);
  CHECK(world.facts().reloads_done == 1);
  CHECK(world.announced.back() == Phase::kReady);
}

TEST_CASE("trial: a bad canary leaves, and no second worker of its generation ever comes") {
  TrialWorld world{4};
  world.bad();
  CHECK(world.received(103) == std::vector<int>{SIGTERM});
  CHECK(world.old_ones_serve());
  CHECK(world.supervisor.generation() == 1);
  CHECK(world.supervisor.target() == 2);
  CHECK(world.supervisor.state() == Supervisor::State::kServing);
  CHECK(world.answer(7) ==
        "failed Generation 2 is given up, generation 1 stays: 30.0 % of the canary's 100 requests failed, and 0.0 % of "
        "its siblings' 300");
  CHECK(world.facts().canary.rolled_back == 1);
  CHECK(world.facts().reloads_given_up == 1);
  CHECK(world.facts().reload.generation == 2);
  CHECK(world.announced.back() == Phase::kReady);
  CHECK(world.dropped.empty());
  world.exit(103, exited(0));
  CHECK(world.dropped == std::vector<unsigned>{2});
  CHECK(world.workers() == 2);
  world.good();  // of nobody any more
  CHECK(world.supervisor.generation() == 1);
}

TEST_CASE("trial: a canary that never is ready, dies, is stuck or must leave is rolled back") {
  SECTION("it dies while it boots") {
    TrialWorld world{2, false};
    world.exit(103, exited(3));
    CHECK(world.answer(7).starts_with("failed Generation 2 is given up, generation 1 stays: Worker 3 (pid 103)"));
  }
  SECTION("its probe is answered badly") {
    TrialWorld world{2, false};
    world.exit(103, exited(os::kExitProbe));
    CHECK(world.answer(7).ends_with("its answer to the probe was bad, as the error log tells"));
  }
  SECTION("it is not ready in time") {
    TrialWorld world{2, false};
    world.advance(10s);
    CHECK(world.received(103) == std::vector<int>{SIGKILL});
    CHECK(world.answer(7).ends_with("was not ready within boot_timeout"));
  }
  SECTION("it crashes on trial") {
    TrialWorld world;
    world.exit(103, killed_by(SIGSEGV));
    CHECK(world.answer(7).starts_with("failed"));
    CHECK(world.dropped == std::vector<unsigned>{2});
  }
  SECTION("it stands still") {
    TrialWorld world;
    world.send(HeartbeatsRead{{{103, world.now, true}}});
    CHECK(world.received(103) == std::vector<int>{SIGABRT});
    CHECK(world.answer(7).ends_with("was stuck"));
  }
  SECTION("it cannot be forked") {
    FakeWorld world;
    world.serve(2);
    world.forks_work = false;
    world.order(7, OrderKind::kReload, 1);
    world.send(ConfigReady{2, plan_for(2)});
    CHECK(world.answer(7).ends_with("cannot fork"));
    CHECK(world.dropped == std::vector<unsigned>{2});
  }
}

TEST_CASE("trial: when its time is over the configured verdict comes") {
  for (const bool promotes : {false, true}) {
    FakeWorld world;
    world.serve(2);
    world.send(OrderArrived{
        7, OrderKind::kReload, 1, {100, 20, promotes, os::CanaryTerms::kLimit | os::CanaryTerms::kPromotes, {}}});
    world.send(ConfigReady{2, plan_for(2)});
    world.advance(5s);
    world.send(WorkerReady{103});
    CHECK(world.supervisor.next_deadline() == world.now + 20s);
    world.advance(19s);
    CHECK(world.supervisor.canary() == 103);
    world.advance(1s);
    CHECK(world.supervisor.canary() == 0);
    CHECK(world.supervisor.generation() == (promotes ? 2 : 1));
  }
}

TEST_CASE("trial: its terms are those of its own settings, and those that its order says") {
  FakeWorld world;
  world.serve(2);
  os::CanaryTerms said;
  said.requests = 7;
  said.said = os::CanaryTerms::kRequests;
  world.send(OrderArrived{7, OrderKind::kReload, 1, said});
  Plan plan = plan_for(2);
  plan.canary.requests = 50;
  plan.canary.limit = 9;
  world.send(ConfigReady{2, plan});
  world.send(WorkerReady{103});
  CHECK(world.supervisor.next_deadline() == world.now + 9s);
  world.send(CanaryRead{103, answered(7, 0), answered(7, 0)});
  CHECK(world.supervisor.generation() == 2);
}

TEST_CASE("trial: a newer reload takes its place when it is good, and changes nothing when it is refused") {
  TrialWorld world;
  world.signal(SIGHUP);
  world.send(ConfigFailed{world.loads.back(), "bad"});
  CHECK(world.supervisor.canary() == 103);
  CHECK(world.received(103).empty());
  SECTION("and then the canary is rolled back: the outcome is that of its own generation") {
    world.bad();
    CHECK(world.facts().reload.generation == 2);
    CHECK(world.answer(7).starts_with("failed Generation 2 is given up"));
  }
  SECTION("and then the canary is promoted") {
    world.good();
    world.exit(101, exited(0));
    world.ready_all();
    CHECK(world.facts().reload.generation == 2);
    CHECK(world.answer(7).starts_with("done"));
  }
  SECTION("a good one without a canary") {
    const unsigned next = world.reload(plan_for(2));
    CHECK(world.received(103) == std::vector<int>{SIGTERM});
    CHECK(world.answer(7) == "failed Another reload took its place.");
    CHECK(world.supervisor.generation() == next);
  }
  SECTION("a good one with a canary of its own") {
    world.order(8, OrderKind::kReload, 1);
    world.load(2);
    CHECK(world.received(103) == std::vector<int>{SIGTERM});
    CHECK(world.of_generation(3).size() == 1);
    CHECK(world.old_ones_serve());
    CHECK(world.answer(8).starts_with("begun"));
  }
}

TEST_CASE("trial: what signals do meanwhile") {
  TrialWorld world;
  SECTION("TTIN and TTOU are about the generation that serves") {
    world.signal(SIGTTIN);
    CHECK(world.of_generation(1).size() == 3);
    CHECK(world.of_generation(2).size() == 1);
    world.signal(SIGTTOU);
    world.signal(SIGTTOU);
    CHECK(world.supervisor.target() == 1);
    CHECK(world.supervisor.canary() == 103);
    CHECK(world.received(103).empty());
  }
  SECTION("a worker that dies is replaced by one of its own generation") {
    world.exit(102, killed_by(SIGSEGV));
    CHECK(world.of_generation(1).size() == 2);
    CHECK(world.of_generation(2).size() == 1);
  }
  SECTION("USR2 is refused") {
    world.signal(SIGUSR2);
    CHECK(world.has_said("USR2 is refused: a canary is on trial"));
  }
  SECTION("WINCH rolls it back") {
    world.signal(SIGWINCH);
    CHECK(world.answer(7).starts_with("failed"));
    CHECK(world.received(103) == std::vector<int>{SIGTERM});
    for (const pid_t pid : {101, 102, 103}) world.exit(pid, exited(0));
    CHECK(world.processes.empty());
  }
  SECTION("TERM stops all") {
    world.signal(SIGTERM);
    CHECK(world.received(103) == std::vector<int>{SIGTERM});
    CHECK(world.answer(7) == "failed The service stops before it was done.");
    for (const pid_t pid : {101, 102, 103}) world.exit(pid, exited(0));
    CHECK(world.exit_code == 0);
  }
  SECTION("USR1 is for it as well") {
    world.signal(SIGUSR1);
    CHECK(world.received(103) == std::vector<int>{SIGUSR1});
  }
}

TEST_CASE("trial: TERM with drain_delay rolls it back first") {
  FakeWorld world;
  Plan plan = plan_for(2);
  plan.drain_delay = 5s;
  world.send(Started{plan});
  world.ready_all();
  world.order(7, OrderKind::kReload, 1);
  world.send(ConfigReady{2, plan});
  world.ready_all();
  world.signal(SIGTERM);
  CHECK(world.supervisor.state() == Supervisor::State::kLingering);
  CHECK(world.received(103) == std::vector<int>{SIGTERM});
  CHECK(world.received(101).empty());
  CHECK(world.answer(7) == "failed The service stops before it was done.");
}

TEST_CASE("trial: it is not begun where there is nobody to compare with") {
  FakeWorld world;
  world.start(2);
  world.order(1, OrderKind::kReload, 1);
  CHECK(world.answer(1) == "refused No worker is ready that a canary could be compared with: reload without one.");
  world.ready_all();
  world.reload(plan_for(2));
  world.order(2, OrderKind::kReload, 1);
  CHECK(world.answer(2) == "refused A reload is under way; try again when it is done.");
  FakeWorld refused;
  refused.serve(2);
  refused.order(3, OrderKind::kReload, 1);
  refused.send(ConfigFailed{2, "no such file"});
  CHECK(refused.answer(3) == "refused Reload refused, nothing changed: no such file");
  CHECK(refused.workers() == 2);
}

}  // namespace orrery::master
