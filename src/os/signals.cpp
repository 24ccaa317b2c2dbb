#include "os/signals.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <utility>

#include "os/process.hpp"

namespace orrery::os {

namespace {

constexpr std::array kTaken{SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2, SIGWINCH, SIGCHLD};

sigset_t taken_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signo : kTaken) sigaddset(&set, signo);
  return set;
}

struct SignalWord {
  int signo;
  std::string_view word;
};
constexpr std::array kWords{
    SignalWord{SIGTERM, "term"}, SignalWord{SIGINT, "int"},   SignalWord{SIGQUIT, "quit"},
    SignalWord{SIGHUP, "hup"},   SignalWord{SIGTTIN, "ttin"}, SignalWord{SIGTTOU, "ttou"},
    SignalWord{SIGUSR1, "usr1"}, SignalWord{SIGUSR2, "usr2"}, SignalWord{SIGWINCH, "winch"},
    SignalWord{SIGCHLD, "chld"}, SignalWord{SIGABRT, "abrt"}, SignalWord{SIGKILL, "kill"},
};

}  // namespace

void hold_signals() {
  const sigset_t set = taken_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool stop_is_waiting() {
  sigset_t waiting;
  sigemptyset(&waiting);
  ::sigpending(&waiting);
  return sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1 ||
         sigismember(&waiting, SIGQUIT) == 1;
}

void let_signals_go() {
  const sigset_t set = taken_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void hold_signals_that_end_nobody() {
  sigset_t set = taken_signals();
  for (const int signo : {SIGTERM, SIGINT, SIGQUIT}) sigdelset(&set, signo);
  pthread_sigmask(SIG_SETMASK, &set, nullptr);
}

Result<SignalFd> SignalFd::open() {
  hold_signals();
  const sigset_t mask = taken_signals();
  ignore_write_signals();
  // An inherited SIG_IGN (nohup, some containers) would make the kernel drop a signal before it reaches the
  // signalfd, and an ignored CHLD would make children vanish without a status.
  for (const int signo : kTaken) std::signal(signo, SIG_DFL);
  base::UniqueFd fd{::signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK)};
  if (!fd) return fail(fmt::format("cannot open a signalfd: {}", std::strerror(errno)));
  return SignalFd{std::move(fd)};
}

std::vector<TakenSignal> SignalFd::take() {
  std::vector<TakenSignal> taken;
  std::array<signalfd_siginfo, 16> infos{};
  for (;;) {
    const ssize_t got = ::read(fd_.get(), infos.data(), sizeof infos);
    if (got <= 0) return taken;
    const std::size_t count = static_cast<std::size_t>(got) / sizeof infos[0];
    for (std::size_t i = 0; i < count; ++i) {
      taken.push_back({static_cast<int>(infos[i].ssi_signo), static_cast<pid_t>(infos[i].ssi_pid), infos[i].ssi_uid,
                       infos[i].ssi_code == SI_KERNEL});
    }
  }
}

std::string describe_sender(const TakenSignal& signal) {
  if (signal.sender != 0) return fmt::format("from pid {}, uid {}", signal.sender, signal.uid);
  if (!signal.from_kernel) return fmt::format("from a process outside of this container, uid {}", signal.uid);
  switch (signal.signo) {
    case SIGINT: return "from the terminal: Ctrl-C";
    case SIGQUIT: return "from the terminal: Ctrl-\\";
    case SIGHUP: return "from the terminal, which was closed";
    case SIGWINCH: return "from the terminal, which has another size";
    default: return "from the kernel";
  }
}

std::string name_sender(const TakenSignal& signal) {
  if (signal.sender == 0) return describe_sender(signal).substr(std::string_view{"from "}.size());
  const std::string program = program_name(signal.sender);
  return fmt::format("pid {}{}, uid {}", signal.sender, program.empty() ? "" : " (" + program + ")", signal.uid);
}

AllSignalsBlocked::AllSignalsBlocked() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &former_);
}

AllSignalsBlocked::~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &former_, nullptr); }

void ignore_write_signals() {
  for (const int signo : {SIGPIPE, SIGXFSZ}) std::signal(signo, SIG_IGN);
}

void restore_default_dispositions() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int signo = 1; signo < NSIG; ++signo)
    ::sigaction(signo, &action, nullptr);  // KILL, STOP: refused, as they should
}

std::string_view signal_word(int signo) {
  for (const SignalWord& row : kWords) {
    if (row.signo == signo) return row.word;
  }
  return "rt";
}

std::string signal_name(int signo) {
  const char* abbreviation = ::sigabbrev_np(signo);
  return abbreviation != nullptr ? fmt::format("SIG{}", abbreviation) : fmt::format("signal {}", signo);
}

}  // namespace orrery::os
