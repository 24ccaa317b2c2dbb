// What follows for the workers from a canary: that of a reload, and in a new master that of an upgrade. Part of class
// Supervisor.
//
// The canary fills no place, so nothing that is decided about places concerns it, and a rollback is its leaving. What
// comes meanwhile: a newer reload takes its place as soon as that one's configuration is good; TTIN and TTOU act on the
// generation that serves; WINCH, the stop and whatever ends the canary roll it back; USR2 is refused until it is
// decided.
#include <algorithm>
#include <fmt/core.h>
#include <string>

#include "base/counted.hpp"
#include "master/supervisor.hpp"
#include "os/contract.hpp"

namespace orrery::master {

std::string Supervisor::trial_obstacle() const {
  if (rolling()) return "a reload is under way; try again when it is done";
  return canary_obstacle(canary_chances(), "reload");
}

CanaryChances Supervisor::canary_chances() const {
  return {breaker_.open(), !memory_for_one_more(), target_, children_.ready(), children_.size()};
}

void Supervisor::begin_trial(unsigned generation, const Plan& plan, const os::CanaryTerms& terms) {
  canary_.begin(generation, plan, terms);
  if (const std::string obstacle = trial_obstacle(); !obstacle.empty()) return roll_back_canary(obstacle);
  const Child& child = children_.add(kNoPlace, generation);
  canary_.name(child.number);
  actions_.emplace_back(Spawn{child.number, generation, os::Role::kWorker, std::string{terms.probe.view()}});
  say(LogLevel::kInfo,
      fmt::format("Generation {} begins with a canary, worker {}, beside {} of generation {}", generation, child.number,
                  base::counted(target_, "worker"), generation_),
      os::EventKind::kCanary);
}

pid_t Supervisor::canary() const {
  if (upgrade_.state() == Upgrade::State::kTried) return upgrade_.pid();
  if (!canary_.weighed()) return 0;
  const auto found = std::ranges::find(children_, canary_.number(), &Child::number);
  return found == children_.end() ? 0 : found->pid;
}

void Supervisor::handle(const CanaryRead& event) {
  if (event.pid <= 0 || event.pid != canary()) return note_impossible("what a worker answered that is not on trial");
  if (upgrade_.state() == Upgrade::State::kTried) return upgrade_.on(event, now_, actions_);
  follow(canary_.weigh(event, now_));
}

void Supervisor::follow(const CanaryFinding& finding) {
  if (finding.outcome == CanaryFinding::Outcome::kPromote) promote_canary(finding.why);
  if (finding.outcome == CanaryFinding::Outcome::kRollBack) roll_back_canary(finding.why);
}

// It takes the place of the worker that is oldest, which a reload would replace as well.
void Supervisor::promote_canary(const std::string& why) {
  Child* child = children_.with_number(canary_.number());
  if (child == nullptr || !child->ready()) return roll_back_canary("the canary has left");
  child->place = children_.oldest_place(target_);
  canary_.promote(why);
  say(LogLevel::kInfo, fmt::format("The canary of generation {} is promoted: {}", canary_.generation(), why),
      os::EventKind::kCanary);
  settled_target_ = target_;
  settled_ordered_ = target_ordered_;
  if (loading_ == 0) {
    reload_ = {};
    reload_.outcome = os::ServiceFacts::Outcome::kPending;
    reload_.generation = canary_.generation();
  }
  adopt(canary_.generation(), canary_.plan());
}

void Supervisor::roll_back_canary(const std::string& why) {
  const unsigned generation = canary_.generation();
  say(LogLevel::kError,
      fmt::format("The canary is rolled back, generation {} is given up and generation {} stays: {}", generation,
                  settled_generation_, why),
      os::EventKind::kCanary);
  refused_ = fmt::format("reload given up: {}", why);
  if (loading_ == 0) {
    reload_.generation = generation;  // one that came meanwhile may have been refused
    end_reload(os::ServiceFacts::Outcome::kGivenUp, why);
  }
  canary_.roll_back();
  dismiss_canary();
}

// What was asked of it meanwhile, as by a restart, ends with it.
void Supervisor::dismiss_canary() {
  Child* child = children_.with_number(canary_.number());
  leaving_.push_back(canary_.generation());
  canary_.drop();
  if (child != nullptr && child->live()) retire(*child);
}

// It was told to leave for a reason that is not the trial: too much memory, say.
void Supervisor::watch_canary() {
  if (tried_ && ever_ready_ && children_.live() == 0)
    return give_up_upgrade("the canary had to leave", os::kExitWorkerBoot);
  if (!canary_.under_way()) return;
  const Child* child = children_.with_number(canary_.number());
  if (child == nullptr || !child->live()) roll_back_canary("the canary had to leave");
}

pid_t Supervisor::tried() const {
  const auto found = std::ranges::find_if(children_, &Child::ready);
  return tried_ && found != children_.end() ? found->pid : 0;
}

void Supervisor::handle(const PromotionArrived&) {
  if (!tried_ || !serving()) return note_impossible("a promotion while no worker is on trial");
  say(LogLevel::kInfo, "The canary of this master is promoted: its other workers come", os::EventKind::kCanary);
  fill_all_places();
}

void Supervisor::fill_all_places() {
  tried_ = false;
  target_ = settled_target_ = places_of(plan_);
}

void Supervisor::give_up_upgrade(const std::string& why, int code) {
  say(LogLevel::kCritical, fmt::format("{}: the upgrade is given up", why));
  if (tried_) actions_.emplace_back(TellFailure{why});
  begin_stop(Stage::kStopping, code);
}

}  // namespace orrery::master
