// Pool and blocking(): work that blocks, in every worker class, beside handlers that must not.
//
//   const orrery::Pool reports{app, "reports", {.threads = 2, .queue = 8}};
//   app.get("/reports/{id}", blocking(reports, make_report));              a whole handler on a thread of the pool
//   const Image small = co_await blocking(reports, [&] { return scale(image); });   one step of a coroutine
//
// Each worker has its own threads of each pool; they start with the first job, beside those of the class `threads`.
// When all of them are busy and the queue is full, the answer is 503 (`queue_full`). A job whose request nobody waits
// for any more is taken out of the queue; one that runs, runs to its end, and the co_await lasts until then, also when
// its coroutine was cancelled meanwhile. So what the work takes by reference is there as long as it needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "orrery/await.hpp"
#include "orrery/export.hpp"
#include "orrery/http_error.hpp"
#include "orrery/request.hpp"
#include "orrery/response.hpp"
#include "orrery/signature.hpp"
#include "orrery/strand.hpp"
#include "orrery/task.hpp"

namespace orrery {

class App;

struct PoolSize {
  std::size_t threads = 4;  ///< in each worker: 1 to 256
  std::size_t queue = 64;   ///< jobs that wait for one of them, in each worker: 0 to 1,000,000
};

/// Threads for work that blocks. Made with the App, in the master; copies mean the same pool.
class ORRERY_EXPORT Pool {
 public:
  /// Throws std::invalid_argument, in a sentence, for an empty name, one that the App has already, and a size that is
  /// out of its range.
  Pool(App& app, std::string name, PoolSize size);

  [[nodiscard]] const std::string& name() const { return plan_->name; }
  [[nodiscard]] PoolSize size() const { return plan_->size; }
  bool operator==(const Pool& other) const = default;

 private:
  struct Plan {
    std::string name;
    PoolSize size;
  };
  std::shared_ptr<const Plan> plan_;
};

/// Thrown by the co_await of blocking() when all threads are busy and the queue is full; where a handler does not catch
/// it, the answer is 503 with Retry-After.
struct ORRERY_EXPORT PoolFull : HttpError {
  PoolFull() : HttpError{503, "The server has too much to do to answer this now."} {}
};

namespace tasks {

/// What a co_await and its job share: the work too, which may outlive a coroutine that is destroyed where it stands.
template <class Work>
class PoolCall final : public Call<std::invoke_result_t<Work&>> {
 public:
  using T = std::invoke_result_t<Work&>;
  PoolCall(TaskLoop& loop, typename Call<T>::Waiter& waiter, Work work)
      : Call<T>(loop, waiter), work_(std::move(work)) {}

  /// On a thread of the pool.
  void run() {
    std::optional<Kept<T>> result;
    std::exception_ptr thrown;
    try {
      if constexpr (std::is_void_v<T>) {
        (*work_)();
        result.emplace();
      } else {
        result.emplace((*work_)());
      }
    } catch (...) {
      thrown = std::current_exception();
    }
    work_.reset();
    settled_ = this->claim();
    if (!settled_) return;
    this->value = std::move(result);
    this->failure = std::move(thrown);
  }
  /// When the thread is free again.
  void report() {
    if (settled_) this->settle();
  }

 private:
  std::optional<Work> work_;
  bool settled_ = false;
};

/// `kValueCounts`: what work that has run returns is the value, though the coroutine was cancelled meanwhile.
template <class Work, bool kValueCounts = false>
class OnPool final : Suspension, Call<std::invoke_result_t<Work&>>::Waiter {
 public:
  using T = std::invoke_result_t<Work&>;
  OnPool(Pool pool, Work work) : pool_(std::move(pool)), work_(std::move(work)) {}
  ~OnPool() {
    if (call_) call_->leave();
  }
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <OfTask Promise>
  bool await_suspend(std::coroutine_handle<Promise> coroutine) {
    if (!wait(coroutine)) return false;
    typename Call<T>::Waiter& waiter = *this;
    call_ = std::make_shared<PoolCall<Work>>(strand().loop(), waiter, std::move(work_));
    ticket_ = strand().loop().run_on(pool_, [call = call_]() -> std::function<void()> {
      call->run();
      return [call] { call->report(); };
    });
    if (ticket_ != 0 && call_->begin_to_wait()) return true;
    stop_waiting();
    return false;
  }
  T await_resume() {
    if (!kValueCounts || !call_ || withdrawn_) throw_if_cancelled();
    if (ticket_ == 0) throw PoolFull{};
    if constexpr (std::is_void_v<T>)
      call_->take();
    else
      return call_->take();
  }

 private:
  void settled() override { resume(); }
  void give_up() override {
    if (!strand().loop().withdraw(pool_, ticket_)) return;
    withdrawn_ = true;
    call_->leave();
    resume();
  }

  Pool pool_;
  Work work_;
  std::shared_ptr<PoolCall<Work>> call_;
  TaskLoop::Ticket ticket_ = 0;
  bool withdrawn_ = false;
};

template <class Work>
Task<std::invoke_result_t<Work&>> on_pool(Pool pool, Work work) {
  co_return co_await OnPool<Work>(std::move(pool), std::move(work));
}

}  // namespace tasks

/// It is called with nothing.
template <class Work>
concept BlockingWork = requires(std::decay_t<Work>& work) {
  work();
};

/// In a coroutine: what `work` returns, or what it threw. `work` is called once, on a thread of `pool`, and may block.
template <BlockingWork Work>
[[nodiscard]] auto blocking(const Pool& pool, Work&& work) {
  static_assert(std::is_lvalue_reference_v<Work> || std::is_trivially_destructible_v<Work>,
                "g++ 12 would destroy twice what this lambda has captured by value: capture by reference, or give "
                "the lambda a name before the co_await");
  return tasks::on_pool<std::decay_t<Work>>(pool, std::forward<Work>(work));
}

namespace handlers {

/// A handler and the pool that it shall run on.
template <class H>
struct Blocking {
  Pool pool;
  H handler;
};

template <class H>
struct SignatureOf<Blocking<H>> : SignatureOf<H> {};

inline Task<Response> answer_on(Pool pool, std::shared_ptr<const std::function<Response(const Request&)>> handler,
                                Request request) {
  const auto work = [&] { return (*handler)(request); };
  co_return co_await tasks::OnPool<std::remove_const_t<decltype(work)>, true>(std::move(pool), work);
}

inline std::function<Task<Response>(Request&&)> on_pool(Pool pool, std::function<Response(const Request&)> handler) {
  return [pool = std::move(pool),
          handler = std::make_shared<const std::function<Response(const Request&)>>(std::move(handler))](
             Request&& request) { return handlers::answer_on(pool, handler, std::move(request)); };
}

}  // namespace handlers

/// For a route: the handler runs on a thread of `pool` with the whole body, in every worker class, and may block. It
/// takes and answers what any handler does that answers at once; many threads call it at the same time.
template <class H>
requires(!BlockingWork<H>) [[nodiscard]] handlers::Blocking<H> blocking(const Pool& pool, H handler) {
  return {pool, std::move(handler)};
}

}  // namespace orrery
