// The rules of the supervisor: what to do about the difference between the workers there are and those there
// should be.
//
// Part of class Supervisor; applied after each event, so each rule must be harmless to repeat.
#include <algorithm>
#include <fmt/format.h>

#include "master/supervisor.hpp"

namespace orrery::master {

void Supervisor::reconcile() {
  if (serving()) {
    for (unsigned place = 0; place < target_; ++place) settle_place(place);
    prove_generation();
    retire_surplus();
    announce_ready();
  }
  drop_generations();
  end_when_empty();
}

void Supervisor::settle_place(unsigned place) {
  for (Child& child : children_) {
    const bool useless_boot = child.live() && !child.ready() && child.generation != generation_;
    if (child.place == place && useless_boot) retire(child);
  }
  const Child* current = children_.current(place, generation_);
  Child* former = children_.former(place, generation_);
  if (current == nullptr && former == nullptr) {
    if (may_spawn(place)) spawn(place);
  } else if (current == nullptr) {
    replace(place, *former);
  } else if (current->ready()) {
    for (; former != nullptr; former = children_.former(place, generation_)) retire(*former);
  }
}

void Supervisor::replace(unsigned place, Child& former) {
  if (surging() < surge_limit() && may_spawn(place)) return spawn(place);
  // No room for one more: the old one must leave first. A spent worker waits for its turn instead, since it
  // still serves.
  const bool first_out = surge_limit() == 0 || !former.spent;
  const unsigned limit = surge_limit() == 0 ? std::max(plan_.max_unavailable, 1U) : plan_.max_unavailable;
  const bool due = now_ >= backoffs_[place].not_before();
  if (!first_out || !due || unavailable() >= limit) return;
  retire(former);
  if (may_spawn(place)) spawn(place);
}

// Workers in places that are not wanted any more. While a new generation has yet to prove itself the old
// one's stay: they are what a rollback needs.
void Supervisor::retire_surplus() {
  for (Child& child : children_) {
    if (!child.live() || child.place < target_) continue;
    const bool needed_for_rollback = rolling() && child.ready() && child.generation == settled_generation_;
    if (!needed_for_rollback) retire(child);
  }
}

void Supervisor::prove_generation() {
  if (!rolling()) return;
  for (unsigned place = 0; place < target_; ++place) {
    const Child* current = children_.current(place, generation_);
    if (current == nullptr || !current->ready()) return;
  }
  say(LogLevel::kInfo,
      fmt::format("Generation {} is ready with {} worker{}", generation_, target_, target_ == 1 ? "" : "s"));
  leaving_.push_back(settled_generation_);
  settled_generation_ = generation_;
  settled_plan_ = plan_;
}

// Ready is when each place has a ready worker or had its chance: one place in a crash loop must not hide the
// others.
void Supervisor::announce_ready() {
  if (announced_ || loading_ != 0 || rolling() || children_.ready() == 0) return;
  for (unsigned place = 0; place < target_; ++place) {
    if (!children_.has_ready(place) && backoffs_[place].deaths() == 0) return;
  }
  announced_ = true;
  actions_.emplace_back(Announce{Phase::kReady, generation_,
                                 fmt::format("{} of {} workers ready", children_.ready(), target_)});
}

void Supervisor::drop_generations() {
  std::erase_if(leaving_, [this](unsigned generation) {
    if (children_.any_of(generation)) return false;
    actions_.emplace_back(DropGeneration{generation});
    return true;
  });
}

void Supervisor::end_when_empty() {
  const bool leaving =
      course_ == Course::kStopping || course_ == Course::kQuitting || course_ == Course::kKilling;
  if (!leaving || !children_.empty()) return;
  course_ = Course::kEnded;
  actions_.emplace_back(Exit{exit_code_});
}

bool Supervisor::may_spawn(unsigned place) const {
  return now_ >= backoffs_[place].not_before() && children_.size() < os::kMaxWorkers;
}

bool Supervisor::waits_for_backoff(unsigned place) const { return backoffs_[place].not_before() > now_; }

unsigned Supervisor::surge_limit() const {
  return std::min(plan_.max_surge, static_cast<unsigned>(os::kMaxWorkers) - target_);
}

unsigned Supervisor::surging() const {
  unsigned surging = 0;
  for (const Child& child : children_) {
    const bool joins =
        child.live() && !child.ready() && child.generation == generation_ && child.place < target_;
    if (joins && children_.has_ready(child.place)) ++surging;
  }
  return surging;
}

unsigned Supervisor::unavailable() const {
  unsigned missing = 0;
  for (unsigned place = 0; place < target_; ++place) missing += children_.has_ready(place) ? 0U : 1U;
  return missing;
}

}  // namespace orrery::master
