// RunningMaster: run_master() in a forked child, with workers that are a plain poll loop and speak no HTTP.
//
// Each test says in FakeWorker what its workers do; what the master did is read from its log and from /proc.
// The destructor kills what is left. Nothing here sleeps: wait_for_line() and eventually() ask until a
// deadline.
#pragma once

#include <array>
#include <catch2/catch.hpp>
#include <fmt/core.h>
#include <fstream>
#include <functional>
#include <poll.h>
#include <sstream>
#include <string>
#include <sys/signalfd.h>
#include <vector>

#include "base/clock.hpp"
#include "master/master.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::master {

using namespace std::chrono_literals;

inline void tell(const os::WorkerBirth& birth, os::WorkerMessage message) {
  [[maybe_unused]] const ssize_t sent = ::write(birth.master.get(), &message, 1);
}

inline void beat(const os::WorkerBirth& birth) {
  birth.slot->heartbeat_ns.store(base::monotonic_now().time_since_epoch().count(), std::memory_order_relaxed);
}

/// A well-behaved worker: ready at once, beats, leaves with 0 at TERM, INT and QUIT and when its master is
/// gone.
inline int serve(const os::WorkerBirth& birth) {
  sigset_t all;
  sigfillset(&all);
  const int signals = ::signalfd(-1, &all, SFD_CLOEXEC);
  tell(birth, os::WorkerMessage::kReady);
  for (;;) {
    beat(birth);
    pollfd waiting{signals, POLLIN, 0};
    if (::poll(&waiting, 1, 50) == 1) {
      signalfd_siginfo info{};
      if (::read(signals, &info, sizeof info) != sizeof info) return 1;
      if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT || info.ssi_signo == SIGQUIT) return 0;
    }
    if (::getppid() != birth.master_pid) return 0;
  }
}

/// Ready, one beat, then deaf to everything but KILL.
inline int hang(const os::WorkerBirth& birth) {
  beat(birth);
  tell(birth, os::WorkerMessage::kReady);
  for (;;) ::pause();
}

class RunningMaster {
 public:
  RunningMaster() {
    config.bind = {"127.0.0.1:0"};
    config.workers = 2;
    config.errorlog = directory.file("error.log");
    config.pidfile = directory.file("pid");
    config.graceful_timeout = 5s;
    config.boot_timeout = 5s;
    worker = serve;
  }
  ~RunningMaster() {
    for (const pid_t left : workers()) ::kill(left, SIGKILL);
    for (const pid_t left : sidecars()) ::kill(left, SIGKILL);
    if (pid > 0 && !ended_) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
  }
  RunningMaster(const RunningMaster&) = delete;
  RunningMaster& operator=(const RunningMaster&) = delete;

  test::TemporaryDirectory directory;
  Config config;
  std::function<int(const os::WorkerBirth&)> worker;
  std::function<int(const os::WorkerBirth&)> sidecar;  ///< none = no child but workers
  std::function<Reload(const Config&)> reload;
  std::function<void()> before;  ///< runs in the master's process before run_master
  std::string system_root = "/";
  pid_t pid = 0;

  void start() {
    pid = test::in_child([this] {
      ::setpgid(0, 0);
      if (before) before();
      MasterParts parts;
      parts.config = config;
      if (reload) parts.reload = [this](const Config& current, const os::WorkerMain&) { return reload(current); };
      parts.system_root = system_root;
      parts.service = "orrery 0.1.0";
      parts.worker_main = [this](os::WorkerBirth birth) { return worker(birth); };
      if (sidecar)
        parts.sidecars.push_back(
            {os::Role::kAdmin, config, false, false, [this](os::WorkerBirth birth) { return sidecar(birth); }});
      return run_master(std::move(parts));
    });
  }
  void start_and_wait(unsigned count = 2) {
    start();
    REQUIRE(wait_for_line("Generation 1 serves"));
    REQUIRE(wait_for_workers(count));
  }
  void signal(int signo) const { ::kill(pid, signo); }

  std::optional<int> wait_for_end(std::chrono::milliseconds limit = 20s) {
    ended_ = true;
    return test::wait_for(pid, limit);
  }

  [[nodiscard]] std::string log() const {
    std::ifstream file(config.errorlog);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] bool wait_for_line(const std::string& part, std::chrono::milliseconds limit = 20s) const {
    return test::eventually([&] { return log().find(part) != std::string::npos; }, limit);
  }
  [[nodiscard]] int count_lines(const std::string& part) const {
    const std::string text = log();
    int count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
  }

  /// Living children of the master whose title says that they are workers.
  [[nodiscard]] std::vector<pid_t> workers() const { return living("worker", "worker"); }
  /// The same of those that are no workers.
  [[nodiscard]] std::vector<pid_t> sidecars() const { return living("admin process", "admin"); }
  [[nodiscard]] bool wait_for_workers(unsigned count) const {
    return test::eventually([&] { return workers().size() == count; });
  }
  /// Empty for a zombie and for nobody.
  static std::string title(pid_t of) {
    std::ifstream file(fmt::format("/proc/{}/cmdline", of), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    return text.substr(0, text.find('\0'));
  }

 private:
  [[nodiscard]] std::vector<pid_t> living(const std::string& spoken, const std::string& titled) const {
    std::istringstream lines(log());
    std::vector<pid_t> living;
    const std::string mark = "Booting " + spoken + " with pid: ";
    for (std::string line; std::getline(lines, line);) {
      const std::size_t at = line.find(mark);
      if (at == std::string::npos) continue;
      const pid_t child = std::stoi(line.substr(at + mark.size()));
      if (title(child).find(": " + titled) != std::string::npos) living.push_back(child);
    }
    return living;
  }

  bool ended_ = false;
};

}  // namespace orrery::master
