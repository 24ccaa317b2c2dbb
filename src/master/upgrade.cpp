#include "master/upgrade.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fmt/core.h>
#include <utility>

namespace orrery::master {

namespace {

constexpr base::Nanoseconds kLeastMargin = std::chrono::milliseconds{500};

}  // namespace

base::Nanoseconds upgrade_limit(const Plan& plan) {
  return plan.boot_timeout + std::max<base::Nanoseconds>(plan.boot_timeout / 4, kLeastMargin);
}

void Upgrade::begin(const Plan& plan, base::Monotonic now, Actions& actions) {
  state_ = State::kStarting;
  mode_ = plan.upgrade;
  pid_ = 0;
  failure_.clear();
  deadline_ = now + upgrade_limit(plan);
  actions.emplace_back(StartSuccessor{});
}

void Upgrade::on(const SuccessorStarted& event, Actions& actions) {
  pid_ = event.pid;
  say(LogLevel::kInfo, fmt::format("Upgrade: the new master has pid {}", pid_), actions);
}

void Upgrade::on(const SuccessorNotStarted& event, Actions& actions) {
  state_ = State::kNone;
  deadline_ = base::Monotonic::max();
  failure_ = event.why;
  say(LogLevel::kError, fmt::format("Upgrade refused, nothing changed: {}", event.why), actions);
}

void Upgrade::on(const SuccessorSpoke& event, base::Monotonic now, Actions& actions) {
  if (state_ != State::kStarting) return;
  if (!event.ready) return end(SIGTERM, now, event.text, actions);
  deadline_ = base::Monotonic::max();
  if (mode_ == UpgradeMode::kTransactional) return commit(actions);
  state_ = State::kBeside;
  say(LogLevel::kInfo,
      fmt::format("Upgrade: the new master {} is ready ({}) and both serve: TERM to this one ends the upgrade, "
                  "TERM to {} goes back",
                  pid_, event.text, pid_),
      actions);
}

void Upgrade::on(const SuccessorExited& event, Actions& actions) {
  if (state_ == State::kNone || state_ == State::kCommitted) return;
  const bool told = state_ == State::kEnding;
  if (!told) failure_ = fmt::format("the new master {} has ended ({})", pid_, event.how);
  say(told ? LogLevel::kInfo : LogLevel::kError,
      fmt::format("Upgrade: the new master {} has ended ({}); nothing changed, this one goes on", pid_, event.how),
      actions);
  state_ = State::kNone;
  deadline_ = base::Monotonic::max();
}

void Upgrade::expire(base::Monotonic now, Actions& actions) {
  if (now < deadline_) return;
  if (state_ == State::kStarting) return end(SIGTERM, now, "it was not ready in time", actions);
  deadline_ = base::Monotonic::max();
  if (state_ == State::kEnding) actions.emplace_back(SignalSuccessor{SIGKILL});
}

void Upgrade::cancel(int signo, base::Monotonic now, Actions& actions) {
  if (state_ == State::kStarting) return end(signo, now, "this master was told to stop", actions);
  if (state_ == State::kEnding) actions.emplace_back(SignalSuccessor{signo});
}

void Upgrade::commit(Actions& actions) {
  state_ = State::kCommitted;
  deadline_ = base::Monotonic::max();
  say(LogLevel::kInfo, fmt::format("Upgrade: the new master {} has taken over; this one leaves", pid_), actions);
  actions.emplace_back(CommitUpgrade{});
}

void Upgrade::end(int signo, base::Monotonic now, const std::string& why, Actions& actions) {
  state_ = State::kEnding;
  deadline_ = now + kSuccessorLimit;
  failure_ = why;
  say(LogLevel::kError, fmt::format("Upgrade given up, the new master {} is ended: {}", pid_, why), actions);
  actions.emplace_back(SignalSuccessor{signo});
}

void Upgrade::say(LogLevel level, std::string text, Actions& actions) const {
  actions.emplace_back(Say{level, std::move(text), os::EventKind::kUpgrade});
}

}  // namespace orrery::master
