// SecondText: the time in a line of the access log, in the two forms that it has there.
//
// Pure; any thread, each of which has the text of the last second that it was asked for: the lines of one second share
// it. Always UTC and English, whatever the locale and the time zone are.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <fmt/core.h>
#include <span>
#include <string_view>

#include "base/calendar_names.hpp"
#include "base/clock.hpp"
#include "base/pen.hpp"

namespace orrery::base {

/// The text of one second, made once for all requests of that second.
template <class Write>
class SecondText {
 public:
  std::string_view of(WallTime time) {
    const std::time_t second = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
    if (second != second_ || length_ == 0) {
      std::tm parts{};
      ::gmtime_r(&second, &parts);
      length_ = std::min(Write{}(parts, std::span<char>{text_}), text_.size());
      second_ = second;
    }
    return {text_.data(), length_};
  }

 private:
  std::time_t second_ = 0;
  std::array<char, 48> text_{};
  std::size_t length_ = 0;
};

/// [22/Nov/2026:10:00:00 +0000]
struct WriteTime {
  std::size_t operator()(const std::tm& parts, std::span<char> to) const {
    return fmt::format_to_n(to.data(), to.size(), "[{:02}/{}/{}:{:02}:{:02}:{:02} +0000]", parts.tm_mday,
                            month_name(static_cast<unsigned>(parts.tm_mon) + 1), parts.tm_year + 1900, parts.tm_hour,
                            parts.tm_min, parts.tm_sec)
        .size;
  }
};

/// 2026-11-22T10:00:00, to which the milliseconds are added.
struct WriteTimestamp {
  std::size_t operator()(const std::tm& parts, std::span<char> to) const {
    return fmt::format_to_n(to.data(), to.size(), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", parts.tm_year + 1900,
                            parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec)
        .size;
  }
};

template <class Write>
std::string_view second_text(WallTime time) {
  thread_local SecondText<Write> text;
  return text.of(time);
}

inline void put_timestamp(WallTime time, Pen& pen) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(time - second).count();
  pen.put(second_text<WriteTimestamp>(time));
  const std::array<char, 5> fraction{'.', static_cast<char>('0' + millis / 100),
                                     static_cast<char>('0' + millis / 10 % 10), static_cast<char>('0' + millis % 10),
                                     'Z'};
  pen.put({fraction.data(), fraction.size()});
}

}  // namespace orrery::base
