// Trial: how long a canary is compared with its siblings, on which terms, and what is found.
//
// Pure. Owned by what has a canary: CanaryReload, and Upgrade, whose canary is the first worker of a new master. It
// begins when the canary is ready, and ends at the latest with its limit. What follows from a finding is the owner's.
#pragma once

#include <optional>

#include "base/clock.hpp"
#include "master/canary.hpp"
#include "os/canary_terms.hpp"

namespace orrery::master {

class Trial {
 public:
  explicit Trial(const os::CanaryTerms& terms) : terms_(terms) {}

  /// The canary is ready: its time runs.
  void begin(base::Monotonic now) { began_ = now; }
  [[nodiscard]] bool has_begun() const { return began_.has_value(); }
  [[nodiscard]] const os::CanaryTerms& terms() const { return terms_; }
  /// When weigh() is due, whatever was answered; base::Monotonic::max() before it has begun.
  [[nodiscard]] base::Monotonic deadline() const;

  /// What both have answered since it began.
  CanaryFinding weigh(const Tally& canary, const Tally& siblings, base::Monotonic now);
  /// The same, on what was told last. From the deadline on it is never undecided.
  [[nodiscard]] CanaryFinding weigh(base::Monotonic now) const;

 private:
  os::CanaryTerms terms_;
  std::optional<base::Monotonic> began_;
  Tally canary_, siblings_;
};

}  // namespace orrery::master
