// KernelQueue: how long clients of fresh connections have waited in the kernel until this worker took them.
//
// To ask costs a twentieth of what a connection costs. So one of sixteen is asked while none waits, and each one from
// the first that has waited to the first that has not. Loop thread only; it knows no request.
#pragma once

#include <chrono>

#include "os/accept.hpp"

namespace orrery::worker {

class KernelQueue {
 public:
  using Ask = std::chrono::milliseconds (*)(int socket);
  static constexpr unsigned kOneOf = 16;

  explicit KernelQueue(Ask ask = os::time_unread) : ask_(ask) {}

  /// Of a connection that was accepted a moment ago; 0 also when it is not asked about.
  std::chrono::milliseconds time_in(int socket) {
    if (++passed_ < kOneOf) return {};
    const std::chrono::milliseconds waited = ask_(socket);
    passed_ = waited.count() > 0 ? kOneOf - 1 : 0;
    return waited;
  }

 private:
  Ask ask_;
  unsigned passed_ = kOneOf - 1;  ///< connections since the last one that was asked about; so the first one is
};

}  // namespace orrery::worker
