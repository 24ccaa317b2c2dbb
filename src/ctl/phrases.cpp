#include "ctl/phrases.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <fmt/core.h>

#include "base/utf8.hpp"

namespace orrery::ctl {

namespace {

struct Unit {
  std::int64_t seconds;
  const char* word;
};
constexpr std::array kUnits{Unit{86400, "d"}, Unit{3600, "h"}, Unit{60, "min"}, Unit{1, "s"}};

}  // namespace

std::string duration(std::optional<double> seconds) {
  if (!seconds || !std::isfinite(*seconds)) return "-";
  const double span = *seconds < 0 ? 0 : *seconds;
  if (span < 9.995) return fmt::format("{:.2f} s", span);
  auto left = static_cast<std::int64_t>(std::llround(span));
  for (std::size_t i = 0; i + 1 < kUnits.size(); ++i) {
    if (left < kUnits[i].seconds) continue;
    std::string text = fmt::format("{} {}", left / kUnits[i].seconds, kUnits[i].word);
    const std::int64_t rest = left % kUnits[i].seconds / kUnits[i + 1].seconds;
    return rest == 0 ? text : text + fmt::format(" {} {}", rest, kUnits[i + 1].word);
  }
  return fmt::format("{} s", left);
}

std::string size(std::optional<std::int64_t> bytes) {
  if (!bytes) return "-";
  if (*bytes < 1024) return fmt::format("{} B", *bytes);
  constexpr std::array kWords{"KiB", "MiB", "GiB", "TiB"};
  double number = static_cast<double>(*bytes) / 1024;
  std::size_t word = 0;
  for (; number >= 1023.95 && word + 1 < kWords.size(); ++word) number /= 1024;
  return fmt::format("{:.1f} {}", number, kWords[word]);
}

std::string short_count(double number) {
  if (number < 9.95 && number != std::floor(number)) return fmt::format("{:.1f}", number);
  if (number < 9999.5) return fmt::format("{:.0f}", number);
  constexpr std::array kWords{"k", "M", "G"};
  std::size_t word = 0;
  for (number /= 1000; number >= 999.95 && word + 1 < kWords.size(); ++word) number /= 1000;
  return fmt::format("{:.1f} {}", number, kWords[word]);
}

std::string moment(double unix_seconds) {
  if (unix_seconds <= 0) return "-";
  const auto whole = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  ::localtime_r(&whole, &parts);
  std::array<char, 32> text{};
  return std::string(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts));
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = base::utf8_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    // C1 controls are two bytes of UTF-8, and some terminals obey them as well.
    const bool control =
        first < 0x20 || first == 0x7f || (length == 2 && first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0);
    if (length == 0 || control) {
      out += '?';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    out += plain ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (; !text.empty(); ++columns) text.remove_prefix(std::max<std::size_t>(base::utf8_length(text), 1));
  return columns;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string{text};
  if (columns == 0) return {};
  std::size_t end = 0;
  for (std::size_t taken = 0; taken + 1 < columns; ++taken)
    end += std::max<std::size_t>(base::utf8_length(text.substr(end)), 1);
  return std::string{text.substr(0, end)} + "…";
}

}  // namespace orrery::ctl
