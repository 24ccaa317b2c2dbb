#include "base/duration_bounds.hpp"

#include <charconv>
#include <cmath>
#include <fmt/core.h>
#include <optional>

namespace orrery::base {

namespace {

constexpr double kLeastSeconds = 1e-6;
constexpr double kMostSeconds = 3600;

std::optional<double> seconds_of(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789.";
  const std::size_t end = std::min(text.find_first_not_of(kDigits), text.size());
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + end, number, std::chars_format::fixed);
  if (read.ec != std::errc{} || read.ptr != text.data() + end) return std::nullopt;
  std::string_view unit = text.substr(end);
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  if (unit.empty() || unit == "s") return number;
  if (unit == "ms") return number / 1e3;
  if (unit == "us") return number / 1e6;
  return std::nullopt;
}

}  // namespace

Result<Nanoseconds> DurationBounds::read_bound(std::string_view text) {
  const auto seconds = seconds_of(text);
  if (!seconds)
    return fail(fmt::format("`{}` is no time; write seconds, or a number with us, ms or s, such as 250ms", text));
  if (*seconds < kLeastSeconds || *seconds > kMostSeconds)
    return fail(fmt::format("`{}` is out of range; a bound is from 1us to 3600s", text));
  return Nanoseconds{std::llround(*seconds * 1e9)};
}

Result<DurationBounds> DurationBounds::read(const std::vector<std::string>& texts) {
  DurationBounds bounds;
  if (texts.empty()) return bounds;
  if (texts.size() > kMost) return fail(fmt::format("{} bounds are too many; {} may be", texts.size(), kMost));
  bounds.count_ = 0;
  for (const std::string& text : texts) {
    const auto bound = read_bound(text);
    if (!bound) return fail(bound);
    if (bounds.count_ > 0 && bound->count() <= bounds.bounds_[bounds.count_ - 1])
      return fail(fmt::format("`{}` is not above the bound before it; write them in ascending order", text));
    bounds.bounds_[bounds.count_++] = bound->count();
  }
  bounds.note_first();
  return bounds;
}

}  // namespace orrery::base
