// Child processes in tests: run a piece of code in a fork, and wait for things with a deadline instead of
// sleeping a guess.
//
// The code runs in the child and must not use Catch2's macros; the child leaves by _exit with the code's
// value.
#pragma once

#include <chrono>
#include <csignal>
#include <optional>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/slowness.hpp"

namespace orrery::test {

template <class Code>
pid_t in_child(Code code) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(code());
  return pid;
}

/// Asks `condition` every few milliseconds until it is true; false when `limit` passed before.
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds limit = std::chrono::seconds{20} * kSlowness) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    ::poll(nullptr, 0, 5);
  }
  return true;
}

/// The wait(2) status of `pid` when it ends within `limit`; else it is killed.
inline std::optional<int> wait_for(pid_t pid, std::chrono::milliseconds limit = std::chrono::seconds{20} * kSlowness) {
  int status = 0;
  if (eventually([&] { return ::waitpid(pid, &status, WNOHANG) == pid; }, limit)) return status;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, &status, 0);
  return std::nullopt;
}

inline bool exited_with(std::optional<int> status, int code) {
  return status && WIFEXITED(*status) && WEXITSTATUS(*status) == code;
}

}  // namespace orrery::test
