// ManualLoop and TaskRun: tasks without a server: a loop whose clock a test moves on, and a task that runs on it.
//
// One thread runs the loop, by turn() and pass(); post() is for any thread, as it is in a worker.
#pragma once

#include <chrono>
#include <coroutine>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "orrery/task.hpp"

#include "support/child_process.hpp"

namespace orrery::test {

class ManualLoop final : public TaskLoop {
 public:
  void post(std::function<void()> act) override {
    const std::lock_guard lock{mutex_};
    posted_.push_back(std::move(act));
  }
  void ring_after(std::chrono::milliseconds delay, Alarm& alarm) override { alarms_.emplace(now_ + delay, &alarm); }
  void forget(Alarm& alarm) override {
    std::erase_if(alarms_, [&](const auto& entry) { return entry.second == &alarm; });
  }

  /// Does what was posted, and says whether there was anything.
  bool turn() {
    std::vector<std::function<void()>> acts;
    {
      const std::lock_guard lock{mutex_};
      acts.swap(posted_);
    }
    for (auto& act : acts) act();
    return !acts.empty();
  }
  /// Time goes on; each alarm rings at its moment.
  void pass(std::chrono::milliseconds time) {
    const auto end = now_ + time;
    while (!alarms_.empty() && alarms_.begin()->first <= end) {
      now_ = alarms_.begin()->first;
      Alarm* const first = alarms_.begin()->second;
      alarms_.erase(alarms_.begin());
      first->ring();
    }
    now_ = end;
  }
  [[nodiscard]] std::size_t alarms() const { return alarms_.size(); }

 private:
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;
  std::chrono::milliseconds now_{0};
  std::multimap<std::chrono::milliseconds, Alarm*> alarms_;
};

/// A task as a handler's is run. Dropped before it has ended, it takes its coroutines along.
template <class T>
class TaskRun final : public tasks::Strand {
 public:
  TaskRun(TaskLoop& loop, Task<T> task) : Strand(loop), task_(std::move(task)) { resume(task_.begin(*this)); }
  [[nodiscard]] bool over() const { return over_; }
  T result() { return task_.result(); }

 private:
  std::coroutine_handle<> ended(const std::exception_ptr&) noexcept override {
    over_ = true;
    return std::noop_coroutine();
  }

  Task<T> task_;
  bool over_ = false;
};

template <class T>
TaskRun(TaskLoop&, Task<T>) -> TaskRun<T>;

/// What a task that has ended threw, in words; "none" where it has a value.
template <class T>
std::string failure_of(TaskRun<T>& run) {
  try {
    run.result();
    return "none";
  } catch (const Cancelled&) {
    return "cancelled";
  } catch (const TimedOut& error) {
    return "timed out " + std::to_string(error.status);
  } catch (const std::exception& error) {
    return error.what();
  }
}

/// Counts the living, so that a leak and a second destruction show.
class Counted {
 public:
  Counted() { ++living; }
  Counted(const Counted&) { ++living; }
  Counted(Counted&&) noexcept { ++living; }
  Counted& operator=(const Counted&) = default;
  ~Counted() { --living; }
  static inline int living = 0;
};

}  // namespace orrery::test
