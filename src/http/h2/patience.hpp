// Patience: how many frames that ask for work and bring nothing a client may send, before its connection is ended.
//
// A bucket: it holds `burst` at most, fills by `per_second`, and each such frame takes one. So a browser that cancels a
// page of requests at once is served, and a flood is told within a second (CVE-2019-9512 to 9518, CVE-2023-44487).
// Pure; the instants are the caller's. Loop thread only.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.hpp"

namespace orrery::http::h2 {

class Patience {
 public:
  Patience(double burst, double per_second, base::Monotonic now)
      : burst_(burst), per_second_(per_second), left_(burst), seen_(now) {}

  /// False when there is none left.
  bool spend(base::Monotonic now) {
    const std::chrono::duration<double> passed = now - seen_;
    seen_ = now;
    left_ = std::min(burst_, left_ + passed.count() * per_second_) - 1;
    return left_ >= 0;
  }
  /// Something was done for which such frames are due.
  void earn(double frames) { left_ = std::min(burst_, left_ + frames); }

 private:
  double burst_;
  double per_second_;
  double left_;
  base::Monotonic seen_;
};

}  // namespace orrery::http::h2
