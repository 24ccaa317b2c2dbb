// RouteNames: the patterns of all routes that workers of this service ever had, each with its row of RouteCounts.
//
// Lies in the scoreboard. Each worker enters those of its application as it begins, and gets their rows; any process
// reads them. So what tells of routes need not have the application, and a row means the same route for ever, over
// reloads that take new code. A worker may be killed at any instruction: then the place that it was about to name is
// never used, and nothing waits for it. No lock, no system call, no pointer; never changed while requests are counted.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "os/route_counts.hpp"

namespace orrery::os {

class RouteNames {
 public:
  /// Bytes of a pattern; the routes of a longer one count as kOtherRow.
  static constexpr std::size_t kLongest = 248;

  /// The row of this pattern; kOtherRow when kMostRoutes others have been there already.
  std::size_t row_of(std::string_view pattern) {
    if (pattern.size() > kLongest) return kOtherRow;
    for (std::size_t i = 0; i < kMostRoutes; ++i) {
      Name& name = names_[i];
      std::uint32_t state = name.state.load(std::memory_order_acquire);
      if (state == kFree && name.state.compare_exchange_strong(state, kBeingNamed, std::memory_order_acquire)) {
        name.length = static_cast<std::uint32_t>(pattern.size());
        std::memcpy(name.text.data(), pattern.data(), pattern.size());
        name.state.store(kNamed, std::memory_order_release);
        return row_of_route(i);
      }
      // Two workers that name the same one at once take two rows: readers add up what has one name.
      if (state == kNamed && name.view() == pattern) return row_of_route(i);
    }
    return kOtherRow;
  }

  /// Of a row from kRouteRows on; empty where it has none.
  [[nodiscard]] std::string_view name_of(std::size_t row) const {
    const Name& name = names_[row - kRouteRows];
    return name.state.load(std::memory_order_acquire) == kNamed ? name.view() : std::string_view{};
  }

  /// How many rows, from the first on, may have been counted in.
  [[nodiscard]] std::size_t rows() const {
    const auto free = std::find_if(names_.begin(), names_.end(), [](const Name& name) {
      return name.state.load(std::memory_order_relaxed) == kFree;
    });
    return kRouteRows + static_cast<std::size_t>(free - names_.begin());
  }

 private:
  enum State : std::uint32_t { kFree, kBeingNamed, kNamed };
  struct Name {
    std::atomic<std::uint32_t> state;
    std::uint32_t length;
    std::array<char, kLongest> text;
    [[nodiscard]] std::string_view view() const { return {text.data(), std::min<std::size_t>(length, kLongest)}; }
  };
  static_assert(sizeof(Name) == 256);

  std::array<Name, kMostRoutes> names_;
};

}  // namespace orrery::os
