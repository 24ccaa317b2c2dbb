// Budget: how many calls may be tried again.
//
// Each call puts a tenth of a retry aside, and a retry takes a whole one; ten at most lie there. So an upstream that
// fails is asked a tenth more than one that does not, however many fail. Pure; loop thread.
#pragma once

namespace orrery::upstream {

class Budget {
 public:
  void add_call() { tenths_ = tenths_ < kMost ? tenths_ + 1 : kMost; }
  /// False when it is used up.
  bool take() {
    if (tenths_ < kRetry) return false;
    tenths_ -= kRetry;
    return true;
  }

 private:
  static constexpr int kRetry = 10;
  static constexpr int kMost = 10 * kRetry;
  int tenths_ = kRetry;
};

}  // namespace orrery::upstream
