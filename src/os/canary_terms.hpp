// CanaryTerms: on which terms the first worker of a new generation is on trial, as they are ordered.
//
// A plain value that goes from the admin process to the master in an order, and stays with the trial. Its numbers are
// bounded where the order is read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "os/service_facts.hpp"

namespace orrery::os {

struct CanaryTerms {
  std::uint32_t requests = 100;  ///< that the canary has to answer, and its siblings too, before it is promoted
  std::uint32_t limit = 60;      ///< seconds it is on trial at most, from when it is ready
  bool promotes = false;         ///< it is promoted when the limit comes before the requests, and not rolled back
  std::array<std::uint8_t, 1> unused{};
  CutText<120> probe{"/"};  ///< path that it is asked for before any client's request; empty = none

  bool operator==(const CanaryTerms&) const = default;
};

inline constexpr std::uint32_t kMostCanaryRequests = 1'000'000;
inline constexpr std::uint32_t kLongestTrial = 3600;
inline constexpr std::size_t kLongestProbe = 120;

}  // namespace orrery::os
