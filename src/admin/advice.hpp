// Advice: how many workers a service should have, judged by what its workers are seen to do.
//
// Pure: one value for each second that was watched, all with the same number of workers, and what the machine has left.
// Two bounds far apart keep it from swinging: after a change in either direction the load lies between them. More
// workers are advised after seconds, fewer only after a minute, and never more than memory and CPUs have room for.
// Admin process. It changes nothing itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/clock.hpp"

namespace orrery::admin {

/// Means over one second.
struct LoadSecond {
  double busy = 0;             ///< share of the workers' time, 0 to 1: of handler threads, or of the loops
  base::Nanoseconds queue{0};  ///< time that a request waited for its handler
  double cpus = 0;             ///< that all workers together used
};

/// Seconds after which more, and after which fewer workers may be advised; the longer one is all that is looked at.
inline constexpr std::size_t kUpAfter = 10, kDownAfter = 60;

struct AdviceTerms {
  unsigned workers = 1;  ///< there are now; all seconds were watched with that number
  unsigned least = 1, most = 256;
  double cpus = 1;  ///< that the service may use
  /// Bytes that may still be taken, and what a worker takes; unknown: there is no limit.
  std::optional<std::uint64_t> memory_left{}, memory_of_one{};
};

struct Advice {
  unsigned workers = 1;
  std::string text;  ///< what is advised and why, as sentences
};

/// `seconds`: the oldest first.
Advice advise(std::span<const LoadSecond> seconds, const AdviceTerms& terms);

}  // namespace orrery::admin
