// Exposition: the text of one scrape as it grows, in the Prometheus text format 0.0.4 or as OpenMetrics 1.0.0.
//
// Pure. Knows the forms, and no metric. A family begins with its name, its type and a sentence; its samples follow. A
// text of others that becomes a label's value is escaped; names and sentences must be valid already.
#pragma once

#include <fmt/core.h>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "admin/metrics.hpp"

namespace orrery::admin {

/// As the value of a label: backslash, quote and line feed are escaped; what is no UTF-8 becomes `?`.
std::string escaped_label(std::string_view text);

class Exposition {
 public:
  explicit Exposition(Exposure form) : form_(form) {}

  void counter(std::string_view name, std::string_view help) { family(name, "counter", help); }
  void gauge(std::string_view name, std::string_view help) { family(name, "gauge", help); }
  void histogram(std::string_view name, std::string_view help) { family(name, "histogram", help); }

  /// Of the family begun last; `suffix` follows its name.
  template <class Value>
  void sample(const Value& value, std::string_view labels = {}, std::string_view suffix = {}) {
    fmt::format_to(std::back_inserter(text_), "{}{}", name_, suffix);
    if (!labels.empty()) fmt::format_to(std::back_inserter(text_), "{{{}}}", labels);
    fmt::format_to(std::back_inserter(text_), " {}\n", value);
  }
  template <class Value>
  void sample(const Value& value, std::string_view label, std::string_view label_value, std::string_view suffix) {
    sample(value, fmt::format("{}=\"{}\"", label, escaped_label(label_value)), suffix);
  }

  [[nodiscard]] std::string take() {
    if (form_ == Exposure::kOpenMetrics) text_ += "# EOF\n";
    return std::move(text_);
  }

 private:
  void family(std::string_view name, std::string_view type, std::string_view help);

  Exposure form_;
  std::string text_;
  std::string_view name_;
};

}  // namespace orrery::admin
