#include "orrery/http_date.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/calendar_names.hpp"

namespace orrery {

namespace {

using namespace std::chrono;

void put_two_digits(std::string& text, std::size_t at, unsigned value) {
  text[at] = static_cast<char>('0' + value / 10 % 10);
  text[at + 1] = static_cast<char>('0' + value % 10);
}

/// Reads a date from its first byte on; what does not fit makes it fail, and it stays so.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  void expect(std::string_view text) {
    good_ = good_ && left_.starts_with(text);
    if (good_) left_.remove_prefix(text.size());
  }
  unsigned digits(std::size_t count) {
    unsigned value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      good_ = good_ && i < left_.size() && left_[i] >= '0' && left_[i] <= '9';
      if (good_) value = value * 10 + static_cast<unsigned>(left_[i] - '0');
    }
    if (good_) left_.remove_prefix(count);
    return value;
  }
  /// Of asctime: a space may stand for the first digit.
  unsigned padded_day() {
    if (!left_.starts_with(' ')) return digits(2);
    left_.remove_prefix(1);
    return digits(1);
  }
  /// 1 to 12.
  unsigned month() { return number_in(base::kMonthNames) + 1; }
  void short_day_name() { static_cast<void>(number_in(base::kDayNames)); }
  void long_day_name() {
    constexpr std::string_view kNames[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                           "Thursday", "Friday", "Saturday"};
    const auto* const name = std::find(std::begin(kNames), std::end(kNames), left_.substr(0, left_.find(',')));
    good_ = good_ && name != std::end(kNames);
    if (good_) left_.remove_prefix(name->size());
  }
  seconds time_of_day() {
    const unsigned hour = digits(2);
    expect(":");
    const unsigned minute = digits(2);
    expect(":");
    const unsigned second = digits(2);
    // 60: a leap second.
    good_ = good_ && hour < 24 && minute < 60 && second <= 60;
    return hours{hour} + minutes{minute} + seconds{second};
  }
  [[nodiscard]] bool done() const { return good_ && left_.empty(); }

 private:
  /// Which of the names of three letters stands here; 0 when none does.
  unsigned number_in(std::string_view names) {
    const std::size_t at = left_.size() < 3 ? std::string_view::npos : names.find(left_.substr(0, 3));
    good_ = good_ && at != std::string_view::npos && at % 3 == 0;
    if (!good_) return 0;
    left_.remove_prefix(3);
    return static_cast<unsigned>(at / 3);
  }

  std::string_view left_;
  bool good_ = true;
};

std::optional<HttpTime> time_of(const Reader& reader, unsigned its_year, unsigned its_month, unsigned its_day,
                                seconds time) {
  const year_month_day date{year{static_cast<int>(its_year)}, month{its_month}, day{its_day}};
  if (!reader.done() || !date.ok()) return {};
  return HttpTime{sys_days{date}} + time;
}

std::optional<HttpTime> read_fixed(std::string_view text) {
  Reader reader{text};
  reader.short_day_name();
  reader.expect(", ");
  const unsigned day = reader.digits(2);
  reader.expect(" ");
  const unsigned month = reader.month();
  reader.expect(" ");
  const unsigned year = reader.digits(4);
  reader.expect(" ");
  const seconds time = reader.time_of_day();
  reader.expect(" GMT");
  return time_of(reader, year, month, day, time);
}

std::optional<HttpTime> read_rfc850(std::string_view text, HttpTime now) {
  Reader reader{text};
  reader.long_day_name();
  reader.expect(", ");
  const unsigned day = reader.digits(2);
  reader.expect("-");
  const unsigned month = reader.month();
  reader.expect("-");
  const unsigned of_century = reader.digits(2);
  reader.expect(" ");
  const seconds time = reader.time_of_day();
  reader.expect(" GMT");
  const auto this_year = static_cast<unsigned>(static_cast<int>(year_month_day{floor<days>(now)}.year()));
  unsigned year = this_year / 100 * 100 + of_century;
  // The nearest year with these digits that is not fifty years ahead.
  if (year >= this_year + 50) year -= 100;
  if (year + 50 < this_year) year += 100;
  return time_of(reader, year, month, day, time);
}

std::optional<HttpTime> read_asctime(std::string_view text) {
  Reader reader{text};
  reader.short_day_name();
  reader.expect(" ");
  const unsigned month = reader.month();
  reader.expect(" ");
  const unsigned day = reader.padded_day();
  reader.expect(" ");
  const seconds time = reader.time_of_day();
  reader.expect(" ");
  const unsigned year = reader.digits(4);
  return time_of(reader, year, month, day, time);
}

}  // namespace

std::string http_date(HttpTime time) {
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  std::string text = "---, -- --- ---- --:--:-- GMT";
  base::day_name(weekday{day}.c_encoding()).copy(text.data(), 3);
  put_two_digits(text, 5, static_cast<unsigned>(date.day()));
  base::month_name(static_cast<unsigned>(date.month())).copy(text.data() + 8, 3);
  put_two_digits(text, 12, year / 100);
  put_two_digits(text, 14, year);
  put_two_digits(text, 17, static_cast<unsigned>(clock.hours().count()));
  put_two_digits(text, 20, static_cast<unsigned>(clock.minutes().count()));
  put_two_digits(text, 23, static_cast<unsigned>(clock.seconds().count()));
  return text;
}

std::optional<HttpTime> read_http_date(std::string_view text, HttpTime now) {
  if (const auto fixed = read_fixed(text)) return fixed;
  if (const auto old = read_rfc850(text, now)) return old;
  return read_asctime(text);
}

std::optional<HttpTime> read_http_date(std::string_view text) {
  return read_http_date(text, floor<seconds>(system_clock::now()));
}

}  // namespace orrery
