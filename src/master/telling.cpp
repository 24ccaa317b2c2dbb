// What readers in other processes are told of the service. Part of class Supervisor.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "master/supervisor.hpp"

namespace orrery::master {

void Supervisor::describe(os::ServiceFacts& facts) const {
  using Told = os::ServiceFacts::State;
  const bool pends = loading_ != 0 || rolling() || canary_.under_way();
  if (course_.stage() == Stage::kLingering) {
    facts.state = Told::kDrainDelay;
  } else if (upgrade_.state() == Upgrade::State::kCommitted) {
    facts.state = Told::kHandedOver;
  } else if (!serving()) {
    facts.state = course_.stage() == Stage::kIdle ? Told::kStarting : Told::kStopping;
  } else if (!ever_ready_) {
    facts.state = Told::kStarting;
  } else {
    facts.state = pends ? Told::kReloading : target_ == 0 ? Told::kPaused : Told::kServing;
  }
  facts.crash_loop = breaker_.open();
  facts.drained = drained_;
  facts.upgrading = upgrade_.pending() || upgrade_.state() == Upgrade::State::kBeside;
  facts.generation = generation_;
  facts.target = target_;
  facts.ready = children_.ready();
  facts.least_ready = plan_.min_ready;
  facts.scaling = {plan_.autoscale, !autoscale_obstacle().empty(), static_cast<std::uint16_t>(plan_.workers_min),
                   static_cast<std::uint16_t>(plan_.workers_max)};
  facts.reload = reload_;
  const bool on_trial = canary_.under_way();
  const bool upgrade_on_trial = upgrade_.state() == Upgrade::State::kTried;  // by the new master's first worker
  facts.canary = {on_trial ? canary_.number() : unsigned{upgrade_on_trial}, on_trial ? canary_.generation() : 0,
                  canary_.promoted() + upgrade_.promoted(), canary_.rolled_back() + upgrade_.rolled_back()};
  facts.reloads_done = reloads_done_;
  facts.reloads_refused = reloads_refused_;
  facts.reloads_given_up = reloads_given_up_;
  facts.forked = forked_;
  facts.ended = ended_;
}

void Supervisor::end_reload(os::ServiceFacts::Outcome outcome, std::string_view why) {
  using Outcome = os::ServiceFacts::Outcome;
  reload_.outcome = outcome;
  reload_.why = decltype(reload_.why){why};
  ++(outcome == Outcome::kDone ? reloads_done_ : outcome == Outcome::kRefused ? reloads_refused_ : reloads_given_up_);
}

}  // namespace orrery::master
