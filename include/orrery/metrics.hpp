// What an application counts and measures: shown among the server's own metrics, at /metrics of `monitor` and `admin`.
//
//   App app;
//   const Counter sent{app, "mails_sent_total", "Mails by kind.", {"kind"}};
//   app.post("/mails", [sent](const Request& request) { …; sent.add(1, {"welcome"}); return Response::text("sent\n");
//   });
//
// Made while the App is built, before the workers are forked; copies stand for the same metric. The values lie in
// memory that all workers share: one scrape sees all of them, and no counter falls when a worker dies or is replaced,
// nor over an upgrade: what has the same name and labels in the new binary goes on there. Any thread may write; a write
// is an atomic addition, without a lock and without a system call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/app.hpp"
#include "orrery/export.hpp"

namespace orrery {

namespace metrics {
class CounterFamily;
class GaugeFamily;
class HistogramFamily;
}  // namespace metrics

/// How often something happened.
class ORRERY_EXPORT Counter {
 public:
  /// `name` ends in `_total`. Throws std::invalid_argument for a name or label that Prometheus would not take, that
  /// begins with `orrery_`, or that the App has already. Of the values that labels are given, the first `most_series`
  /// (1 to 4096) combinations have a series each; those that come later are counted together, as `other`.
  Counter(App& app, std::string name, std::string help, std::vector<std::string> labels = {},
          std::size_t most_series = 64);

  /// Of a counter without labels.
  void add(std::uint64_t n = 1) const;
  /// A value for each label, in their order; of fewer the rest are empty, and more are not looked at. Values of more
  /// than 112 bytes together are counted as `other`.
  void add(std::uint64_t n, std::initializer_list<std::string_view> values) const;
  /// What all workers counted, for tests.
  [[nodiscard]] std::uint64_t value(std::initializer_list<std::string_view> values = {}) const;

 private:
  std::shared_ptr<metrics::CounterFamily> family_;
};

/// How much of something there is now: each worker has a value of its own, and the sum of those that live is shown.
class ORRERY_EXPORT Gauge {
 public:
  /// Throws as Counter.
  Gauge(App& app, std::string name, std::string help);

  void set(std::int64_t value) const;
  void add(std::int64_t difference) const;
  /// Of this worker.
  [[nodiscard]] std::int64_t value() const;

 private:
  std::shared_ptr<metrics::GaugeFamily> family_;
};

/// How large something is, mostly: durations in seconds, sizes in bytes.
class ORRERY_EXPORT Histogram {
 public:
  /// `bounds`: upper bounds of the buckets, 1 to 64, finite and rising; one without a bound is added. Throws as
  /// Counter.
  Histogram(App& app, std::string name, std::string help, std::vector<double> bounds);

  /// A value that is not a number is not taken.
  void observe(double value) const;
  /// How many values all workers took, for tests.
  [[nodiscard]] std::uint64_t count() const;

 private:
  std::shared_ptr<metrics::HistogramFamily> family_;
};

}  // namespace orrery
