// RouteCounts: how often each route answered, by method and status, and how long that took: one worker's share.
//
// Lies in the scoreboard, one for each slot, each written by the worker that has the slot and read by any process: no
// cache line is shared between workers. It is never cleared: the next worker of the slot counts on, so no number of it
// ever falls. A route is a number here; its pattern stands in RouteNames. 512 B a route that was ever asked for, in
// each slot that was ever used; routes beyond kMostRoutes share one row, and so do pairs of method and status beyond
// kSeries. No lock, no system call, and nothing in it is a pointer.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/clock.hpp"
#include "base/duration_bounds.hpp"
#include "base/method.hpp"

namespace orrery::os {

inline constexpr std::size_t kMostRoutes = 512;

/// Which row of RouteCounts; the others are those of the routes, as RouteNames has them.
enum RouteRow : std::size_t {
  kServerRow,     ///< the server's own answers, to what never came to a route: refused before, or `*`
  kUnmatchedRow,  ///< no route has the path
  kOtherRow,      ///< routes beyond kMostRoutes
  kRouteRows,     ///< the first route's
};
/// Of the route that was named as the `route`th.
constexpr std::size_t row_of_route(std::size_t route) {
  return route < kMostRoutes ? kRouteRows + route : std::size_t{kOtherRow};
}

/// Method and status of an answer as one number, which is never 0.
class AnswerKind {
 public:
  AnswerKind() = default;
  AnswerKind(std::string_view method, int status)
      : packed_(kIsOne | static_cast<std::uint32_t>(status & 0xffff) << 8 |
                static_cast<std::uint32_t>(base::method_number(method))) {}
  explicit AnswerKind(std::uint32_t packed) : packed_(packed) {}
  [[nodiscard]] std::uint32_t packed() const { return packed_; }
  [[nodiscard]] std::string_view method() const { return base::method_name(packed_ & 0xff); }
  [[nodiscard]] int status() const { return static_cast<int>(packed_ >> 8 & 0xffff); }

 private:
  static constexpr std::uint32_t kIsOne = 1U << 31;
  std::uint32_t packed_ = 0;
};

class RouteCounts {
 public:
  static constexpr std::size_t kSeries = 20;

  struct Series {
    std::atomic<std::uint32_t> kind;  ///< AnswerKind::packed(); 0 = nothing is counted here yet
    std::atomic<std::uint64_t> count;
  };
  struct alignas(64) Row {
    std::atomic<std::uint64_t> duration_ns;  ///< of all together
    std::array<Series, kSeries> series;      ///< those in use come first
    std::atomic<std::uint64_t> others;       ///< of kinds that have no series
    std::array<std::atomic<std::uint64_t>, base::DurationBounds::kMost + 1> durations;  ///< by bucket
  };
  static_assert(sizeof(Row) == 512);

  /// Writer: a request of this row was answered. `bounds`: those of the scoreboard.
  void count(std::size_t row, AnswerKind kind, base::Nanoseconds duration, const base::DurationBounds& bounds) {
    Row& counted = rows_[row];
    add(counted.duration_ns, static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0)));
    add(counted.durations[bounds.bucket(duration)], 1);
    for (Series& series : counted.series) {
      const std::uint32_t there = series.kind.load(std::memory_order_relaxed);
      if (there == kind.packed()) return add(series.count, 1);
      if (there != 0) continue;
      series.kind.store(kind.packed(), std::memory_order_relaxed);
      return add(series.count, 1);
    }
    add(counted.others, 1);
  }
  /// Reader. A row that nobody counted in becomes memory by the look: ask for rows that there are routes of.
  [[nodiscard]] const Row& row(std::size_t index) const { return rows_[index]; }

 private:
  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t by) {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  std::array<Row, kRouteRows + kMostRoutes> rows_;
};

}  // namespace orrery::os
