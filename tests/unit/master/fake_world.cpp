// What the supervisor's actions do in the world of its tests, and what must always hold.
#include "fake_world.hpp"

#include <deque>
#include <fmt/core.h>
#include <iterator>
#include <utility>
#include <variant>

#include "os/signals.hpp"

namespace orrery::master {

struct FakeWorld::Performing {
  FakeWorld& world;
  std::deque<Event>& inbox;

  // Catch2's own macros cost more than the supervisor, even when they hold.
  static void must(bool holds, const char* rule) {
    if (!holds) FAIL(rule);
  }
  template <class... Parts>
  void note(fmt::format_string<Parts...> text, Parts&&... parts) const {
    if (!world.tracing) return;
    if (!world.trace.empty()) world.trace += ' ';
    fmt::format_to(std::back_inserter(world.trace), text, std::forward<Parts>(parts)...);
  }

  void operator()(const Spawn& action) const {
    const bool works = action.role == os::Role::kWorker;
    note("{}:{}", works ? "spawn" : "spawn-admin", action.generation);
    const Breaker& breaker = world.supervisor.breaker();
    must(!works || !breaker.open() || breaker.trial() == action.number, "in a crash loop one is tried at a time");
    must(works || world.sidecar() == 0, "one child of another role at a time");
    if (!world.forks_work) {
      inbox.push_back(ForkFailed{action.number, "cannot fork", action.role});
      return;
    }
    world.processes[world.next_pid] = {action.number, action.generation, {}, action.role, action.probe};
    inbox.push_back(Forked{action.number, world.next_pid++, action.role});
  }
  void operator()(const SendSignal& action) const {
    note("{}:{}", os::signal_word(action.signo), action.pid);
    must(world.processes.contains(action.pid), "never a signal to a reaped pid");
    world.processes[action.pid].received.push_back(action.signo);
  }
  void operator()(const LoadConfig& action) const {
    note("load:{}", action.generation);
    world.loads.push_back(action.generation);
  }
  void operator()(const LeaveOtherAddresses& action) const { note("move:{}", action.generation); }
  void operator()(const DropGeneration& action) const {
    note("drop:{}", action.generation);
    must(world.of_generation(action.generation).empty(), "a generation is dropped when nobody is left of it");
    world.dropped.push_back(action.generation);
  }
  void operator()(const CloseListeners& action) const { note("{}", action.shared ? "leave" : "close"); }
  void operator()(const StartSuccessor& action) const { note("{}", action.canary ? "successor-canary" : "successor"); }
  void operator()(const PromoteSuccessor&) const { note("promote"); }
  void operator()(const SignalSuccessor& action) const { note("{}:successor", os::signal_word(action.signo)); }
  void operator()(const CommitUpgrade&) const { note("commit"); }
  void operator()(const TakeOver&) const { note("take-over"); }
  void operator()(const TellFailure& action) const { note("failed:{}", action.why); }
  void operator()(const ReopenLogs&) const { note("reopen"); }
  void operator()(const ReportDeath& action) const {
    note("report:{}", action.pid);
    must(!world.processes.contains(action.pid), "a death is reported when it has come");
    world.reports.push_back(action);
  }
  void operator()(const Announce& action) const {
    note("{}", action.phase == Phase::kReady ? "ready" : action.phase == Phase::kStopping ? "stopping" : "reloading");
    world.announced.push_back(action.phase);
  }
  void operator()(const Say& action) const {
    if (!world.tracing) return;
    if (action.level != LogLevel::kDebug) note("say");
    world.said.push_back(action.text);
  }
  void operator()(const AnswerOrder& action) const {
    note("{}:{}", os::word_for(action.outcome), action.ticket);
    world.answers.push_back(action);
  }
  void operator()(const Exit& action) const {
    note("exit:{}", action.code);
    must(world.processes.empty(), "Exit with nobody left");
    must(!world.exit_code, "one Exit");
    world.exit_code = action.code;
  }
};

void FakeWorld::send(Event event) {
  if (tracing) trace.clear();
  std::deque<Event> inbox{std::move(event)};
  while (!inbox.empty()) {
    const Event next = inbox.front();
    inbox.pop_front();
    for (const Action& action : supervisor.on(next, now)) std::visit(Performing{*this, inbox}, action);
  }
}

}  // namespace orrery::master
