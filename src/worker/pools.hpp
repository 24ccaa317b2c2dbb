// Pools: the threads of an App's pools (orrery::Pool) in one worker, each pool a ThreadPool of its own.
//
// Threads are made with the first job of their pool. Without threads of its own (a worker inside a test) jobs run on
// the loop thread, one in each turn, and none is refused. Loop thread only, but for on_thread(). It knows nothing of
// requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "orrery/blocking.hpp"

#include "base/clock.hpp"
#include "os/scoreboard.hpp"
#include "worker/flights.hpp"
#include "worker/mailbox.hpp"
#include "worker/thread_pool.hpp"

namespace orrery::worker {

class Pools {
 public:
  using Job = ThreadPool::Job;
  using Ticket = ThreadPool::Ticket;
  enum class Threads : std::uint8_t { kOwn, kNone };

  /// `first`: where the ids of their threads begin in the slot.
  Pools(const std::vector<Pool>& pools, os::Slot& slot, std::size_t first, Mailbox& mailbox, Threads threads);

  /// As ThreadPool::add(), and starts it. Throws std::logic_error for a pool of another App.
  Ticket add(const Pool& pool, Job job, base::Monotonic deadline);
  bool withdraw(const Pool& pool, Ticket ticket);
  /// The handler of this flight is on thread `thread`, or no more (0). Any thread: a handler may have several jobs.
  void on_thread(Flights& flights, int cell, pid_t thread);
  /// All threads of some pool are past the deadline of their job.
  [[nodiscard]] bool exhausted(base::Monotonic now) const;
  /// As ThreadPool::stop(), of all.
  bool stop();

 private:
  struct Entry {
    Pool pool;
    std::size_t first;
    std::size_t number;                   ///< of its place among the slot's pools
    std::unique_ptr<ThreadPool> threads;  ///< null until its first job
  };
  struct Waiting {
    Ticket ticket;
    Job job;
  };
  Entry& find(const Pool& pool);
  Ticket add_here(Job job);
  void run_here(Ticket ticket);

  os::Slot& slot_;
  Mailbox& mailbox_;
  Threads own_threads_;
  std::vector<Entry> entries_;
  std::deque<Waiting> here_;  ///< without threads
  Ticket last_ = 0;           ///< of those
  std::mutex recording_;
};

}  // namespace orrery::worker
