// Routes: the requests of the service by the pattern of their route, summed over its workers.
//
// Pure reading of the scoreboard, where the workers have left the patterns. One that several routes have (GET and POST
// of one path) is one here. What no route answered has a word in brackets instead,
// which no pattern can be.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/duration_bounds.hpp"
#include "os/scoreboard.hpp"

namespace orrery::admin {

/// What the application calls what it has.
struct Names {
  std::vector<std::string> pools{};  ///< in their order
};

inline constexpr std::string_view kServerRoute = "(server)";        ///< refused before it came to a route
inline constexpr std::string_view kUnmatchedRoute = "(unmatched)";  ///< no route has the path
inline constexpr std::string_view kOtherRoute = "(other)";          ///< of the routes beyond os::kMostRoutes
/// Of a pair of method and status that a route had no place for.
inline constexpr std::string_view kOtherMethod = "(other)";

struct RouteView {
  /// By method (empty: the request never had one) and status (0: the client got no response).
  std::map<std::pair<std::string, int>, std::uint64_t> answers;
  std::array<std::uint64_t, base::DurationBounds::kMost + 1> durations{};  ///< by bucket of the scoreboard's bounds
  std::uint64_t duration_ns = 0;                                           ///< of all together
};
/// By pattern. Those that nobody asked for are left out.
using RouteViews = std::map<std::string, RouteView, std::less<>>;

RouteViews routes_of(const os::Scoreboard& board);

}  // namespace orrery::admin
