// What the supervisor does over several events: the stories of an operator. Reloads have their own file.
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
  CHECK(world.supervisor.status() == "1 of 1 worker ready, generation 1");
  world.exit(101, killed_by(SIGSEGV));
  CHECK_FALSE(world.supervisor.healthy());
  world.ready_all();
  CHECK(world.supervisor.healthy());
  world.signal(SIGWINCH);
  CHECK(world.supervisor.healthy());
}

}  // namespace orrery::master
