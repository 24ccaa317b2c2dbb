// The child that lives beside the workers: when it comes, how it comes back, when it leaves, and that nothing that
// happens to it changes anything for the workers.
#include "master/sidecar.hpp"

#include <random>

#include "fake_world.hpp"

namespace orrery::master {

namespace {

constexpr pid_t kWorker = 101, kAdmin = 102;

Started with_admin(Plan plan) { return {plan, false, false, false, {os::Role::kAdmin}}; }

/// One worker (101) and the admin process (102), both ready.
FakeWorld serving(Plan plan = plan_for(1)) {
  FakeWorld world;
  world.send(with_admin(plan));
  world.ready_all();
  world.send(WorkerReady{kAdmin});
  return world;
}

Child::State state_of(const FakeWorld& world) { return world.supervisor.sidecars()[0].child()->state; }

}  // namespace

TEST_CASE("sidecar: it comes after the workers were asked for, and is none of them") {
  FakeWorld world;
  world.send(with_admin(plan_for(2)));
  CHECK(world.trace == "spawn:1 spawn:1 spawn-admin:1");
  CHECK(world.supervisor.children().size() == 2);
  world.send(WorkerReady{103});
  CHECK(world.supervisor.state() == Supervisor::State::kStarting);
  CHECK(world.announced.empty());
  CHECK(state_of(world) == Child::State::kReady);
}

TEST_CASE("sidecar: one that dies comes back, at once and then by the back-off") {
  FakeWorld world = serving();
  const int status = GENERATE(exited(0), exited(1), exited(3), exited(4), killed_by(SIGSEGV), killed_by(SIGKILL));
  world.exit(kAdmin, status);
  CHECK(world.trace.find("report:102 spawn-admin:1") != std::string::npos);
  CHECK(world.sidecar() == 103);
  world.exit(103, status);
  CHECK(world.sidecar() == 0);
  CHECK(world.has_said("it has died 2 times in a row"));
  const auto due = world.supervisor.next_deadline();
  REQUIRE(due);
  CHECK(*due <= world.now + kFirstWait * 1.25);
  world.advance(*due - world.now);
  CHECK(world.sidecar() == 104);
  CHECK(world.supervisor.state() == Supervisor::State::kServing);
  CHECK(world.received(kWorker).empty());
}

TEST_CASE("sidecar: one that never gets up is tried ever more rarely, and the workers serve on") {
  FakeWorld world = serving();
  unsigned tries = 0;
  for (const base::Monotonic end = world.now + 600s; world.now < end;) {
    if (const pid_t pid = world.sidecar(); pid != 0) {
      ++tries;
      world.exit(pid, exited(1));
    } else {
      world.advance(1s);
    }
  }
  CHECK(tries > 15);
  CHECK(tries < 60);
  CHECK(world.supervisor.children().ready() == 1);
  CHECK_FALSE(world.supervisor.breaker().open());
  CHECK(world.announced == std::vector{Phase::kReady});
  CHECK(world.received(kWorker).empty());
}

TEST_CASE("sidecar: one that does not get ready, or does not beat, is ended and comes back") {
  FakeWorld world;
  SECTION("not ready within boot_timeout") {
    world.send(with_admin(plan_for(1)));
    world.ready_all();
    world.advance(10s);
    CHECK(world.received(kAdmin) == std::vector{SIGKILL});
  }
  SECTION("no heartbeat within timeout") {
    world = serving();
    world.now += 20s;
    world.send(HeartbeatsRead{{{kWorker, world.now, false}, {kAdmin, world.now - 20s, false}}});
    world.now += 11s;
    world.send(HeartbeatsRead{{{kWorker, world.now, false}, {kAdmin, world.now - 31s, false}}});
    CHECK(world.received(kAdmin) == std::vector{SIGABRT});
    world.advance(kAbortLimit);
    CHECK(world.received(kAdmin) == std::vector{SIGABRT, SIGKILL});
  }
  world.exit(kAdmin, killed_by(SIGKILL));
  CHECK(world.sidecar() == 103);
  CHECK(world.received(kWorker).empty());
}

TEST_CASE("sidecar: told to leave by somebody else it is replaced at once") {
  FakeWorld world = serving();
  for (int turn = 0; turn < 5; ++turn) {
    const pid_t pid = world.sidecar();
    world.send(WorkerAskedRecycle{pid, "was sent TERM by somebody else"});
    CHECK(world.received(pid) == std::vector{SIGTERM});
    world.exit(pid, exited(0));
    CHECK(world.sidecar() == pid + 1);
    world.send(WorkerReady{pid + 1});
  }
}

TEST_CASE("sidecar: a reload and its end change nothing for it") {
  FakeWorld world = serving();
  world.reload(plan_for(1));
  world.ready_all();
  world.exit(kWorker, exited(0));
  CHECK(world.supervisor.state() == Supervisor::State::kServing);
  CHECK(world.dropped == std::vector{1U});
  CHECK(world.sidecar() == kAdmin);
  CHECK(world.received(kAdmin).empty());
}

TEST_CASE("sidecar: USR1 reaches it, WINCH does not") {
  FakeWorld world = serving();
  world.signal(SIGUSR1);
  CHECK(world.received(kAdmin) == std::vector{SIGUSR1});
  world.signal(SIGWINCH);
  world.exit(kWorker, exited(0));
  CHECK(world.received(kAdmin) == std::vector{SIGUSR1});
}

TEST_CASE("sidecar: at a stop it leaves last, and a deaf one is killed soon") {
  Plan plan = plan_for(1);
  plan.drain_delay = 3s;
  FakeWorld world = serving(plan);
  const int signo = GENERATE(SIGTERM, SIGINT, SIGQUIT);
  world.signal(signo);
  if (signo == SIGTERM) {
    CHECK(world.received(kAdmin).empty());
    world.advance(3s);
    CHECK(world.received(kWorker) == std::vector{SIGTERM});
  }
  CHECK(world.received(kAdmin).empty());
  world.exit(kWorker, exited(0));
  CHECK(world.received(kAdmin) == std::vector{SIGTERM});
  CHECK_FALSE(world.exit_code);
  world.advance(kSidecarLimit);
  CHECK(world.received(kAdmin) == std::vector{SIGTERM, SIGKILL});
  world.exit(kAdmin, killed_by(SIGKILL));
  CHECK(world.exit_code == 0);
}

TEST_CASE("sidecar: while the workers drain it is there, and comes back when it dies") {
  FakeWorld world = serving();
  world.signal(SIGTERM);
  world.exit(kAdmin, killed_by(SIGSEGV));
  CHECK(world.sidecar() == 103);
  world.exit(kWorker, exited(0));
  world.exit(103, exited(0));
  CHECK(world.exit_code == 0);
}

TEST_CASE("sidecar: a quick stop starts none again, and one that left with Ctrl-C holds nothing up") {
  FakeWorld world = serving();
  world.signal(SIGINT);
  world.exit(kAdmin, exited(0));
  CHECK(world.sidecar() == 0);
  world.exit(kWorker, exited(0));
  CHECK(world.exit_code == 0);
}

TEST_CASE("sidecar: TERM of a service manager to every process of the service does not end it early") {
  FakeWorld world = serving();
  world.signal(SIGTERM);
  world.send(WorkerAskedRecycle{kAdmin, "was sent TERM by somebody else"});
  CHECK(world.received(kAdmin).empty());
}

TEST_CASE("sidecar: a start that fails takes it along") {
  FakeWorld world;
  world.send(with_admin(plan_for(1)));
  world.exit(kWorker, exited(4));
  CHECK(world.received(kAdmin) == std::vector{SIGTERM});
  world.exit(kAdmin, exited(0));
  CHECK(world.exit_code == 4);
}

TEST_CASE("sidecar: an upgrade renews it: the old master's leaves when the new one has the service") {
  SECTION("the old master") {
    FakeWorld world = serving();
    world.signal(SIGUSR2);
    world.send(SuccessorStarted{900});
    CHECK(world.received(kAdmin).empty());
    world.send(SuccessorSpoke{true, "ready"});
    CHECK(world.received(kAdmin) == std::vector{SIGTERM});
    world.exit(kAdmin, exited(0));
    CHECK(world.sidecar() == 0);
    world.exit(kWorker, exited(0));
    CHECK(world.exit_code == 0);
  }
  SECTION("the new master") {
    FakeWorld world;
    Started started = with_admin(plan_for(1));
    started.heir = true;
    world.send(started);
    world.ready_all();
    CHECK(world.sidecar() == 0);
    world.send(PredecessorLeft{true});
    CHECK(world.sidecar() == kAdmin);
  }
}

TEST_CASE("sidecar: a fork that fails is tried again") {
  FakeWorld world;
  world.send(with_admin(plan_for(1)));
  world.ready_all();
  world.forks_work = false;
  world.exit(kAdmin, exited(1));
  CHECK(world.sidecar() == 0);
  world.forks_work = true;
  world.advance(1s);
  CHECK(world.sidecar() != 0);
}

// Two supervisors see the same things happen to the workers, one of them with a sidecar that suffers all the while.
TEST_CASE("sidecar: whatever happens to it, what is decided about the workers is the same as without it") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random{seed};
    FakeWorld plain{seed}, beside{seed};
    beside.next_pid = 5001;  // the sidecar's pids; the workers' follow below
    plain.send(Started{plan_for(2)});
    beside.send(with_admin(plan_for(2)));
    for (int step = 0; step < 60; ++step) {
      const pid_t suffers = beside.sidecar();
      switch (random() % 6) {
        case 0: beside.send(WorkerReady{suffers}); break;
        case 1:
          if (suffers != 0) beside.exit(suffers, killed_by(SIGSEGV));
          break;
        case 2: beside.send(WorkerAskedRecycle{suffers}); break;
        case 3: beside.send(HeartbeatsRead{{{suffers, beside.now - 60s, true}}}); break;
        default: break;
      }
      const auto choice = random() % 5;
      const auto index = random() % 3;
      for (FakeWorld* world : {&plain, &beside}) {
        world->tracing = true;
        const auto living = world->of_generation(1);
        if (choice == 0 && index < living.size()) world->exit(living[index], killed_by(SIGSEGV));
        if (choice == 1) world->ready_all();
        if (choice == 2) world->advance(std::chrono::milliseconds{200});
        if (choice == 3 && index == 0) world->signal(SIGTTIN);
        if (choice == 4 && index == 0) world->signal(SIGTTOU);
        world->send(DeadlineReached{});  // so that both look at what is due
      }
      plain.now = beside.now = std::max(plain.now, beside.now);
      if (!plain.supervisor.serving()) break;  // with one the end comes a little later
      INFO("seed " << seed << ", step " << step);
      REQUIRE(plain.supervisor.state() == beside.supervisor.state());
      REQUIRE(plain.supervisor.status() == beside.supervisor.status());
      REQUIRE(plain.workers() == beside.workers());
    }
  }
}

}  // namespace orrery::master
