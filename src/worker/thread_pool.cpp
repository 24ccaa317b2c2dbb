#include "worker/thread_pool.hpp"

#include <algorithm>
#include <signal.h>
#include <unistd.h>
#include <utility>

namespace orrery::worker {

namespace {

/// Signals are for the loop thread: new threads inherit the mask of the one that makes them.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

ThreadPool::ThreadPool(std::size_t threads, std::size_t queue, os::Slot& slot)
    : slot_(slot), queue_limit_(queue), running_(threads) {
  const SignalsBlocked blocked;
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this, i] { work(i); });
}

ThreadPool::~ThreadPool() { stop(); }

bool ThreadPool::add(Job job, base::Monotonic deadline) {
  {
    const std::lock_guard lock{mutex_};
    const auto idle = static_cast<std::size_t>(
        std::count_if(running_.begin(), running_.end(), [](const Running& thread) { return !thread.busy; }));
    if (queue_.size() >= queue_limit_ + idle) return false;
    queue_.push_back({std::move(job), deadline});
  }
  wake_.notify_one();
  return true;
}

void ThreadPool::add_always(Job job) {
  {
    const std::lock_guard lock{mutex_};
    queue_.push_back({std::move(job), {}});
  }
  wake_.notify_one();
}

void ThreadPool::work(std::size_t number) {
  os::prepare_thread_for_stack_signals();
  slot_.threads[number].store(thread_id(), std::memory_order_relaxed);
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    Task task = std::move(queue_.front());
    queue_.pop_front();
    running_[number] = {true, task.deadline};
    lock.unlock();
    task.job();
    task.job = nullptr;
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
    if (std::any_of(running_.begin(), running_.end(), [](const Running& thread) { return thread.busy; }))
      return false;
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
