// An upgrade with a canary: the old master's side, and the new master's.
#include "fake_world.hpp"
#include "os/contract.hpp"

namespace orrery::master {

namespace {

using os::OrderKind;

Tally answered(std::uint64_t requests, std::uint64_t errors, std::size_t bucket = 20) {
  Tally tally;
  tally.requests = requests;
  tally.errors = errors;
  tally.latency[bucket] = requests;
  return tally;
}

/// An old master of two workers, whose admin process ordered an upgrade with a canary (ticket 7); the new one is 900.
struct OldMaster : FakeWorld {
  explicit OldMaster(UpgradeMode mode = UpgradeMode::kTransactional, os::CanaryTerms ordered = {}) {
    Plan plan = plan_for(2);
    plan.upgrade = mode;
    send(Started{plan});
    ready_all();
    send(OrderArrived{7, OrderKind::kUpgrade, 1, ordered});
    CHECK(trace.find("successor-canary") != std::string::npos);
    send(SuccessorStarted{900});
  }
  /// The new master has said its terms, and its canary is ready.
  void try_it(os::CanaryTerms of_settings = {}) {
    send(SuccessorIntroduced{of_settings});
    send(SuccessorTried{});
    CHECK(supervisor.canary() == 900);
  }
  void read(const Tally& canary, const Tally& siblings) { send(CanaryRead{900, canary, siblings}); }
  [[nodiscard]] os::ServiceFacts facts() const {
    os::ServiceFacts told;
    supervisor.describe(told);
    return told;
  }
  /// Given up: as if nothing had been.
  void check_rolled_back(const std::string& why) {
    CHECK(trace.find("promote") == std::string::npos);
    CHECK(supervisor.upgrade().state() == Upgrade::State::kEnding);
    CHECK(supervisor.canary() == 0);
    send(SuccessorExited{"exit code 0"});
    CHECK(answer(7) == "failed The upgrade is given up, nothing changed: " + why);
    CHECK(facts().canary.rolled_back == 1);
    CHECK(facts().canary.promoted == 0);
    CHECK(supervisor.state() == Supervisor::State::kServing);
    CHECK(received(101).empty());
    CHECK(received(102).empty());
  }
};

/// A new master of three workers whose first one (101) is the old one's canary.
FakeWorld new_master(bool ready = true) {
  FakeWorld world;
  Plan plan = plan_for(3);
  plan.canary.probe = decltype(plan.canary.probe){"/probe"};
  world.send(Started{plan, false, true, false, {}, true});
  if (ready) world.ready_all();
  return world;
}

}  // namespace

TEST_CASE("canary upgrade: a good canary is promoted, and the service is handed over when all are ready") {
  OldMaster world;
  world.try_it();
  CHECK(world.facts().upgrading);
  CHECK(world.facts().canary.number == 1);
  world.read(answered(99, 0), answered(300, 0));
  CHECK(world.trace.empty());
  world.read(answered(100, 0), answered(300, 0));
  CHECK(world.trace == "say promote");
  CHECK(world.supervisor.next_deadline() == world.now + upgrade_limit(plan_for(2)));
  CHECK(world.answer(7).starts_with("begun"));
  CHECK(world.received(101).empty());
  world.send(SuccessorSpoke{true, "3 of 3 workers ready"});
  CHECK(world.supervisor.upgrade().state() == Upgrade::State::kCommitted);
  CHECK_THAT(world.answer(7), Catch::StartsWith("done The new master (pid 900) has taken over; this one leaves: the "
                                                "canary answered 100 requests with 0.0 % errors"));
  CHECK(world.facts().canary.promoted == 1);
  CHECK(world.facts().canary.number == 0);
}

TEST_CASE("canary upgrade: one that is worse is ended, and never told to start a second worker") {
  OldMaster world;
  world.try_it();
  SECTION("errors") {
    world.read(answered(100, 30), answered(300, 0));
    CHECK(world.trace == "say term:successor");
    CHECK(world.has_said("the canary is rolled back and the new master 900 is ended"));
    world.check_rolled_back("30.0 % of the canary's 100 requests failed, and 0.0 % of its siblings' 300.");
  }
  SECTION("latency") {
    world.read(answered(100, 0, 26), answered(300, 0, 20));
    CHECK(world.trace == "say term:successor");
    CHECK(world.supervisor.upgrade().failure().starts_with("90 % of the canary's 100 requests took up to"));
    world.check_rolled_back(world.supervisor.upgrade().failure() + ".");
  }
  SECTION("it says itself that its canary is gone") {
    world.send(SuccessorSpoke{false, "Worker 1 (pid 901): SIGSEGV"});
    world.check_rolled_back("Worker 1 (pid 901): SIGSEGV.");
  }
  SECTION("and then it can be tried again") {
    world.read(answered(100, 30), answered(300, 0));
    world.send(SuccessorExited{"exit code 0"});
    world.order(8, OrderKind::kUpgrade, 1);
    CHECK(world.answer(8).starts_with("begun"));
  }
}

TEST_CASE("canary upgrade: a new master that ends by itself is a rollback") {
  OldMaster world;
  world.try_it();
  world.send(SuccessorExited{"SIGSEGV"});
  CHECK(world.answer(7) == "failed The upgrade is given up, nothing changed: the new master 900 has ended (SIGSEGV).");
  CHECK(world.facts().canary.rolled_back == 1);
  CHECK(world.supervisor.state() == Supervisor::State::kServing);
}

TEST_CASE("canary upgrade: when its time is over the verdict comes, of the order before that of its settings") {
  const bool promotes = GENERATE(false, true);
  os::CanaryTerms ordered;
  ordered.promotes = promotes;
  ordered.said = os::CanaryTerms::kPromotes;
  os::CanaryTerms of_settings;
  of_settings.limit = 20;
  of_settings.promotes = !promotes;
  OldMaster world{UpgradeMode::kTransactional, ordered};
  world.try_it(of_settings);
  CHECK(world.supervisor.next_deadline() == world.now + 20s);
  world.advance(19s);
  CHECK(world.supervisor.canary() == 900);
  world.advance(1s);
  CHECK(world.supervisor.canary() == 0);
  CHECK(world.trace == (promotes ? "say promote" : "say term:successor"));
}

TEST_CASE("canary upgrade: a binary that does not know the word is refused, whatever it says") {
  OldMaster world;
  SECTION("it says which one it is") { world.send(SuccessorIntroduced{}); }
  SECTION("it is older still, and only ready") { world.send(SuccessorSpoke{true, "2 of 2 workers ready"}); }
  SECTION("it knows the word, and does not begin so") {
    world.send(SuccessorIntroduced{os::CanaryTerms{}});
    world.send(SuccessorSpoke{true, "2 of 2 workers ready"});
  }
  CHECK(world.trace == "say term:successor");
  CHECK(world.supervisor.upgrade().state() == Upgrade::State::kEnding);
  world.send(SuccessorSpoke{true, "2 of 2 workers ready"});
  CHECK(world.trace.empty());
  world.send(SuccessorExited{"exit code 0"});
  CHECK(world.answer(7) ==
        "refused Upgrade refused, nothing changed: the new binary cannot begin with a canary; upgrade without one.");
  CHECK(world.facts().canary.rolled_back == 0);
  CHECK(world.received(101).empty());
}

TEST_CASE("canary upgrade: without a canary nothing of it matters") {
  FakeWorld world;
  world.serve(2);
  world.order(7, OrderKind::kUpgrade);
  world.send(SuccessorStarted{900});
  world.send(SuccessorIntroduced{});
  world.send(SuccessorTried{});
  CHECK(world.trace.empty());
  CHECK(world.supervisor.canary() == 0);
  world.send(SuccessorSpoke{true, "2 of 2 workers ready"});
  CHECK(world.answer(7) == "done The new master (pid 900) has taken over; this one leaves.");
}

TEST_CASE("canary upgrade: a stop meanwhile takes the new master along") {
  OldMaster world;
  world.try_it();
  world.signal(SIGTERM);
  CHECK(world.trace.find("term:successor") != std::string::npos);
  for (const pid_t pid : {101, 102}) world.exit(pid, exited(0));
  CHECK_FALSE(world.exit_code);
  world.send(SuccessorExited{"exit code 0"});
  CHECK(world.answer(7) == "failed The upgrade is given up, nothing changed: this master was told to stop.");
  CHECK(world.exit_code == 0);
}

TEST_CASE("canary upgrade: by hand, both serve after the promotion") {
  OldMaster world{UpgradeMode::kManual};
  world.try_it();
  world.read(answered(100, 0), answered(300, 0));
  world.send(SuccessorSpoke{true, "2 of 2"});
  CHECK(world.supervisor.upgrade().state() == Upgrade::State::kBeside);
  CHECK_THAT(world.answer(7),
             Catch::StartsWith("done The new master (pid 900) is ready") && Catch::Contains("the canary answered 100"));
}

TEST_CASE("canary upgrade: it is not begun where there is nobody to compare with") {
  FakeWorld world;
  world.serve(2);
  world.signal(SIGWINCH);
  world.order(7, OrderKind::kUpgrade, 1);
  CHECK(world.answer(7) == "refused No worker is ready that a canary could be compared with: upgrade without one.");
}

TEST_CASE("canary upgrade: the new master begins with one worker, and is not ready before it is promoted") {
  FakeWorld world = new_master(false);
  CHECK(world.workers() == 1);
  CHECK(world.processes.at(101).probe == "/probe");
  CHECK(world.supervisor.tried() == 0);
  world.ready_all();
  CHECK(world.supervisor.tried() == 101);
  CHECK(world.announced.empty());
  for (const int signo : {SIGHUP, SIGTTIN, SIGTTOU, SIGWINCH, SIGUSR2}) {
    world.signal(signo);
    CHECK(world.has_said("is ignored: the old master has the first worker of this one on trial"));
    CHECK(world.workers() == 1);
  }
  world.send(WorkerAskedRecycle{101});
  CHECK(world.workers() == 1);
  world.send(PromotionArrived{});
  CHECK(world.supervisor.tried() == 0);
  world.ready_all();
  world.ready_all();
  world.exit(101, exited(0));  // as it had asked
  CHECK(world.workers() == 3);
  CHECK(world.announced == std::vector{Phase::kReady});
  world.send(PromotionArrived{});
  CHECK(world.workers() == 3);
}

TEST_CASE("canary upgrade: whatever ends the canary ends the new master, which says why") {
  FakeWorld world = new_master();
  SECTION("it crashes") {
    world.exit(101, killed_by(SIGSEGV));
    CHECK(world.trace.find("failed:Worker 1 (pid 101): SIGSEGV") != std::string::npos);
  }
  SECTION("its answer to the probe is bad") {
    world = new_master(false);
    world.exit(101, exited(os::kExitProbe));
    CHECK(world.trace.find("failed:its answer to the probe was bad") != std::string::npos);
  }
  SECTION("it is stuck") {
    world.send(HeartbeatsRead{{{101, world.now, true}}});
    CHECK(world.trace.find("failed:Worker 1 (pid 101) was stuck") != std::string::npos);
    world.exit(101, killed_by(SIGABRT));
  }
  SECTION("it has too much memory") {
    world = FakeWorld{};
    Plan plan = plan_for(2);
    plan.max_memory_hard = 100;
    world.send(Started{plan, false, true, false, {}, true});
    world.ready_all();
    world.send(MemoryRead{{{101, 200, 1}}});
    CHECK(world.trace.find("failed:the canary had to leave") != std::string::npos);
    world.exit(101, exited(0));
  }
  CHECK(world.workers() == 0);
  CHECK(world.exit_code == os::kExitWorkerBoot);
}

TEST_CASE("canary upgrade: in the new master, the old one's end") {
  SECTION("while its canary serves: it goes on with all its workers") {
    FakeWorld world = new_master();
    world.send(PredecessorLeft{false});
    CHECK(world.trace.find("take-over") != std::string::npos);
    world.ready_all();
    CHECK(world.workers() == 3);
    CHECK(world.announced == std::vector{Phase::kReady});
    world.exit(102, killed_by(SIGSEGV));  // no upgrade is given up any more
    CHECK(world.workers() == 3);
  }
  SECTION("before its canary is ready: it leaves too") {
    FakeWorld world = new_master(false);
    world.send(PredecessorLeft{false});
    world.exit(101, exited(0));
    CHECK(world.exit_code == os::kExitFailure);
  }
  SECTION("TERM") {
    FakeWorld world = new_master();
    world.signal(SIGTERM);
    world.exit(101, exited(0));
    CHECK(world.exit_code == 0);
  }
}

}  // namespace orrery::master
