#include "worker/thread_pool.hpp"

#include <algorithm>
#include <iterator>
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
  // Threads may have become idle since: then the next one gets in.
  const std::size_t idle = running_.size() - busy_.load(std::memory_order_acquire);
  if (queued_.load(std::memory_order_acquire) + added_.size() >= queue_limit_ + idle) return false;
  added_.push_back({std::move(job), deadline});
  return true;
}

void ThreadPool::start() {
  const std::size_t count = added_.size();
  {
    const std::lock_guard lock{mutex_};
    std::move(added_.begin(), added_.end(), std::back_inserter(queue_));
    queued_.fetch_add(count, std::memory_order_relaxed);
  }
  added_.clear();
  for (std::size_t i = 0; i < std::min(count, running_.size()); ++i) wake_.notify_one();
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
    busy_.fetch_add(1, std::memory_order_relaxed);
    queued_.fetch_sub(1, std::memory_order_release);
    lock.unlock();
    task.job();
    task.job = nullptr;
    lock.lock();
    busy_.fetch_sub(1, std::memory_order_release);
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
