#include "worker/dispatch.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "http/error_answer.hpp"
#include "os/last_words.hpp"
#include "os/waiting.hpp"
#include "worker/connections.hpp"
#include "worker/coroutines.hpp"
#include "worker/fence.hpp"
#include "worker/last_answer.hpp"
#include "worker/reply.hpp"
#include "worker/spooling.hpp"
#include "worker/thread_pool.hpp"

namespace orrery::worker {

using http::RequestId;

namespace {

class AsyncDispatch final : public Dispatch {
 public:
  AsyncDispatch(Services& services, Flights& flights, Spooling& spooling) : Dispatch(services, flights, spooling) {}

 private:
  void run_handler(Session& session, RequestId id, const Route& route) override {
    run_here(session, id, route, session.latest());
  }
};

/// Whether the client of the request that is run has closed its side, asked of the kernel.
class SocketProbe final : public http::ClientProbe {
 public:
  /// -1: none is run.
  void look_at(int socket) { socket_ = socket; }
  [[nodiscard]] bool left() const noexcept override { return socket_ >= 0 && os::has_peer_left(socket_); }

 private:
  int socket_ = -1;
};

/// Handlers run here after the poll phase: short ones in a row, and after each longer one the loop reads what came for
/// the other connections, and an idle sibling gets the new ones.
///
/// While a longer one runs, clients wait behind it in the kernel, and some leave. Their requests are read one by one
/// once it is done. So the worker is *behind* from then on, until the loop has found nothing to read for some turns, in
/// which it does not sleep; and while it is behind it looks before each handler whether its client still waits.
class SyncDispatch final : public Dispatch {
 public:
  SyncDispatch(Services& services, Flights& flights, Spooling& spooling, uv::AfterPoll& after_poll)
      : Dispatch(services, flights, spooling), after_poll_(after_poll) {}

  void after_poll() override {
    ++turn_;
    if (quiet_turns_ > 0) catch_up();
    if (waiting_.empty()) return;
    base::Monotonic now = base::monotonic_now();
    const base::Monotonic end = now + kInARow;
    do {
      now = run_next(now);
    } while (!waiting_.empty() && now < end);
    if (now >= end && minds_leaving_) quiet_turns_ = kQuietTurns;
    after_poll_.spin(!waiting_.empty() || quiet_turns_ > 0);
  }
  [[nodiscard]] bool is_free() const override { return waiting_.empty(); }
  bool give_up_place(Session& session, RequestId id) override {
    if (waiting_.empty() || session.message(id).ticket == 0) return false;
    const Waiting& next = waiting_.front();
    return next.key != session.key(id) || next.turn != turn_;
  }

 private:
  struct Waiting {
    RequestKey key;
    const Route* route;
    std::uint64_t turn;
  };
  static constexpr std::chrono::milliseconds kInARow{1};
  /// A listener may pass one over before it tells that another connection waits.
  static constexpr int kQuietTurns = 3;

  /// A turn in which nothing came brings the end of being behind nearer.
  void catch_up() {
    const os::Counters& counters = services_.slot.counters;
    const std::uint64_t seen =
        counters.connections.load(std::memory_order_relaxed) + counters.bytes_in.load(std::memory_order_relaxed);
    quiet_turns_ = std::exchange(seen_, seen) == seen ? quiet_turns_ - 1 : kQuietTurns;
    if (quiet_turns_ == 0 && waiting_.empty()) after_poll_.spin(false);
  }

  /// When it was done.
  base::Monotonic run_next(base::Monotonic now) {
    const Waiting next = waiting_.front();
    waiting_.pop_front();
    Session* session = services_.connections->find(next.key);
    if (!session) return now;
    http::Message& message = session->message(next.key.request);
    probe_.look_at(session->descriptor());
    if (quiet_turns_ > 0 && message.ticket != 0 && probe_.left()) {
      session->refuse(next.key.request, base::Reject::client_left);
      return now;
    }
    if (minds_leaving_ && message.ticket != 0) message.probe = &probe_;
    running_ = true;
    run(*session, message, next, now);
    running_ = false;
    probe_.look_at(-1);
    return std::max(now, session->latest());
  }
  /// As run_here(). Should the handler never return, its client is still answered.
  void run(Session& session, http::Message& message, const Waiting& next, base::Monotonic now) {
    const int cell = begin_here(message, now);
    Outcome outcome;
    {
      const bool head = message.method == "HEAD";
      const os::LastWords words{session.is_bare() ? session.descriptor() : -1, last_answer_.bytes(head)};
      outcome = call_handler(next.route->handler, message.borrow());
    }
    finish_here(session, next.key.request, cell, std::move(outcome));
  }
  void run_handler(Session& session, RequestId id, const Route& route) override {
    if (waiting_.empty()) after_poll_.spin(true);
    // What is pipelined behind a request is served whenever the client left: it came with that one.
    session.message(id).ticket = running_ || session.left() ? 0 : 1;
    waiting_.push_back({session.key(id), &route, turn_});
  }

  uv::AfterPoll& after_poll_;
  bool minds_leaving_ = services_.context.config.client_half_close == ClientHalfClose::kLeaves;
  SocketProbe probe_;
  LastAnswer last_answer_{services_.context.config};
  std::deque<Waiting> waiting_;
  std::uint64_t turn_ = 0;
  bool running_ = false;    ///< a handler
  int quiet_turns_ = 0;     ///< that are to come until it is not behind any more
  std::uint64_t seen_ = 0;  ///< what had come when it last looked
};

class ThreadsDispatch final : public Dispatch {
 public:
  ThreadsDispatch(Services& services, Flights& flights, Spooling& spooling, uv::AfterPoll& after_poll)
      : Dispatch(services, flights, spooling),
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
          return report([this, key, request, pulled = std::move(pulled)]() mutable {
            if (Session* asker = services_.connections->find(key)) finish_pull(*asker, key.request, std::move(pulled));
          });
        });
    after_poll_.spin(true);
  }
  void after_poll() override {
    if (!pool_.any_added()) return;
    after_poll_.spin(false);
    pool_.start();
  }
  bool give_up_place(Session& session, RequestId id) override {
    const http::Message& message = session.message(id);
    if (message.ticket == 0 || !pool_.withdraw(message.ticket)) return false;
    flights_.end(Flights::cell_of(message));
    if (!pool_.any_added()) after_poll_.spin(false);
    return true;
  }
  [[nodiscard]] bool exhausted() const override { return pool_.all_past_deadline(base::monotonic_now()); }
  bool stop() override { return pool_.stop(); }

 private:
  void run_handler(Session& session, RequestId id, const Route& route) override {
    http::Message& message = session.message(id);
    const int cell = flights_.begin(message);
    auto request = std::make_shared<Request>(message.share());
    auto job = [this, cell, key = session.key(id), request, message = &message, &route] {
      flights_.on_thread(cell, ThreadPool::thread_id());
      const base::Monotonic now = base::monotonic_now();
      const bool over = message->over.load(std::memory_order_acquire);
      if (!over && sheds(*message, now)) {
        flights_.end(cell);
        return report([this, key] {
          if (Session* asker = services_.connections->find(key)) shed(*asker, key.request);
        });
      }
      if (!over) message->take_up(now);
      auto outcome = std::make_shared<Outcome>(over ? Outcome{} : call_handler(route.handler, *request));
      flights_.end(cell);
      return report([this, key, request, outcome] { finish(key, *request, std::move(*outcome)); });
    };
    // The loop must not fall asleep over it.
    message.ticket = pool_.add(std::move(job), message.deadline);
    if (message.ticket != 0) return after_poll_.spin(true);
    flights_.end(cell);
    session.refuse(id, base::Reject::queue_full, std::chrono::seconds{1});
  }

  /// For a thread that is done with a job: the loop does the rest.
  [[nodiscard]] ThreadPool::Report report(Mailbox::Task task) const {
    return [mailbox = services_.mailbox, task = std::move(task)]() mutable { mailbox->post(std::move(task)); };
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

Outcome call_handler(const Handler& handler, const Request& request) {
  try {
    return {handler(request), {}};
  } catch (const HttpError& error) {
    return {http::error_answer(http::Message::of(request), error.status, {}, error.message), {}};
  } catch (...) {
    std::string why = describe_exception();
    Response answer = http::failure_answer(http::Message::of(request), "handler_failed", why);
    return {std::move(answer), std::move(why)};
  }
}

Pulled call_pull(http::PulledBody& body) {
  Pulled pulled;
  pulled.failure = fenced([&] {
    pulled.more = body(pulled.piece);
    if (!pulled.more) pulled.trailers = body.trailers();
  });
  return pulled;
}

void Dispatch::request(Session& session, RequestId id) {
  if (!flights_.none_held() && refuse_if_held(session, id)) return;
  http::Message& message = session.message(id);
  if (message.body_spooled && !message.stored()) [[unlikely]]
    return spooling_.begin(session, id);
  const Route& route = services_.context.routes[message.match.route];
  // As if it had come sooner by what its connection waited in the kernel.
  message.came = services_.round_began(session.latest()) - session.take_wait();
  if (route.handler) return run_handler(session, id, route);
  message.take_up(session.latest());
  if (route.task || route.websocket) return services_.coroutines->start(session, id, route);
  run_responder(session, id, route);
}

Dispatch::Dispatch(Services& services, Flights& flights, Spooling& spooling)
    : services_(services), flights_(flights), spooling_(spooling) {
  const Config& config = services.context.config;
  if (config.pressure == Pressure::kCodel) delay_.emplace(config.pressure_target, config.pressure_interval);
}

bool Dispatch::sheds_now(const http::Message& message, base::Monotonic now) {
  const bool stays = !services_.context.routes[message.match.route].options.shed;
  return delay_->sheds(std::max(now - message.came, base::Nanoseconds{0}), now) && !stays;
}

void Dispatch::shed(Session& session, RequestId id) {
  const auto interval = services_.context.config.pressure_interval;
  session.refuse(id, base::Reject::overloaded, std::chrono::ceil<std::chrono::seconds>(interval));
}

bool Dispatch::refuse_if_held(Session& session, RequestId id) {
  const auto held = flights_.held_for(session.message(id), session.latest());
  if (held.count() > 0) session.refuse(id, base::Reject::quarantined, held);
  return held.count() > 0;
}

void Dispatch::run_here(Session& session, RequestId id, const Route& route, base::Monotonic now) {
  http::Message& message = session.message(id);
  const int cell = begin_here(message, now);
  finish_here(session, id, cell, call_handler(route.handler, message.borrow()));
}

[[gnu::always_inline]] inline int Dispatch::begin_here(http::Message& message, base::Monotonic now) {
  message.take_up(now);
  // The whole time from now on: what it waited for its turn is not the handler's.
  const bool limited = message.deadline != base::Monotonic{};
  return flights_.begin_here(message, limited ? now + (message.deadline - message.dispatched) : base::Monotonic{});
}

void Dispatch::finish_here(Session& session, RequestId id, int cell, Outcome outcome) {
  flights_.end(cell);
  if (!outcome.failure.empty()) services_.recorder.handler_failed(session.message(id), outcome.failure);
  session.answer(id, std::move(outcome.response));
}

void Dispatch::run_responder(Session& session, RequestId id, const Route& route) {
  http::Message& message = session.message(id);
  auto reply = std::make_shared<Reply>(services_, flights_, session.key(id), message);
  const auto former = flights_.enter(reply->cell());
  try {
    route.responder(message.share(), Responder{reply});
  } catch (const HttpError& error) {
    reply->answer(http::error_answer(message, error.status, {}, error.message));
  } catch (...) {
    reply->fail_with(describe_exception());
  }
  reply->handler_done();
  flights_.leave(former);
}

void Dispatch::pull(Session& session, RequestId id) {
  http::Message& message = session.message(id);
  const int cell = flights_.begin_here(message);
  const auto pull = message.pull;
  Pulled pulled = call_pull(*pull);
  flights_.end(cell);
  finish_pull(session, id, std::move(pulled));
}

void Dispatch::finish_pull(Session& session, RequestId id, Pulled pulled) {
  if (pulled.failure.empty()) return session.pulled(id, pulled.piece, pulled.more, std::move(pulled.trailers));
  services_.recorder.handler_failed(session.message(id), pulled.failure);
  session.break_stream(id);
}

std::unique_ptr<Dispatch> Dispatch::make(WorkerClass worker_class, Services& services, Flights& flights,
                                         Spooling& spooling, uv::AfterPoll& after_poll) {
  switch (worker_class) {
    case WorkerClass::kAsync: return std::make_unique<AsyncDispatch>(services, flights, spooling);
    case WorkerClass::kSync: return std::make_unique<SyncDispatch>(services, flights, spooling, after_poll);
    case WorkerClass::kThreads: return std::make_unique<ThreadsDispatch>(services, flights, spooling, after_poll);
  }
  return nullptr;
}

}  // namespace orrery::worker
