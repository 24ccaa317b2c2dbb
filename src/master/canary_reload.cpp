#include "master/canary_reload.hpp"

#include <fmt/core.h>
#include <string_view>

#include "os/scoreboard.hpp"

namespace orrery::master {

std::string canary_obstacle(const CanaryChances& chances, std::string_view order) {
  if (chances.crash_loop)
    return fmt::format("workers die as soon as they are replaced (crash loop): {} without a canary", order);
  if (chances.target == 0 || chances.ready == 0)
    return fmt::format("no worker is ready that a canary could be compared with: {} without one", order);
  if (chances.children >= os::kMaxWorkers)
    return fmt::format("{} worker processes are the most, and all of them run", os::kMaxWorkers);
  if (chances.scarce_memory) return "the cgroup has too little memory left for one more worker";
  return {};
}

void CanaryReload::begin(unsigned generation, const Plan& plan, const os::CanaryTerms& terms) {
  trial_.emplace(terms);
  generation_ = generation;
  plan_ = plan;
  number_ = 0;
}

CanaryFinding CanaryReload::weigh(const CanaryRead& read, base::Monotonic now) {
  return trial_->weigh(read.canary, read.siblings, now);
}

CanaryFinding CanaryReload::expire(base::Monotonic now) const {
  return deadline() <= now ? trial_->weigh(now) : CanaryFinding{};
}

void CanaryReload::promote(const std::string& why) {
  trial_.reset();
  ++promoted_;
  praised_ = generation_;
  praise_ = why;
}

void CanaryReload::roll_back() {
  trial_.reset();
  ++rolled_back_;
}

base::Monotonic CanaryReload::deadline() const { return trial_ ? trial_->deadline() : base::Monotonic::max(); }

std::string CanaryReload::praise_of(unsigned generation) const { return praised_ == generation ? ": " + praise_ : ""; }

}  // namespace orrery::master
