#include "orrery/metrics.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/family.hpp"

namespace orrery {

Counter::Counter(App& app, std::string name, std::string help, std::vector<std::string> labels, std::size_t most_series)
    : family_(
          std::make_shared<metrics::CounterFamily>(std::move(name), std::move(help), std::move(labels), most_series)) {
  app.add(family_);
}

void Counter::add(std::uint64_t n) const { family_->add(n, {}); }
void Counter::add(std::uint64_t n, std::initializer_list<std::string_view> values) const { family_->add(n, values); }
std::uint64_t Counter::value(std::initializer_list<std::string_view> values) const { return family_->value(values); }

Gauge::Gauge(App& app, std::string name, std::string help)
    : family_(std::make_shared<metrics::GaugeFamily>(std::move(name), std::move(help))) {
  app.add(family_);
}

void Gauge::set(std::int64_t value) const {
  if (auto* const own = family_->own()) own->store(value, std::memory_order_relaxed);
}

void Gauge::add(std::int64_t difference) const {
  if (auto* const own = family_->own()) own->fetch_add(difference, std::memory_order_relaxed);
}

std::int64_t Gauge::value() const {
  auto* const own = family_->own();
  return own != nullptr ? own->load(std::memory_order_relaxed) : 0;
}

Histogram::Histogram(App& app, std::string name, std::string help, std::vector<double> bounds)
    : family_(std::make_shared<metrics::HistogramFamily>(std::move(name), std::move(help), std::move(bounds))) {
  app.add(family_);
}

void Histogram::observe(double value) const { family_->observe(value); }
std::uint64_t Histogram::count() const { return family_->count(); }

}  // namespace orrery
