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

void Upgrade::begin(const Plan& plan, const std::optional<os::CanaryTerms>& canary, base::Monotonic now,
                    Actions& actions) {
  state_ = State::kStarting;
  mode_ = plan.upgrade;
  pid_ = 0;
  failure_.clear();
  refused_ = false;
  ordered_ = canary;
  trial_.reset();
  praise_.clear();
  limit_ = upgrade_limit(plan);
  deadline_ = now + limit_;
  actions.emplace_back(StartSuccessor{canary});
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

void Upgrade::on(const SuccessorIntroduced& event, base::Monotonic now, Actions& actions) {
  if (state_ != State::kStarting || !ordered_) return;
  if (!event.canary) return refuse(now, actions);
  trial_.emplace(ordered_->completed_by(*event.canary));
}

void Upgrade::on(const SuccessorTried&, base::Monotonic now, Actions& actions) {
  if (state_ != State::kStarting || !trial_) return;
  state_ = State::kTried;
  trial_->begin(now);
  deadline_ = trial_->deadline();
  say(LogLevel::kInfo,
      fmt::format("Upgrade: the new master {} begins with a canary, beside the workers of this one", pid_), actions,
      os::EventKind::kCanary);
}

void Upgrade::on(const CanaryRead& event, base::Monotonic now, Actions& actions) {
  if (state_ == State::kTried) follow(trial_->weigh(event.canary, event.siblings, now), now, actions);
}

void Upgrade::follow(const CanaryFinding& finding, base::Monotonic now, Actions& actions) {
  if (finding.outcome == CanaryFinding::Outcome::kRollBack) return end(SIGTERM, now, finding.why, actions);
  if (finding.outcome != CanaryFinding::Outcome::kPromote) return;
  state_ = State::kStarting;
  ordered_.reset();
  trial_.reset();
  ++promoted_;
  praise_ = ": " + finding.why;
  deadline_ = now + limit_;
  say(LogLevel::kInfo, fmt::format("Upgrade: the canary of the new master {} is promoted{}", pid_, praise_), actions,
      os::EventKind::kCanary);
  actions.emplace_back(PromoteSuccessor{});
}

void Upgrade::on(const SuccessorSpoke& event, base::Monotonic now, Actions& actions) {
  if (state_ != State::kStarting && state_ != State::kTried) return;
  if (!event.ready) return end(SIGTERM, now, event.text, actions);
  if (ordered_) return refuse(now, actions);
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
  if (trial_) ++rolled_back_;
  trial_.reset();
  say(told ? LogLevel::kInfo : LogLevel::kError,
      fmt::format("Upgrade: the new master {} has ended ({}); nothing changed, this one goes on", pid_, event.how),
      actions);
  state_ = State::kNone;
  deadline_ = base::Monotonic::max();
}

void Upgrade::expire(base::Monotonic now, Actions& actions) {
  if (now < deadline_) return;
  if (state_ == State::kTried) return follow(trial_->weigh(now), now, actions);
  if (state_ == State::kStarting) return end(SIGTERM, now, "it was not ready in time", actions);
  deadline_ = base::Monotonic::max();
  if (state_ == State::kEnding) actions.emplace_back(SignalSuccessor{SIGKILL});
}

void Upgrade::cancel(int signo, base::Monotonic now, Actions& actions) {
  if (state_ == State::kStarting || state_ == State::kTried)
    return end(signo, now, "this master was told to stop", actions);
  if (state_ == State::kEnding) actions.emplace_back(SignalSuccessor{signo});
}

void Upgrade::commit(Actions& actions) {
  state_ = State::kCommitted;
  deadline_ = base::Monotonic::max();
  say(LogLevel::kInfo, fmt::format("Upgrade: the new master {} has taken over; this one leaves", pid_), actions);
  actions.emplace_back(CommitUpgrade{});
}

void Upgrade::end(int signo, base::Monotonic now, const std::string& why, Actions& actions) {
  const bool canary = trial_.has_value();
  if (canary) ++rolled_back_;
  trial_.reset();
  state_ = State::kEnding;
  deadline_ = now + kSuccessorLimit;
  failure_ = why;
  say(LogLevel::kError,
      fmt::format("Upgrade given up, {}the new master {} is ended: {}", canary ? "the canary is rolled back and " : "",
                  pid_, why),
      actions, canary ? os::EventKind::kCanary : os::EventKind::kUpgrade);
  actions.emplace_back(SignalSuccessor{signo});
}

void Upgrade::refuse(base::Monotonic now, Actions& actions) {
  refused_ = true;
  trial_.reset();
  end(SIGTERM, now, "the new binary cannot begin with a canary; upgrade without one", actions);
}

void Upgrade::say(LogLevel level, std::string text, Actions& actions, os::EventKind kind) const {
  actions.emplace_back(Say{level, std::move(text), kind});
}

}  // namespace orrery::master
