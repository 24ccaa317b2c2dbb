#include "master/hooks.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fmt/core.h>
#include <unistd.h>
#include <utility>

#include "base/log.hpp"
#include "config/settings.hpp"
#include "config/shell_words.hpp"
#include "config/value.hpp"
#include "os/command.hpp"
#include "os/wait_status.hpp"

namespace orrery::master {

namespace {

constexpr std::size_t kMostRunning = 16;
constexpr std::size_t kMostWaiting = 256;
/// Between TERM and KILL.
constexpr std::chrono::seconds kGrace{5};

/// Empty where there is none; that it can be cut into words was checked when the configuration was read.
std::vector<std::string> words_of(const Config& config, std::string_view setting) {
  auto words = config::split_words(config::print(*config::find_setting(setting), config));
  return words ? std::move(*words) : std::vector<std::string>{};
}

std::vector<std::string> variables_of(const Moment& moment) {
  std::vector<std::string> all{fmt::format("ORRERY_HOOK={}", moment.setting),
                               fmt::format("ORRERY_MASTER={}", ::getpid()),
                               fmt::format("ORRERY_GENERATION={}", moment.generation)};
  all.insert(all.end(), moment.variables.begin(), moment.variables.end());
  return all;
}

std::string ended_badly(std::string_view setting, int status) {
  const bool missing = WIFEXITED(status) && WEXITSTATUS(status) == 127;
  return fmt::format("the hook {} ended with {}{}", setting, os::describe_status(status),
                     missing ? "; its program is perhaps not in PATH, or may not be run" : "");
}

}  // namespace

Result<void> run_hook_and_wait(const Config& config, const Moment& moment) {
  const auto words = words_of(config, moment.setting);
  if (words.empty()) return {};
  const auto pid = os::run_command(words, variables_of(moment));
  if (!pid) return fail(fmt::format("the hook {} cannot be run: {}", moment.setting, pid.error().message));
  auto status = os::wait_for_command(*pid, config.hook_timeout);
  if (!status) {
    os::signal_command(*pid, SIGTERM);
    status = os::wait_for_command(*pid, kGrace);
    if (!status) os::signal_command(*pid, SIGKILL);
    return fail(fmt::format("the hook {} was ended: it took longer than hook_timeout, or the service was told to stop",
                            moment.setting));
  }
  if (*status != 0) return fail(ended_badly(moment.setting, *status));
  return {};
}

void Hooks::run(const Config& config, const Moment& moment, base::Monotonic now) {
  auto words = words_of(config, moment.setting);
  if (words.empty()) return;
  Order order{std::string{moment.setting}, std::move(words), variables_of(moment), config.hook_timeout};
  if (running_.size() < kMostRunning) return start(order, now);
  if (waiting_.size() == kMostWaiting) {
    return base::log_warning("The hook {} is not run: {} run and {} wait already", moment.setting, kMostRunning,
                             kMostWaiting);
  }
  waiting_.push_back(std::move(order));
}

void Hooks::start(const Order& order, base::Monotonic now) {
  const auto pid = os::run_command(order.words, order.variables);
  if (!pid) return base::log_error("The hook {} cannot be run: {}", order.setting, pid.error().message);
  base::log_debug("The hook {} runs as pid {}", order.setting, *pid);
  running_[*pid] = {order.setting, now + order.timeout};
}

bool Hooks::ended(const os::DeadChild& child, base::Monotonic now) {
  const auto found = running_.find(child.pid);
  if (found == running_.end()) return false;
  if (child.status != 0 && !found->second.told)
    base::log_warning("{}", "A hook failed: " + ended_badly(found->second.setting, child.status));
  running_.erase(found);
  while (!waiting_.empty() && running_.size() < kMostRunning) {
    start(waiting_.front(), now);
    waiting_.pop_front();
  }
  return true;
}

void Hooks::expire(base::Monotonic now) {
  for (auto& [pid, hook] : running_) {
    if (hook.deadline > now) continue;
    const bool again = std::exchange(hook.told, true);
    if (!again)
      base::log_warning("The hook {} (pid {}) takes longer than hook_timeout and is ended", hook.setting, pid);
    os::signal_command(pid, again ? SIGKILL : SIGTERM);
    hook.deadline = now + kGrace;
  }
}

std::optional<base::Monotonic> Hooks::next_deadline() const {
  const auto first = std::ranges::min_element(running_, {}, [](const auto& entry) { return entry.second.deadline; });
  return first == running_.end() ? std::nullopt : std::optional{first->second.deadline};
}

void Hooks::stop() {
  waiting_.clear();
  for (const auto& [pid, hook] : running_) os::signal_command(pid, SIGTERM);
}

}  // namespace orrery::master
