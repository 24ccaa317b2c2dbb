#include "admin/routes.hpp"

#include <atomic>
#include <cstddef>

namespace orrery::admin {

namespace {

std::uint64_t now(const std::atomic<std::uint64_t>& counter) { return counter.load(std::memory_order_relaxed); }

std::string name_of_row(std::size_t row, const os::RouteNames& names) {
  switch (row) {
    case os::kServerRow: return std::string{kServerRoute};
    case os::kUnmatchedRow: return std::string{kUnmatchedRoute};
    case os::kOtherRow: return std::string{kOtherRoute};
    default: return std::string{names.name_of(row)};
  }
}

/// Whether there was anything in the row.
bool add(const os::RouteCounts::Row& row, RouteView& view) {
  std::uint64_t counted = 0;
  for (std::size_t i = 0; i < row.durations.size(); ++i) {
    const std::uint64_t count = now(row.durations[i]);
    view.durations[i] += count;
    counted += count;
  }
  view.duration_ns += now(row.duration_ns);
  for (const auto& series : row.series) {
    const os::AnswerKind kind{series.kind.load(std::memory_order_relaxed)};
    if (kind.packed() == 0) break;
    view.answers[{std::string{kind.method()}, kind.status()}] += now(series.count);
  }
  if (const std::uint64_t others = now(row.others); others > 0) view.answers[{std::string{kOtherMethod}, 0}] += others;
  return counted > 0;
}

}  // namespace

RouteViews routes_of(const os::Scoreboard& board) {
  RouteViews views;
  const os::RouteNames& names = board.route_names();
  const std::size_t rows = names.rows();
  for (std::size_t row = 0; row < rows; ++row) {
    RouteView view;
    bool asked = false;
    for (const os::RouteCounts& share : board.routes()) asked = add(share.row(row), view) || asked;
    if (!asked) continue;
    RouteView& all = views[name_of_row(row, names)];
    for (std::size_t i = 0; i < all.durations.size(); ++i) all.durations[i] += view.durations[i];
    all.duration_ns += view.duration_ns;
    for (const auto& [kind, count] : view.answers) all.answers[kind] += count;
  }
  return views;
}

}  // namespace orrery::admin
