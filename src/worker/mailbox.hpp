// Mailbox: how other threads reach the loop thread: tasks, run in order.
//
// Shared by the worker, its pool threads and every unanswered Responder. After close() letters are thrown away, so a
// handler thread may outlive the loop. post() is for any thread; the rest for the loop thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "uv/loop.hpp"

namespace orrery::worker {

class Mailbox {
 public:
  using Task = std::function<void()>;

  explicit Mailbox(uv::Loop& loop);

  /// Runs `task` on the loop thread soon.
  void post(Task task);
  [[nodiscard]] bool on_loop_thread() const { return std::this_thread::get_id() == loop_thread_; }
  void close();
  [[nodiscard]] bool closed();

 private:
  void deliver();

  std::thread::id loop_thread_;
  std::mutex mutex_;
  std::vector<Task> tasks_;             // under mutex_
  std::unique_ptr<uv::Wakeup> wakeup_;  // under mutex_; null once closed
};

}  // namespace orrery::worker
