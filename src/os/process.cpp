#include "os/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <fstream>
#include <sstream>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.hpp"
#include "os/contract.hpp"
#include "os/signals.hpp"
#include "os/title.hpp"

namespace orrery::os {

namespace {

// Two workers that inherited one seed would draw the same "random" numbers.
void reseed() {
  unsigned seed = static_cast<unsigned>(::getpid());
  [[maybe_unused]] const ssize_t got = ::getrandom(&seed, sizeof seed, GRND_NONBLOCK);
  std::srand(seed);
  ::srandom(seed);
}

[[noreturn]] void give_up(const ChildBirth& birth, const std::string& why) {
  if (birth.complain) birth.complain(why);
  ::_exit(kExitFailure);
}

void tie_to_parent(pid_t parent) {
  // After setresuid, which clears it. A parent that died in between is found by the check: then nobody waits
  // for us.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(kExitOk);
}

[[noreturn]] void live_as_child(const ChildBirth& birth, const std::function<int()>& main, pid_t parent) {
  restore_default_dispositions();
  ignore_write_signals();  // whatever comes next may have to say why it failed
  for (const int fd : birth.close) ::close(fd);
  set_title(birth.title);
  reseed();
  if (birth.take_logs) birth.take_logs();
  if (birth.identity) {
    if (const auto dropped = become(*birth.identity); !dropped) give_up(birth, dropped.error().message);
  }
  tie_to_parent(parent);
  ::_exit(main());
}

}  // namespace

Result<pid_t> fork_child(const ChildBirth& birth, const std::function<int()>& main) {
  const pid_t parent = ::getpid();
  std::fflush(nullptr);  // bytes in a stdio buffer would be in the child's buffer too
  const AllSignalsBlocked blocked;
  const pid_t pid = ::fork();
  if (pid < 0) {
    const int reason = errno;
    return fail(
        fmt::format("cannot fork: {}{}", std::strerror(reason),
                    reason == EAGAIN ? "; the limit of processes is reached (ulimit -u, TasksMax, pids.max)" : ""));
  }
  if (pid == 0) live_as_child(birth, main, parent);
  return pid;
}

std::optional<pid_t> peek_dead_child() {
  siginfo_t info{};
  if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return std::nullopt;
  return info.si_pid;
}

std::optional<DeadChild> reap_child(pid_t pid) {
  DeadChild dead;
  dead.pid = ::wait4(pid, &dead.status, WNOHANG, &dead.usage);
  if (dead.pid <= 0) return std::nullopt;
  return dead;
}

bool send_signal(pid_t pid, int signo) {
  ORRERY_CHECK(pid > 1);  // 0 and -1 would mean a whole group, or everybody
  return ::kill(pid, signo) == 0;
}

void ensure_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // open() takes the lowest free number, which is this one: the lower ones are open by now.
    [[maybe_unused]] const int opened = ::open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY);
  }
}

DescriptorLimit raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  DescriptorLimit result{limit.rlim_cur, limit.rlim_cur};
  limit.rlim_cur = limit.rlim_max;
  if (result.before < limit.rlim_max && ::setrlimit(RLIMIT_NOFILE, &limit) == 0) result.now = limit.rlim_max;
  return result;
}

std::size_t descriptor_limit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    return fail(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  }
  return Pipe{base::UniqueFd{ends[0]}, base::UniqueFd{ends[1]}};
}

Result<Channel> make_channel() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(fmt::format("cannot make a channel: {}", std::strerror(errno)));
  return Channel{base::UniqueFd{ends[0]}, base::UniqueFd{ends[1]}};
}

std::optional<std::uint64_t> private_memory(pid_t pid) {
  const std::string directory = fmt::format("/proc/{}/", pid);
  std::ifstream rollup(directory + "smaps_rollup");
  std::uint64_t kibibytes = 0;
  bool found = false;
  for (std::string line; std::getline(rollup, line);) {
    if (!line.starts_with("Private_")) continue;
    kibibytes += std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10);
    found = true;
  }
  if (found) return kibibytes * 1024;
  // Without the right to look into a worker of another user: resident less shared, which counts untouched copies too.
  std::uint64_t size = 0, resident = 0, shared = 0;
  if (!(std::ifstream(directory + "statm") >> size >> resident >> shared) || resident < shared) return std::nullopt;
  return (resident - shared) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::optional<base::Nanoseconds> cpu_time(pid_t pid) {
  std::ifstream stat(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(stat, line)) return std::nullopt;
  const std::size_t name_end = line.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field <= 13; ++field) fields >> skipped;
  std::int64_t user = 0, kernel = 0;
  if (!(fields >> user >> kernel)) return std::nullopt;
  return base::Nanoseconds{(user + kernel) * (1'000'000'000 / ::sysconf(_SC_CLK_TCK))};
}

std::string program_name(pid_t pid) {
  std::ifstream comm(fmt::format("/proc/{}/comm", pid));
  std::string name;
  std::getline(comm, name);
  return name;
}

bool has_terminal() { return static_cast<bool>(base::UniqueFd{::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)}); }

Result<void> change_directory(const std::string& path) {
  if (::chdir(path.c_str()) == 0) return {};
  return fail(fmt::format("cannot change to directory {}: {}", path, std::strerror(errno)));
}

void restore_environment(const std::vector<std::string>& entries, const std::vector<std::string>& without) {
  ::clearenv();
  for (const std::string& entry : entries) {
    const std::size_t equals = entry.find('=');
    const std::string name = entry.substr(0, equals);
    const bool kept = std::find(without.begin(), without.end(), name) == without.end();
    if (kept && equals != std::string::npos) ::setenv(name.c_str(), entry.c_str() + equals + 1, 1);
  }
}

Result<void> set_environment(const std::vector<std::string>& entries) {
  for (const std::string& entry : entries) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0) return fail("raw_env: `" + entry + "` is not NAME=value");
    ::setenv(entry.substr(0, equals).c_str(), entry.c_str() + equals + 1, 1);
  }
  return {};
}

}  // namespace orrery::os
