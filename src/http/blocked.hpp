// Blocked: since when bytes wait for the client to take them, and how many it has taken since then.
//
// A client may be slow, but not slower than `min_rate`: each byte that it takes gives it time. Of a connection it is
// the bytes that the kernel did not take, of a stream of HTTP/2 those that wait for the client's window. Pure; decides
// nothing: its connection asks for its deadline. Loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>

#include "orrery/config.hpp"

#include "base/clock.hpp"
#include "http/request_state.hpp"

namespace orrery::http {

class Blocked {
 public:
  [[nodiscard]] explicit operator bool() const { return since_ != base::Monotonic{}; }

  /// Bytes wait from now on.
  void begin(base::Monotonic now) { *this = {now, 0}; }
  /// The client has taken so many of them.
  void took(std::uint64_t bytes) { taken_ += bytes; }
  /// None wait any more.
  void end() { *this = {}; }
  /// After a write: `bytes` were taken, and `unsent` wait.
  void written(std::uint64_t bytes, std::size_t unsent, base::Monotonic now) {
    if (unsent == 0) return end();
    *this ? took(bytes) : begin(now);
  }

  /// When the client is too slow; never, as long as nothing waits.
  [[nodiscard]] base::Monotonic deadline(const Config& config) const {
    if (!*this) return base::Monotonic::max();
    return prolonged(since_, config.write_timeout, taken_, config.min_rate);
  }

  Blocked() = default;

 private:
  Blocked(base::Monotonic since, std::uint64_t taken) : since_(since), taken_(taken) {}

  base::Monotonic since_{};  ///< the epoch = nothing waits
  std::uint64_t taken_ = 0;
};

}  // namespace orrery::http
