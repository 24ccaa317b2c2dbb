// CanaryTerms: on which terms the first worker of a new generation is on trial.
//
// A plain value: as the settings say, or as they go from the admin process to the master in an order, which may say
// some of them only. Stays with the trial. Its numbers are bounded where the settings and the order are read.
#pragma once

#include <cstdint>

#include "base/probe.hpp"
#include "os/service_facts.hpp"

namespace orrery::os {

struct CanaryTerms {
  std::uint32_t requests = 100;  ///< that the canary has to answer, and its siblings too, before it is promoted
  std::uint32_t limit = 60;      ///< seconds it is on trial at most, from when it is ready
  bool promotes = false;         ///< it is promoted when the limit comes before the requests, and not rolled back
  std::uint8_t said = 0;         ///< of an order: which of them it says, by Term
  CutText<base::kLongestProbe> probe{"/"};  ///< path that it is asked for before any client's request; empty = none

  enum Term : std::uint8_t { kRequests = 1, kLimit = 2, kPromotes = 4, kProbe = 8 };

  /// What an order leaves unsaid is as `usual`.
  [[nodiscard]] CanaryTerms completed_by(const CanaryTerms& usual) const {
    CanaryTerms whole = usual;
    if ((said & kRequests) != 0) whole.requests = requests;
    if ((said & kLimit) != 0) whole.limit = limit;
    if ((said & kPromotes) != 0) whole.promotes = promotes;
    if ((said & kProbe) != 0) whole.probe = probe;
    return whole;
  }
  bool operator==(const CanaryTerms&) const = default;
};

inline constexpr std::uint32_t kMostCanaryRequests = 1'000'000;
inline constexpr std::uint32_t kLongestTrial = 3600;

}  // namespace orrery::os
