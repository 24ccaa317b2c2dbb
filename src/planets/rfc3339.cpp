#include "planets/rfc3339.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>

#include "planets/decimal.hpp"

namespace orrery::planets {

namespace {

/// Reads fixed-width fields from left to right; once one does not fit, none does.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : left_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const char c = next();
      if (c < '0' || c > '9') good_ = false;
      value = value * 10 + (c - '0');
    }
    return value;
  }
  char one_of(std::string_view allowed) {
    const char c = next();
    if (allowed.find(c) == std::string_view::npos) good_ = false;
    return c;
  }
  double fraction() {
    if (!left_.starts_with('.')) return 0;
    double value = 0;
    const std::size_t end = left_.find_first_not_of("0123456789", 1);
    const std::string_view text = left_.substr(0, end);
    const std::string padded = "0" + std::string{text};
    if (text.size() < 2 || text.size() > 19) good_ = false;
    std::from_chars(padded.data(), padded.data() + padded.size(), value);
    left_.remove_prefix(text.size());
    return value;
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool done() const { return good_ && left_.empty(); }

 private:
  char next() {
    if (left_.empty()) {
      good_ = false;
      return '\0';
    }
    const char c = left_.front();
    left_.remove_prefix(1);
    return c;
  }

  std::string_view left_;
  bool good_ = true;
};

/// Minutes to subtract to come to UTC; nothing when it is no offset.
std::optional<std::chrono::minutes> read_offset(FieldReader& reader) {
  const char sign = reader.one_of("Zz+- ");
  if (!reader.good() || sign == 'Z' || sign == 'z') return std::chrono::minutes{0};
  const int hours = reader.digits(2);
  reader.one_of(":");
  const int minutes = reader.digits(2);
  if (hours > 23 || minutes > 59) return {};
  const std::chrono::minutes offset{hours * 60 + minutes};
  return sign == '-' ? -offset : offset;
}

[[gnu::always_inline]] inline char* put_date_and_minute(char* to, const CivilTime& time) {
  const auto year = static_cast<unsigned>(time.year);
  decimal::write_pair(to, year / 100);
  decimal::write_pair(to + 2, year % 100);
  to[4] = to[7] = '-';
  decimal::write_pair(to + 5, time.month);
  decimal::write_pair(to + 8, time.day);
  to[10] = 'T';
  decimal::write_pair(to + 11, static_cast<unsigned>(time.hour));
  to[13] = to[16] = ':';
  decimal::write_pair(to + 14, static_cast<unsigned>(time.minute));
  return to + 17;
}

}  // namespace

std::optional<Instant> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  FieldReader reader{text};
  const int year_number = reader.digits(4);
  reader.one_of("-");
  const int month_number = reader.digits(2);
  reader.one_of("-");
  const int day_number = reader.digits(2);
  const year_month_day date = year{year_number} / month_number / day_number;
  reader.one_of("Tt ");
  const int hour = reader.digits(2);
  reader.one_of(":");
  const int minute = reader.digits(2);
  reader.one_of(":");
  const double second = reader.digits(2) + reader.fraction();
  const auto offset = read_offset(reader);
  if (!reader.done() || !offset || !date.ok() || hour > 23 || minute > 59) return {};
  const auto utc = sys_days{date} + hours{hour} + minutes{minute} - *offset;
  const auto day = floor<days>(utc);
  const year_month_day utc_date{day};
  const auto of_day = utc - day;
  return Instant::from_civil({static_cast<int>(utc_date.year()), static_cast<unsigned>(utc_date.month()),
                              static_cast<unsigned>(utc_date.day()), static_cast<int>(of_day / hours{1}),
                              static_cast<int>(of_day % hours{1} / minutes{1}), second});
}

char* write_rfc3339(char* to, Instant instant) {
  const CivilTime time = instant.civil();
  // Rounding must not carry into the next minute, so the microseconds are cut.
  const auto micros = static_cast<std::uint64_t>(time.second * 1e6 + 1e-3);
  const std::uint64_t fraction = micros % 1'000'000;
  to = put_date_and_minute(to, time);
  decimal::write_pair(to, micros / 1'000'000);
  to[2] = '.';
  to = fraction % 1000 == 0 ? decimal::write_digits<3>(to + 3, fraction / 1000)
                            : decimal::write_digits<6>(to + 3, fraction);
  *to = 'Z';
  return to + 1;
}

char* write_rfc3339_seconds(char* to, Instant instant) {
  const CivilTime time = instant.rounded().civil();
  to = put_date_and_minute(to, time);
  decimal::write_pair(to, static_cast<std::uint64_t>(std::lround(time.second)));
  to[2] = 'Z';
  return to + 3;
}

}  // namespace orrery::planets
