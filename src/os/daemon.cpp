#include "os/daemon.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <string>
#include <sys/wait.h>
#include <utility>

#include "os/contract.hpp"
#include "os/signals.hpp"

namespace orrery::os {

namespace {

std::string read_all(int fd) {
  std::string text;
  std::array<char, 512> chunk{};
  for (;;) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

// First byte: the exit code; the rest: what to print. Nothing at all: the daemon died before it could say a
// word.
[[noreturn]] void wait_in_foreground(base::UniqueFd from_daemon, pid_t middle) {
  let_signals_go();
  ::waitpid(middle, nullptr, 0);
  std::string outcome = read_all(from_daemon.get());
  if (outcome.empty()) outcome = std::string(1, char{kExitFailure}) + "the daemon ended before it was ready";
  if (outcome.size() > 1) std::fputs((outcome.substr(1) + "\n").c_str(), stderr);
  ::_exit(static_cast<unsigned char>(outcome[0]));
}

void leave_terminal() {
  const int null = ::open("/dev/null", O_RDWR);
  if (null < 0) return;
  for (int fd = 0; fd <= 2; ++fd) ::dup2(null, fd);
  if (null > 2) ::close(null);
}

}  // namespace

Result<Daemon> Daemon::daemonize() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  base::UniqueFd read{ends[0]};
  base::UniqueFd write{ends[1]};
  std::fflush(nullptr);
  const pid_t middle = ::fork();
  if (middle < 0) return fail(fmt::format("cannot fork into the background: {}", std::strerror(errno)));
  if (middle > 0) {
    write.reset();
    wait_in_foreground(std::move(read), middle);
  }
  ::setsid();
  // A second fork: a session leader could still get a controlling terminal by opening one.
  const pid_t daemon = ::fork();
  if (daemon < 0) return fail(fmt::format("cannot fork into the background: {}", std::strerror(errno)));
  if (daemon > 0) ::_exit(0);
  leave_terminal();
  return Daemon{std::move(write)};
}

void Daemon::ready() { failed(kExitOk, ""); }

void Daemon::failed(int code, std::string_view message) {
  if (!foreground_) return;
  const std::string outcome = std::string(1, static_cast<char>(code)).append(message);
  [[maybe_unused]] const ssize_t sent = ::write(foreground_.get(), outcome.data(), outcome.size());
  foreground_.reset();
}

}  // namespace orrery::os
