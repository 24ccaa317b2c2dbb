// Signals: how the master takes them, and how a child gets rid of what it inherited.
//
// Master: blocks everything it handles first of all, when the program begins, and reads it from a SignalFd when the
// ground is prepared: nothing is lost in between, and nothing ever runs in a signal handler. Child: all signals stay
// blocked through fork; restore_default_dispositions() undoes what the master ignored, and the worker unblocks when its
// own handling stands. A child must close the inherited SignalFd and never read it or arm it in an epoll set: reads
// through it would be about the reader, but the wake-ups about the master.
#pragma once

#include <csignal>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::os {

/// A signal that was taken. `sender` is 0 when the kernel sent it, or a process that this one cannot see.
struct TakenSignal {
  int signo = 0;
  pid_t sender = 0;
  uid_t uid = 0;
  bool from_kernel = false;  ///< a terminal's keys, for one
};

/// Blocks what a SignalFd takes: from now on such a signal waits for it, in PID 1 too, for which the kernel drops what
/// would take its default course. The first thing a program does; SignalFd::open() comes later.
void hold_signals();
/// A TERM, INT or QUIT waits.
[[nodiscard]] bool stop_is_waiting();
/// For a process that stays in the foreground while the master goes to the background: signals end it again.
void let_signals_go();
/// "from pid 7, uid 0", "from the terminal: Ctrl-C", ...
std::string describe_sender(const TakenSignal& signal);

/// "pid 7 (bash), uid 0"; "Ctrl-C" and the like of a terminal; "the kernel".
std::string name_sender(const TakenSignal& signal);

/// The master's signals, blocked and queued in a descriptor that poll can wait for.
class SignalFd {
 public:
  /// Blocks TERM INT QUIT HUP TTIN TTOU USR1 USR2 WINCH CHLD in this process, ignores PIPE, and opens the
  /// descriptor.
  static Result<SignalFd> open();

  /// All pending signals, in the kernel's order; empty when there is none. Never blocks.
  std::vector<TakenSignal> take();
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  explicit SignalFd(base::UniqueFd fd) : fd_(std::move(fd)) {}
  base::UniqueFd fd_;
};

/// Before an exec of a new master: of the master's signals those that mean something else than an end wait until it
/// takes them; TERM, INT and QUIT end whatever runs there.
void hold_signals_that_end_nobody();

/// Blocks every signal for as long as it lives, then restores the former mask. Around fork.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked();
  ~AllSignalsBlocked();
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  sigset_t former_{};
};

/// First of all, before a line is written anywhere: a write that cannot be done (nobody reads the pipe any
/// more, RLIMIT_FSIZE is reached) fails and ends nothing. For the whole process;
/// restore_default_dispositions() undoes it for a program that is run.
void ignore_write_signals();

/// Child: every signal does again what it does in a fresh process. The mask is not changed.
void restore_default_dispositions();

/// "term" for SIGTERM: gunicorn's spelling in "Handling signal: term". "rt" for what has no name of its own.
std::string_view signal_word(int signo);

/// "SIGTERM"; "signal 40" where there is no name.
std::string signal_name(int signo);

}  // namespace orrery::os
