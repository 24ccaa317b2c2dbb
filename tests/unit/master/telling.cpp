// What the supervisor tells readers of the service, as it goes through its states.
#include "fake_world.hpp"

namespace orrery::master {

namespace {

using State = os::ServiceFacts::State;
using Outcome = os::ServiceFacts::Outcome;

os::ServiceFacts facts_of(const FakeWorld& world) {
  os::ServiceFacts facts;
  world.supervisor.describe(facts);
  return facts;
}

std::uint64_t ended(const os::ServiceFacts& facts, Ending ending) {
  return facts.ended[static_cast<std::size_t>(ending)];
}

}  // namespace

TEST_CASE("telling: a start, and the workers that are ready") {
  FakeWorld world;
  CHECK(facts_of(world).state == State::kStarting);
  world.start(2);
  CHECK(facts_of(world).state == State::kStarting);
  CHECK(facts_of(world).target == 2);
  CHECK(facts_of(world).forked == 2);
  world.send(WorkerReady{101});
  CHECK(facts_of(world).state == State::kServing);
  CHECK(facts_of(world).ready == 1);
}

TEST_CASE("telling: a reload that is good, one that is refused, and one that is given up") {
  FakeWorld world;
  world.serve(1);
  CHECK(facts_of(world).reload.outcome == Outcome::kNone);
  world.signal(SIGHUP);
  CHECK(facts_of(world).state == State::kReloading);
  CHECK(facts_of(world).reload.outcome == Outcome::kPending);
  world.send(ConfigFailed{2, "no such file"});
  CHECK(facts_of(world).state == State::kServing);
  CHECK(facts_of(world).reload.outcome == Outcome::kRefused);
  CHECK(facts_of(world).reload.why.view() == "no such file");
  world.reload(plan_for(1));
  CHECK(facts_of(world).state == State::kReloading);
  world.exit(102, exited(4));
  CHECK(facts_of(world).reload.outcome == Outcome::kGivenUp);
  CHECK(facts_of(world).generation == 1);
  const unsigned good = world.reload(plan_for(1));
  world.ready_all();
  CHECK(facts_of(world).reload.outcome == Outcome::kDone);
  CHECK(facts_of(world).reload.generation == good);
  CHECK(facts_of(world).reload.why.view().empty());
  CHECK(facts_of(world).reloads_done == 1);
  CHECK(facts_of(world).reloads_refused == 1);
  CHECK(facts_of(world).reloads_given_up == 1);
}

TEST_CASE("telling: deaths are counted by their endings, and a crash loop is told") {
  FakeWorld world;
  world.serve(1);
  world.exit(101, exited(0));
  CHECK(ended(facts_of(world), Ending::kRestarted) == 1);
  while (!facts_of(world).crash_loop) {
    world.advance(1s);
    world.ready_all();
    if (!world.processes.empty()) world.exit(world.processes.begin()->first, killed_by(SIGSEGV));
  }
  CHECK(ended(facts_of(world), Ending::kCrashed) >= kCrashes - 1);
}

TEST_CASE("telling: WINCH, drain_delay and the stop") {
  FakeWorld world;
  Plan plan = plan_for(1);
  plan.drain_delay = 5s;
  world.send(Started{plan});
  world.ready_all();
  world.signal(SIGWINCH);
  CHECK(facts_of(world).state == State::kPaused);
  world.reload(plan);
  world.ready_all();
  CHECK(facts_of(world).state == State::kServing);
  world.signal(SIGTERM);
  CHECK(facts_of(world).state == State::kDrainDelay);
  world.signal(SIGTERM);
  CHECK(facts_of(world).state == State::kStopping);
}

TEST_CASE("telling: an upgrade is told while it is under way") {
  FakeWorld world;
  world.serve(1);
  world.signal(SIGUSR2);
  world.send(SuccessorStarted{900});
  CHECK(facts_of(world).upgrading);
  world.send(SuccessorSpoke{true, "1 of 1 worker ready"});
  CHECK_FALSE(facts_of(world).upgrading);
  CHECK(facts_of(world).state == State::kHandedOver);
}

}  // namespace orrery::master
