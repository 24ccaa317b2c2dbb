// The Date line of a second of Unix time. For the tests of the line and of what writes it.
#pragma once

#include <chrono>
#include <cstdint>

#include "http/date_line.hpp"

namespace orrery::http {

inline DateLine date_at(std::int64_t second) {
  DateLine line;
  line.update(base::WallTime{std::chrono::seconds{second}});
  return line;
}

}  // namespace orrery::http
