// Breaker: when so many workers die young that forking on in every place would only make it worse.
//
// Pure, one for the service, owned by the supervisor. While it is open there is at most one worker on trial, whatever
// places are empty; those that serve are left alone. One worker that outlives kStableLife is the proof that the trouble
// is over.
//
//  State    Meaning                                          Left by
//  -------  -----------------------------------------------  -------------------------------------------------------
//  closed   each place fills itself, by its own Backoff      enough young deaths within kCrashWindow -> waiting
//  waiting  no worker is forked                              time, try_one() -> trial; no death for kCrashWindow
//                                                            and no place is empty -> closed
//  trial    one worker is forked, and no other               it serves for kStableLife -> closed; it dies -> waiting,
//                                                            twice as long; it is told to leave -> waiting
#pragma once

#include <chrono>
#include <vector>

#include "base/clock.hpp"
#include "master/backoff.hpp"

namespace orrery::master {

inline constexpr base::Nanoseconds kCrashWindow = std::chrono::seconds{30};
inline constexpr base::Nanoseconds kFirstTrialWait = std::chrono::seconds{1};
/// So many young deaths at least open it; in a larger service as many as it has places.
inline constexpr unsigned kCrashes = 5;

class Breaker {
 public:
  /// Worker `number` died at `now` though nobody wanted it to, having served for `served` (0 = it never was ready), in
  /// a service of `places`. True when this opens the breaker.
  bool record_death(unsigned number, base::Monotonic now, base::Nanoseconds served, unsigned places, Jitter& jitter);
  /// While it is open: worker `number` is forked.
  void try_one(unsigned number) { trial_ = number; }
  void record_ready(unsigned number, base::Monotonic now);
  /// The worker on trial was told to leave; it proves nothing any more.
  void abandon_trial();
  void clear() { *this = {}; }

  [[nodiscard]] bool open() const { return open_; }
  /// The worker on trial; 0 = none.
  [[nodiscard]] unsigned trial() const { return trial_; }
  [[nodiscard]] bool allows(base::Monotonic now) const { return !open_ || (trial_ == 0 && now >= not_before_); }
  [[nodiscard]] base::Monotonic not_before() const { return not_before_; }
  /// It may be closed. Ask when every empty place had its chance of a trial.
  [[nodiscard]] bool over(base::Monotonic now) const { return open_ && now >= over_at(); }
  /// When allows() or over() changes by itself.
  [[nodiscard]] base::Monotonic deadline(base::Monotonic now) const;

 private:
  [[nodiscard]] base::Monotonic over_at() const;

  std::vector<base::Monotonic> young_deaths_;  ///< within kCrashWindow
  bool open_ = false;
  unsigned trial_ = 0;
  unsigned failures_ = 0;  ///< trials in a row
  base::Monotonic not_before_{};
  base::Monotonic proven_at_ = base::Monotonic::max();
};

}  // namespace orrery::master
