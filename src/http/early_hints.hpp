// Early hints: which links may stand in a 103 (RFC 8297) that goes out in front of an answer, and how many.
//
// What a handler may send while it prepares its answer is bounded, so that one that hints in a loop fills no queue.
// Pure; whether a request still waits, and whether its client understands, is for its connection.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "orrery/result.hpp"

namespace orrery::http {

/// Of one request.
inline constexpr unsigned kMostEarlyHints = 8;
/// Bytes of the links of one.
inline constexpr std::size_t kLargestEarlyHints = 4096;

/// Why these values of Link fields cannot be sent.
Result<void> judge_early_hints(const std::vector<std::string>& links);

}  // namespace orrery::http
