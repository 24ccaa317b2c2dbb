#include "worker/coroutines.hpp"

#include <atomic>
#include <chrono>
#include <coroutine>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/error_answer.hpp"
#include "http/message.hpp"
#include "worker/fence.hpp"
#include "worker/reply.hpp"
#include "worker/web_socket_link.hpp"

namespace orrery::worker {

namespace {

/// The task of a WebSocket, as one that answers: that was done before it began.
Task<Response> converse(Task<void> talk) {
  co_await std::move(talk);
  co_return Response::status(101);
}

}  // namespace

/// One handler's task, the strand it runs on, and the request it has.
class Coroutines::Running final : public tasks::Strand, http::RunningTask {
 public:
  Running(Coroutines& owner, Number number, http::Message& message, std::shared_ptr<Reply> reply)
      : Strand(owner),
        owner_(owner),
        number_(number),
        message_(message),
        reply_(std::move(reply)),
        request_(message.share()) {
    message_.task = this;
  }
  /// One that has a WebSocket instead of a request that waits: it is told by that when its client leaves.
  Running(Coroutines& owner, Number number, http::Message& message, std::shared_ptr<Reply> reply,
          const std::shared_ptr<WebSocketLink>& link)
      : Running(owner, number, message, std::move(reply)) {
    message_.task = nullptr;
    link_ = link;
    socket_.emplace(link);
  }
  ~Running() override {
    if (!link_) message_.task = nullptr;
  }

  /// This may be gone afterwards, as after each call that lets the task go on.
  void begin(const TaskHandler& handler) {
    const auto former = owner_.flights_.enter(reply_->cell());
    Running* const interrupted = std::exchange(owner_.current_, this);
    try {
      task_.emplace(handler(std::move(request_)));
      task_->expect_fresh();
    } catch (...) {
      failure_ = std::current_exception();
      ended_ = true;
    }
    owner_.current_ = interrupted;
    owner_.flights_.leave(former);
    if (ended_) return finish();
    run(task_->begin(*this));
  }

  void begin(const WebSocketHandler& handler) {
    begin([&](Request&& request) { return converse(handler(std::move(request), std::move(*socket_))); });
  }

  [[nodiscard]] int cell() const { return reply_->cell(); }
  [[nodiscard]] base::Monotonic deadline() const { return message_.deadline; }

  /// Answers with what became of the task.
  void finish() {
    if (link_)
      close();
    else
      answer();
    owner_.running_.erase(number_);
  }

 private:
  void run(std::coroutine_handle<> coroutine) override {
    const auto former = owner_.flights_.enter(reply_->cell());
    Running* const interrupted = std::exchange(owner_.current_, this);
    ++depth_;
    coroutine.resume();
    --depth_;
    owner_.current_ = interrupted;
    owner_.flights_.leave(former);
    if (ended_ && depth_ == 0) finish();
  }
  /// The frame is still in use until run() is done; where an awaitable of the application's own has resumed it, until
  /// that is.
  std::coroutine_handle<> ended(const std::exception_ptr&) noexcept override {
    ended_ = true;
    if (depth_ == 0) owner_.finish_later(number_);
    return std::noop_coroutine();
  }
  void on_cancelled() override { owner_.cancel_later(number_); }
  Result<void> early_hints(const std::vector<std::string>& links) override { return reply_->early_hints(links); }

  void answer() {
    try {
      if (failure_) std::rethrow_exception(failure_);
      reply_->answer(task_->result());
    } catch (const PoolFull&) {
      reply_->refuse(base::Reject::queue_full, std::chrono::seconds{1});
    } catch (const HttpError& error) {
      reply_->answer(http::error_answer(message_, error.status, {}, error.message));
    } catch (const Cancelled&) {
      answer_cancelled();
    } catch (...) {
      reply_->fail_with(describe_exception());
    }
  }
  /// The same for the task of a WebSocket.
  void close() {
    namespace code = http::ws::code;
    try {
      if (failure_) std::rethrow_exception(failure_);
      task_->result();
      link_->close(code::kNormal, {});
    } catch (const Cancelled&) {
      link_->close(code::kGoingAway, {});
    } catch (const HttpError& error) {
      link_->close(code::kFailed, error.message);
    } catch (...) {
      owner_.services_.recorder.handler_failed(message_, describe_exception());
      link_->close(code::kFailed, {});
    }
  }
  void answer_cancelled() {
    if (!reply_->wanted()) return;
    if (owner_.leaving_ || message_.cancelled.load(std::memory_order_relaxed))
      reply_->answer(http::error_answer(message_, 503, "given_up", "This was given up before it was done."));
    else
      reply_->fail_with("it threw Cancelled, though its answer was waited for");
  }

  Coroutines& owner_;
  Number number_;
  http::Message& message_;
  std::shared_ptr<Reply> reply_;         ///< keeps the message
  Request request_;                      ///< what the handler's reference shows, unless it has taken it
  std::shared_ptr<WebSocketLink> link_;  ///< null: it answers a request
  std::optional<WebSocket> socket_;      ///< what the handler's reference shows, unless it has taken it
  std::optional<Task<Response>> task_;
  std::exception_ptr failure_;  ///< of the call that should have made the task
  int depth_ = 0;
  bool ended_ = false;
};

Coroutines::Coroutines(Services& services, Flights& flights, Pools& pools)
    : services_(services), flights_(flights), pools_(pools), alarms_(services.loop) {}

Coroutines::~Coroutines() = default;

void Coroutines::start(Session& session, http::RequestId id, const Route& route) {
  http::Message& message = session.message(id);
  auto reply = std::make_shared<Reply>(services_, flights_, session.key(id), message);
  if (route.websocket) return start_web_socket(message, std::move(reply), *route.websocket);
  const Number number = ++last_;
  const auto place =
      running_.emplace(number, std::make_unique<Running>(*this, number, message, std::move(reply))).first;
  place->second->begin(route.task);
}

void Coroutines::start_web_socket(http::Message& message, std::shared_ptr<Reply> reply, const WebSocketRoute& route) {
  const auto link = WebSocketLink::open(services_, reply, route.options);
  if (!link) return;
  const Number number = ++last_;
  const auto place =
      running_.emplace(number, std::make_unique<Running>(*this, number, message, std::move(reply), link)).first;
  place->second->begin(route.handler);
}

std::size_t Coroutines::cancel_all() {
  leaving_ = true;
  std::vector<Number> all;
  for (const auto& [number, running] : running_) all.push_back(number);
  for (const Number number : all)
    if (Running* const running = find(number)) running->cancel();
  return all.size();
}

void Coroutines::post(std::function<void()> act) { services_.mailbox->post(std::move(act)); }

TaskLoop::Ticket Coroutines::run_on(const Pool& pool, Job job) {
  if (!current_) return pools_.add(pool, std::move(job), {});
  auto recorded = [this, cell = current_->cell(), job = std::move(job)] {
    pools_.on_thread(flights_, cell, ThreadPool::thread_id());
    ThreadPool::Report report = job();
    pools_.on_thread(flights_, cell, 0);
    return report;
  };
  return pools_.add(pool, std::move(recorded), current_->deadline());
}

Coroutines::Running* Coroutines::find(Number number) const {
  const auto found = running_.find(number);
  return found == running_.end() ? nullptr : found->second.get();
}

void Coroutines::finish_later(Number number) {
  post([this, number] {
    if (Running* const running = find(number)) running->finish();
  });
}

void Coroutines::cancel_later(Number number) {
  post([this, number] {
    if (Running* const running = find(number)) running->cancel();
  });
}

}  // namespace orrery::worker
