#include "files/range.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/text.hpp"

namespace orrery::files {

namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

/// A position. One beyond all that can be counted is the largest: no file is that long.
std::optional<std::uint64_t> position(std::string_view text) {
  if (text.empty()) return {};
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (kMost - digit) / 10 ? kMost : value * 10 + digit;
  }
  return value;
}

/// What stands behind `bytes=`; nothing when the unit is another.
std::optional<std::string_view> ranges_of_bytes(std::string_view field) {
  constexpr std::string_view kUnit = "bytes=";
  field = base::trimmed(field);
  const bool is_bytes = field.size() > kUnit.size() &&
                        std::equal(kUnit.begin(), kUnit.end(), field.begin(),
                                   [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
  if (!is_bytes) return {};
  return base::trimmed(field.substr(kUnit.size()));
}

/// The last `count` bytes. Of a body without any, all there are is the whole.
Range suffix(std::uint64_t count, std::uint64_t size) {
  if (count == 0) return {Range::Kind::kUnsatisfiable};
  if (size == 0) return {};
  const std::uint64_t length = std::min(count, size);
  return {Range::Kind::kPart, size - length, length};
}

}  // namespace

Range read_range(std::string_view field, std::uint64_t size) noexcept {
  const auto range = ranges_of_bytes(field);
  if (!range) return {};
  const std::size_t dash = range->find('-');
  if (dash == std::string_view::npos) return {};
  const std::string_view last_text = range->substr(dash + 1);
  const auto last = position(last_text);
  if (dash == 0) return last ? suffix(*last, size) : Range{};
  const auto first = position(range->substr(0, dash));
  if (!first || (!last && !last_text.empty()) || (last && *last < *first)) return {};
  if (*first >= size) return {Range::Kind::kUnsatisfiable};
  return {Range::Kind::kPart, *first, std::min(last.value_or(kMost), size - 1) - *first + 1};
}

std::string content_range(const Range& range, std::uint64_t size) {
  if (range.kind == Range::Kind::kUnsatisfiable) return "bytes */" + std::to_string(size);
  const std::uint64_t last = range.offset + range.length - 1;
  return "bytes " + std::to_string(range.offset) + "-" + std::to_string(last) + "/" + std::to_string(size);
}

}  // namespace orrery::files
