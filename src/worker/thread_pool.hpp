// ThreadPool: a bounded queue and N threads: the handler threads of a `threads` worker, and each Pool of an App.
//
// Threads are made on construction (after the fork) and block every signal but those of os/stack. What is added waits
// until start(), so that the jobs of one turn of the loop cost one lock and wake no more threads than there are jobs.
// What a job returns is called when its thread counts as free again: it may ask for the thread at once.
// add(), withdraw(), start() and stop() are the loop thread's. The ids of the threads stand in the worker's slot.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "os/scoreboard.hpp"

namespace orrery::worker {

class ThreadPool {
 public:
  using Report = std::function<void()>;
  using Job = std::function<Report()>;
  /// Names a job; never 0.
  using Ticket = std::uint64_t;

  /// `first`: where the ids of its threads begin in the slot. Those for which there is no place are not written down.
  /// `number`: of its place among the slot's pools; likewise.
  ThreadPool(std::size_t threads, std::size_t queue, os::Slot& slot, std::size_t first = 0, std::size_t number = 0);
  ~ThreadPool();

  /// Takes a job that should be done by `deadline` (the epoch = no limit). 0 when the queue is full.
  Ticket add(Job job, base::Monotonic deadline);
  /// Forgets a job that waits behind others, and makes its place in the queue free. False when a thread has it, or a
  /// free one takes it at once.
  bool withdraw(Ticket ticket);
  /// Takes a job even when the queue is full: it belongs to a response that has begun.
  void add_always(Job job) { added_.push_back({std::move(job), {}, ++last_}); }
  /// Jobs were added since the last start().
  [[nodiscard]] bool any_added() const { return !added_.empty(); }
  /// Hands what was added to the threads.
  void start();

  /// Every thread runs a job whose deadline has passed.
  [[nodiscard]] bool all_past_deadline(base::Monotonic now) const;
  /// Ends the idle threads and waits for them. False when some thread is still in a job: it is left alone.
  bool stop();

  /// Kernel id of the calling thread.
  static pid_t thread_id();

 private:
  struct Task {
    Job job;  ///< empty: withdrawn
    base::Monotonic deadline;
    Ticket ticket;
  };
  struct Running {
    bool busy = false;
    base::Monotonic deadline{};
  };
  void work(std::size_t number);
  /// Takes the next one, under the lock.
  Task take();

  os::Slot& slot_;
  std::size_t first_;
  std::size_t queue_limit_;
  std::vector<Task> added_;  ///< loop thread's
  Ticket last_ = 0;          ///< loop thread's
  os::PoolUse untold_;
  os::PoolUse& use_;  ///< jobs are queued from their start() on
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> queue_;        // under mutex_
  std::size_t withdrawn_ = 0;     // under mutex_; of queue_
  std::vector<Running> running_;  // under mutex_
  bool stopping_ = false;         // under mutex_
  std::vector<std::thread> threads_;
};

}  // namespace orrery::worker
