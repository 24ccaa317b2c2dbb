#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fmt/core.h>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/family.hpp"
#include "os/ledger.hpp"

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
      memory_(std::make_shared<SharedMemory>((bounds_.size() + 2) * sizeof(std::uint64_t))),
      counts_(static_cast<std::atomic<std::uint64_t>*>(memory_->data())),
      sum_(reinterpret_cast<std::atomic<double>*>(counts_ + bounds_.size() + 1)) {
  if (!are_bounds(bounds_))
    throw std::invalid_argument(fmt::format(
        "the metric `{}` needs 1 to {} bounds, finite and each above the one before", this->name(), kMostBounds));
}

bool HistogramFamily::take_memory(const Family& older) {
  const auto& other = static_cast<const HistogramFamily&>(older);
  if (bounds_ != other.bounds_) return false;
  memory_ = other.memory_;
  counts_ = other.counts_;
  sum_ = other.sum_;
  return true;
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

std::vector<Sample> HistogramFamily::samples(std::span<const pid_t>, os::Ledger* ledger) const {
  const std::string beginning = ledger_name();
  const auto carried = [&](std::string_view part, std::uint64_t own) {
    return ledger != nullptr ? ledger->enter(beginning + std::string{part}, own) : own;
  };
  // The number of all first: what is observed meanwhile is in no bucket that follows without being in it.
  double sum = sum_->load(std::memory_order_relaxed);
  const std::uint64_t own = count();
  if (ledger != nullptr) sum = ledger->enter_sum(beginning + "sum", sum, bounds_.front() >= 0);
  std::vector<Sample> all;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    const std::string bound = fmt::format("{:.9g}", bounds_[i]);
    below += carried(bound, counts_[i].load(std::memory_order_relaxed));
    all.push_back({"_bucket", {{"le", bound}}, fmt::format("{}", below)});
  }
  // Where a master before had other bounds, what lies between those is only in the number of all.
  const std::uint64_t everything = std::max(below, carried("count", own));
  all.push_back({"_bucket", {{"le", "+Inf"}}, fmt::format("{}", everything)});
  all.push_back({"_sum", {}, fmt::format("{:.9g}", sum)});
  all.push_back({"_count", {}, fmt::format("{}", everything)});
  return all;
}

}  // namespace orrery::metrics
