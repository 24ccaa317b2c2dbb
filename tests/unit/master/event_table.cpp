// Every event in every state of the supervisor: the state that follows and what is to be done, one row each.
#include "fake_world.hpp"

namespace orrery::master {

namespace {

using State = Supervisor::State;

// Two workers with pids 101 and 102 in every state but idle, starting (nobody ready), rolling (103 of
// generation 2 boots as the surge) and ended (nobody left). A signal named in an event goes to the master;
// `?` marks a pid, number or generation that the supervisor does not know. Everything else is about 101.
FakeWorld world_in(State state) {
  FakeWorld world;
  if (state == State::kIdle) return world;
  Plan plan = plan_for(2);
  if (state == State::kLingering) plan.drain_delay = 5s;
  world.send(Started{plan});
  if (state == State::kStarting) return world;
  world.ready_all();
  switch (state) {
    case State::kRolling: world.reload(plan_for(2)); break;
    case State::kLingering:
    case State::kStopping: world.signal(SIGTERM); break;
    case State::kQuitting: world.signal(SIGINT); break;
    case State::kKilling:
      world.signal(SIGINT);
      world.signal(SIGINT);
      break;
    case State::kEnded:
      world.signal(SIGTERM);
      world.exit(101, exited(0));
      world.exit(102, exited(0));
      break;
    default: break;
  }
  return world;
}

struct EventRow {
  const char* name;
  void (*send)(FakeWorld&);
};

void end_child(FakeWorld& world, int status) {
  world.processes.erase(101);
  world.send(ChildExited{101, status});
}

const EventRow kEvents[] = {
    {"Started", [](FakeWorld& w) { w.send(Started{plan_for(2)}); }},
    {"TERM", [](FakeWorld& w) { w.signal(SIGTERM); }},
    {"INT", [](FakeWorld& w) { w.signal(SIGINT); }},
    {"QUIT", [](FakeWorld& w) { w.signal(SIGQUIT); }},
    {"HUP", [](FakeWorld& w) { w.signal(SIGHUP); }},
    {"TTIN", [](FakeWorld& w) { w.signal(SIGTTIN); }},
    {"TTOU", [](FakeWorld& w) { w.signal(SIGTTOU); }},
    {"USR1", [](FakeWorld& w) { w.signal(SIGUSR1); }},
    {"USR2", [](FakeWorld& w) { w.signal(SIGUSR2); }},
    {"WINCH", [](FakeWorld& w) { w.signal(SIGWINCH); }},
    {"CHLD", [](FakeWorld& w) { w.signal(SIGCHLD); }},
    {"ALRM", [](FakeWorld& w) { w.signal(SIGALRM); }},
    {"Forked?",
     [](FakeWorld& w) {
       w.send(Forked{99, 999});
     }},
    {"Forked twice",
     [](FakeWorld& w) {
       w.send(Forked{1, 999});
     }},
    {"ForkFailed?",
     [](FakeWorld& w) {
       w.send(ForkFailed{99, "?"});
     }},
    {"WorkerReady", [](FakeWorld& w) { w.send(WorkerReady{101}); }},
    {"WorkerReady?", [](FakeWorld& w) { w.send(WorkerReady{999}); }},
    {"WorkerAskedRecycle", [](FakeWorld& w) { w.send(WorkerAskedRecycle{101}); }},
    {"WorkerAskedRecycle?", [](FakeWorld& w) { w.send(WorkerAskedRecycle{999}); }},
    {"WorkerExhausted", [](FakeWorld& w) { w.send(WorkerExhausted{101}); }},
    {"WorkerExhausted?", [](FakeWorld& w) { w.send(WorkerExhausted{999}); }},
    {"ChildExited 0", [](FakeWorld& w) { end_child(w, exited(0)); }},
    {"ChildExited 3", [](FakeWorld& w) { end_child(w, exited(3)); }},
    {"ChildExited 4", [](FakeWorld& w) { end_child(w, exited(4)); }},
    {"ChildExited SEGV", [](FakeWorld& w) { end_child(w, killed_by(SIGSEGV)); }},
    {"ChildExited INT", [](FakeWorld& w) { end_child(w, killed_by(SIGINT)); }},
    {"ChildExited?",
     [](FakeWorld& w) {
       w.send(ChildExited{999, 0});
     }},
    {"ConfigReady?",
     [](FakeWorld& w) {
       w.send(ConfigReady{77, plan_for(3)});
     }},
    {"ConfigFailed?",
     [](FakeWorld& w) {
       w.send(ConfigFailed{77, "?"});
     }},
    {"HeartbeatsRead fresh",
     [](FakeWorld& w) {
       w.send(HeartbeatsRead{{{101, w.now - 1s, false}}});
     }},
    {"HeartbeatsRead old",
     [](FakeWorld& w) {
       w.send(HeartbeatsRead{{{101, w.now - 31s, false}}});
     }},
    {"HeartbeatsRead none",
     [](FakeWorld& w) {
       w.send(HeartbeatsRead{{{101, {}, true}}});
     }},
    {"HeartbeatsRead past deadline",
     [](FakeWorld& w) {
       w.send(HeartbeatsRead{{{101, w.now, true}}});
     }},
    {"HeartbeatsRead?",
     [](FakeWorld& w) {
       w.send(HeartbeatsRead{{{999, w.now - 31s, true}}});
     }},
    {"order reload", [](FakeWorld& w) { w.order(7, os::OrderKind::kReload); }},
    {"order reload canary", [](FakeWorld& w) { w.order(7, os::OrderKind::kReload, 1); }},
    {"CanaryRead?",
     [](FakeWorld& w) {
       w.send(CanaryRead{101, {}, {}});
     }},
    {"order upgrade", [](FakeWorld& w) { w.order(7, os::OrderKind::kUpgrade); }},
    {"order scale 1", [](FakeWorld& w) { w.order(7, os::OrderKind::kScale, 1); }},
    {"order restart 1", [](FakeWorld& w) { w.order(7, os::OrderKind::kRestart, 1); }},
    {"order drain", [](FakeWorld& w) { w.order(7, os::OrderKind::kDrain); }},
    {"order undrain", [](FakeWorld& w) { w.order(7, os::OrderKind::kUndrain); }},
    {"order stop", [](FakeWorld& w) { w.order(7, os::OrderKind::kStop); }},
    {"order log-level", [](FakeWorld& w) { w.order(7, os::OrderKind::kLogLevel); }},
    {"DeadlineReached early", [](FakeWorld& w) { w.send(DeadlineReached{}); }},
    {"DeadlineReached 1 h", [](FakeWorld& w) { w.advance(1h); }},
};

constexpr const char* kStateNames[] = {"idle",     "starting", "serving", "rolling", "lingering",
                                       "stopping", "quitting", "killing", "ended"};

struct ExpectedRow {
  const char* event;
  const char* follows[9];  ///< by state: the state that follows, `-` = the same; then what is done
};

// clang-format off
const ExpectedRow kExpected[] = {
  {"Started",
   {"starting spawn:1 spawn:1", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"TERM",
   {"-", "stopping stopping close term:101 term:102", "stopping stopping close term:101 term:102",
    "stopping stopping close term:101 term:102 term:103",
    "stopping close term:101 term:102", "- say", "- say", "- say", "-"}},
  {"INT",
   {"-", "quitting stopping close quit:101 quit:102", "quitting stopping close quit:101 quit:102",
    "quitting stopping close quit:101 quit:102 quit:103",
    "quitting close quit:101 quit:102", "quitting quit:101 quit:102", "killing kill:101 kill:102", "- say", "-"}},
  {"QUIT",
   {"-", "quitting stopping close quit:101 quit:102", "quitting stopping close quit:101 quit:102",
    "quitting stopping close quit:101 quit:102 quit:103",
    "quitting close quit:101 quit:102", "quitting quit:101 quit:102", "killing kill:101 kill:102", "- say", "-"}},
  {"HUP",
   {"-", "- reloading load:2", "- reloading load:2", "- reloading load:3",
    "- say", "- say", "- say", "- say", "-"}},
  {"TTIN",
   {"-", "- say spawn:1", "- say spawn:1", "- say spawn:2",
    "- say", "- say", "- say", "- say", "-"}},
  {"TTOU",
   {"-", "- say term:101", "- say term:101", "- say",
    "- say", "- say", "- say", "- say", "-"}},
  {"USR1",
   {"-", "- reopen usr1:101 usr1:102", "- reopen usr1:101 usr1:102", "- reopen usr1:101 usr1:102 usr1:103",
    "- reopen usr1:101 usr1:102", "- reopen usr1:101 usr1:102", "- reopen usr1:101 usr1:102", "- reopen", "-"}},
  {"USR2",
   {"-", "- say", "- successor", "- say",
    "- say", "- say", "- say", "- say", "-"}},
  {"WINCH",
   {"-", "- say", "- say term:101 term:102", "serving say say move:2 term:101 term:102 term:103 ready",
    "- say", "- say", "- say", "- say", "-"}},
  {"CHLD",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"ALRM",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"Forked?",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"Forked twice",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"ForkFailed?",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"WorkerReady",
   {"-", "serving", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"WorkerReady?",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"WorkerAskedRecycle",
   {"-", "-", "- say spawn:1", "- say",
    "- say spawn:1", "-", "-", "-", "-"}},
  {"WorkerAskedRecycle?",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"WorkerExhausted",
   {"-", "-", "- say spawn:1", "- say",
    "- say spawn:1", "-", "-", "-", "-"}},
  {"WorkerExhausted?",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"ChildExited 0",
   {"-", "- report:101 spawn:1", "- report:101 say spawn:1", "- report:101 say spawn:2",
    "- report:101 say spawn:1", "- report:101", "- report:101", "- report:101", "-"}},
  {"ChildExited 3",
   {"-", "quitting report:101 say stopping close quit:102", "- report:101 spawn:1", "- report:101 spawn:2",
    "- report:101 spawn:1", "- report:101", "- report:101", "- report:101", "-"}},
  {"ChildExited 4",
   {"-", "quitting report:101 say stopping close quit:102", "- report:101 spawn:1", "- report:101 spawn:2",
    "- report:101 spawn:1", "- report:101", "- report:101", "- report:101", "-"}},
  {"ChildExited SEGV",
   {"-", "- report:101 spawn:1", "- report:101 spawn:1", "- report:101 spawn:2",
    "- report:101 spawn:1", "- report:101", "- report:101", "- report:101", "-"}},
  {"ChildExited INT",
   {"-", "- report:101 spawn:1", "- report:101 say spawn:1", "- report:101 say spawn:2",
    "- report:101 say spawn:1", "- report:101", "- report:101", "- report:101", "-"}},
  {"ChildExited?",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"ConfigReady?",
   {"-", "- drop:77", "- drop:77", "- drop:77",
    "- drop:77", "- drop:77", "- drop:77", "- drop:77", "-"}},
  {"ConfigFailed?",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"HeartbeatsRead fresh",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"HeartbeatsRead old",
   {"-", "-", "- say abrt:101 spawn:1", "- say abrt:101 spawn:2",
    "- say abrt:101 spawn:1", "-", "-", "-", "-"}},
  {"HeartbeatsRead none",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"HeartbeatsRead past deadline",
   {"-", "-", "- say abrt:101 spawn:1", "- say abrt:101 spawn:2",
    "- say abrt:101 spawn:1", "-", "-", "-", "-"}},
  {"HeartbeatsRead?",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"order reload",
   {"-", "- reloading load:2 begun:7", "- reloading load:2 begun:7", "- reloading load:3 begun:7",
    "- refused:7", "- refused:7", "- refused:7", "- refused:7", "-"}},
  {"order reload canary",
   {"-", "- refused:7", "- reloading load:2 begun:7", "- refused:7",
    "- refused:7", "- refused:7", "- refused:7", "- refused:7", "-"}},
  {"CanaryRead?",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"order upgrade",
   {"-", "- refused:7", "- successor begun:7", "- refused:7",
    "- refused:7", "- refused:7", "- refused:7", "- refused:7", "-"}},
  {"order scale 1",
   {"-", "- say begun:7 term:101", "- say begun:7 term:101 done:7", "- say begun:7 done:7",
    "- refused:7", "- refused:7", "- refused:7", "- refused:7", "-"}},
  {"order restart 1",
   {"-", "- refused:7", "- say begun:7 spawn:1", "- say begun:7",
    "- refused:7", "- refused:7", "- refused:7", "- refused:7", "-"}},
  {"order drain",
   {"-", "- say done:7", "- say done:7", "- say done:7",
    "- refused:7", "- refused:7", "- refused:7", "- refused:7", "-"}},
  {"order undrain",
   {"-", "- done:7", "- done:7", "- done:7",
    "- refused:7", "- refused:7", "- refused:7", "- refused:7", "-"}},
  {"order stop",
   {"-", "stopping stopping close term:101 term:102 begun:7", "stopping stopping close term:101 term:102 begun:7",
    "stopping stopping close term:101 term:102 term:103 begun:7",
    "- begun:7", "- begun:7", "- begun:7", "- begun:7", "-"}},
  {"order log-level",
   {"-", "- refused:7", "- refused:7", "- refused:7",
    "- refused:7", "- refused:7", "- refused:7", "- refused:7", "-"}},
  {"DeadlineReached early",
   {"-", "-", "-", "-",
    "-", "-", "-", "-", "-"}},
  {"DeadlineReached 1 h",
   {"-", "quitting kill:101 kill:102 say stopping close", "-", "serving kill:103 say ready",
    "stopping close term:101 term:102", "killing kill:101 kill:102", "killing kill:101 kill:102", "-", "-"}},
};
// clang-format on

std::string outcome(const FakeWorld& world, State before) {
  const State after = world.supervisor.state();
  const std::string state = after == before ? "-" : kStateNames[static_cast<int>(after)];
  return world.trace.empty() ? state : state + " " + world.trace;
}

}  // namespace

TEST_CASE("supervisor: every event in every state") {
  REQUIRE(std::size(kExpected) == std::size(kEvents));
  for (std::size_t row = 0; row < std::size(kEvents); ++row) {
    for (int state = 0; state < 9; ++state) {
      const auto before = static_cast<State>(state);
      INFO(kEvents[row].name << " in " << kStateNames[state]);
      FakeWorld world = world_in(before);
      REQUIRE(world.supervisor.state() == before);
      kEvents[row].send(world);
      REQUIRE(std::string(kEvents[row].name) == kExpected[row].event);
      CHECK(outcome(world, before) == kExpected[row].follows[state]);
    }
  }
}

}  // namespace orrery::master
