// Properties of the supervisor over random event sequences: whatever happens in whatever order, the rules
// hold, and when the trouble ends the service heals.
#include <algorithm>
#include <random>

#include "fake_world.hpp"

namespace orrery::master {

namespace {

constexpr int kSequences = 2600;
constexpr int kEventsEach = 80;

class RandomWorld : public FakeWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : FakeWorld(seed), random_(seed) {
    start(pick(1, 5));
    settled_target_ = supervisor.target();
  }

  void step() {
    now += std::chrono::milliseconds{pick(0, 3) == 0 ? pick(0, 15000) : pick(0, 50)};
    something();
    check();
  }

  /// No more trouble: everything asked for works.
  void heal() {
    forks_work = true;
    for (int turn = 0; turn < 60; ++turn) {
      answer_loads();
      obey();
      ready_all();
      advance(turn < 45 ? 2s : 100ms);
      check();
    }
  }

 private:
  unsigned pick(unsigned low, unsigned high) {
    return std::uniform_int_distribution<unsigned>{low, high}(random_);
  }

  pid_t some_pid() {
    if (processes.empty() || pick(0, 9) == 0) return 90 + static_cast<pid_t>(pick(0, 20));
    return std::next(processes.begin(), pick(0, static_cast<unsigned>(processes.size()) - 1))->first;
  }

  Plan some_plan() {
    Plan plan = plan_for(pick(1, 5));
    plan.max_surge = pick(0, 2);
    plan.max_unavailable = pick(0, 1);
    return plan;
  }

  void something() {
    switch (pick(0, 15)) {
      case 0: return signal(SIGHUP);
      case 1: return signal(pick(0, 1) == 0 ? SIGTTIN : SIGTTOU);
      case 2:
        return pick(0, 12) == 0 ? signal(std::array{SIGTERM, SIGINT, SIGQUIT}[pick(0, 2)]) : signal(SIGUSR1);
      case 3:
      case 4: return answer_loads();
      case 5: return send(WorkerAskedRecycle{some_pid()});
      case 6: return send(WorkerExhausted{some_pid()});
      case 7: return die(some_pid());
      case 8: return obey();
      case 9:
        return send(
            HeartbeatsRead{{{some_pid(), now - std::chrono::seconds{pick(0, 40)}, pick(0, 20) == 0}}});
      case 10: forks_work = pick(0, 3) != 0; return;
      case 11: return send(Forked{pick(0, 50), some_pid()});
      default: return pick(0, 1) == 0 ? send(WorkerReady{some_pid()}) : advance(0s);
    }
  }

  void die(pid_t pid) {
    const int status = std::array{exited(0), exited(1),          exited(3),
                                  exited(4), killed_by(SIGSEGV), killed_by(SIGKILL)}[pick(0, 5)];
    if (processes.contains(pid)) {
      exit(pid, status);
    } else {
      send(ChildExited{pid, status});
    }
  }

  /// Every process does what the last signal tells it.
  void obey() {
    for (const auto& [pid, process] : std::map(processes)) {
      if (!process.received.empty() && process.received.back() != SIGUSR1) exit(pid, exited(0));
      if (process.received.size() > 1 && process.received.back() == SIGUSR1 && processes.contains(pid))
        exit(pid, exited(0));
    }
  }

  void answer_loads() {
    for (const unsigned generation : std::exchange(loads, {})) {
      if (pick(0, 2) == 0) {
        send(ConfigFailed{generation, "bad"});
      } else {
        send(ConfigReady{generation, some_plan()});
      }
    }
  }

  void check() {
    const auto state = supervisor.state();
    if (state == Supervisor::State::kStarting)
      settled_target_ = std::max(settled_target_, supervisor.target());
    if (state == Supervisor::State::kServing) settled_target_ = supervisor.target();
    const unsigned most = std::max(supervisor.target(), settled_target_) + 2;
    const bool bounded = supervisor.children().live() <= most &&
                         supervisor.children().size() <= os::kMaxWorkers &&
                         supervisor.children().size() == processes.size();
    if (!bounded)
      FAIL("live " << supervisor.children().live() << " of " << processes.size() << ", most " << most);
    const auto due = supervisor.next_deadline();
    if (due && *due < now) send(DeadlineReached{});
    const auto again = supervisor.next_deadline();
    if (again && *again < now) FAIL("a deadline in the past stays: the master would spin");
  }

  std::mt19937_64 random_;
  unsigned settled_target_ = 0;
};

void check_healed(RandomWorld& world) {
  const Supervisor& supervisor = world.supervisor;
  if (world.exit_code) return;
  if (supervisor.state() == Supervisor::State::kServing) {
    CHECK(supervisor.children().ready() == supervisor.target());
    CHECK(world.processes.size() == supervisor.target());
    CHECK(world.of_generation(supervisor.generation()).size() == supervisor.target());
    CHECK(world.announced.back() == Phase::kReady);
    world.signal(SIGTERM);
    world.heal();
  }
  CHECK(world.exit_code.has_value());
}

}  // namespace

TEST_CASE("supervisor: random event sequences keep the rules, and the service heals") {
  int events = 0;
  for (int sequence = 1; sequence <= kSequences; ++sequence) {
    INFO("seed " << sequence);
    RandomWorld world(static_cast<std::uint64_t>(sequence));
    for (int event = 0; event < kEventsEach && !world.exit_code; ++event, ++events) world.step();
    world.heal();
    check_healed(world);
  }
  CHECK(events >= 100'000);
}

}  // namespace orrery::master
