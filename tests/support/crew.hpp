// Crew: threads of the test program that go on until they are told to stop, and the first problem that one of them met.
//
// Threads are added and stopped by the thread of the test; the rest is for all of them. Declared behind what the work
// uses: they have stopped before that goes.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace orrery::test {

class Crew {
 public:
  Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() { stop(); }

  /// `work` looks at stopping() between two steps.
  template <class Work>
  void add(int count, const Work& work) {
    stopping_ = false;
    for (int i = 0; i < count; ++i) threads_.emplace_back(work);
  }
  /// Waits for what each is in the middle of.
  void stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  [[nodiscard]] bool stopping() const { return stopping_; }

  void note(const std::string& problem) {
    const std::lock_guard lock{mutex_};
    if (first_problem_.empty()) first_problem_ = problem;
  }
  /// Empty = there was none.
  [[nodiscard]] std::string first_problem() const {
    const std::lock_guard lock{mutex_};
    return first_problem_;
  }

 private:
  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::string first_problem_;
};

}  // namespace orrery::test
