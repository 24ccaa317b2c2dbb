#include "planets/earth_rotation.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string_view>

namespace orrery::planets {
namespace {

constexpr const char* kDut1 = "ORRERY_PLANETS_DUT1";
constexpr const char* kFinals = "ORRERY_PLANETS_FINALS2000A";
constexpr std::int32_t kUnixEpochAsMjd = 40587;

// Of the file's fixed columns: the modified Julian date in 8-15, UT1 - UTC in 59-68; both blank-padded.
std::optional<double> column(std::string_view line, std::size_t from, std::size_t width) {
  if (line.size() < from + width) return {};
  std::string_view text = line.substr(from, width);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  while (text.ends_with(' ')) text.remove_suffix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

struct Row {
  std::int32_t day;
  double ut1_minus_utc;
};

std::optional<Row> row_of(std::string_view line) {
  const auto mjd = column(line, 7, 8);
  const auto value = column(line, 58, 10);
  if (!mjd || !value || !(std::abs(*value) <= 1) || !(*mjd > 0 && *mjd < 1e5)) return {};
  return Row{static_cast<std::int32_t>(*mjd) - kUnixEpochAsMjd, *value};
}

// The far end of a finals file has days without a prediction: UT1 - UTC is blank there.
bool is_blank(std::string_view line) {
  return line.size() < 59 || line.substr(58, 10).find_first_not_of(" \r") == std::string_view::npos;
}

std::string at_line(const std::string& path, int number) {
  return std::string{kFinals} + ": " + path + ", line " + std::to_string(number) + ": ";
}

const char* environment(const char* name) {
  const char* const value = std::getenv(name);
  return value && *value ? value : nullptr;
}

}  // namespace

Result<EarthRotation> EarthRotation::constant(Seconds ut1_minus_utc) {
  if (!(std::abs(ut1_minus_utc.count()) <= 1)) return fail("UT1 - UTC must be a number of seconds from -1 to 1");
  EarthRotation rotation;
  rotation.overridden_ = true;
  rotation.constant_ = ut1_minus_utc;
  return rotation;
}

Result<EarthRotation> EarthRotation::from_finals2000a(const std::string& path) {
  std::ifstream file(path);
  if (!file)
    return fail(std::string{kFinals} + ": cannot read " + path + "; it must be a file this worker's user may read");
  EarthRotation rotation;
  rotation.overridden_ = true;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (is_blank(line)) continue;
    const auto row = row_of(line);
    if (!row)
      return fail(at_line(path, number) + "this is no line of a finals2000A file with UT1-UTC in columns 59-68");
    if (rotation.ut1_minus_tai_.empty()) rotation.first_day_ = row->day;
    if (row->day != rotation.first_day_ + static_cast<std::int32_t>(rotation.ut1_minus_tai_.size()))
      return fail(at_line(path, number) + "the days must follow one another without a gap");
    rotation.ut1_minus_tai_.push_back(row->ut1_minus_utc - leap_seconds(row->day).count());
  }
  if (rotation.ut1_minus_tai_.size() < 2)
    return fail(std::string{kFinals} + ": " + path + " has no two days with UT1-UTC in them");
  return rotation;
}

Result<EarthRotation> EarthRotation::from_environment() {
  const char* const number = environment(kDut1);
  const char* const path = environment(kFinals);
  if (number && path) return fail(std::string{kDut1} + " and " + kFinals + " are both set; keep one of them");
  if (path) return from_finals2000a(path);
  if (!number) return EarthRotation{};
  const std::string_view text{number};
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  auto rotation = constant(Seconds{whole ? seconds : NAN});
  if (!rotation) return fail(std::string{kDut1} + "=" + number + ": " + rotation.error().message);
  return rotation;
}

std::string EarthRotation::fingerprint() const {
  double sum = constant_.value_or(Seconds{0}).count();
  for (const double value : ut1_minus_tai_) sum = sum * 1.0001 + value;
  return overridden_ ? std::to_string(first_day_) + " " + std::to_string(sum) : std::string{};
}

EarthOrientation EarthRotation::known_at(Instant instant) const noexcept {
  if (constant_) return earth_orientation(instant, *constant_);
  const double days = instant.day() - first_day_ + instant.second_of_day() / 86400;
  if (!(days >= 0 && days <= static_cast<double>(ut1_minus_tai_.size() - 1))) return earth_orientation(instant);
  const auto index = std::min(static_cast<std::size_t>(days), ut1_minus_tai_.size() - 2);
  const double along = days - static_cast<double>(index);
  const double ut1_minus_tai = ut1_minus_tai_[index] * (1 - along) + ut1_minus_tai_[index + 1] * along;
  return earth_orientation(instant, Seconds{ut1_minus_tai} + leap_seconds(instant.day()));
}

}  // namespace orrery::planets
