// CounterWatch: a scraper of /metrics that holds each counter to what it was.
//
// A thread of the test program that asks again and again, whatever happens to the service meanwhile: an answer that is
// not whole is passed over, since the process that gives it may be leaving. Names no expectation itself: the test asks
// fall() at the end.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/server_process.hpp"
#include "support/wire.hpp"

namespace orrery::test {

/// Samples of counters and histograms, by name with labels. Empty when no whole answer came.
inline std::map<std::string, double> counters_in(const std::string& text) {
  std::map<std::string, double> counters;
  bool counts = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) counts = line.ends_with(" counter") || line.ends_with(" histogram");
    if (line.empty() || line[0] == '#' || !counts) continue;
    const std::size_t blank = line.rfind(' ');
    counters[line.substr(0, blank)] = std::atof(line.c_str() + blank);
  }
  return counters;
}

/// Reads /metrics all the time, from whichever process answers at the address, and holds each counter to what it was.
class CounterWatch {
 public:
  /// `pace`: the time between two looks.
  explicit CounterWatch(std::vector<Wire::Place> places, std::chrono::milliseconds pace = {})
      : places_(std::move(places)), pace_(pace), thread_([this] { look_on(); }) {}
  ~CounterWatch() { end(); }
  CounterWatch(const CounterWatch&) = delete;
  CounterWatch& operator=(const CounterWatch&) = delete;

  void end() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::string fall() const {
    const std::scoped_lock lock(mutex_);
    return fall_;
  }
  /// Waits for so many more looks.
  [[nodiscard]] bool looks(int count) const {
    const int until = looks_ + count;
    return eventually([&] { return looks_ >= until; }, kPatience);
  }

 private:
  void look_on() {
    for (std::size_t turn = 0; !stopping_; ++turn) {
      std::this_thread::sleep_for(pace_);  // how often a scraper comes
      const Answer answer = Wire{places_[turn % places_.size()]}.ask("GET /metrics");
      // The process may be leaving.
      if (answer.status != 200 || !answer.problem.empty()) continue;
      compare(counters_in(answer.body));
      ++looks_;
    }
  }
  void compare(const std::map<std::string, double>& now) {
    const std::scoped_lock lock(mutex_);
    for (const auto& [name, before] : highest_) {
      const auto found = now.find(name);
      const double value = found == now.end() ? -1 : found->second;
      if (value < before && fall_.empty())
        fall_ = name + " fell from " + std::to_string(before) + " to " + std::to_string(value);
    }
    for (const auto& [name, value] : now) highest_[name] = value;
  }

  std::vector<Wire::Place> places_;
  std::chrono::milliseconds pace_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> looks_{0};
  mutable std::mutex mutex_;
  std::map<std::string, double> highest_;
  std::string fall_;
  std::thread thread_;
};

}  // namespace orrery::test
