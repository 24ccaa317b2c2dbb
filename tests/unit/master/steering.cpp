// What becomes of each order of the admin process, whatever else happens meanwhile.
#include "fake_world.hpp"

namespace orrery::master {

namespace {

using os::OrderKind;

/// "done", "begun": how the last answer to order 7 begins.
std::string outcome(const FakeWorld& world) {
  const std::string answer = world.answer(7);
  return answer.substr(0, answer.find(' '));
}

}  // namespace

TEST_CASE("steering: a reload is begun, and done when its generation is ready") {
  FakeWorld world;
  world.serve(2);
  world.order(7, OrderKind::kReload);
  CHECK(world.trace == "reloading load:2 begun:7");
  CHECK(world.answer(7) == "begun The configuration is read as generation 2.");
  world.send(ConfigReady{2, plan_for(2)});
  world.ready_all();
  CHECK(outcome(world) == "begun");
  world.exit(101, exited(0));
  world.ready_all();
  CHECK(world.answer(7) == "done Generation 2 is ready with 2 workers.");
}

TEST_CASE("steering: a reload says why it came to nothing") {
  struct Row {
    const char* name;
    void (*happens)(FakeWorld&);
    const char* answer;
  };
  const Row rows[] = {
      {"refused",
       [](FakeWorld& w) {
         w.send(ConfigFailed{2, "server.yaml:3: `wrokers` is unknown"});
       },
       "refused Reload refused, nothing changed: server.yaml:3: `wrokers` is unknown"},
      {"given up",
       [](FakeWorld& w) {
         w.send(ConfigReady{2, plan_for(2)});
         w.exit(103, exited(4));
       },
       "failed Generation 2 is given up, generation 1 stays: Worker 3 (pid 103): exit code 4"},
      {"another one came before it was read",
       [](FakeWorld& w) {
         w.signal(SIGHUP);
         w.send(ConfigReady{2, plan_for(2)});
       },
       "failed Another reload took its place."},
      {"another one came while it rolled",
       [](FakeWorld& w) {
         w.send(ConfigReady{2, plan_for(2)});
         w.reload(plan_for(2));
       },
       "failed Another reload took its place."},
      {"the service stops", [](FakeWorld& w) { w.signal(SIGTERM); }, "failed The service stops before it was done."},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    FakeWorld world;
    world.serve(2);
    world.order(7, OrderKind::kReload);
    row.happens(world);
    CHECK(world.answer(7) == row.answer);
    CHECK(std::ranges::count(world.answers, 7U, &AnswerOrder::ticket) == 2);
  }
}

TEST_CASE("steering: the number of workers, up and down") {
  FakeWorld world;
  world.serve(2);
  world.order(7, OrderKind::kScale, 4);
  CHECK(world.trace == "say begun:7 spawn:1 spawn:1");
  CHECK(world.supervisor.target() == 4);
  world.send(WorkerReady{103});
  CHECK(outcome(world) == "begun");
  world.send(WorkerReady{104});
  CHECK(world.answer(7) == "done 4 workers are ready.");
  world.order(8, OrderKind::kScale, 1);
  CHECK(world.trace == "say begun:8 term:101 term:102 term:103 done:8");
  world.order(9, OrderKind::kScale, 1);
  CHECK(world.answer(9) == "done 1 worker is ready.");
}

TEST_CASE("steering: a number of workers that cannot be, or is changed again") {
  FakeWorld world;
  world.serve(1);
  for (const int wrong : {0, -1, 257, 1'000'000}) {
    world.order(7, OrderKind::kScale, wrong);
    CHECK(world.answer(7) == "refused The number of workers is 1 to 256.");
  }
  CHECK(world.supervisor.target() == 1);
  world.order(8, OrderKind::kScale, 3);
  world.signal(SIGTTIN);
  CHECK(world.answer(8) == "failed The number of workers was changed again, to 4.");
}

TEST_CASE("steering: a worker is restarted when its replacement is ready") {
  FakeWorld world;
  world.serve(2);
  world.order(7, OrderKind::kRestart, 2);
  CHECK(world.trace == "say begun:7 spawn:1");
  world.send(WorkerReady{103});
  CHECK(world.received(102) == std::vector{SIGTERM});
  CHECK(world.received(101).empty());
  CHECK(world.answer(7) == "done Worker 2 is replaced.");
}

TEST_CASE("steering: all workers are restarted, one after the other") {
  FakeWorld world;
  world.serve(3);
  world.order(7, OrderKind::kRestart);
  for (int turn = 0; turn < 3; ++turn) {
    CHECK(outcome(world) == "begun");
    world.ready_all();
  }
  CHECK(world.answer(7) == "done 3 workers are replaced.");
}

TEST_CASE("steering: a restart of what is not there, is not ready, or dies meanwhile") {
  FakeWorld world;
  world.serve(2);
  world.order(7, OrderKind::kRestart, 99);
  CHECK(world.answer(7) == "refused There is no worker 99.");
  world.order(7, OrderKind::kRestart, -3);
  CHECK(world.answer(7) == "refused There is no worker -3.");
  world.signal(SIGTTIN);
  world.order(7, OrderKind::kRestart, 3);
  CHECK(world.answer(7) == "refused Worker 3 is not ready: it starts, or leaves already.");
  world.ready_all();
  world.order(8, OrderKind::kRestart, 1);
  world.exit(101, killed_by(SIGKILL));
  CHECK(world.answer(8).starts_with("begun"));
  world.ready_all();
  CHECK(world.answer(8) == "done Worker 1 is replaced.");
}

TEST_CASE("steering: a crash loop ends the wait for workers") {
  FakeWorld world;
  world.serve(2);
  world.order(7, OrderKind::kScale, 3);
  while (!world.supervisor.breaker().open()) {
    if (world.processes.empty()) {
      world.advance(1s);
    } else {
      world.exit(world.processes.rbegin()->first, killed_by(SIGSEGV));
    }
  }
  CHECK(world.answer(7).starts_with("failed Workers die as soon as they are replaced (crash loop)"));
}

TEST_CASE("steering: drain and undrain, told to workers and balancers") {
  FakeWorld world;
  world.serve(1);
  os::ServiceFacts facts;
  world.order(7, OrderKind::kDrain);
  CHECK(outcome(world) == "done");
  CHECK(world.supervisor.closing());
  world.supervisor.describe(facts);
  CHECK(os::why_not_ready(facts) == "the service is drained by an order; `undrain` takes it back");
  CHECK(world.received(101).empty());
  world.order(8, OrderKind::kDrain);
  CHECK(world.answer(8) == "done The service is drained already.");
  world.reload(plan_for(1));
  world.ready_all();
  CHECK(world.supervisor.closing());
  world.order(9, OrderKind::kUndrain);
  CHECK(world.answer(9).starts_with("done"));
  CHECK_FALSE(world.supervisor.closing());
  world.supervisor.describe(facts);
  CHECK(os::why_not_ready(facts).empty());
}

TEST_CASE("steering: connections are closed while drain_delay runs") {
  FakeWorld world;
  Plan plan = plan_for(1);
  plan.drain_delay = 5s;
  world.send(Started{plan});
  world.ready_all();
  CHECK_FALSE(world.supervisor.closing());
  world.signal(SIGTERM);
  CHECK(world.supervisor.closing());
}

TEST_CASE("steering: a stop is answered when all workers have left, before the admin process is told to leave") {
  FakeWorld world;
  Started started{plan_for(2)};
  started.sidecars = {os::Role::kAdmin};
  world.send(started);
  world.ready_all();
  const pid_t admin = world.sidecar();
  world.order(7, OrderKind::kStop);
  CHECK(outcome(world) == "begun");
  world.exit(101, exited(0));
  world.order(8, OrderKind::kReload);
  CHECK(world.answer(8) == "refused The service is stopping.");
  world.order(9, OrderKind::kStop);
  CHECK(world.answer(9).starts_with("begun"));
  world.exit(102, exited(0));
  CHECK(world.trace == fmt::format("report:102 done:7 done:9 term:{}", admin));
  CHECK(world.answer(7) == "done All workers have left, and the master leaves.");
}

TEST_CASE("steering: an upgrade, and every way it can end") {
  struct Row {
    const char* name;
    UpgradeMode mode;
    void (*happens)(FakeWorld&);
    const char* answer;
  };
  const Row rows[] = {
      {"taken over", UpgradeMode::kTransactional,
       [](FakeWorld& w) {
         w.send(SuccessorSpoke{true, "1 of 1 worker ready"});
       },
       "done The new master (pid 900) has taken over; this one leaves."},
      {"beside", UpgradeMode::kManual,
       [](FakeWorld& w) {
         w.send(SuccessorSpoke{true, "1 of 1 worker ready"});
       },
       "done The new master (pid 900) is ready and both serve (upgrade is `manual`): TERM to this one ends the "
       "upgrade."},
      {"it fails", UpgradeMode::kTransactional,
       [](FakeWorld& w) {
         w.send(SuccessorSpoke{false, "cannot bind"});
         w.send(SuccessorExited{"exit code 1"});
       },
       "failed The upgrade is given up, nothing changed: cannot bind."},
      {"it dies", UpgradeMode::kTransactional, [](FakeWorld& w) { w.send(SuccessorExited{"SIGKILL"}); },
       "failed The upgrade is given up, nothing changed: the new master 900 has ended (SIGKILL)."},
      {"it is too slow", UpgradeMode::kTransactional,
       [](FakeWorld& w) {
         w.advance(1h);
         w.send(SuccessorExited{"SIGTERM"});
       },
       "failed The upgrade is given up, nothing changed: it was not ready in time."},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    FakeWorld world;
    Plan plan = plan_for(1);
    plan.upgrade = row.mode;
    world.send(Started{plan});
    world.ready_all();
    world.order(7, OrderKind::kUpgrade);
    world.send(SuccessorStarted{900});
    CHECK(outcome(world) == "begun");
    world.order(8, OrderKind::kUpgrade);
    CHECK(world.answer(8) == "refused An upgrade is under way.");
    row.happens(world);
    CHECK(world.answer(7) == row.answer);
  }
}

TEST_CASE("steering: questions are bounded") {
  FakeWorld world;
  world.serve(1);
  for (std::uint64_t ticket = 1; ticket <= 64; ++ticket) world.order(ticket, OrderKind::kScale, 2);
  world.order(7777, OrderKind::kScale, 2);
  CHECK(world.answer(7777) == "refused Too many orders wait for their outcome.");
  world.ready_all();
  CHECK(world.answer(64) == "done 2 workers are ready.");
}

}  // namespace orrery::master
