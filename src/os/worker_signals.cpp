#include "os/worker_signals.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "os/signals.hpp"

namespace orrery::os {

namespace {

// Signal handlers can reach nothing but static storage; written once, before the signals are unblocked.
pid_t master_pid = 0;
unsigned grace_seconds = 0;
void (*wake_loop)(void*) = nullptr;
void* wake_context = nullptr;
std::atomic<bool> terminate_seen{false};
std::atomic<pid_t> stranger_seen{0};
std::atomic<bool> reopen_seen{false};
std::atomic<bool> quit_seen{false};
std::atomic<bool> ending{false};  ///< a process that is its own master was told to end
std::atomic<int> refused_seen{0};
std::array<int, 64> listening{};  // as many as `bind` may have
std::size_t listening_count = 0;
int nothing = -1;  // an open /dev/null
static_assert(std::atomic<bool>::is_always_lock_free);

/// Here and not on the loop, which may be held by a handler: a new master must get the address at once.
void end_soon() {
  release_listeners();
  ::alarm(grace_seconds);
}

void on_noted(int signal, siginfo_t* info, void*) {
  const int saved = errno;
  if (signal == SIGTERM) {
    const bool orphan = ::getppid() != master_pid;
    if (orphan || info->si_pid == master_pid)
      terminate_seen.store(true, std::memory_order_release);
    else
      stranger_seen.store(info->si_pid > 0 ? info->si_pid : 1, std::memory_order_release);
    if (orphan) end_soon();
  } else {
    reopen_seen.store(true, std::memory_order_release);
  }
  wake_loop(wake_context);
  errno = saved;
}

void on_refused(int signal) {
  const int saved = errno;
  refused_seen.store(signal, std::memory_order_release);
  wake_loop(wake_context);
  errno = saved;
}

void on_first_quit() {
  const int saved = errno;
  terminate_seen.store(true, std::memory_order_release);
  end_soon();
  wake_loop(wake_context);
  errno = saved;
}

void on_quit(int) {
  if (master_pid == ::getpid() && !ending.exchange(true, std::memory_order_acq_rel)) return on_first_quit();
  // Ctrl-C comes from the terminal and from the master.
  if (quit_seen.exchange(true, std::memory_order_acq_rel)) return;
  const int saved = errno;
  const itimerval soon{{0, 0}, {0, 100'000}};
  ::setitimer(ITIMER_REAL, &soon, nullptr);
  wake_loop(wake_context);
  errno = saved;
}

void on_time_over(int) { ::_exit(0); }

void handle(int signal, struct sigaction action) {
  action.sa_flags |= SA_RESTART;
  ::sigfillset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  handle(signal, action);
}

void handle(int signal, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO;
  handle(signal, action);
}

}  // namespace

void release_listeners() {
  for (std::size_t i = 0; i < listening_count; ++i) ::dup2(nothing, listening[i]);
}

void install_worker_signals(pid_t master, std::chrono::milliseconds graceful_timeout, const std::vector<int>& listeners,
                            void (*wake)(void*), void* context) {
  nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  listening_count = nothing < 0 ? 0 : std::min(listeners.size(), listening.size());
  std::copy_n(listeners.begin(), listening_count, listening.begin());
  master_pid = master;
  grace_seconds = static_cast<unsigned>(
      std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(graceful_timeout).count()));
  wake_loop = wake;
  wake_context = context;
  for (const int signal : {SIGTERM, SIGUSR1}) handle(signal, on_noted);
  for (const int signal : {SIGINT, SIGQUIT}) handle(signal, on_quit);
  handle(SIGALRM, on_time_over);
  handle(SIGWINCH, SIG_IGN);
  for (const int signal : {SIGHUP, SIGTTIN, SIGTTOU, SIGUSR2})
    handle(signal, master == ::getpid() ? on_refused : SIG_IGN);
  ignore_write_signals();
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

SeenSignals take_worker_signals() {
  return {terminate_seen.exchange(false, std::memory_order_acq_rel),
          stranger_seen.exchange(0, std::memory_order_acq_rel), quit_seen.load(std::memory_order_acquire),
          reopen_seen.exchange(false, std::memory_order_acq_rel), refused_seen.exchange(0, std::memory_order_acq_rel)};
}

}  // namespace orrery::os
