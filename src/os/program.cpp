#include "os/program.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "os/signals.hpp"

namespace orrery::os {

namespace {

constexpr int kCannotRun = 127;

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=')); }

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void give_up(const Launch& launch, const std::string& why) {
  const std::string message = "failed " + why;
  ::send(launch.complaints, message.data(), message.size(), MSG_NOSIGNAL);
  ::_exit(kCannotRun);
}

}  // namespace

Program::Program(const Invocation& invocation) : invocation_(invocation), at_start_(identify(invocation.binary)) {}

std::optional<Program::Identity> Program::identify(const std::string& path) {
  struct stat status {};
  if (path.empty() || ::stat(path.c_str(), &status) != 0) return std::nullopt;
  return Identity{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

std::string Program::running() {
  std::error_code failed;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? "an unknown file" : path.string();
}

std::string Program::on_disk() const {
  std::error_code failed;
  const auto path = std::filesystem::canonical(invocation_.binary, failed);
  return failed ? invocation_.binary : path.string();
}

bool Program::changed() const { return identify(invocation_.binary) != at_start_; }

std::vector<std::string> launch_environment(const std::vector<std::string>& environment, const Launch& launch) {
  std::vector<std::string> result = environment;
  std::erase_if(result, [&](const std::string& entry) {
    const auto names = [&](const std::string& other) { return name_of(other) == name_of(entry); };
    return std::any_of(launch.without.begin(), launch.without.end(), names) ||
           std::any_of(launch.environment.begin(), launch.environment.end(), names);
  });
  result.insert(result.end(), launch.environment.begin(), launch.environment.end());
  return result;
}

Result<pid_t> Program::launch(const Launch& launch) const {
  if (invocation_.binary.empty()) return fail("the path of the running binary is not known");
  std::vector<std::string> environment = launch_environment(invocation_.environment, launch);
  std::fflush(nullptr);
  const AllSignalsBlocked blocked;
  const pid_t pid = ::fork();
  if (pid < 0) return fail(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (pid == 0) become(launch, std::move(environment));
  return pid;
}

void Program::become(const Launch& launch, std::vector<std::string> environment) const {
  restore_default_dispositions();
  for (const int fd : launch.keep) ::fcntl(fd, F_SETFD, 0);
  give_up(launch, run(std::move(environment)));
}

Error Program::replace(const std::vector<std::string>& without) const {
  std::fflush(nullptr);
  return {run(launch_environment(invocation_.environment, {{}, without, {}}))};
}

// Why it could not be run.
std::string Program::run(std::vector<std::string> environment) const {
  if (::chdir(invocation_.directory.c_str()) != 0)
    return fmt::format("cannot change to directory {}: {}", invocation_.directory, std::strerror(errno));
  std::vector<std::string> arguments = invocation_.arguments;
  const auto argv = pointers(arguments);
  const auto envp = pointers(environment);
  hold_signals_that_end_nobody();
  ::execve(invocation_.binary.c_str(), argv.data(), envp.data());
  return fmt::format("cannot run {}: {}", invocation_.binary, std::strerror(errno));
}

}  // namespace orrery::os
