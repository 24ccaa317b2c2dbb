// Strand: what stands between tasks (task.hpp) and the loop that runs them. For what hosts tasks and for new
// awaitables; a handler needs none of it.
//
// A strand is a chain of coroutines that wait for each other: one of them runs, or waits in a Suspension. Cancelling
// the strand makes that co_await throw Cancelled, and each later one at once. A handler's task has a strand; each task
// in all() and within() has one of its own below that of its parent. Loop thread only, but for TaskLoop::post. It must
// never be touched again after a call that may have let its last coroutine go on.
#pragma once

#include <chrono>
#include <concepts>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <functional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <variant>

#include "orrery/export.hpp"

namespace orrery {

class Pool;

/// Thrown out of a co_await when nobody waits for the answer any more. Let it pass: destructors are what it is for. It
/// is no std::exception, so that a handler that catches those does not keep it.
struct ORRERY_EXPORT Cancelled {};

/// The loop that tasks run on, as they need it. The worker has one; a test may bring its own. Outlives all tasks.
class ORRERY_EXPORT TaskLoop {
 public:
  /// Something that wants to be called once. Its owner forgets it before it goes.
  class Alarm {
   public:
    virtual void ring() = 0;
    std::chrono::steady_clock::time_point due{};  ///< the loop's own

   protected:
    ~Alarm() = default;
  };

  TaskLoop() = default;
  TaskLoop(const TaskLoop&) = delete;
  TaskLoop& operator=(const TaskLoop&) = delete;
  virtual ~TaskLoop() = default;

  /// Runs `act` on the loop thread soon. Any thread.
  virtual void post(std::function<void()> act) = 0;
  /// Rings in a later turn of the loop, when `delay` has passed and never before. The loop forgets the alarm first.
  virtual void ring_after(std::chrono::milliseconds delay, Alarm& alarm) = 0;
  /// It shall not ring any more; nothing happens when it was not to.
  virtual void forget(Alarm& alarm) = 0;

  /// Runs on a thread of a pool. What it returns is called there when the thread is free for the next one.
  using Job = std::function<std::function<void()>()>;
  /// Names a job; never 0.
  using Ticket = std::uint64_t;
  /// Puts a job of the strand that runs now into the queue of `pool` (blocking.hpp). 0 when that is full. Throws
  /// std::logic_error where there is no such pool.
  virtual Ticket run_on(const Pool& /*pool*/, Job /*job*/) {
    throw std::logic_error("this loop has no pools of threads");
  }
  /// Forgets a job. False when a thread has it, or is about to take it.
  virtual bool withdraw(const Pool& /*pool*/, Ticket /*ticket*/) { return false; }
};

namespace tasks {

class Suspension;

class ORRERY_EXPORT Strand {
 public:
  Strand(const Strand&) = delete;
  Strand& operator=(const Strand&) = delete;
  virtual ~Strand() = default;

  [[nodiscard]] TaskLoop& loop() const { return *loop_; }
  [[nodiscard]] bool cancelled() const { return cancelled_; }
  /// Makes the co_await it stands at throw Cancelled, before this returns. Not to be called from its own coroutines.
  void cancel();
  /// Lets a coroutine of this strand go on.
  void resume(std::coroutine_handle<> coroutine) { root_->run(coroutine); }
  /// Its first task has ended, with `failure` or a value; what goes on now.
  virtual std::coroutine_handle<> ended(const std::exception_ptr& failure) noexcept = 0;

 protected:
  Strand() = default;
  /// One that has nobody above it.
  explicit Strand(TaskLoop& loop) : loop_(&loop), root_(this) {}
  void belong_to(const Strand& parent) {
    loop_ = parent.loop_;
    root_ = parent.root_;
  }

 private:
  friend class Suspension;
  /// Of the strand above all others: runs `coroutine`, and whatever it lets go on, until they wait.
  virtual void run(std::coroutine_handle<> coroutine) { coroutine.resume(); }

  TaskLoop* loop_ = nullptr;
  Strand* root_ = nullptr;
  Suspension* waiting_ = nullptr;  ///< where its innermost coroutine waits
  bool cancelled_ = false;
};

/// The base of each task's promise.
class OnStrand {
 public:
  Strand* strand = nullptr;  ///< null until the task has begun
};

template <class Promise>
concept OfTask = std::derived_from<Promise, OnStrand>;

/// T where a value must be kept: std::monostate for void.
template <class T>
using Kept = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// A co_await that waits for something other than a task: the base of each such awaitable. Neither copied nor moved.
class ORRERY_EXPORT Suspension {
 public:
  Suspension() = default;
  Suspension(const Suspension&) = delete;
  Suspension& operator=(const Suspension&) = delete;
  /// The strand was cancelled: undo what was begun and resume().
  virtual void give_up() = 0;

 protected:
  ~Suspension() { stop_waiting(); }

  [[nodiscard]] Strand& strand() const { return *strand_; }
  /// From await_suspend: false when the strand is cancelled and the coroutine must go on at once.
  template <OfTask Promise>
  bool wait(std::coroutine_handle<Promise> coroutine) {
    strand_ = coroutine.promise().strand;
    coroutine_ = coroutine;
    if (strand_->cancelled()) return false;
    strand_->waiting_ = this;
    return true;
  }
  void stop_waiting() {
    if (strand_ && strand_->waiting_ == this) strand_->waiting_ = nullptr;
  }
  /// Lets the coroutine go on; this may be gone afterwards.
  void resume() {
    stop_waiting();
    strand_->resume(coroutine_);
  }
  /// The same for await_suspend of another coroutine, which goes on with what this returns.
  [[nodiscard]] std::coroutine_handle<> transfer() {
    stop_waiting();
    return coroutine_;
  }
  /// From await_resume.
  void throw_if_cancelled() const {
    if (strand_->cancelled()) throw Cancelled{};
  }

 private:
  Strand* strand_ = nullptr;
  std::coroutine_handle<> coroutine_;
};

inline void Strand::cancel() {
  cancelled_ = true;
  if (Suspension* const waiting = std::exchange(waiting_, nullptr)) waiting->give_up();
}

}  // namespace tasks

}  // namespace orrery
