#include "os/stack.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <execinfo.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/joined.hpp"
#include "base/unique_fd.hpp"
#include "os/last_words.hpp"
#include "os/symbols.hpp"

namespace orrery::os {

namespace {

constexpr std::size_t kHandlerStack = 64 * 1024;
constexpr std::array kCrashes{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// Signal handlers can reach nothing but static storage; written once, before the handlers stand.
StackCell* crash_cell = nullptr;
StackCell* sample_cell = nullptr;
std::atomic<bool> crashed{false};

/// glibc keeps the first two real-time signals for itself.
int sample_signal() { return SIGRTMIN + 3; }

pid_t sender_of(const siginfo_t& info) { return info.si_code <= 0 ? info.si_pid : 0; }

/// Another thread crashed first, and the process ends when its stack is recorded: this one must neither end the
/// process sooner nor write over it. Not for ever: the first one may be held up by what the crash broke.
void wait_for_the_end() {
  const timespec wait{0, 10'000'000};
  for (int tries = 0; tries < 200; ++tries) ::nanosleep(&wait, nullptr);
}

void on_crash(int signal, siginfo_t* info, void*) {
  if (crashed.exchange(true, std::memory_order_acq_rel)) wait_for_the_end();
  if (signal == SIGABRT && sender_of(*info) == ::getppid()) speak_last_words();
  crash_cell->record(signal, sender_of(*info));
  ::signal(signal, SIG_DFL);
  // Pending until this handler returns: then it takes its default course, a core dump included.
  ::syscall(SYS_tgkill, ::getpid(), ::syscall(SYS_gettid), signal);
}

void on_sample(int signal, siginfo_t* info, void*) {
  const int saved = errno;
  sample_cell->record(signal, sender_of(*info));
  errno = saved;
}

void handle(int signal, void (*handler)(int, siginfo_t*, void*), int flags) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | flags;
  ::sigfillset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

void StackCell::record(int signal, pid_t sender) noexcept {
  sample_.try_write([&](StackSample& sample) {
    std::array<void*, std::tuple_size_v<decltype(StackSample::frames)>> frames;
    const int depth = ::backtrace(frames.data(), static_cast<int>(frames.size()));
    sample.depth = static_cast<std::uint32_t>(std::max(depth, 0));
    for (std::uint32_t i = 0; i < sample.depth; ++i) sample.frames[i] = reinterpret_cast<std::uintptr_t>(frames[i]);
    sample.thread = static_cast<pid_t>(::syscall(SYS_gettid));
    sample.signal = signal;
    sample.sender = sender;
  });
}

std::optional<StackSample> StackCell::read() const {
  if (sample_.count() == 0) return std::nullopt;
  auto copy = sample_.read();
  // The depth indexes an array of a process that may not trust the writer's memory.
  if (copy) copy->depth = std::min<std::uint32_t>(copy->depth, std::tuple_size_v<decltype(StackSample::frames)>);
  return copy;
}

void load_unwinder() {
  std::array<void*, 1> frame{};
  ::backtrace(frame.data(), 1);
}

void install_stack_signals(StackCell& crash, StackCell& sample) {
  crash_cell = &crash;
  sample_cell = &sample;
  for (const int signal : kCrashes) handle(signal, on_crash, 0);
  handle(sample_signal(), on_sample, SA_RESTART);
  prepare_thread_for_stack_signals();
}

void prepare_thread_for_stack_signals() {
  void* memory =
      ::mmap(nullptr, kHandlerStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory != MAP_FAILED) {
    const stack_t stack{memory, 0, kHandlerStack};
    ::sigaltstack(&stack, nullptr);
  }
  sigset_t open;
  ::sigemptyset(&open);
  for (const int signal : kCrashes) ::sigaddset(&open, signal);
  ::sigaddset(&open, sample_signal());
  ::pthread_sigmask(SIG_UNBLOCK, &open, nullptr);
}

bool ask_for_stack(pid_t process, pid_t thread) {
  siginfo_t info{};
  info.si_signo = sample_signal();
  info.si_code = SI_QUEUE;
  info.si_pid = ::getpid();
  info.si_uid = ::getuid();
  return ::syscall(SYS_rt_tgsigqueueinfo, process, thread, sample_signal(), &info) == 0;
}

std::vector<std::string> name_frames(const StackSample& sample) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < sample.depth; ++i) {
    // All but the innermost are return addresses: the call is the instruction before.
    names.push_back(symbol_at(sample.frames[i] - (i > 0 ? 1 : 0)));
  }
  // The handler, and the kernel's trampoline behind it, are no part of the story.
  const auto handler = std::find_if(names.begin(), names.end(), [](const std::string& name) {
    return name.find("on_crash+") != std::string::npos || name.find("on_sample+") != std::string::npos;
  });
  if (names.end() - handler > 2) names.erase(names.begin(), handler + 2);
  // What std::function and std::thread put between two functions of ours says nothing.
  const auto plumbing = [](const std::string& name) { return name.starts_with("std::"); };
  if (!std::all_of(names.begin(), names.end(), plumbing)) std::erase_if(names, plumbing);
  return names;
}

std::string describe_stack(const StackSample& sample) { return base::joined(name_frames(sample), " < "); }

char process_state(pid_t pid) {
  const base::UniqueFd file{::open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC)};
  std::array<char, 512> text{};
  const ssize_t got = file ? ::read(file.get(), text.data(), text.size()) : -1;
  const std::string_view line{text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  const std::size_t name_end = line.rfind(')');  // the name may hold anything
  return name_end != std::string_view::npos && name_end + 2 < line.size() ? line[name_end + 2] : '?';
}

}  // namespace orrery::os
