#include "worker/thread_pool.hpp"

#include <algorithm>
#include <iterator>
#include <unistd.h>
#include <utility>

#include "worker/signals_blocked.hpp"

namespace orrery::worker {

ThreadPool::ThreadPool(std::size_t threads, std::size_t queue, os::Slot& slot, std::size_t first, std::size_t number)
    : slot_(slot),
      first_(first),
      queue_limit_(queue),
      use_(number < slot.pools.size() ? slot.pools[number] : untold_),
      running_(threads) {
  use_.threads.store(static_cast<std::uint32_t>(threads), std::memory_order_relaxed);
  const SignalsBlocked blocked;
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this, i] { work(i); });
}

ThreadPool::~ThreadPool() { stop(); }

ThreadPool::Ticket ThreadPool::add(Job job, base::Monotonic deadline) {
  // Threads may have become idle since: then the next one gets in.
  const std::size_t idle = running_.size() - use_.busy.load(std::memory_order_acquire);
  if (use_.queued.load(std::memory_order_acquire) + added_.size() >= queue_limit_ + idle) return 0;
  added_.push_back({std::move(job), deadline, ++last_});
  return last_;
}

bool ThreadPool::withdraw(Ticket ticket) {
  Job unwanted;  // what it holds goes without the lock
  const std::lock_guard lock{mutex_};
  const auto find = [&](auto& tasks) { return std::ranges::lower_bound(tasks, ticket, {}, &Task::ticket); };
  const auto here = find(queue_);
  const auto added = find(added_);
  const bool queued = here != queue_.end() && here->ticket == ticket && here->job;
  if (!queued && (added == added_.end() || added->ticket != ticket)) return false;
  if (const std::size_t idle = running_.size() - use_.busy.load(std::memory_order_acquire); idle > 0) {
    const auto ahead = std::count_if(queue_.begin(), here, [](const Task& task) { return bool{task.job}; }) +
                       (queued ? 0 : added - added_.begin());
    if (static_cast<std::size_t>(ahead) < idle) return false;
  }
  if (!queued) {
    unwanted = std::move(added->job);
    added_.erase(added);
    return true;
  }
  unwanted = std::exchange(here->job, nullptr);
  use_.queued.fetch_sub(1, std::memory_order_relaxed);
  // Now and then, so that it costs each no more than to be put there.
  if (++withdrawn_ > queue_.size() / 2) {
    std::erase_if(queue_, [](const Task& task) { return !task.job; });
    withdrawn_ = 0;
  }
  return true;
}

void ThreadPool::start() {
  const std::size_t count = added_.size();
  {
    const std::lock_guard lock{mutex_};
    std::move(added_.begin(), added_.end(), std::back_inserter(queue_));
    use_.queued.fetch_add(static_cast<std::uint32_t>(count), std::memory_order_relaxed);
  }
  added_.clear();
  for (std::size_t i = 0; i < std::min(count, running_.size()); ++i) wake_.notify_one();
}

ThreadPool::Task ThreadPool::take() {
  Task task = std::move(queue_.front());
  queue_.pop_front();
  if (!task.job) --withdrawn_;
  return task;
}

void ThreadPool::work(std::size_t number) {
  os::prepare_thread_for_stack_signals();
  if (first_ + number < slot_.threads.size())
    slot_.threads[first_ + number].store(thread_id(), std::memory_order_relaxed);
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    Task task = take();
    if (!task.job) continue;
    running_[number] = {true, task.deadline};
    use_.busy.fetch_add(1, std::memory_order_relaxed);
    use_.queued.fetch_sub(1, std::memory_order_release);
    lock.unlock();
    {
      const Report report = task.job();
      task.job = nullptr;
      use_.busy.fetch_sub(1, std::memory_order_release);
      if (report) report();
    }
    lock.lock();
    running_[number].busy = false;
  }
}

bool ThreadPool::all_past_deadline(base::Monotonic now) const {
  const std::lock_guard lock{mutex_};
  return std::all_of(running_.begin(), running_.end(), [&](const Running& thread) {
    return thread.busy && thread.deadline != base::Monotonic{} && now >= thread.deadline;
  });
}

bool ThreadPool::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    if (std::any_of(running_.begin(), running_.end(), [](const Running& thread) { return thread.busy; })) return false;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
  return true;
}

pid_t ThreadPool::thread_id() {
  static thread_local const pid_t id = ::gettid();
  return id;
}

}  // namespace orrery::worker
