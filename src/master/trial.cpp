// A reload with a canary. Part of class Supervisor: one worker of the new generation is on trial before any other
// comes.
//
// The canary fills no place, so nothing that is decided about places concerns it, and a rollback is its leaving. What
// comes meanwhile: a newer reload takes its place as soon as that one's configuration is good; TTIN and TTOU act on the
// generation that serves; WINCH, the stop and whatever ends the canary roll it back; USR2 is refused until it is
// decided.
#include <chrono>
#include <fmt/core.h>
#include <string>

#include "base/counted.hpp"
#include "master/supervisor.hpp"

namespace orrery::master {

std::string Supervisor::trial_obstacle() const {
  if (rolling()) return "a reload is under way; try again when it is done";
  if (breaker_.open()) return "workers die as soon as they are replaced (crash loop): reload without a canary";
  if (target_ == 0 || children_.ready() == 0)
    return "no worker is ready that a canary could be compared with: reload without one";
  if (children_.size() >= os::kMaxWorkers)
    return fmt::format("{} worker processes are the most, and all of them run", os::kMaxWorkers);
  if (!memory_for_one_more()) return "the cgroup has too little memory left for one more worker";
  return {};
}

void Supervisor::begin_trial(unsigned generation, const Plan& plan, const os::CanaryTerms& terms) {
  trial_ = Trial{};
  trial_->generation = generation;
  trial_->plan = plan;
  trial_->terms = terms;
  if (const std::string obstacle = trial_obstacle(); !obstacle.empty()) return roll_back_canary(obstacle);
  const Child& child = children_.add(kNoPlace, generation);
  trial_->number = child.number;
  actions_.emplace_back(Spawn{child.number, generation, os::Role::kWorker, std::string{terms.probe.view()}});
  say(LogLevel::kInfo,
      fmt::format("Generation {} begins with a canary, worker {}, beside {} of generation {}", generation, child.number,
                  base::counted(target_, "worker"), generation_),
      os::EventKind::kCanary);
}

pid_t Supervisor::canary() const {
  if (!trial_ || trial_->ready_at == kNever) return 0;
  for (const Child& child : children_) {
    if (child.number == trial_->number) return child.pid;
  }
  return 0;
}

void Supervisor::handle(const CanaryRead& event) {
  if (event.pid <= 0 || event.pid != canary()) return note_impossible("what a worker answered that is not on trial");
  trial_->canary = event.canary;
  trial_->siblings = event.siblings;
  weigh_canary();
}

void Supervisor::weigh_canary() {
  const auto finding = judge_canary(trial_->canary, trial_->siblings, trial_->terms, now_ - trial_->ready_at);
  if (finding.outcome == CanaryFinding::Outcome::kPromote) promote_canary(finding.why);
  if (finding.outcome == CanaryFinding::Outcome::kRollBack) roll_back_canary(finding.why);
}

// It takes the place of the worker that is oldest, which a reload would replace as well.
void Supervisor::promote_canary(const std::string& why) {
  Child* child = children_.with_number(trial_->number);
  if (child == nullptr || !child->ready()) return roll_back_canary("the canary has left");
  child->place = children_.oldest_place(target_);
  const Trial trial = *trial_;
  trial_.reset();
  ++canaries_promoted_;
  praised_ = trial.generation;
  praise_ = why;
  say(LogLevel::kInfo, fmt::format("The canary of generation {} is promoted: {}", trial.generation, why),
      os::EventKind::kCanary);
  settled_target_ = target_;
  settled_ordered_ = target_ordered_;
  if (loading_ == 0) {
    reload_ = {};
    reload_.outcome = os::ServiceFacts::Outcome::kPending;
    reload_.generation = trial.generation;
  }
  adopt(trial.generation, trial.plan);
}

void Supervisor::roll_back_canary(const std::string& why) {
  const unsigned generation = trial_->generation;
  say(LogLevel::kError,
      fmt::format("The canary is rolled back, generation {} is given up and generation {} stays: {}", generation,
                  settled_generation_, why),
      os::EventKind::kCanary);
  refused_ = fmt::format("reload given up: {}", why);
  ++canaries_rolled_back_;
  if (loading_ == 0) {
    reload_.generation = generation;  // one that came meanwhile may have been refused
    end_reload(os::ServiceFacts::Outcome::kGivenUp, why);
  }
  dismiss_canary();
}

// What was asked of it meanwhile, as by a restart, ends with it.
void Supervisor::dismiss_canary() {
  Child* child = children_.with_number(trial_->number);
  leaving_.push_back(trial_->generation);
  trial_.reset();
  if (child != nullptr && child->live()) retire(*child);
}

// It was told to leave for a reason that is not the trial: too much memory, say.
void Supervisor::watch_canary() {
  if (!trial_) return;
  const Child* child = children_.with_number(trial_->number);
  if (child == nullptr || !child->live()) roll_back_canary("the canary had to leave");
}

}  // namespace orrery::master
