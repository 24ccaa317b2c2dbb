#include "admin/scaling.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "base/counted.hpp"

namespace orrery::admin {

unsigned next_number(unsigned workers, unsigned advised) {
  const unsigned lowest = workers - std::min(workers, std::max(workers / 4, 1U));
  return std::max(advised, lowest);
}

Deed Scaling::decide(const Advice& advice, unsigned workers, const os::ServiceFacts::Scaling& terms) {
  if (terms.mode == Autoscale::kOff || terms.rests || workers == 0) {
    mind_.reset();
    return {};
  }
  if (terms.mode == Autoscale::kDryRun) return say_change(advice, workers);
  const unsigned next = next_number(workers, advice.workers);
  if (next == workers) return {};
  return {Deed::Kind::kOrder, next,
          fmt::format("autoscale orders {}. Advised: {}", base::counted(next, "worker"), advice.text)};
}

// When somebody else has set the number that was advised, that is no news.
Deed Scaling::say_change(const Advice& advice, unsigned workers) {
  const unsigned next = next_number(workers, advice.workers);
  if (!mind_ || (workers != workers_ && next == workers)) mind_ = workers;
  workers_ = workers;
  if (next == *mind_) return {};
  mind_ = next;
  return {Deed::Kind::kSay, next,
          fmt::format("autoscale (dry_run) would {} the number of workers {} {}. Advised: {}",
                      next == workers ? "leave" : "set", next == workers ? "at" : "to", next, advice.text)};
}

}  // namespace orrery::admin
