// WaitStatus: how a child process ended, as wait(2) tells it.
//
// Pure. Asked by the master, which judges each end by what it had asked of the child, and by its messages. It says
// what happened, never whether that was wanted.
#pragma once

#include <string>

namespace orrery::os {

/// "exit code 3", "SIGSEGV (core dumped)".
std::string describe_status(int status);
/// -1 when a signal ended it.
int exit_code_of(int status);
/// It left with 0, or by a signal that asks a process to leave (TERM, INT, QUIT).
bool left_by_itself(int status);

}  // namespace orrery::os
