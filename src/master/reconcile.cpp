// The rules of the supervisor: what to do about the difference between the workers there are and those there
// should be.
//
// Part of class Supervisor; applied after each event, so each rule must be harmless to repeat.
#include <algorithm>
#include <chrono>
#include <fmt/core.h>
#include <string>

#include "base/counted.hpp"
#include "master/supervisor.hpp"

namespace orrery::master {

void Supervisor::reconcile() {
  if (serving()) watch_canary();
  if (serving()) {
    prove_generation();
    watch_trial();
    settle_places();
    if (close_breaker()) settle_places();
    retire_surplus();
    announce_ready();
  }
  drop_generations();
  settle_orders();  // before the one that gave them is told to leave
  keep_sidecars();
  end_when_empty();
}

void Supervisor::settle_places() {
  for (unsigned place = 0; place < target_; ++place) settle_place(place);
}

void Supervisor::watch_trial() {
  if (breaker_.trial() == 0) return;
  const Child* child = children_.with_number(breaker_.trial());
  if (child == nullptr || !child->live()) breaker_.abandon_trial();
}

bool Supervisor::close_breaker() {
  if (!breaker_.over(now_)) return false;
  say(LogLevel::kInfo,
      breaker_.trial() != 0
          ? fmt::format("The crash loop is over: a replacement has served {:.0f} s. All places are filled again",
                        base::seconds(kStableLife))
          : std::string{"The crash loop is over: nobody has died for a while"},
      os::EventKind::kCrashLoop);
  trust_all_places();
  return true;
}

void Supervisor::trust_all_places() {
  breaker_.clear();
  for (Backoff& backoff : backoffs_) backoff.clear();
}

void Supervisor::handle(const CauseHeld&) {
  if (!serving()) return;
  if (breaker_.open())
    say(LogLevel::kInfo, "What the workers died of is not run any more: all places are filled again");
  trust_all_places();
}

void Supervisor::settle_place(unsigned place) {
  for (Child& child : children_) {
    const bool useless_boot = child.live() && !child.ready() && child.generation != generation_;
    if (child.place == place && useless_boot) retire(child);
  }
  const Child* current = children_.current(place, generation_);
  Child* former = children_.former(place, generation_);
  if (current == nullptr && former == nullptr) {
    if (may_spawn(place) && !waits_for_memory(place)) spawn(place);
  } else if (current == nullptr) {
    retire_spares(*former);
    replace(place, *former);
  } else if (current->ready() && !(rolling() && plan_.strategy == ReloadStrategy::kAll)) {
    for (; former != nullptr; former = children_.former(place, generation_)) retire(*former);
  }
}

// One is enough to hold a place until it is replaced; the eldest, since it is what a rollback needs.
void Supervisor::retire_spares(const Child& holder) {
  for (Child& child : children_) {
    if (child.place == holder.place && child.ready() && child.number != holder.number) retire(child);
  }
}

void Supervisor::replace(unsigned place, Child& former) {
  if (tried_) return;  // no other comes before it is judged
  if (former.spent && !rolling() && !memory_for_one_more()) return leave_first(former);
  if (surging() < surge_limit() && may_spawn(place)) return spawn(place);
  // No room for one more: the old one must leave first. A spent worker waits for its turn instead, since it
  // still serves.
  const bool first_out = surge_limit() == 0 || !former.spent;
  if (!first_out || !due(place) || unavailable() >= unavailable_limit()) return;
  retire(former);
  if (may_spawn(place)) spawn(place);
}

// Workers in places that are not wanted any more. While a new generation has yet to prove itself the old
// one's stay: they are what a rollback needs.
void Supervisor::retire_surplus() {
  for (Child& child : children_) {
    if (!child.live() || child.place < target_ || canary_.is(child.number)) continue;
    const bool needed_for_rollback = rolling() && child.ready() && child.generation == settled_generation_;
    if (!needed_for_rollback) retire(child);
  }
}

void Supervisor::prove_generation() {
  if (!rolling() || !generation_ready()) return;
  say(LogLevel::kInfo, fmt::format("Generation {} is ready with {}", generation_, base::counted(target_, "worker")),
      os::EventKind::kReloadFinished);
  leaving_.push_back(settled_generation_);
  settled_generation_ = generation_;
  settled_plan_ = plan_;
  refused_.clear();
  end_reload(os::ServiceFacts::Outcome::kDone);
  actions_.emplace_back(LeaveOtherAddresses{generation_});
}

// Ready is when each place has a ready worker or had its chance: one place in a crash loop must not hide the
// others.
void Supervisor::announce_ready() {
  if (announced_ || loading_ != 0 || rolling() || canary_.under_way() || tried_) return;
  if (children_.ready() == 0 && target_ > 0) return;
  for (unsigned place = 0; place < target_; ++place) {
    if (!children_.has_ready(place) && backoffs_[place].deaths() == 0 && !breaker_.open()) return;
  }
  announced_ = proven_ = true;
  actions_.emplace_back(Announce{Phase::kReady, generation_,
                                 fmt::format("{} of {} ready", children_.ready(), base::counted(target_, "worker"))});
}

void Supervisor::drop_generations() {
  std::erase_if(leaving_, [this](unsigned generation) {
    if (children_.any_of(generation)) return false;
    actions_.emplace_back(DropGeneration{generation});
    return true;
  });
}

void Supervisor::end_when_empty() {
  const auto there = [](const Sidecar& sidecar) { return sidecar.child().has_value(); };
  if (!course_.leaving() || !children_.empty() || upgrade_.pending() || std::ranges::any_of(sidecars_, there)) return;
  course_.enter(Stage::kEnded);
  actions_.emplace_back(Exit{course_.exit_code()});
}

bool Supervisor::may_spawn(unsigned place) const { return due(place) && children_.size() < os::kMaxWorkers; }

bool Supervisor::due(unsigned place) const {
  return breaker_.open() ? breaker_.allows(now_) : now_ >= backoffs_[place].not_before();
}

bool Supervisor::waits_for_backoff(unsigned place) const { return backoffs_[place].not_before() > now_; }

bool Supervisor::generation_ready() const {
  for (unsigned place = 0; place < target_; ++place) {
    if (!children_.has_ready(place, generation_)) return false;
  }
  return true;
}

// Worn-out workers are replaced one after the other, whatever a reload may do: it is not urgent.
unsigned Supervisor::surge_limit() const {
  const bool rolls = plan_.strategy == ReloadStrategy::kRolling;
  const unsigned wished = rolling() ? (rolls ? plan_.max_surge : target_) : std::min(plan_.max_surge, 1U);
  return std::min(wished, static_cast<unsigned>(os::kMaxWorkers) - target_);
}

unsigned Supervisor::unavailable_limit() const {
  const unsigned least = surge_limit() == 0 ? 1 : 0;  // else nothing would ever move
  if (!rolling()) return least;
  const bool rolls = plan_.strategy == ReloadStrategy::kRolling;
  return std::max(rolls ? plan_.max_unavailable : 0, least);
}

unsigned Supervisor::surging() const {
  unsigned surging = 0;
  for (const Child& child : children_) {
    const bool joins = child.live() && !child.ready() && child.generation == generation_ && child.place < target_;
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
