#include "worker/reply.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "http/early_hints.hpp"
#include "http/error_answer.hpp"
#include "worker/connections.hpp"
#include "worker/fence.hpp"

namespace orrery::worker {

Reply::Reply(Services& services, Flights& flights, RequestKey key, http::Message& message)
    : services_(services),
      mailbox_(services.mailbox),
      flights_(flights),
      key_(key),
      request_(message.share()),
      cell_(flights.begin(message)) {}

Reply::~Reply() { end_flight(); }

void Reply::end_flight() {
  if (!landed_.exchange(true, std::memory_order_acq_rel)) flights_.end(cell_);
}

/// Runs `act` on the session that waits for this reply: here when this is the loop thread, else there.
void Reply::deliver(std::function<void(Session&)> act) {
  auto find_and_act = [self = shared_from_this(), act = std::move(act)] {
    self->send_due_hints();
    if (Session* session = self->services_.connections->find(self->key_))
      act(*session);
    else
      self->services_.recorder.count_late_answer();
  };
  if (mailbox_->on_loop_thread())
    find_and_act();
  else
    mailbox_->post(std::move(find_and_act));
}

void Reply::answer(Response response) {
  if (!claim()) return;
  end_flight();
  auto shared = std::make_shared<Response>(std::move(response));
  deliver([shared, id = key_.request](Session& session) { session.answer(id, std::move(*shared)); });
}

void Reply::answer_error(const HttpError& error) {
  answer(http::error_answer(http::Message::of(request_), error.status, {}, error.message));
}

void Reply::refuse(base::Reject reason, std::chrono::seconds retry_after) {
  if (!claim()) return;
  end_flight();
  deliver([id = key_.request, reason, retry_after](Session& session) { session.refuse(id, reason, retry_after); });
}

void Reply::fail_with(std::string why) {
  if (!claim()) return;
  end_flight();
  deliver([self = shared_from_this(), why = std::move(why)](Session& session) {
    const http::Message& message = http::Message::of(self->request_);
    self->services_.recorder.handler_failed(message, why);
    session.answer(self->key_.request, http::failure_answer(message, "handler_failed", why));
  });
}

Result<void> Reply::early_hints(const std::vector<std::string>& links) {
  if (auto judged = http::judge_early_hints(links); !judged) return judged;
  if (answered_.load(std::memory_order_acquire)) return fail("early hints come too late: the request is answered");
  if (hints_.fetch_add(1, std::memory_order_relaxed) >= http::kMostEarlyHints)
    return fail("a request may have " + std::to_string(http::kMostEarlyHints) + " early hints, and has had them");
  {
    const std::lock_guard lock{hints_mutex_};
    unsent_hints_.push_back(links);
  }
  if (mailbox_->on_loop_thread())
    send_hints();
  else
    mailbox_->post([self = shared_from_this()] { self->send_hints(); });
  return {};
}

void Reply::send_hints() {
  std::vector<std::vector<std::string>> due;
  {
    const std::lock_guard lock{hints_mutex_};
    due.swap(unsent_hints_);
  }
  for (const auto& links : due)
    if (Session* const session = services_.connections->find(key_)) session->send_early_hints(key_.request, links);
}

bool Reply::wanted() const { return services_.connections->find(key_) != nullptr; }

void Reply::dropped() {
  auto runs = Handler::kRuns;
  if (!handler_.compare_exchange_strong(runs, Handler::kHasDropped, std::memory_order_acq_rel)) fail_unanswered();
}

void Reply::handler_done() {
  if (handler_.exchange(Handler::kDone, std::memory_order_acq_rel) == Handler::kHasDropped) fail_unanswered();
}

void Reply::fail_unanswered() { fail_with("its Responder was dropped without an answer"); }

Result<Stream> Reply::start(Response head) {
  if (!mailbox_->on_loop_thread()) {
    fail_with("Responder::start was called off the loop thread");
    return fail("Responder::start belongs on the loop thread; use Worker::post");
  }
  if (!claim()) return fail("the request was answered before");
  end_flight();
  send_due_hints();
  Session* session = services_.connections->find(key_);
  auto outlet = std::make_shared<Outlet>(services_, key_, head.trailer_names());
  if (!session || !session->start_stream(key_.request, std::move(head), outlet)) return fail("the client is gone");
  return Stream{std::move(outlet)};
}

std::shared_ptr<Outlet> Reply::start_tunnel(Response head) {
  if (!claim()) return nullptr;
  end_flight();
  Session* const session = services_.connections->find(key_);
  auto outlet = std::make_shared<Outlet>(services_, key_);
  return session && session->start_tunnel(key_.request, std::move(head), outlet) ? outlet : nullptr;
}

void Reply::read_body(BodyReader::Callback callback) {
  Session* session = mailbox_->on_loop_thread() ? services_.connections->find(key_) : nullptr;
  if (session) return session->want_body(key_.request, std::move(callback));
  callback({BodyPiece::Kind::kAborted, {}});
}

Session* Outlet::session() const { return mailbox_->on_loop_thread() ? services_.connections->find(key_) : nullptr; }

bool Outlet::write(std::string_view piece) {
  Session* to = open_ ? session() : nullptr;
  return to && to->write_piece(key_.request, piece);
}

bool Outlet::behind() const {
  const Session* to = open_ ? session() : nullptr;
  return to && to->behind(key_.request);
}

Result<void> Outlet::end(const http::FieldList& trailers) {
  if (auto judged = http::judge_trailers(trailer_names_, trailers); !judged) return judged;
  end_with(trailers);
  return {};
}

void Outlet::end_with(http::FieldList trailers) {
  if (!std::exchange(open_, false)) return;
  if (mailbox_->closed()) return;
  if (Session* to = session()) to->end_stream(key_.request, std::move(trailers));
}

void Outlet::break_off() {
  if (!std::exchange(open_, false)) return;
  if (Session* const to = session()) to->break_stream(key_.request);
}

void Outlet::tell(const std::function<void()>& callback) {
  if (!callback) return;
  const std::string failure = fenced(callback);
  if (!failure.empty()) base::log_error("a callback of a stream failed: {}", failure);
}

void Outlet::tell_drained() { tell(std::function<void()>{drain_}); }

void Outlet::tell_closed() {
  if (std::exchange(open_, false)) tell(std::exchange(closed_, {}));
}

void Outlet::tell_draining() { tell(std::function<void()>{draining_}); }

}  // namespace orrery::worker

namespace orrery {

bool Stream::write(std::string_view piece) const { return outlet_->write(piece); }
bool Stream::behind() const { return outlet_->behind(); }
void Stream::end() const { outlet_->end(); }
Result<void> Stream::end(const std::vector<Response::FieldPair>& trailers) const { return outlet_->end(trailers); }
bool Stream::open() const { return outlet_->open(); }
void Stream::on_drain(std::function<void()> callback) const { outlet_->on_drain(std::move(callback)); }
void Stream::on_closed(std::function<void()> callback) const { outlet_->on_closed(std::move(callback)); }
void Stream::on_draining(std::function<void()> callback) const { outlet_->on_draining(std::move(callback)); }

void BodyReader::read(Callback callback) const { reply_->read_body(std::move(callback)); }

Responder::~Responder() {
  if (reply_) reply_->dropped();
}

void Responder::send(Response response) && { std::exchange(reply_, nullptr)->answer(std::move(response)); }

void Responder::fail(const HttpError& error) && { std::exchange(reply_, nullptr)->answer_error(error); }

Result<void> Responder::early_hints(const std::vector<std::string>& links) const {
  if (reply_) return reply_->early_hints(links);
  return orrery::fail("early hints come too late: this Responder has answered");
}

Result<Stream> Responder::start(Response head) && { return std::exchange(reply_, nullptr)->start(std::move(head)); }

}  // namespace orrery
