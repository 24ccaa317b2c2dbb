#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fmt/core.h>
#include <functional>
#include <map>
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

constexpr char kBetween = '\x1f';  // of the values in a key
constexpr std::size_t kMostSeries = 4096;
/// How often a series that is being named is looked at: its writer may have been killed.
constexpr int kLooks = 1000;
constexpr std::size_t kHeader = 128;  // before the series: how many are used

}  // namespace

CounterFamily::CounterFamily(std::string name, std::string help, std::vector<std::string> labels,
                             std::size_t most_series)
    : Family(Kind::kCounter, std::move(name), std::move(help), std::move(labels)),
      most_series_(most_series),
      places_(std::bit_ceil(2 * std::clamp<std::size_t>(most_series, 1, kMostSeries))),
      memory_(std::make_shared<SharedMemory>(kHeader + (places_ + 1) * sizeof(Series))),
      series_(reinterpret_cast<Series*>(static_cast<char*>(memory_->data()) + kHeader)),
      used_(static_cast<std::atomic<std::uint64_t>*>(memory_->data())) {
  if (most_series < 1 || most_series > kMostSeries)
    throw std::invalid_argument(
        fmt::format("the metric `{}` can have 1 to {} series, not {}", this->name(), kMostSeries, most_series));
}

bool CounterFamily::take_memory(const Family& older) {
  const auto& other = static_cast<const CounterFamily&>(older);
  if (most_series_ != other.most_series_) return false;
  memory_ = other.memory_;
  series_ = other.series_;
  used_ = other.used_;
  return true;
}

/// Nothing when it is too long. No allocation: this is called for each count.
CounterFamily::Key::Key(std::size_t labels, Values values) {
  const auto* value = values.begin();
  for (std::size_t i = 0; i < labels; ++i) {
    if (i > 0) put(kBetween);
    if (value == values.end()) continue;
    for (const char c : *value++) put(c == kBetween ? '?' : c);
  }
}

/// Null when another one was faster.
CounterFamily::Series* CounterFamily::name_it(Series& series, std::string_view key) {
  std::uint32_t free = Series::kFree;
  if (!series.state.compare_exchange_strong(free, Series::kBeingNamed, std::memory_order_acquire)) return nullptr;
  std::memcpy(series.key.data(), key.data(), key.size());
  series.length = static_cast<std::uint32_t>(key.size());
  series.state.store(Series::kNamed, std::memory_order_release);
  return &series;
}

CounterFamily::Series& CounterFamily::find_or_add(std::string_view key) {
  Series& other = series_[places_];
  const std::size_t first = std::hash<std::string_view>{}(key);
  for (std::size_t i = 0; i < places_; ++i) {
    Series& series = series_[(first + i) & (places_ - 1)];
    std::uint32_t state = series.state.load(std::memory_order_acquire);
    if (state == Series::kFree) {
      if (used_->fetch_add(1, std::memory_order_relaxed) >= most_series_) {
        used_->fetch_sub(1, std::memory_order_relaxed);
        return other;
      }
      if (Series* const named = name_it(series, key)) return *named;
      used_->fetch_sub(1, std::memory_order_relaxed);
    }
    for (int look = 0; look < kLooks && state != Series::kNamed; ++look)
      state = series.state.load(std::memory_order_acquire);
    if (state == Series::kNamed && series.name() == key) return series;
  }
  return other;
}

void CounterFamily::add(std::uint64_t n, Values values) {
  const Key key{labels().size(), values};
  Series& series = labels().empty() || !key.fits() ? series_[places_] : find_or_add(key.text());
  series.count.fetch_add(n, std::memory_order_relaxed);
}

std::uint64_t CounterFamily::value(Values values) const {
  if (labels().empty()) return series_[places_].count.load(std::memory_order_relaxed);
  const Key key{labels().size(), values};
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < places_; ++i) {
    const Series& series = series_[i];
    if (series.state.load(std::memory_order_acquire) == Series::kNamed && series.name() == key.text())
      sum += series.count.load(std::memory_order_relaxed);
  }
  return sum;
}

Sample CounterFamily::sample_of(std::string_view key, std::uint64_t count) const {
  Sample sample{"", {}, fmt::format("{}", count)};
  for (const std::string& label : labels()) {
    const std::size_t end = std::min(key.find(kBetween), key.size());
    sample.labels.emplace_back(label, std::string{key.substr(0, end)});
    key.remove_prefix(std::min(end + 1, key.size()));
  }
  return sample;
}

std::map<std::string, std::uint64_t> CounterFamily::sums() const {
  std::map<std::string, std::uint64_t> sums;
  const std::uint64_t other = series_[places_].count.load(std::memory_order_relaxed);
  if (labels().empty()) return {{"", other}};
  // Where a writer was killed, or slow, another one may have begun a second series of the same name.
  for (std::size_t i = 0; i < places_; ++i) {
    const Series& series = series_[i];
    if (series.state.load(std::memory_order_acquire) == Series::kNamed)
      sums[std::string{series.name()}] += series.count.load(std::memory_order_relaxed);
  }
  std::string others;
  for (std::size_t i = 0; i < labels().size(); ++i) others += i > 0 ? fmt::format("{}other", kBetween) : "other";
  if (other > 0) sums[others] += other;
  return sums;
}

std::vector<Sample> CounterFamily::samples(std::span<const pid_t>, os::Ledger* ledger) const {
  std::map<std::string, std::uint64_t> all = sums();
  if (ledger != nullptr) {
    const std::string beginning = ledger_name();
    for (auto& [key, count] : all) count = ledger->enter(beginning + key, count);
    // Series that only other masters' workers have counted in so far.
    ledger->each(beginning, [&](std::string_view key, std::uint64_t count) {
      std::uint64_t& there = all[std::string{key}];
      there = std::max(there, count);
    });
  }
  std::vector<Sample> samples;
  for (const auto& [key, count] : all) samples.push_back(sample_of(key, count));
  return samples;
}

}  // namespace orrery::metrics
