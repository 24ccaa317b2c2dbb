// The breaker by itself, and what it does to the supervisor.
#include "master/breaker.hpp"

#include "fake_world.hpp"

namespace orrery::master {

namespace {

constexpr base::Monotonic kNow{1000s};

/// A breaker that has just opened.
Breaker opened(Jitter& jitter) {
  Breaker breaker;
  for (unsigned number = 1; number <= kCrashes; ++number)
    CHECK(breaker.record_death(number, kNow, 0s, 1, jitter) == (number == kCrashes));
  return breaker;
}

/// A service of `workers` whose newest worker dies as soon as it is ready, until the breaker opens.
FakeWorld crashing(unsigned workers) {
  FakeWorld world;
  world.serve(workers);
  for (int i = 0; i < 1000 && !world.supervisor.breaker().open(); ++i) {
    world.exit(world.processes.rbegin()->first, killed_by(SIGSEGV));
    if (world.processes.size() < workers && !world.supervisor.breaker().open())
      world.advance(*world.supervisor.next_deadline() - world.now);
    world.ready_all();
  }
  REQUIRE(world.supervisor.breaker().open());
  return world;
}

void wait_for_deadline(FakeWorld& world) {
  const auto due = world.supervisor.next_deadline();
  REQUIRE(due);
  REQUIRE(*due > world.now);
  world.advance(*due - world.now);
}

long said(const FakeWorld& world, const std::string& part) {
  return std::count_if(world.said.begin(), world.said.end(),
                       [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("breaker: a cause that is held ends the crash loop and every pause at once") {
  FakeWorld world = crashing(3);
  CHECK(world.processes.size() < 3);
  world.send(CauseHeld{});
  CHECK_FALSE(world.supervisor.breaker().open());
  CHECK(world.processes.size() == 3);
  CHECK(said(world, "all places are filled again") == 1);
  world.ready_all();
  FakeWorld paused;
  paused.serve(1);
  for (int i = 0; i < 2; ++i) {
    paused.exit(paused.processes.begin()->first, killed_by(SIGSEGV));
    paused.ready_all();
  }
  REQUIRE(paused.processes.empty());  // the second one in a row waits
  paused.send(CauseHeld{});
  CHECK(paused.processes.size() == 1);
}

TEST_CASE("breaker: opens when enough die young within the window") {
  struct Row {
    const char* name;
    unsigned places, deaths;
    base::Nanoseconds served, between;
    bool opens;
  };
  const Row row = GENERATE(values<Row>({
      {"five at once", 1, 5, 0s, 0s, true},
      {"four", 1, 4, 0s, 0s, false},
      {"five of the old", 1, 5, kStableLife, 0s, false},
      {"five almost old enough", 1, 5, kStableLife - 1ns, 0s, true},
      {"too slowly for one window", 1, 50, 0s, kCrashWindow / 4, false},
      {"just within it", 1, 5, 0s, kCrashWindow / 5, true},
      {"a large service: one wave", 64, 64, 0s, 0s, true},
      {"a large service: less", 64, 63, 0s, 0s, false},
  }));
  INFO(row.name);
  Jitter jitter{7};
  Breaker breaker;
  for (unsigned i = 0; i < row.deaths; ++i)
    breaker.record_death(i + 1, kNow + i * row.between, row.served, row.places, jitter);
  CHECK(breaker.open() == row.opens);
  CHECK(breaker.allows(kNow + (row.deaths - 1) * row.between) == !row.opens);
}

TEST_CASE("breaker: one on trial, and each failure doubles the wait") {
  Jitter jitter{7};
  Breaker breaker = opened(jitter);
  base::Monotonic now = kNow;
  base::Nanoseconds expected = kFirstTrialWait;
  for (unsigned number = 10; number < 20; ++number) {
    const base::Nanoseconds wait = breaker.not_before() - now;
    CHECK(wait >= expected * 3 / 4);
    CHECK(wait <= expected * 5 / 4);
    CHECK_FALSE(breaker.allows(breaker.not_before() - 1ns));
    now = breaker.not_before();
    CHECK(breaker.allows(now));
    breaker.try_one(number);
    CHECK_FALSE(breaker.allows(now + 1h));
    CHECK_FALSE(breaker.record_death(4711, now, 0s, 1, jitter));  // another one: the trial goes on
    CHECK(breaker.trial() == number);
    CHECK_FALSE(breaker.record_death(number, now, 0s, 1, jitter));
    expected = std::min<base::Nanoseconds>(2 * expected, kLongestWait);
  }
}

TEST_CASE("breaker: over when one has served long enough, or nobody was needed") {
  Jitter jitter{7};
  Breaker breaker = opened(jitter);
  SECTION("served") {
    const base::Monotonic now = breaker.not_before();
    breaker.try_one(10);
    CHECK(breaker.deadline(now) == base::Monotonic::max());
    breaker.record_ready(9, now);
    CHECK(breaker.deadline(now) == base::Monotonic::max());
    breaker.record_ready(10, now);
    CHECK(breaker.deadline(now) == now + kStableLife);
    CHECK_FALSE(breaker.over(now + kStableLife - 1ns));
    CHECK(breaker.over(now + kStableLife));
  }
  SECTION("nobody") {
    CHECK(breaker.deadline(breaker.not_before()) == kNow + kCrashWindow);
    CHECK_FALSE(breaker.over(kNow + kCrashWindow - 1ns));
    CHECK(breaker.over(kNow + kCrashWindow));
  }
  breaker.clear();
  CHECK(breaker.allows(kNow));
  CHECK(breaker.deadline(kNow) == base::Monotonic::max());
}

TEST_CASE("supervisor crash loop: one replacement at a time is tried, whatever is missing, and it is said once") {
  FakeWorld world = crashing(8);
  CHECK(said(world, "this is a crash loop") == 1);
  CHECK(world.has_said("replacement at a time is tried, the first in "));
  CHECK(world.supervisor.status().ends_with("; crash loop: one replacement at a time is tried"));
  while (!world.processes.empty()) {
    world.exit(world.processes.begin()->first, killed_by(SIGSEGV));
    CHECK(world.processes.size() < 8);
  }
  const std::size_t lines = world.said.size();
  const auto begin = world.now;
  int tries = 0;
  while (world.now < begin + 10min) {
    wait_for_deadline(world);
    REQUIRE(world.processes.size() == 1);
    world.ready_all();
    world.exit(world.processes.begin()->first, killed_by(SIGSEGV));
    REQUIRE(world.processes.empty());
    ++tries;
  }
  CHECK(tries < 40);
  CHECK(tries > 15);
  CHECK(world.said.size() == lines + static_cast<std::size_t>(tries));
  CHECK(said(world, "the crash loop goes on: the next try is in ") == tries);
  CHECK(world.supervisor.state() == Supervisor::State::kServing);
}

TEST_CASE("supervisor crash loop: over when a replacement has served, then all places are filled at once") {
  FakeWorld world = crashing(6);
  const std::size_t serving = world.processes.size();
  REQUIRE(serving < 6);
  wait_for_deadline(world);
  CHECK(world.trace == "spawn:1");
  SECTION("it takes its time") {
    world.ready_all();
    CHECK(world.processes.size() == serving + 1);
    wait_for_deadline(world);
    CHECK(world.has_said("The crash loop is over: a replacement has served 5 s"));
  }
  SECTION("a reload does not wait") {
    world.reload(plan_for(6));
    CHECK(world.has_said("The new configuration is tried at once"));
  }
  CHECK_FALSE(world.supervisor.breaker().open());
  for (int i = 0; i < 20; ++i) world.ready_all();
  CHECK(world.supervisor.children().ready() == 6);
  CHECK(world.supervisor.status().ends_with(std::to_string(world.supervisor.generation())));
}

TEST_CASE("supervisor crash loop: the one on trial is told to leave, another is tried") {
  FakeWorld world = crashing(1);
  wait_for_deadline(world);
  world.ready_all();
  const pid_t tried = world.processes.begin()->first;
  world.signal(SIGTTIN);  // waits for the trial
  CHECK(world.processes.size() == 1);
  world.signal(SIGTTOU);  // the oldest leaves: the one on trial
  CHECK(world.received(tried) == std::vector{SIGTERM});
  world.exit(tried, exited(0));
  CHECK(world.trace == "report:" + std::to_string(tried) + " spawn:1");
  CHECK(world.supervisor.breaker().open());
}

TEST_CASE("supervisor crash loop: nobody is needed any more, so it is over after a while") {
  FakeWorld world = crashing(6);
  while (world.supervisor.target() > 1) world.signal(SIGTTOU);
  for (int i = 0; i < 50 && world.supervisor.breaker().open(); ++i) {
    wait_for_deadline(world);
    world.ready_all();
  }
  CHECK_FALSE(world.supervisor.breaker().open());
  CHECK(said(world, "The crash loop is over") == 1);
}

TEST_CASE("supervisor crash loop: workers that wear out wait, and serve") {
  FakeWorld world = crashing(6);
  REQUIRE_FALSE(world.processes.empty());
  const pid_t worn = world.processes.begin()->first;
  world.send(WorkerAskedRecycle{worn});
  CHECK(world.received(worn).empty());
  CHECK(world.is(worn, Child::State::kReady));
}

}  // namespace orrery::master
