#include "http/date_line.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "orrery/http_date.hpp"

namespace orrery::http {

void DateLine::update(base::WallTime now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second.time_since_epoch().count() == second_) return;
  second_ = second.time_since_epoch().count();
  const std::string line = "Date: " + http_date(second) + "\r\n";
  std::copy_n(line.begin(), std::min(line.size(), text_.size()), text_.begin());
}

}  // namespace orrery::http
