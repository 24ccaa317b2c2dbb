// Properties of the supervisor over random event sequences: whatever happens in whatever order, the rules
// hold, and when the trouble ends the service heals.
#include <algorithm>
#include <random>

#include "fake_world.hpp"

namespace orrery::master {

namespace {

constexpr int kSlice = 3000;
constexpr int kAll = 1'000'000;
constexpr unsigned kMostEvents = 80;

class RandomWorld : public FakeWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : FakeWorld(seed), random_(seed) {
    tracing = false;
    surges_ = pick(0, 3) == 0;
    stormy_ = pick(0, 3) == 0;
    Started started{some_plan(), false, pick(0, 7) == 0, false};
    if (pick(0, 1) == 0) started.sidecars = {os::Role::kAdmin};
    started.tried = started.heir && pick(0, 1) == 0;
    send(started);
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
    for (int turn = 0; turn < 60 && !exit_code && !at_rest(); ++turn) {
      send(SuccessorExited{"healed"});
      send(PromotionArrived{});
      answer_loads();
      obey();
      ready_all();
      send(WorkerReady{sidecar()});
      advance(turn < 45 ? 2s : 100ms);
      check();
    }
  }

  [[nodiscard]] bool broke() const { return broke_; }
  /// Each order has one outcome, and was begun once at most before.
  [[nodiscard]] bool answered() const {
    for (std::uint64_t ticket = 1; ticket <= orders_; ++ticket) {
      int begun = 0, outcomes = 0;
      for (const AnswerOrder& one : answers) {
        if (one.ticket == ticket) ++(one.outcome == os::OrderOutcome::kBegun ? begun : outcomes);
      }
      if (begun > 1 || outcomes != 1) return false;
    }
    return true;
  }
  [[nodiscard]] unsigned events() { return pick(1, pick(1, 4) == 1 ? kMostEvents : 20); }

 private:
  /// Nothing is under way: no load, no reload, no death, nobody leaving.
  [[nodiscard]] bool at_rest() const {
    const auto& children = supervisor.children();
    return supervisor.state() == Supervisor::State::kServing && loads.empty() && !announced.empty() &&
           announced.back() == Phase::kReady && supervisor.upgrade().state() == Upgrade::State::kNone &&
           workers() == supervisor.target() && sidecars_serve() && children.ready() == supervisor.target() &&
           of_generation(supervisor.generation()).size() == supervisor.target() &&
           std::none_of(children.begin(), children.end(), [](const Child& child) { return child.spent; });
  }

  [[nodiscard]] bool sidecars_serve() const {
    return std::ranges::all_of(supervisor.sidecars(),
                               [](const Sidecar& sidecar) { return sidecar.child() && sidecar.child()->ready(); });
  }

  unsigned pick(unsigned low, unsigned high) { return low + static_cast<unsigned>(random_() % (high - low + 1)); }

  pid_t some_pid() {
    if (processes.empty() || pick(0, 9) == 0) return 90 + static_cast<pid_t>(pick(0, 20));
    return std::next(processes.begin(), pick(0, static_cast<unsigned>(processes.size()) - 1))->first;
  }

  Plan some_plan() {
    Plan plan = plan_for(pick(1, 5));
    plan.max_surge = pick(0, 2);
    plan.max_unavailable = pick(0, 1);
    if (surges_) plan.strategy = static_cast<ReloadStrategy>(pick(0, 2));
    plan.upgrade = static_cast<UpgradeMode>(pick(0, 1));
    if (pick(0, 3) == 0) plan.drain_delay = 3s;
    if (pick(0, 3) == 0) plan.max_lifetime = 40s;
    if (pick(0, 1) == 0) plan.max_memory = 100;
    if (pick(0, 1) == 0) plan.max_memory_hard = 200;
    return plan;
  }

  void something() {
    switch (pick(0, 21)) {
      case 0: return signal(SIGHUP);
      case 1: return signal(pick(0, 1) == 0 ? SIGTTIN : SIGTTOU);
      case 2: return pick(0, 12) == 0 ? signal(std::array{SIGTERM, SIGINT, SIGQUIT}[pick(0, 2)]) : signal(SIGUSR1);
      case 3:
      case 4: return answer_loads();
      case 5: return send(WorkerAskedRecycle{some_pid()});
      case 6: return send(WorkerExhausted{some_pid()});
      case 7: return die(some_pid());
      case 8: return obey();
      case 9: return send(HeartbeatsRead{{{some_pid(), now - std::chrono::seconds{pick(0, 40)}, pick(0, 20) == 0}}});
      case 10: forks_work = pick(0, 3) != 0; return;
      case 11: return send(Forked{pick(0, 50), some_pid()});
      case 12: {
        const auto left = pick(0, 1) == 0 ? std::nullopt : std::optional<std::uint64_t>{pick(0, 300)};
        return send(MemoryRead{{{some_pid(), pick(0, 300), pick(0, 99)}, {some_pid(), pick(0, 300)}}, left});
      }
      case 13: return pick(0, 3) == 0 ? signal(SIGWINCH) : signal(SIGUSR2);
      case 14: return successor_event();
      case 15:
        if (pick(0, 1) == 0) return send(PromotionArrived{});
        return pick(0, 4) == 0 ? send(PredecessorLeft{pick(0, 1) == 0}) : void();
      case 16: return some_order();
      case 17: return read_canary();
      default:
        if (stormy_ && pick(0, 1) == 0) return die(some_pid());
        return pick(0, 1) == 0 ? send(WorkerReady{some_pid()}) : advance(0s);
    }
  }

  void some_order() {
    const bool stops = pick(0, 30) == 0;
    const auto kind = stops ? os::OrderKind::kStop : static_cast<os::OrderKind>(pick(0, 5));
    order(++orders_, kind, static_cast<int>(pick(0, 6)));
  }

  [[nodiscard]] bool on_trial() const {
    os::ServiceFacts facts;
    supervisor.describe(facts);
    return facts.canary.number != 0;
  }

  /// What it and its siblings have answered, whether it is on trial or not.
  void read_canary() {
    const auto some = [this] {
      Tally tally;
      tally.requests = pick(0, 300);
      tally.errors = pick(0, 2) == 0 ? pick(0, static_cast<unsigned>(tally.requests)) : 0;
      tally.latency[pick(10, 30)] = tally.requests;
      return tally;
    };
    send(CanaryRead{pick(0, 4) == 0 ? some_pid() : supervisor.canary(), some(), some()});
  }

  void successor_event() {
    switch (pick(0, 6)) {
      case 0: return send(SuccessorStarted{77});
      case 1: return send(SuccessorNotStarted{"no"});
      case 2: return send(SuccessorSpoke{pick(0, 1) == 0, "so"});
      case 3: return send(SuccessorExited{"gone"});
      case 4: return send(SuccessorIntroduced{pick(0, 3) == 0 ? std::nullopt : std::optional{os::CanaryTerms{}}});
      case 5: return send(SuccessorTried{});
      default: return;
    }
  }

  void die(pid_t pid) {
    const int status =
        std::array{exited(0), exited(1), exited(3), exited(4), killed_by(SIGSEGV), killed_by(SIGKILL)}[pick(0, 5)];
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
    if (state == Supervisor::State::kStarting) settled_target_ = std::max(settled_target_, supervisor.target());
    if (state == Supervisor::State::kServing) settled_target_ = supervisor.target();
    const unsigned wanted = std::max(supervisor.target(), settled_target_);
    const unsigned canary = on_trial() ? 1 : 0;
    const unsigned most = wanted + (surges_ ? std::max(wanted, 2U) : 2U) + canary;
    const bool bounded = supervisor.children().live() <= most && supervisor.children().size() <= os::kMaxWorkers &&
                         supervisor.children().size() == workers();
    if (!bounded) FAIL("live " << supervisor.children().live() << ", most " << most << picture());
    broke_ = broke_ || supervisor.breaker().open();
    const auto due = supervisor.next_deadline();
    if (due && *due < now) send(DeadlineReached{});
    const auto again = supervisor.next_deadline();
    if (again && *again < now) FAIL("a deadline in the past stays: the master would spin");
  }

  [[nodiscard]] std::string picture() const {
    std::string text =
        fmt::format("; state {}, target {}, settled {}, generation {}:", static_cast<int>(supervisor.state()),
                    supervisor.target(), settled_target_, supervisor.generation());
    for (const Child& child : supervisor.children()) {
      text += fmt::format(" [{} place {} generation {} state {}{}]", child.number, child.place, child.generation,
                          static_cast<int>(child.state), child.spent ? " spent" : "");
    }
    return text;
  }

  std::mt19937_64 random_;
  unsigned settled_target_ = 0;
  std::uint64_t orders_ = 0;  ///< given
  bool surges_ = false;       ///< its plans may start every worker at once
  bool stormy_ = false;       ///< its workers die like flies
  bool broke_ = false;        ///< the breaker was open at some time
};

// Catch2's macros would cost more than the sequence.
void must_be_healed(RandomWorld& world) {
  const Supervisor& supervisor = world.supervisor;
  if (world.exit_code && !world.answered()) FAIL("an order has no outcome, or two");
  if (world.exit_code) return;
  if (supervisor.state() == Supervisor::State::kServing) {
    if (supervisor.children().ready() != supervisor.target() || world.workers() != supervisor.target())
      FAIL("ready " << supervisor.children().ready() << " of " << supervisor.target());
    if (world.of_generation(supervisor.generation()).size() != supervisor.target()) FAIL("of two generations");
    if (world.announced.back() != Phase::kReady) FAIL("the service manager was not told that it is ready");
    world.signal(SIGTERM);
    world.heal();
  }
  if (!world.answered()) FAIL("an order has no outcome, or two");
  if (!world.exit_code) FAIL("it does not end; state " << static_cast<int>(supervisor.state()));
}

void run_sequences(int count) {
  int broken = 0;
  for (int sequence = 1; sequence <= count; ++sequence) {
    RandomWorld world(static_cast<std::uint64_t>(sequence) * std::uint64_t{0x9E3779B97F4A7C15});
    try {
      for (unsigned left = world.events(); left > 0 && !world.exit_code; --left) world.step();
      world.heal();
      must_be_healed(world);
      broken += world.broke() ? 1 : 0;
    } catch (...) {
      UNSCOPED_INFO("sequence " << sequence);
      throw;
    }
  }
  CHECK(broken > count / 1000);  // else the rules of a crash loop were not tried
}

}  // namespace

TEST_CASE("supervisor: random event sequences keep the rules, and the service heals") { run_sequences(kSlice); }

// Hidden: a minute where nothing is optimised. `scripts/test --long` runs it.
TEST_CASE("long: a million random event sequences of the supervisor", "[.long]") { run_sequences(kAll); }

}  // namespace orrery::master
