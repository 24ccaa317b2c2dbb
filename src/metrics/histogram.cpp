#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fmt/core.h>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "metrics/family.hpp"

namespace orrery::metrics {

namespace {

constexpr std::size_t kMostBounds = 64;

bool are_bounds(const std::vector<double>& bounds) {
  return !bounds.empty() && bounds.size() <= kMostBounds &&
         std::ranges::all_of(bounds, [](double bound) { return std::isfinite(bound); }) &&
         std::ranges::adjacent_find(bounds, std::ranges::greater_equal{}) == bounds.end();
}

}  // namespace

HistogramFamily::HistogramFamily(std::string name, std::string help, std::vector<double> bounds)
    : Family(Kind::kHistogram, std::move(name), std::move(help)),
      bounds_(std::move(bounds)),
      memory_((bounds_.size() + 2) * sizeof(std::uint64_t)),
      counts_(static_cast<std::atomic<std::uint64_t>*>(memory_.data())),
      sum_(reinterpret_cast<std::atomic<double>*>(counts_ + bounds_.size() + 1)) {
  if (!are_bounds(bounds_))
    throw std::invalid_argument(fmt::format(
        "the metric `{}` needs 1 to {} bounds, finite and each above the one before", this->name(), kMostBounds));
}

void HistogramFamily::observe(double value) {
  if (std::isnan(value)) return;
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_->fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t HistogramFamily::count() const {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i <= bounds_.size(); ++i) all += counts_[i].load(std::memory_order_relaxed);
  return all;
}

std::vector<Sample> HistogramFamily::samples(std::span<const pid_t>) const {
  std::vector<Sample> all;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    below += counts_[i].load(std::memory_order_relaxed);
    const std::string bound = i < bounds_.size() ? fmt::format("{:.9g}", bounds_[i]) : "+Inf";
    all.push_back({"_bucket", {{"le", bound}}, fmt::format("{}", below)});
  }
  all.push_back({"_sum", {}, fmt::format("{:.9g}", sum_->load(std::memory_order_relaxed))});
  all.push_back({"_count", {}, fmt::format("{}", below)});
  return all;
}

}  // namespace orrery::metrics
