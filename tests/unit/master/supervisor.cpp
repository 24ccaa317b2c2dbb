// What the supervisor does over several events: the stories of an operator.
#include "master/supervisor.hpp"

#include <algorithm>
#include <set>

#include "fake_world.hpp"

namespace orrery::master {

using State = Supervisor::State;

TEST_CASE("supervisor start: ready is announced when every place had its chance") {
  FakeWorld world;
  world.start(2);
  CHECK(world.trace == "spawn:1 spawn:1");
  world.send(WorkerReady{101});
  CHECK(world.announced.empty());
  SECTION("both ready") {
    world.send(WorkerReady{102});
    CHECK(world.announced == std::vector{Phase::kReady});
  }
  SECTION("one dies instead: the other is service enough") {
    world.exit(102, killed_by(SIGSEGV));
    CHECK(world.announced == std::vector{Phase::kReady});
  }
}

TEST_CASE("supervisor start: exit 3 or 4 before anybody was ready ends the service with that code") {
  const int code = GENERATE(3, 4);
  FakeWorld world;
  world.start(3);
  world.exit(101, exited(code));
  CHECK(world.supervisor.state() == State::kQuitting);
  CHECK_FALSE(world.exit_code);
  world.exit(102, exited(code == 3 ? 4 : 3));  // several fail together: the first one's code stays
  world.exit(103, killed_by(SIGQUIT));
  CHECK(world.exit_code == code);
}

TEST_CASE("supervisor start: exit 3 after one was ready never stops the service") {
  FakeWorld world;
  world.start(2);
  world.send(WorkerReady{101});
  for (int i = 0; i < 5; ++i) {
    for (const auto& [pid, process] : std::map(world.processes)) {
      if (pid != 101) world.exit(pid, exited(3));
    }
    world.advance(1min);
  }
  CHECK(world.supervisor.state() == State::kServing);
  CHECK(world.is(101, Child::State::kReady));
}

TEST_CASE("supervisor start: other deaths are tried a few times, then it ends with 3") {
  FakeWorld world;
  world.start(1);
  for (unsigned i = 0; i < kStartTries; ++i) {
    world.exit(world.processes.begin()->first, killed_by(SIGSEGV));
    world.advance(1s);
  }
  CHECK(world.exit_code == 3);
}

TEST_CASE("supervisor start: nobody ready within boot_timeout ends it with 3") {
  FakeWorld world;
  world.start(1);
  CHECK(world.supervisor.next_deadline() == world.now + 10s);
  world.advance(10s);
  CHECK(world.received(101) == std::vector{SIGKILL});
  world.exit(101, killed_by(SIGKILL));
  CHECK(world.reports.back().ending == Ending::kBootTimeout);
  CHECK(world.exit_code == 3);
}

TEST_CASE("supervisor start: fork that never works ends it with 3") {
  FakeWorld world;
  world.forks_work = false;
  world.start(1);
  for (int i = 0; i < 5 && !world.exit_code; ++i) world.advance(1min);
  CHECK(world.exit_code == 3);
}

TEST_CASE("supervisor death: replaced at once, then backed off, then trusted again") {
  FakeWorld world;
  world.serve(1);
  world.exit(101, killed_by(SIGKILL));
  CHECK(world.trace == "report:101 spawn:1");
  CHECK(world.reports.back().ending == Ending::kCrashed);
  world.exit(102, killed_by(SIGKILL));
  CHECK(world.trace == "report:102 say");
  CHECK(world.has_said("2 deaths in a row"));
  const auto due = world.supervisor.next_deadline();
  REQUIRE(due);
  CHECK(*due - world.now >= kFirstWait * 3 / 4);
  CHECK(*due - world.now < kFirstWait * 5 / 4);
  world.advance(*due - world.now);
  CHECK(world.trace == "spawn:1");
  world.ready_all();
  world.now += kStableLife;
  world.exit(103, killed_by(SIGSEGV));
  CHECK(world.trace == "report:103 spawn:1");
}

TEST_CASE("supervisor death: a crash loop never tries more often than the back-off allows") {
  FakeWorld world;
  world.serve(1);
  const auto begin = world.now;
  int tries = 0;
  while (world.now < begin + 10min) {
    while (!world.processes.empty()) {
      world.exit(world.processes.begin()->first, exited(1));
      ++tries;
    }
    const auto due = world.supervisor.next_deadline();
    REQUIRE(due);
    REQUIRE(*due > world.now);
    world.advance(*due - world.now);
  }
  CHECK(tries < 40);
  CHECK(tries > 15);
}

TEST_CASE("supervisor death: TERM or QUIT sent to one worker by hand is a restart, not a crash") {
  const int status = GENERATE(exited(0), killed_by(SIGTERM), killed_by(SIGQUIT), killed_by(SIGINT));
  FakeWorld world;
  world.serve(2);
  world.exit(101, status);
  CHECK(world.reports.back().ending == Ending::kRestarted);
  CHECK(world.has_said("it is restarted"));
  CHECK(world.processes.size() == 2);
}

TEST_CASE("supervisor resize: TTIN and TTOU, the oldest leaves, never below one") {
  FakeWorld world;
  world.serve(1);
  world.signal(SIGTTIN);
  world.ready_all();
  CHECK(world.supervisor.target() == 2);
  world.signal(SIGTTOU);
  CHECK(world.received(101) == std::vector{SIGTERM});
  world.exit(101, exited(0));
  CHECK(world.reports.back().ending == Ending::kAsked);
  world.signal(SIGTTOU);
  CHECK(world.has_said("one worker is the least"));
  CHECK(world.supervisor.target() == 1);
  CHECK(world.processes.size() == 1);
}

TEST_CASE("supervisor resize: never more than all slots, those that drain counted") {
  FakeWorld world;
  world.serve(254);
  world.signal(SIGTTIN);
  world.ready_all();
  world.signal(SIGTTOU);  // 254 wanted, 255 there
  world.signal(SIGTTIN);
  CHECK(world.processes.size() == 256);
  world.signal(SIGTTIN);
  CHECK(world.has_said("256 worker processes are the most"));
  CHECK(world.supervisor.target() == 255);
}

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
  CHECK(world.trace == "term:102 say ready");
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
    CHECK(world.trace == "say term:101 term:102 term:103 ready");
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

TEST_CASE("supervisor recycle: the replacement is ready first, one at a time") {
  FakeWorld world;
  world.serve(3);
  world.send(WorkerAskedRecycle{101});
  CHECK(world.trace == "say spawn:1");
  world.send(WorkerAskedRecycle{102});
  CHECK(world.trace == "say");
  world.send(WorkerReady{104});
  CHECK(world.trace == "term:101 spawn:1");
  world.send(WorkerReady{105});
  CHECK(world.trace == "term:102");
}

TEST_CASE("supervisor recycle: a replacement that does not boot leaves the old worker serving") {
  FakeWorld world;
  world.serve(1);
  world.send(WorkerExhausted{101});
  world.exit(102, exited(4));
  world.exit(103, exited(4));
  CHECK(world.received(101).empty());
  CHECK(world.supervisor.next_deadline() > world.now);
}

TEST_CASE("supervisor timeout: ABRT and a replacement at once, KILL a second later") {
  FakeWorld world;
  world.serve(1);
  const bool past_deadline = GENERATE(false, true);
  const auto beat = world.now;
  if (!past_deadline) {
    for (int i = 0; i < 15; ++i) {
      world.now += 2s;
      world.send(HeartbeatsRead{{{101, beat, false}}});
      REQUIRE(world.trace.empty());
    }
    world.now += 1s;
  }
  world.send(HeartbeatsRead{{{101, beat, past_deadline}}});
  CHECK(world.trace == "say abrt:101 spawn:1");
  CHECK(world.has_said("WORKER TIMEOUT (pid:101)"));
  world.advance(kAbortLimit);
  CHECK(world.trace == "kill:101");
  world.exit(101, killed_by(SIGKILL));
  CHECK(world.trace == "report:101");
  CHECK(world.reports.back().ending == (past_deadline ? Ending::kDeadline : Ending::kTimeout));
}

TEST_CASE("supervisor timeout: when the master itself stood still the workers get a fresh count") {
  FakeWorld world;
  world.serve(1);
  const auto beat = world.now;
  world.send(HeartbeatsRead{{{101, beat, false}}});
  world.now += 1h;
  world.send(HeartbeatsRead{{{101, beat, false}}});
  CHECK(world.trace.empty());
  for (int i = 0; i < 31; ++i) {
    world.now += 1s;
    world.send(HeartbeatsRead{{{101, beat, false}}});
  }
  CHECK(world.received(101) == std::vector{SIGABRT});
}

TEST_CASE("supervisor stop: TERM waits for graceful_timeout, then kills, exit 0") {
  FakeWorld world;
  world.serve(2);
  world.signal(SIGTERM);
  world.exit(101, exited(0));
  CHECK(world.reports.back().ending == Ending::kAsked);
  world.advance(19s);
  CHECK(world.trace.empty());
  world.advance(1s);
  CHECK(world.trace == "kill:102");
  CHECK_FALSE(world.exit_code);
  world.exit(102, killed_by(SIGKILL));
  CHECK(world.reports.back().ending == Ending::kGraceOver);
  CHECK(world.exit_code == 0);
}

TEST_CASE("supervisor stop: INT is quick, a second one is now") {
  FakeWorld world;
  world.serve(2);
  world.signal(SIGINT);
  CHECK(world.received(101) == std::vector{SIGQUIT});
  CHECK(world.supervisor.next_deadline() == world.now + kQuickLimit);
  world.exit(101, killed_by(SIGINT));  // Ctrl-C reached it too
  CHECK(world.reports.back().ending == Ending::kAsked);
  world.signal(SIGINT);
  CHECK(world.received(102) == std::vector{SIGQUIT, SIGKILL});
  world.exit(102, killed_by(SIGKILL));
  CHECK(world.exit_code == 0);
}

TEST_CASE("supervisor stop: nobody is forked any more, whatever dies") {
  FakeWorld world;
  world.serve(2);
  world.signal(SIGTERM);
  world.exit(101, killed_by(SIGSEGV));
  CHECK(world.trace == "report:101");
  CHECK(world.reports.back().ending == Ending::kCrashed);
}

TEST_CASE("supervisor stop: a worker told to leave before its pid is known is told when it is") {
  Supervisor supervisor(1);
  const base::Monotonic now{1s};
  supervisor.on(Started{plan_for(1)}, now);
  const int signo = GENERATE(SIGTERM, SIGINT);
  supervisor.on(SignalArrived{signo, 1}, now);
  const Actions actions = supervisor.on(Forked{1, 7}, now);
  REQUIRE(actions.size() == 1);
  const auto* sent = std::get_if<SendSignal>(&actions[0]);
  REQUIRE(sent != nullptr);
  CHECK(sent->pid == 7);
  CHECK(sent->signo == (signo == SIGTERM ? SIGTERM : SIGQUIT));
}

TEST_CASE("supervisor: a worker that grew too old is replaced, the replacement first, not all at once") {
  FakeWorld world;
  Plan plan = plan_for(3);
  plan.max_lifetime = 60s;
  world.send(Started{plan});
  world.ready_all();
  world.advance(59s);
  CHECK(world.trace.empty());
  world.advance(8s);  // a tenth more at most
  CHECK(world.trace == "say say say spawn:1");
  CHECK(world.has_said("has reached max_worker_lifetime"));
  world.send(WorkerReady{104});
  CHECK(world.trace == "term:101 spawn:1");
}

TEST_CASE("supervisor: lifetimes are spread, and are no deadline in a stop") {
  FakeWorld world;
  Plan plan = plan_for(8);
  plan.max_lifetime = 1000s;
  world.send(Started{plan});
  world.ready_all();
  std::vector<base::Monotonic> expiries;
  for (const Child& child : world.supervisor.children()) expiries.push_back(child.expires);
  const auto [first, last] = std::minmax_element(expiries.begin(), expiries.end());
  CHECK(*first >= world.now + 1000s);
  CHECK(*last <= world.now + 1100s);
  CHECK(*last - *first > 10s);
  CHECK(world.supervisor.next_deadline() == *first);
}

TEST_CASE("supervisor: private memory, soft and hard") {
  FakeWorld world;
  Plan plan = plan_for(2);
  plan.max_memory = 100;
  plan.max_memory_hard = 200;
  world.send(Started{plan});
  world.ready_all();
  world.send(MemoryRead{{{101, 100}, {102, 100}, {999, 500}}});
  CHECK(world.trace.empty());
  SECTION("soft: the replacement first, said once") {
    world.send(MemoryRead{{{101, 101}}});
    CHECK(world.trace == "say spawn:1");
    world.send(MemoryRead{{{101, 120}}});
    CHECK(world.trace.empty());
    world.send(WorkerReady{103});
    CHECK(world.trace == "term:101");
  }
  SECTION("hard: it leaves now") {
    world.send(MemoryRead{{{101, 201}}});
    CHECK(world.trace == "say term:101 spawn:1");
  }
  SECTION("hard after soft") {
    world.send(MemoryRead{{{101, 150}}});
    world.send(MemoryRead{{{101, 250}}});
    CHECK(world.trace == "say term:101");
  }
}

TEST_CASE("supervisor: healthy while somebody serves, or nobody is wanted") {
  FakeWorld world;
  world.start(1);
  CHECK(world.supervisor.healthy());  // starting has a limit of its own
  world.ready_all();
  CHECK(world.supervisor.healthy());
  CHECK(world.supervisor.status() == "1 of 1 workers ready, generation 1");
  world.exit(101, killed_by(SIGSEGV));
  CHECK_FALSE(world.supervisor.healthy());
  world.ready_all();
  CHECK(world.supervisor.healthy());
  world.signal(SIGWINCH);
  CHECK(world.supervisor.healthy());
}

}  // namespace orrery::master
