// Task<T>: what a coroutine returns, a handler among them. Beside it what a task can wait for:
//
//   co_await other_task(…)                   its value, or what it threw
//   co_await sleep_for(20ms)                 holds up nobody else
//   co_await all(one(…), another(…))         both side by side
//   co_await within(2s, slow(…))             or TimedOut, which is answered 504
//   co_await Await<Row>{[&](auto done) {…}}  what a callback is called with, on whatever thread
//
// A task begins when it is awaited, on the loop thread, and goes on there: between two co_awaits no lock is needed, and
// it must never block. When nobody waits for the answer any more, the co_await at which it stands throws Cancelled.
//
// g++ 12 destroys a temporary twice that is an aggregate, or a lambda with captures, and stands inside a co_await
// expression. The awaitables here are classes with constructors, and Await takes no such lambda. For functions of your
// own: give the aggregate or the lambda a name first, or a constructor.
#pragma once

#include <chrono>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "orrery/await.hpp"
#include "orrery/export.hpp"
#include "orrery/response.hpp"
#include "orrery/strand.hpp"

namespace orrery {

template <class T>
class Task;

/// Thrown by within(); where a handler does not catch it, the answer is 504.
struct ORRERY_EXPORT TimedOut : HttpError {
  TimedOut() : HttpError{504, "What this needs did not come in time."} {}
};

namespace tasks {

class Final {
 public:
  Final() noexcept {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
    auto& promise = ended.promise();
    return promise.next ? promise.next : promise.strand->ended(promise.failure);
  }
  void await_resume() const noexcept {}
};

/// What every task has beside its strand: who waits for it, and how it failed.
class PromiseBase : public OnStrand {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { failure = std::current_exception(); }

  std::coroutine_handle<> next;  ///< null: it is the first of its strand
  std::exception_ptr failure;
};

template <class T>
class Promise : public PromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <class From = T>
  requires std::convertible_to<From&&, T>
  void return_value(From&& from) { value_.emplace(std::forward<From>(from)); }
  T take() {
    if (failure) std::rethrow_exception(failure);
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void take() const {
    if (failure) std::rethrow_exception(failure);
  }
};

}  // namespace tasks

/// Owns its coroutine: one that is dropped is destroyed where it stands. Awaited once.
template <class T>
class [[nodiscard]] Task {
  static_assert(!std::is_reference_v<T>, "a Task has a value: return a pointer instead of a reference");

 public:
  using promise_type = tasks::Promise<T>;

  explicit Task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  Task& operator=(Task&& other) noexcept {
    Task gone{std::exchange(coroutine_, std::exchange(other.coroutine_, {}))};
    return *this;
  }
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  /// Throws std::logic_error for a task that was moved away or has begun.
  [[nodiscard]] bool await_ready() const {
    expect_fresh();
    return false;
  }
  template <tasks::OfTask Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> next) noexcept {
    coroutine_.promise().next = next;
    return begin(*next.promise().strand);
  }
  T await_resume() { return result(); }

  // --- for what runs tasks ---
  void expect_fresh() const {
    if (!coroutine_) throw std::logic_error("a Task was awaited that had been moved away");
    if (coroutine_.promise().strand) throw std::logic_error("a Task was awaited a second time");
  }
  /// What to resume so that it begins.
  [[nodiscard]] std::coroutine_handle<> begin(tasks::Strand& strand) noexcept {
    coroutine_.promise().strand = &strand;
    return coroutine_;
  }
  /// Of a task that has ended, once: its value, or throws what it threw.
  T result() { return coroutine_.promise().take(); }

 private:
  std::coroutine_handle<promise_type> coroutine_;
};

namespace tasks {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>{std::coroutine_handle<Promise>::from_promise(*this)};
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>{std::coroutine_handle<Promise>::from_promise(*this)};
}

class Sleep final : Suspension, TaskLoop::Alarm {
 public:
  explicit Sleep(std::chrono::milliseconds time) : time_(time) {}
  ~Sleep() {
    if (begun_) strand().loop().forget(*this);
  }
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <OfTask Promise>
  bool await_suspend(std::coroutine_handle<Promise> coroutine) {
    if (!wait(coroutine)) return false;
    strand().loop().ring_after(time_, *this);
    return begun_ = true;
  }
  void await_resume() const { throw_if_cancelled(); }

 private:
  void ring() override { resume(); }
  void give_up() override { resume(); }

  std::chrono::milliseconds time_;
  bool begun_ = false;
};

class Group;

/// The strand of one task of a Group.
class Child final : public Strand {
 public:
  Child() = default;
  void join(Group& group, const Strand& parent) {
    group_ = &group;
    belong_to(parent);
  }
  [[nodiscard]] bool over() const { return over_; }
  std::coroutine_handle<> ended(const std::exception_ptr& failure) noexcept override;

 private:
  Group* group_ = nullptr;
  bool over_ = false;
};

/// Waits until several tasks, each on a strand of its own, have ended.
class Group : public Suspension {
 public:
  /// What goes on when one of them has ended.
  std::coroutine_handle<> one_ended(const std::exception_ptr& failure) noexcept {
    if (failure && !first_failure_) first_failure_ = failure;
    return --left_ > 0 ? std::noop_coroutine() : transfer();
  }

 protected:
  explicit Group(std::size_t count) : children_(std::make_unique<Child[]>(count)), count_(count) {}
  ~Group() = default;

  /// Begins all; `begin(index, strand)` gives what to resume. False when all have ended by then.
  template <OfTask Promise, class Begin>
  bool begin_all(std::coroutine_handle<Promise> parent, Begin begin) {
    if (!wait(parent)) return false;
    left_ = count_ + 1;  // with one for this function, so that none of them resumes the parent meanwhile
    for (std::size_t i = 0; i < count_; ++i) {
      children_[i].join(*this, strand());
      begin(i, children_[i]).resume();
    }
    if (--left_ > 0) return true;
    stop_waiting();
    return false;
  }
  void cancel_all() {
    ++left_;
    for (std::size_t i = 0; i < count_; ++i)
      if (!children_[i].over()) children_[i].cancel();
    if (--left_ == 0) resume();
  }
  [[nodiscard]] bool child_cancelled() const { return children_[0].cancelled(); }
  void throw_first_failure() const {
    if (first_failure_) std::rethrow_exception(first_failure_);
  }

 private:
  void give_up() override { cancel_all(); }

  std::unique_ptr<Child[]> children_;
  std::size_t count_;
  std::size_t left_ = 0;
  std::exception_ptr first_failure_;
};

inline std::coroutine_handle<> Child::ended(const std::exception_ptr& failure) noexcept {
  over_ = true;
  return group_->one_ended(failure);
}

template <class T>
Kept<T> kept_result(Task<T>& task) {
  if constexpr (std::is_void_v<T>) {
    task.result();
    return {};
  } else {
    return task.result();
  }
}

template <class... Ts>
class AllOfTuple final : public Group {
 public:
  using Results = std::tuple<Kept<Ts>...>;
  explicit AllOfTuple(std::tuple<Task<Ts>...> tasks) : Group(sizeof...(Ts)), tasks_(std::move(tasks)) {
    std::apply([](const auto&... each) { (each.expect_fresh(), ...); }, tasks_);
  }
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <OfTask Promise>
  bool await_suspend(std::coroutine_handle<Promise> parent) {
    return begin_all(parent, [this](std::size_t index, Strand& strand) {
      std::coroutine_handle<> first;
      std::size_t at = 0;
      std::apply([&](auto&... each) { ((at++ == index ? void(first = each.begin(strand)) : void()), ...); }, tasks_);
      return first;
    });
  }
  Results await_resume() {
    throw_if_cancelled();
    throw_first_failure();
    return std::apply([](auto&... each) { return Results{kept_result(each)...}; }, tasks_);
  }

 private:
  std::tuple<Task<Ts>...> tasks_;
};

template <class T>
class AllOfVector final : public Group {
 public:
  explicit AllOfVector(std::vector<Task<T>> tasks) : Group(tasks.size()), tasks_(std::move(tasks)) {
    for (const Task<T>& task : tasks_) task.expect_fresh();
  }
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <OfTask Promise>
  bool await_suspend(std::coroutine_handle<Promise> parent) {
    return begin_all(parent, [this](std::size_t index, Strand& strand) { return tasks_[index].begin(strand); });
  }
  auto await_resume() {
    throw_if_cancelled();
    throw_first_failure();
    if constexpr (!std::is_void_v<T>) {
      std::vector<T> results;
      results.reserve(tasks_.size());
      for (Task<T>& task : tasks_) results.push_back(task.result());
      return results;
    }
  }

 private:
  std::vector<Task<T>> tasks_;
};

template <class T>
class Within final : public Group, TaskLoop::Alarm {
 public:
  Within(std::chrono::milliseconds limit, Task<T> task) : Group(1), limit_(limit), task_(std::move(task)) {
    task_.expect_fresh();
  }
  ~Within() { disarm(); }
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <OfTask Promise>
  bool await_suspend(std::coroutine_handle<Promise> parent) {
    if (!begin_all(parent, [this](std::size_t, Strand& strand) { return task_.begin(strand); })) return false;
    loop_ = &strand().loop();
    loop_->ring_after(limit_, *this);
    return true;
  }
  T await_resume() {
    disarm();
    throw_if_cancelled();
    try {
      return task_.result();
    } catch (const Cancelled&) {
      if (child_cancelled()) throw TimedOut{};
      throw;
    }
  }

 private:
  void ring() override { cancel_all(); }
  void disarm() {
    if (loop_) std::exchange(loop_, nullptr)->forget(*this);
  }

  std::chrono::milliseconds limit_;
  Task<T> task_;
  TaskLoop* loop_ = nullptr;  ///< while it may ring
};

template <class... Ts>
Task<std::tuple<Kept<Ts>...>> all_of(std::tuple<Task<Ts>...> tasks) {
  co_return co_await AllOfTuple<Ts...>(std::move(tasks));
}

}  // namespace tasks

/// Goes on in a later turn of the loop, after `time` and never before.
inline Task<void> sleep_for(std::chrono::milliseconds time) { co_await tasks::Sleep(time); }

/// Runs the tasks side by side until all have ended; then their values, or the exception of the one that failed first.
/// In the place of a void there is a std::monostate.
template <class... Ts>
requires(sizeof...(Ts) > 0) [[nodiscard]] auto all(Task<Ts>... tasks) {
  return tasks::all_of(std::tuple<Task<Ts>...>(std::move(tasks)...));
}
template <class T>
Task<std::conditional_t<std::is_void_v<T>, void, std::vector<tasks::Kept<T>>>> all(std::vector<Task<T>> tasks) {
  co_return co_await tasks::AllOfVector<T>(std::move(tasks));
}

/// The task's value, or what it threw. After `limit` it is cancelled, and when it has ended with that, throws TimedOut.
template <class T>
Task<T> within(std::chrono::milliseconds limit, Task<T> task) {
  co_return co_await tasks::Within<T>(limit, std::move(task));
}

}  // namespace orrery
