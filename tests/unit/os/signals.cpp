// How the master takes its signals. What changes a process runs in a child.
#include "os/signals.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "os/process.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

/// All that SignalFd::open() promises to take.
constexpr std::array kTaken{SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2, SIGWINCH, SIGCHLD};

std::vector<int> blocked() {
  sigset_t mask;
  ::sigprocmask(SIG_BLOCK, nullptr, &mask);
  std::vector<int> signals;
  for (int signo = 1; signo <= SIGRTMAX; ++signo)
    if (sigismember(&mask, signo) == 1) signals.push_back(signo);
  return signals;
}

template <class List>
std::vector<int> sorted(const List& list) {
  std::vector<int> signals(list.begin(), list.end());
  std::sort(signals.begin(), signals.end());
  return signals;
}

/// A child whose signals do what they do in a fresh process, whatever the tests were started by.
template <class Code>
pid_t fresh_child(Code code) {
  return test::in_child([&code] {
    restore_default_dispositions();
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    return code();
  });
}

void send_self(int signo) { ::kill(::getpid(), signo); }

bool is_default(int signo) {
  struct sigaction action {};
  ::sigaction(signo, nullptr, &action);
  return action.sa_handler == SIG_DFL;
}

/// How it ended; however slow the machine is.
std::optional<int> end_of(pid_t child) { return test::wait_for(child, std::chrono::minutes{2}); }

bool ended_by(std::optional<int> status, int signo) {
  return status && WIFSIGNALED(*status) && WTERMSIG(*status) == signo;
}

}  // namespace

TEST_CASE("signals: who sent one is named rightly") {
  struct Row {
    const char* name;
    TakenSignal signal;
    const char* text;
  };
  const Row rows[] = {
      {"a process", {SIGTERM, 7, 1000, false}, "from pid 7, uid 1000"},
      {"Ctrl-C", {SIGINT, 0, 0, true}, "from the terminal: Ctrl-C"},
      {"Ctrl-Backslash", {SIGQUIT, 0, 0, true}, "from the terminal: Ctrl-\\"},
      {"a terminal that goes", {SIGHUP, 0, 0, true}, "from the terminal, which was closed"},
      {"a window", {SIGWINCH, 0, 0, true}, "from the terminal, which has another size"},
      {"the kernel", {SIGTERM, 0, 0, true}, "from the kernel"},
      {"docker stop", {SIGTERM, 0, 0, false}, "from a process outside of this container, uid 0"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(describe_sender(row.signal) == row.text);
  }
}

TEST_CASE("signals: a sender has its program's name beside its number, as long as it lives") {
  const std::string self = std::to_string(::getpid());
  CHECK(name_sender({SIGTERM, ::getpid(), 7, false}) == "pid " + self + " (" + program_name(::getpid()) + "), uid 7");
  const pid_t gone = test::in_child([] { return 0; });
  REQUIRE(test::exited_with(end_of(gone), 0));
  CHECK(name_sender({SIGTERM, gone, 7, false}) == "pid " + std::to_string(gone) + ", uid 7");
  CHECK(name_sender({SIGINT, 0, 0, true}) == "the terminal: Ctrl-C");
}

TEST_CASE("signals: taken from the descriptor with their sender, even when they were ignored before") {
  const pid_t pid = fresh_child([] {
    std::signal(SIGHUP, SIG_IGN);
    auto signals = SignalFd::open();
    if (!signals || !signals->take().empty()) return 1;
    ::kill(::getpid(), SIGHUP);
    ::kill(::getpid(), SIGHUP);  // merges
    ::kill(::getpid(), SIGTERM);
    const auto taken = signals->take();
    if (taken.size() != 2 || !signals->take().empty()) return 2;
    for (const TakenSignal& signal : taken) {
      if (signal.sender != ::getpid() || signal.uid != ::getuid()) return 3;
    }
    return 0;
  });
  CHECK(test::exited_with(end_of(pid), 0));
}

TEST_CASE("signals: all that the descriptor takes are blocked, wake a poll, and come at once") {
  const pid_t pid = fresh_child([] {
    auto signals = SignalFd::open();
    if (!signals || blocked() != sorted(kTaken)) return 1;
    if ((::fcntl(signals->fd(), F_GETFD) & FD_CLOEXEC) == 0) return 2;
    for (const int signo : kTaken) send_self(signo);
    pollfd ready{signals->fd(), POLLIN, 0};
    if (::poll(&ready, 1, 0) != 1) return 3;
    std::vector<int> taken;
    for (const TakenSignal& signal : signals->take()) taken.push_back(signal.signo);
    return sorted(taken) == sorted(kTaken) ? 0 : 4;
  });
  CHECK(test::exited_with(end_of(pid), 0));
}

TEST_CASE("signals: a child that dies is told, with a status, though its signal was ignored before") {
  const pid_t pid = fresh_child([] {
    std::signal(SIGCHLD, SIG_IGN);
    auto signals = SignalFd::open();
    if (!signals) return 1;
    const pid_t child = test::in_child([] { return 7; });
    pollfd told{signals->fd(), POLLIN, 0};
    if (::poll(&told, 1, -1) != 1) return 2;
    const auto taken = signals->take();
    if (taken.size() != 1 || taken[0].signo != SIGCHLD || taken[0].sender != child) return 3;
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7 ? 0 : 4;
  });
  CHECK(test::exited_with(end_of(pid), 0));
}

TEST_CASE("signals: what came before the descriptor was opened waits for it") {
  const pid_t pid = fresh_child([] {
    hold_signals();
    send_self(SIGUSR2);
    auto signals = SignalFd::open();
    if (!signals) return 1;
    const auto taken = signals->take();
    return taken.size() == 1 && taken[0].signo == SIGUSR2 ? 0 : 2;
  });
  CHECK(test::exited_with(end_of(pid), 0));
}

TEST_CASE("signals: one that stops the service is known to wait, another is none") {
  const int stop = GENERATE(SIGTERM, SIGINT, SIGQUIT);
  INFO(signal_name(stop));
  const pid_t pid = fresh_child([stop] {
    hold_signals();
    send_self(SIGHUP);
    if (stop_is_waiting()) return 1;
    send_self(stop);
    return stop_is_waiting() ? 0 : 2;
  });
  CHECK(test::exited_with(end_of(pid), 0));
}

TEST_CASE("signals: what was held ends a process that lets it go") {
  const pid_t pid = fresh_child([] {
    hold_signals();
    send_self(SIGTERM);
    let_signals_go();
    return 1;
  });
  CHECK(ended_by(end_of(pid), SIGTERM));
}

TEST_CASE("signals: before a new master takes its signals only what ends it gets through") {
  const pid_t held = fresh_child([] {
    hold_signals_that_end_nobody();
    auto expected = sorted(kTaken);
    std::erase_if(expected, [](int signo) { return signo == SIGTERM || signo == SIGINT || signo == SIGQUIT; });
    if (blocked() != expected) return 1;
    for (const int signo : expected) send_self(signo);
    return 0;
  });
  CHECK(test::exited_with(end_of(held), 0));
  const int end = GENERATE(SIGTERM, SIGINT);
  const pid_t ended = fresh_child([end] {
    hold_signals();
    hold_signals_that_end_nobody();
    send_self(end);
    return 1;
  });
  CHECK(ended_by(end_of(ended), end));
}

TEST_CASE("signals: around a fork all wait, and what came meanwhile follows with the former mask") {
  const pid_t pid = fresh_child([] {
    static volatile std::sig_atomic_t came = 0;
    std::signal(SIGALRM, [](int) { came = 1; });
    hold_signals();
    {
      const AllSignalsBlocked all;
      const auto now = blocked();
      for (int signo = 1; signo <= SIGSYS; ++signo) {
        const bool can_wait = signo != SIGKILL && signo != SIGSTOP;
        if (std::binary_search(now.begin(), now.end(), signo) != can_wait) return 1;
      }
      send_self(SIGALRM);
      if (came != 0) return 2;
    }
    return came == 1 && blocked() == sorted(kTaken) ? 0 : 3;
  });
  CHECK(test::exited_with(end_of(pid), 0));
}

TEST_CASE("signals: a write that cannot be done fails, and ends only a program that is run") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("short");
  const int fatal = GENERATE(0, SIGPIPE, SIGXFSZ);
  const pid_t pid = fresh_child([&path, fatal] {
    auto pipe = make_pipe();
    const base::UniqueFd file{::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)};
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 0;
    if (!pipe || !file || ::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    pipe->read.reset();
    ignore_write_signals();
    if (::write(pipe->write.get(), "x", 1) >= 0 || errno != EPIPE) return 2;
    if (::write(file.get(), "x", 1) >= 0 || errno != EFBIG) return 3;
    if (fatal == 0) return 0;
    restore_default_dispositions();
    [[maybe_unused]] const ssize_t ended = ::write(fatal == SIGPIPE ? pipe->write.get() : file.get(), "x", 1);
    return 4;
  });
  const auto status = end_of(pid);
  CHECK((fatal == 0 ? test::exited_with(status, 0) : ended_by(status, fatal)));
}

TEST_CASE("signals: a child does with each what a fresh process does, and holds what it held") {
  const pid_t pid = fresh_child([] {
    for (const int signo : kTaken) std::signal(signo, SIG_IGN);
    hold_signals();
    restore_default_dispositions();
    const bool all = std::all_of(kTaken.begin(), kTaken.end(), is_default);
    return all && is_default(SIGPIPE) && blocked() == sorted(kTaken) ? 0 : 1;
  });
  CHECK(test::exited_with(end_of(pid), 0));
}

TEST_CASE("signals: names") {
  CHECK(signal_word(SIGTTIN) == "ttin");
  CHECK(signal_word(SIGRTMIN) == "rt");
  CHECK(signal_name(SIGSEGV) == "SIGSEGV");
  CHECK(signal_name(SIGRTMIN + 3) == "signal " + std::to_string(SIGRTMIN + 3));
}

}  // namespace orrery::os
