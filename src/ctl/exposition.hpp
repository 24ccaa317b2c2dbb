// Exposition: the text form of Prometheus, read back into numbers: what `top` makes rates and quantiles of.
//
// Pure. Lines that are no sample are passed over. A family's samples are kept with their labels as they are written.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orrery::ctl {

class Exposition {
 public:
  Exposition() = default;
  explicit Exposition(std::string_view text);

  /// The sum over all labels; nothing when there is no such sample.
  [[nodiscard]] std::optional<double> sum(std::string_view name) const;
  /// The sample whose labels have `label="value"`, summed over the others.
  [[nodiscard]] std::optional<double> sum(std::string_view name, std::string_view label, std::string_view value) const;

  /// The samples that have this label, apart by its value.
  [[nodiscard]] std::map<std::string, Exposition, std::less<>> split(std::string_view label) const;

  struct Bucket {
    double bound = 0;  ///< `le`, +Inf included
    double count = 0;  ///< of all that are not above it
  };
  /// Of the histogram, the lowest bound first; summed over its other labels.
  [[nodiscard]] std::vector<Bucket> buckets(std::string_view name) const;

 private:
  std::map<std::string, std::vector<std::pair<std::string, double>>, std::less<>> families_;  ///< labels, value
};

/// The bound below which the share `quantile` of what came between two looks lies; nothing when nothing came.
std::optional<double> quantile_between(const std::vector<Exposition::Bucket>& before,
                                       const std::vector<Exposition::Bucket>& now, double quantile);

}  // namespace orrery::ctl
