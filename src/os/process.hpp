// Process: fork, the child's first steps, reaping, signalling, descriptors and limits.
//
// The only home of fork, kill and wait. Called by the single-threaded master; everything in ChildBirth
// describes the child's side. fork_child() returns in the parent only: the child runs `main` and leaves by
// _exit.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/types.h>
#include <vector>

#include "orrery/result.hpp"

#include "base/clock.hpp"
#include "base/unique_fd.hpp"
#include "os/privileges.hpp"

namespace orrery::os {

/// What a child does between fork and its main, in this order.
struct ChildBirth {
  std::vector<int> close;                            ///< the master's own descriptors; the pidfile's first
  std::string title;                                 ///< shown by ps
  std::function<void()> take_logs;                   ///< from now on the log is the child's own; may be empty
  std::optional<Identity> identity;                  ///< whom to become; nothing = as the master
  std::function<void(const std::string&)> complain;  ///< says why a step failed, before exit code 1; may be empty
};

/// Forks. The child keeps all signals blocked, takes default dispositions, closes, reseeds, takes its logs,
/// drops its privileges, ties its life to the parent's (SIGTERM when that dies), runs `main` and exits with
/// its value. A child whose parent died before the tie was made exits 0 at once.
Result<pid_t> fork_child(const ChildBirth& birth, const std::function<int()>& main);

/// A child that ended.
struct DeadChild {
  pid_t pid = 0;
  int status = 0;  ///< as wait(2) gives it
  rusage usage{};
};

/// A child that is dead but not reaped: its pid still is its own, so a signal sent to it hits nobody else.
std::optional<pid_t> peek_dead_child();
/// Reaps that child. After this its pid may belong to anybody.
std::optional<DeadChild> reap_child(pid_t pid);

/// kill(2); false when there is no such process.
bool send_signal(pid_t pid, int signo);

/// Points each of descriptors 0-2 that is closed at /dev/null, so that no socket ever becomes "standard
/// error".
void ensure_standard_descriptors();

struct DescriptorLimit {
  rlim_t before = 0;
  rlim_t now = 0;
};
/// Raises the soft RLIMIT_NOFILE to the hard one.
DescriptorLimit raise_descriptor_limit();
/// How many descriptors this process may have open.
std::size_t descriptor_limit();

/// A pipe whose both ends are close-on-exec and non-blocking.
struct Pipe {
  base::UniqueFd read, write;
};
Result<Pipe> make_pipe();

/// Two ends for whole messages (a SOCK_SEQPACKET pair); both close-on-exec.
struct Channel {
  base::UniqueFd ours, theirs;
};
Result<Channel> make_channel();

/// The memory `pid` shares with nobody, in bytes; nothing when the kernel does not tell.
std::optional<std::uint64_t> private_memory(pid_t pid);

/// The CPU time `pid` has used; nothing when there is no such process.
std::optional<base::Nanoseconds> cpu_time(pid_t pid);

/// "bash": the name of the program that `pid` runs; empty when there is no such process.
std::string program_name(pid_t pid);

/// Whether this process has a controlling terminal.
bool has_terminal();

Result<void> change_directory(const std::string& path);
/// Makes this process's environment what it was at its start, `entries`, without the variables named in `without`.
void restore_environment(const std::vector<std::string>& entries, const std::vector<std::string>& without);
/// Sets each `NAME=value` in this process's environment.
Result<void> set_environment(const std::vector<std::string>& entries);

}  // namespace orrery::os
