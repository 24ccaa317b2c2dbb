// Command: a program of the operator's that the master runs beside the service.
//
// Forks and runs it by its path, or by its name in PATH, without a shell: in a process group of its own, with fresh
// signals, nothing on its standard input, and what it prints on standard error. It is not tied to the master's life.
// Master only.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "orrery/result.hpp"

#include "base/clock.hpp"

namespace orrery::os {

/// `words`: the program and its arguments, at least one. `variables`: `NAME=value`, beside the environment of this
/// process. A program that cannot be run ends with status 127.
Result<pid_t> run_command(const std::vector<std::string>& words, const std::vector<std::string>& variables);

/// To the whole group of one that was run and not reaped.
void signal_command(pid_t pid, int signo);

/// Waits for its end, `most` long, or until this process is told to stop, and reaps it: the status as wait(2) gives it,
/// or nothing. SIGCHLD is blocked.
std::optional<int> wait_for_command(pid_t pid, base::Nanoseconds most);

}  // namespace orrery::os
