#include "os/command.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/process.hpp"
#include "os/signals.hpp"

namespace orrery::os {

namespace {

constexpr int kCannotRun = 127;

[[noreturn]] void become(std::vector<char*>& argv, const std::vector<std::string>& variables) {
  ::setpgid(0, 0);
  restore_default_dispositions();
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  (void)set_environment(variables);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvp(argv[0], argv.data());
  ::_exit(kCannotRun);
}

}  // namespace

Result<pid_t> run_command(const std::vector<std::string>& words, const std::vector<std::string>& variables) {
  std::vector<std::string> arguments = words;
  std::vector<char*> argv;
  for (std::string& word : arguments) argv.push_back(word.data());
  argv.push_back(nullptr);
  const AllSignalsBlocked blocked;
  const pid_t pid = ::fork();
  if (pid < 0) return fail(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (pid == 0) become(argv, variables);
  ::setpgid(pid, pid);  // here too: a signal may be due before the child has run
  return pid;
}

void signal_command(pid_t pid, int signo) { ::kill(-pid, signo); }

std::optional<int> wait_for_command(pid_t pid, base::Nanoseconds most) {
  constexpr base::Nanoseconds kLook = std::chrono::milliseconds{100};  // for a stop, which stays for the master
  const base::Monotonic until = base::monotonic_now() + most;
  sigset_t child;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  for (;;) {
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) == pid) return status;
    const base::Nanoseconds left = until - base::monotonic_now();
    if (left.count() <= 0 || stop_is_waiting()) return std::nullopt;
    const timespec slice{0, static_cast<long>(std::min(left, kLook).count())};
    ::sigtimedwait(&child, nullptr, &slice);
  }
}

}  // namespace orrery::os
