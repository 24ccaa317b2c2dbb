#include "http/date_line.hpp"

#include <algorithm>
#include <chrono>

namespace orrery::http {

namespace {

void two_digits(char* to, unsigned value) {
  to[0] = static_cast<char>('0' + value / 10);
  to[1] = static_cast<char>('0' + value % 10);
}

}  // namespace

void DateLine::update(base::WallTime now) {
  using namespace std::chrono;
  const auto second = floor<seconds>(now);
  if (second.time_since_epoch().count() == second_) return;
  second_ = second.time_since_epoch().count();
  static constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto day = floor<days>(second);
  const year_month_day date{day};
  const hh_mm_ss time{second - day};
  const std::string_view shape = "Date: ---, -- --- ---- --:--:-- GMT\r\n";
  std::copy(shape.begin(), shape.end(), text_.begin());
  char* at = text_.data() + 6;
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  kDays.copy(at, 3, weekday{day}.c_encoding() * 3);
  two_digits(at + 5, static_cast<unsigned>(date.day()));
  kMonths.copy(at + 8, 3, (static_cast<unsigned>(date.month()) - 1) * 3);
  two_digits(at + 12, year / 100 % 100);
  two_digits(at + 14, year % 100);
  two_digits(at + 17, static_cast<unsigned>(time.hours().count()));
  two_digits(at + 20, static_cast<unsigned>(time.minutes().count()));
  two_digits(at + 23, static_cast<unsigned>(time.seconds().count()));
}

}  // namespace orrery::http
