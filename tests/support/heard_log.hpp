// HeardLog: what this process would write to its error log, heard by a test instead, as long as it lives.
//
// One at a time. One thread.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"

namespace orrery::test {

class HeardLog final : base::LogListener {
 public:
  explicit HeardLog(LogLevel least = LogLevel::kInfo) : least_(least), former_(base::set_log_listener(this)) {}
  HeardLog(const HeardLog&) = delete;
  HeardLog& operator=(const HeardLog&) = delete;
  ~HeardLog() { base::set_log_listener(former_); }

  /// How many lines have this in them.
  [[nodiscard]] long count(std::string_view part) const {
    return std::ranges::count_if(lines, [part](const auto& line) { return line.find(part) != std::string::npos; });
  }
  std::vector<std::string> lines;

 private:
  void on_line(LogLevel, std::string_view message) override { lines.emplace_back(message); }
  [[nodiscard]] LogLevel least() const override { return least_; }

  LogLevel least_;
  base::LogListener* former_;
};

}  // namespace orrery::test
