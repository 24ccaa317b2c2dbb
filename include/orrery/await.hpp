// Await<T>: turns a callback into something that a task waits for. Part of task.hpp.
//
//   const Row row = co_await Await<Row>{[&](auto done) { database.ask(question, done); }};
//
// `done` may be copied, kept, and called on any thread; the task goes on on the loop thread. The first call counts:
// later ones, and calls after the task was cancelled, do nothing. When the last copy goes without a call, the co_await
// throws NeverCalled; what the function itself throws comes out of it too. It must never be kept beyond the co_await.
#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "orrery/export.hpp"
#include "orrery/strand.hpp"

namespace orrery {

/// Thrown by a co_await of Await whose callback was dropped without a call.
class ORRERY_EXPORT NeverCalled : public std::logic_error {
 public:
  NeverCalled() : std::logic_error("the callback that Await gave was dropped without a call") {}
};

namespace tasks {

/// What a co_await and its callback share. Any thread, but for `waiter`.
template <class T>
class Call : public std::enable_shared_from_this<Call<T>> {
 public:
  class Waiter {
   public:
    virtual void settled() = 0;

   protected:
    ~Waiter() = default;
  };

  Call(TaskLoop& loop, Waiter& waiter) : waiter_(&waiter), loop_(loop) {}

  /// True for one caller, who fills in value or failure and settles.
  bool claim() { return !claimed_.exchange(true, std::memory_order_acq_rel); }
  void settle() {
    if (phase_.exchange(Phase::kSettled, std::memory_order_acq_rel) != Phase::kWaiting) return;
    loop_.post([self = this->shared_from_this()] {
      if (Waiter* const waiter = std::exchange(self->waiter_, nullptr)) waiter->settled();
    });
  }
  /// False when it is settled already.
  bool begin_to_wait() {
    Phase expected = Phase::kBeginning;
    return phase_.compare_exchange_strong(expected, Phase::kWaiting, std::memory_order_acq_rel);
  }
  /// Nobody waits any more. Loop thread.
  void leave() {
    waiter_ = nullptr;
    claim();
  }
  Kept<T> take() {
    if (failure) std::rethrow_exception(failure);
    return std::move(*value);
  }

  std::optional<Kept<T>> value;
  std::exception_ptr failure;

 private:
  enum class Phase : std::uint8_t { kBeginning, kWaiting, kSettled };
  std::atomic<bool> claimed_{false};
  std::atomic<Phase> phase_{Phase::kBeginning};
  Waiter* waiter_;  ///< loop thread only
  TaskLoop& loop_;
};

/// All copies of a Done share one: the last that goes takes it along.
template <class T>
class LastWord {
 public:
  explicit LastWord(std::shared_ptr<Call<T>> to) : call(std::move(to)) {}
  LastWord(const LastWord&) = delete;
  LastWord& operator=(const LastWord&) = delete;
  ~LastWord() {
    if (!call->claim()) return;
    call->failure = std::make_exception_ptr(NeverCalled{});
    call->settle();
  }
  const std::shared_ptr<Call<T>> call;
};

}  // namespace tasks

/// The callback that Await gives.
template <class T>
class Done {
 public:
  explicit Done(std::shared_ptr<tasks::Call<T>> call) : word_(std::make_shared<tasks::LastWord<T>>(std::move(call))) {}
  void operator()() const requires std::is_void_v<T> { say({}); }
  void operator()(tasks::Kept<T> value) const requires(!std::is_void_v<T>) { say(std::move(value)); }
  /// Makes the co_await throw it.
  void fail(std::exception_ptr failure) const {
    if (!word_->call->claim()) return;
    word_->call->failure = std::move(failure);
    word_->call->settle();
  }

 private:
  void say(tasks::Kept<T> value) const {
    if (!word_->call->claim()) return;
    word_->call->value.emplace(std::move(value));
    word_->call->settle();
  }

  std::shared_ptr<tasks::LastWord<T>> word_;
};

template <class T>
class Await final : tasks::Suspension, tasks::Call<T>::Waiter {
 public:
  /// `begin` is called with a Done<T> when this is awaited.
  template <class Begin>
  requires std::is_invocable_v<Begin&, Done<T>>
  explicit Await(Begin&& begin) : begin_(std::forward<Begin>(begin)) {
    static_assert(std::is_lvalue_reference_v<Begin> || std::is_trivially_destructible_v<Begin>,
                  "g++ 12 would destroy twice what this lambda has captured by value: capture by reference, or give "
                  "the lambda a name before the co_await");
  }
  ~Await() {
    if (call_) call_->leave();
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <tasks::OfTask Promise>
  bool await_suspend(std::coroutine_handle<Promise> coroutine) {
    if (!wait(coroutine)) return false;
    typename tasks::Call<T>::Waiter& waiter = *this;
    call_ = std::make_shared<tasks::Call<T>>(strand().loop(), waiter);
    try {
      begin_(Done<T>{call_});
    } catch (...) {
      begin_failure_ = std::current_exception();
    }
    if (!begin_failure_ && call_->begin_to_wait()) return true;
    stop_waiting();
    return false;
  }
  T await_resume() {
    throw_if_cancelled();
    if (begin_failure_) std::rethrow_exception(begin_failure_);
    if constexpr (std::is_void_v<T>)
      call_->take();
    else
      return call_->take();
  }

 private:
  void settled() override { resume(); }
  void give_up() override {
    call_->leave();
    resume();
  }

  std::function<void(Done<T>)> begin_;
  std::shared_ptr<tasks::Call<T>> call_;
  std::exception_ptr begin_failure_;
};

}  // namespace orrery
