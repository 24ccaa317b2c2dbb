#include "master/trial.hpp"

#include <chrono>

namespace orrery::master {

base::Monotonic Trial::deadline() const {
  return began_ ? *began_ + std::chrono::seconds{terms_.limit} : base::Monotonic::max();
}

CanaryFinding Trial::weigh(const Tally& canary, const Tally& siblings, base::Monotonic now) {
  canary_ = canary;
  siblings_ = siblings;
  return weigh(now);
}

CanaryFinding Trial::weigh(base::Monotonic now) const {
  return began_ ? judge_canary(canary_, siblings_, terms_, now - *began_) : CanaryFinding{};
}

}  // namespace orrery::master
