// FakeWorld: a kernel and a master made of plain values, for tests of the supervisor.
//
// Performs the supervisor's actions on imaginary processes and checks at every step what must always hold: no
// signal to a pid that was reaped, one report for each death, in a crash loop one worker on trial, Exit only
// with nobody left. The clock stands still unless a test moves it.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <fmt/core.h>
#include <map>
#include <signal.h>
#include <string>
#include <vector>

#include "master/supervisor.hpp"

namespace orrery::master {

using namespace std::chrono_literals;

/// wait(2) statuses.
constexpr int exited(int code) { return code << 8; }
constexpr int killed_by(int signo) { return signo; }

inline Plan plan_for(unsigned workers) {
  Plan plan;
  plan.workers = workers;
  plan.timeout = 30s;
  plan.graceful_timeout = 20s;
  plan.boot_timeout = 10s;
  return plan;
}

class FakeWorld {
 public:
  struct Process {
    unsigned number = 0;
    unsigned generation = 0;
    std::vector<int> received{};
    os::Role role = os::Role::kWorker;
    std::string probe{};
  };

  explicit FakeWorld(std::uint64_t seed = 1) : supervisor(seed) {}

  Supervisor supervisor;
  base::Monotonic now{1000s};
  std::map<pid_t, Process> processes;  ///< not reaped yet
  std::vector<unsigned> loads;         ///< LoadConfig not answered yet
  std::vector<unsigned> dropped;
  std::vector<ReportDeath> reports;
  std::vector<Phase> announced;
  std::vector<std::string> said;
  std::vector<AnswerOrder> answers;  ///< to orders
  std::optional<int> exit_code;
  bool forks_work = true;
  bool tracing = true;  ///< keep `trace` and `said`; random sequences do without
  pid_t next_pid = 101;
  std::string trace;  ///< what the last send() made happen

  void send(Event event);

  void start(unsigned workers) { send(Started{plan_for(workers)}); }
  /// Starts and makes every worker ready; their pids are 101, 102, ...
  void serve(unsigned workers) {
    start(workers);
    ready_all();
  }
  void ready_all() {
    for (const auto& [pid, process] : std::map(processes)) {
      if (is(pid, Child::State::kBooting)) send(WorkerReady{pid});
    }
  }
  void order(std::uint64_t ticket, os::OrderKind kind, int argument = 0) { send(OrderArrived{ticket, kind, argument}); }
  /// What is known of the order, the last word only: "begun ...", "done Worker 1 is replaced."; empty = nothing.
  [[nodiscard]] std::string answer(std::uint64_t ticket) const {
    std::string last;
    for (const AnswerOrder& one : answers) {
      if (one.ticket == ticket) last = fmt::format("{} {}", os::word_for(one.outcome), one.text);
    }
    return last;
  }
  void signal(int signo) { send(SignalArrived{signo, 1}); }
  void exit(pid_t pid, int status) {
    REQUIRE(processes.contains(pid));
    processes.erase(pid);
    send(ChildExited{pid, status});
  }
  void advance(base::Nanoseconds by) {
    now += by;
    send(DeadlineReached{});
  }
  /// HUP whose configuration is good.
  unsigned reload(const Plan& plan) {
    signal(SIGHUP);
    const unsigned generation = loads.back();
    loads.clear();
    send(ConfigReady{generation, plan});
    return generation;
  }

  bool is(pid_t pid, Child::State state) const {
    for (const Child& child : supervisor.children()) {
      if (child.pid == pid) return child.state == state;
    }
    return false;
  }
  std::vector<pid_t> of_generation(unsigned generation) const {
    std::vector<pid_t> pids;
    for (const auto& [pid, process] : processes) {
      if (process.generation == generation && process.role == os::Role::kWorker) pids.push_back(pid);
    }
    return pids;
  }
  [[nodiscard]] std::size_t workers() const {
    return static_cast<std::size_t>(std::count_if(
        processes.begin(), processes.end(), [](const auto& one) { return one.second.role == os::Role::kWorker; }));
  }
  /// The pid of the child that is no worker; 0 = there is none.
  [[nodiscard]] pid_t sidecar() const {
    for (const auto& [pid, process] : processes) {
      if (process.role != os::Role::kWorker) return pid;
    }
    return 0;
  }
  std::vector<int> received(pid_t pid) const { return processes.at(pid).received; }
  bool has_said(std::string_view part) const {
    for (const std::string& line : said) {
      if (line.find(part) != std::string::npos) return true;
    }
    return false;
  }

 private:
  /// What the actions do. In a source of its own: a dozen files of tests would each compile it.
  struct Performing;
};

}  // namespace orrery::master
