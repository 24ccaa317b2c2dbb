#include "worker/dispatch.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <string_view>
#include <utility>

#include "http/problem.hpp"
#include "worker/connections.hpp"
#include "worker/coroutines.hpp"
#include "worker/fence.hpp"
#include "worker/reply.hpp"
#include "worker/thread_pool.hpp"

namespace orrery::worker {

using http::RequestId;

namespace {

class AsyncDispatch final : public Dispatch {
 public:
  AsyncDispatch(Services& services, Flights& flights) : Dispatch(services, flights) {}

 private:
  void run_handler(Session& session, RequestId id, const Route& route) override {
    run_here(session, id, route, session.latest());
  }
};

/// Handlers run here after the poll phase: short ones in a row, and after each longer one the loop reads what came for
/// the other connections, and an idle sibling gets the new ones.
class SyncDispatch final : public Dispatch {
 public:
  SyncDispatch(Services& services, Flights& flights, uv::AfterPoll& after_poll)
      : Dispatch(services, flights), after_poll_(after_poll) {}

  void after_poll() override {
    if (waiting_.empty()) return;
    base::Monotonic now = base::monotonic_now();
    const base::Monotonic end = now + kInARow;
    do {
      now = run_next(now);
    } while (!waiting_.empty() && now < end);
  }
  [[nodiscard]] bool willing() const override { return waiting_.empty(); }

 private:
  struct Waiting {
    RequestKey key;
    const Route* route;
  };
  static constexpr std::chrono::milliseconds kInARow{1};

  /// When it was done.
  base::Monotonic run_next(base::Monotonic now) {
    const Waiting next = waiting_.front();
    waiting_.pop_front();
    if (waiting_.empty()) after_poll_.spin(false);
    Session* session = services_.connections->find(next.key);
    if (!session || session->message(next.key.request).cancelled.load(std::memory_order_relaxed)) return now;
    run_here(*session, next.key.request, *next.route, now);
    return std::max(now, session->latest());
  }
  void run_handler(Session& session, RequestId id, const Route& route) override {
    if (waiting_.empty()) after_poll_.spin(true);
    waiting_.push_back({session.key(id), &route});
  }

  uv::AfterPoll& after_poll_;
  std::deque<Waiting> waiting_;
};

class ThreadsDispatch final : public Dispatch {
 public:
  ThreadsDispatch(Services& services, Flights& flights, uv::AfterPoll& after_poll)
      : Dispatch(services, flights),
        after_poll_(after_poll),
        pool_(static_cast<std::size_t>(services.context.config.threads),
              static_cast<std::size_t>(services.context.config.thread_queue), services.slot) {}

  void pull(Session& session, RequestId id) override {
    http::Message& message = session.message(id);
    const int cell = flights_.begin(message);
    pool_.add_always(
        [this, cell, key = session.key(id), request = std::make_shared<Request>(message.share()), pull = message.pull] {
          flights_.on_thread(cell, ThreadPool::thread_id());
          Pulled pulled = call_pull(*pull);
          flights_.end(cell);
          services_.mailbox->post([this, key, request, pulled = std::move(pulled)] {
            if (Session* asker = services_.connections->find(key)) finish_pull(*asker, key.request, pulled);
          });
        });
    after_poll_.spin(true);
  }
  void after_poll() override {
    if (!pool_.any_added()) return;
    after_poll_.spin(false);
    pool_.start();
  }
  [[nodiscard]] bool exhausted() const override { return pool_.all_past_deadline(base::monotonic_now()); }
  bool stop() override { return pool_.stop(); }

 private:
  void run_handler(Session& session, RequestId id, const Route& route) override {
    http::Message& message = session.message(id);
    const int cell = flights_.begin(message);
    auto request = std::make_shared<Request>(message.share());
    const auto mailbox = services_.mailbox;
    auto job = [this, mailbox, cell, key = session.key(id), request, &route, accept = message.error_accept()] {
      flights_.on_thread(cell, ThreadPool::thread_id());
      auto outcome =
          std::make_shared<Outcome>(request->cancelled() ? Outcome{} : call_handler(route.handler, *request, accept));
      flights_.end(cell);
      mailbox->post([this, key, request, outcome] { finish(key, *request, std::move(*outcome)); });
    };
    // The loop must not fall asleep over it.
    if (pool_.add(std::move(job), message.deadline)) return after_poll_.spin(true);
    flights_.end(cell);
    session.refuse(id, base::Reject::queue_full, std::chrono::seconds{1});
  }

  void finish(RequestKey key, const Request& request, Outcome outcome) {
    if (!outcome.failure.empty()) services_.recorder.handler_failed(http::Message::of(request), outcome.failure);
    if (Session* session = services_.connections->find(key))
      session->answer(key.request, std::move(outcome.response));
    else
      services_.recorder.count_late_answer();
  }

  uv::AfterPoll& after_poll_;
  ThreadPool pool_;
};

}  // namespace

Outcome call_handler(const Handler& handler, const Request& request, std::string_view accept) {
  try {
    return {handler(request), {}};
  } catch (const HttpError& error) {
    return {http::problem(error.status, error.message, accept), {}};
  } catch (...) {
    return {http::problem(500, accept), describe_exception()};
  }
}

Pulled call_pull(const Response::Pull& pull) {
  Pulled pulled;
  pulled.failure = fenced([&] { pulled.more = pull(pulled.piece); });
  return pulled;
}

void Dispatch::request(Session& session, RequestId id) {
  if (!flights_.none_held() && refuse_if_held(session, id)) return;
  const Route& route = services_.context.routes[session.message(id).match.route];
  if (route.handler) return run_handler(session, id, route);
  if (route.task) return services_.coroutines->start(session, id, route);
  run_responder(session, id, route);
}

bool Dispatch::refuse_if_held(Session& session, RequestId id) {
  const base::Monotonic now = session.latest();
  const base::Monotonic until = flights_.held_until(session.message(id), now);
  if (until == base::Monotonic{}) return false;
  session.refuse(id, base::Reject::quarantined, std::chrono::ceil<std::chrono::seconds>(until - now));
  return true;
}

void Dispatch::run_here(Session& session, RequestId id, const Route& route, base::Monotonic now) {
  http::Message& message = session.message(id);
  // The whole time from now on: what it waited for its turn is not the handler's.
  const bool limited = message.deadline != base::Monotonic{};
  const int cell =
      flights_.begin_here(message, limited ? now + (message.deadline - message.dispatched) : base::Monotonic{});
  Outcome outcome = call_handler(route.handler, message.borrow(), message.error_accept());
  flights_.end(cell);
  if (!outcome.failure.empty()) services_.recorder.handler_failed(message, outcome.failure);
  session.answer(id, std::move(outcome.response));
}

void Dispatch::run_responder(Session& session, RequestId id, const Route& route) {
  http::Message& message = session.message(id);
  auto reply = std::make_shared<Reply>(services_, flights_, session.key(id), message);
  const auto former = flights_.enter(reply->cell());
  try {
    route.responder(message.share(), Responder{reply});
  } catch (const HttpError& error) {
    reply->answer(http::problem(error.status, error.message, message.error_accept()));
  } catch (...) {
    reply->fail_with(describe_exception());
  }
  flights_.leave(former);
}

void Dispatch::pull(Session& session, RequestId id) {
  http::Message& message = session.message(id);
  const int cell = flights_.begin_here(message);
  const auto pull = message.pull;
  const Pulled pulled = call_pull(*pull);
  flights_.end(cell);
  finish_pull(session, id, pulled);
}

void Dispatch::finish_pull(Session& session, RequestId id, const Pulled& pulled) {
  if (pulled.failure.empty()) return session.pulled(id, pulled.piece, pulled.more);
  services_.recorder.handler_failed(session.message(id), pulled.failure);
  session.break_stream(id);
}

std::unique_ptr<Dispatch> Dispatch::make(WorkerClass worker_class, Services& services, Flights& flights,
                                         uv::AfterPoll& after_poll) {
  switch (worker_class) {
    case WorkerClass::kAsync: return std::make_unique<AsyncDispatch>(services, flights);
    case WorkerClass::kSync: return std::make_unique<SyncDispatch>(services, flights, after_poll);
    case WorkerClass::kThreads: return std::make_unique<ThreadsDispatch>(services, flights, after_poll);
  }
  return nullptr;
}

}  // namespace orrery::worker
