#include "os/wait_status.hpp"

#include <csignal>
#include <fmt/core.h>
#include <sys/wait.h>

#include "os/contract.hpp"
#include "os/signals.hpp"

namespace orrery::os {

std::string describe_status(int status) {
  if (WIFEXITED(status)) return fmt::format("exit code {}", WEXITSTATUS(status));
  return signal_name(WTERMSIG(status)) + (WCOREDUMP(status) ? " (core dumped)" : "");
}

int exit_code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

bool left_by_itself(int status) {
  if (WIFEXITED(status)) return WEXITSTATUS(status) == kExitOk;
  const int signo = WTERMSIG(status);
  return signo == SIGTERM || signo == SIGINT || signo == SIGQUIT;
}

}  // namespace orrery::os
