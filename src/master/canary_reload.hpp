// CanaryReload: a reload whose first worker is on trial before any other comes.
//
// Pure, and owned by the supervisor, which starts the canary, says what happened to it, and does with the workers what
// follows: a promoted canary takes a place and the reload goes on, one that is rolled back is told to leave. Remembers
// how each trial ended, for orders and for readers. Knows no child but the canary's number.
//
//  State      Meaning                                     Left by
//  ---------  ------------------------------------------  -----------------------------------------------------
//  none       no reload is on trial                       begin() -> booting
//  booting    the canary is not ready                     ready() -> weighed; roll_back(), drop() -> none
//  weighed    it answers, and is compared (Trial)         promote(), roll_back(), drop() -> none
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "master/event.hpp"
#include "master/trial.hpp"

namespace orrery::master {

/// What decides whether a canary can be tried at all.
struct CanaryChances {
  bool crash_loop = false;
  bool scarce_memory = false;  ///< for one worker more
  unsigned target = 0;         ///< workers that shall run
  unsigned ready = 0;          ///< those that are ready
  std::size_t children = 0;    ///< all processes of workers
};

/// Why there can be no canary of a reload or an upgrade, as a part of a sentence; empty = there can. `order` is the
/// word for what can be done without one: "reload".
std::string canary_obstacle(const CanaryChances& chances, std::string_view order);

class CanaryReload {
 public:
  void begin(unsigned generation, const Plan& plan, const os::CanaryTerms& terms);
  /// The worker that was started as the canary.
  void name(unsigned worker) { number_ = worker; }
  void ready(base::Monotonic now) { trial_->begin(now); }
  [[nodiscard]] CanaryFinding weigh(const CanaryRead& read, base::Monotonic now);
  /// Undecided until the deadline.
  [[nodiscard]] CanaryFinding expire(base::Monotonic now) const;
  /// These three end it; its generation, plan and number stay readable.
  void promote(const std::string& why);
  void roll_back();
  void drop() { trial_.reset(); }

  [[nodiscard]] bool under_way() const { return trial_.has_value(); }
  /// The canary is ready, and compared.
  [[nodiscard]] bool weighed() const { return trial_ && trial_->has_begun(); }
  [[nodiscard]] bool is(unsigned worker) const { return trial_ && number_ == worker; }
  [[nodiscard]] base::Monotonic deadline() const;
  [[nodiscard]] unsigned generation() const { return generation_; }
  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] unsigned number() const { return number_; }
  /// ": the canary answered ..." when this generation's was promoted last; else empty.
  [[nodiscard]] std::string praise_of(unsigned generation) const;
  [[nodiscard]] std::uint64_t promoted() const { return promoted_; }
  [[nodiscard]] std::uint64_t rolled_back() const { return rolled_back_; }

 private:
  std::optional<Trial> trial_;
  unsigned generation_ = 0;  ///< neither the wanted nor the settled one while it is on trial
  Plan plan_;
  unsigned number_ = 0;
  unsigned praised_ = 0;
  std::string praise_;
  std::uint64_t promoted_ = 0, rolled_back_ = 0;
};

}  // namespace orrery::master
