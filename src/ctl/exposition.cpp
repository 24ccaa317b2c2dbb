#include "ctl/exposition.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "base/whole_number.hpp"

namespace orrery::ctl {

namespace {

std::optional<double> read_value(std::string_view text) {
  text = text.substr(0, text.find(' '));  // a time may follow
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  return base::whole_number<double>(text);
}

/// Of `{a="x",le="0.5"}` the value of one label; nothing when it is not there.
std::optional<std::string_view> label_of(std::string_view labels, std::string_view label) {
  const std::string key = std::string{label} + "=\"";
  std::size_t at = labels.find(key);
  while (at != std::string_view::npos && at > 0 && labels[at - 1] != ',' && labels[at - 1] != '{')
    at = labels.find(key, at + 1);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = labels.substr(at + key.size());
  std::size_t end = 0;
  while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? std::size_t{2} : std::size_t{1};
  return rest.substr(0, end);
}

}  // namespace

Exposition::Exposition(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line[0] == '#') continue;
    const std::size_t name = line.find_first_of("{ ");
    if (name == std::string_view::npos) continue;
    const std::size_t labels = line[name] == '{' ? line.rfind('}') : name;
    if (labels == std::string_view::npos) continue;
    const std::size_t blank = line.find(' ', labels);
    if (blank == std::string_view::npos) continue;
    const auto value = read_value(line.substr(blank + 1));
    const std::string_view between = line[name] == '{' ? line.substr(name, labels - name) : std::string_view{};
    if (value) families_[std::string{line.substr(0, name)}].emplace_back(between, *value);
  }
}

std::optional<double> Exposition::sum(std::string_view name) const {
  const auto family = families_.find(name);
  if (family == families_.end()) return std::nullopt;
  double all = 0;
  for (const auto& [labels, value] : family->second) all += value;
  return all;
}

std::optional<double> Exposition::sum(std::string_view name, std::string_view label, std::string_view wanted) const {
  const auto family = families_.find(name);
  if (family == families_.end()) return std::nullopt;
  std::optional<double> all;
  for (const auto& [labels, value] : family->second)
    if (label_of(labels, label) == wanted) all = all.value_or(0) + value;
  return all;
}

std::map<std::string, Exposition, std::less<>> Exposition::split(std::string_view label) const {
  std::map<std::string, Exposition, std::less<>> parts;
  for (const auto& [name, samples] : families_) {
    for (const auto& [labels, value] : samples) {
      if (const auto its = label_of(labels, label))
        parts[std::string{*its}].families_[name].emplace_back(labels, value);
    }
  }
  return parts;
}

std::vector<Exposition::Bucket> Exposition::buckets(std::string_view name) const {
  std::map<double, double> counts;
  if (const auto family = families_.find(std::string{name} + "_bucket"); family != families_.end()) {
    for (const auto& [labels, value] : family->second) {
      const auto bound = read_value(label_of(labels, "le").value_or(""));
      if (bound) counts[*bound] += value;
    }
  }
  std::vector<Bucket> buckets;
  for (const auto& [bound, count] : counts) buckets.push_back({bound, count});
  return buckets;
}

std::optional<double> quantile_between(const std::vector<Exposition::Bucket>& before,
                                       const std::vector<Exposition::Bucket>& now, double quantile) {
  const auto come = [&](const Exposition::Bucket& bucket) {
    const auto old = std::ranges::find(before, bucket.bound, &Exposition::Bucket::bound);
    return bucket.count - (old == before.end() ? 0 : old->count);
  };
  const double all = now.empty() ? 0 : come(now.back());
  if (all <= 0) return std::nullopt;
  for (const Exposition::Bucket& bucket : now)
    if (come(bucket) >= quantile * all) return bucket.bound;
  return now.back().bound;
}

}  // namespace orrery::ctl
