// DateLine: the Date field of responses as a line of text, rendered once a second.
//
// One for each worker, in its Context; the loop thread renders it and reads it. It never reads a clock: the worker
// tells it the time.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/clock.hpp"

namespace orrery::http {

/// "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\n", as RFC 9110, 5.6.7 has it.
class DateLine {
 public:
  void update(base::WallTime now);
  [[nodiscard]] std::string_view view() const { return {text_.data(), text_.size()}; }
  /// Since 1970, of the time that it shows; -1 = none yet.
  [[nodiscard]] std::int64_t second() const { return second_; }

 private:
  std::array<char, 37> text_{};
  std::int64_t second_ = -1;
};

}  // namespace orrery::http
