// Reply and Outlet: what stands behind a handler's Responder, BodyReader and Stream.
//
// A Reply belongs to one request and may be answered from any thread, once; the answer is carried to the loop thread
// and finds its session by key, or none when the request is over. An Outlet belongs to one streamed response and
// stays on the loop thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/app.hpp"

#include "base/reject.hpp"
#include "http/message.hpp"
#include "http/trailers.hpp"
#include "worker/flights.hpp"
#include "worker/services.hpp"
#include "worker/session.hpp"

namespace orrery::worker {

class Reply : public std::enable_shared_from_this<Reply> {
 public:
  Reply(Services& services, Flights& flights, RequestKey key, http::Message& message);
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  ~Reply();

  /// Any thread. Only the first answer counts.
  void answer(Response response);
  void answer_error(const HttpError& error);
  /// The server answers instead of the handler.
  void refuse(base::Reject reason, std::chrono::seconds retry_after);
  /// The handler failed: 500 and a log line, unless it had answered.
  void fail_with(std::string why);
  /// Its Responder went away unanswered. Any thread.
  void dropped();
  /// The handler that was given the Responder has returned, or what it threw is answered.
  void handler_done();
  /// Any thread. See Request::early_hints.
  [[gnu::cold]] Result<void> early_hints(const std::vector<std::string>& links);
  /// A session still waits for the answer. Loop thread.
  [[nodiscard]] bool wanted() const;
  /// Of its flight.
  [[nodiscard]] int cell() const { return landed_.load(std::memory_order_acquire) ? Flights::kNoCell : cell_; }
  [[nodiscard]] const http::Message& message() const { return http::Message::of(request_); }
  /// Loop thread.
  Result<Stream> start(Response head);
  /// The connection leaves HTTP with this head; null when the client is gone. Its body is read by read_body(). Loop
  /// thread.
  std::shared_ptr<Outlet> start_tunnel(Response head);
  void read_body(BodyReader::Callback callback);

 private:
  bool claim() { return !answered_.exchange(true, std::memory_order_acq_rel); }
  void deliver(std::function<void(Session&)> act);
  void end_flight();
  [[gnu::cold]] void fail_unanswered();
  /// What early_hints() was given and is not sent: an answer must not overtake it. Loop thread.
  [[gnu::cold]] void send_hints();
  void send_due_hints() {
    if (hints_.load(std::memory_order_relaxed) > 0) send_hints();
  }

  Services& services_;
  std::shared_ptr<Mailbox> mailbox_;
  Flights& flights_;
  RequestKey key_;
  Request request_;  ///< keeps the message for the log line of a failure
  int cell_;
  /// A handler that throws loses its Responder before it is known what it threw.
  enum class Handler : std::uint8_t { kRuns, kHasDropped, kDone };
  std::atomic<Handler> handler_{Handler::kRuns};
  std::atomic<bool> answered_{false};
  std::atomic<bool> landed_{false};
  std::atomic<unsigned> hints_{0};  ///< that were given, sent or not
  std::mutex hints_mutex_;
  std::vector<std::vector<std::string>> unsent_hints_;
};

class Outlet {
 public:
  /// `trailer_names`: see Response::trailer_names.
  Outlet(Services& services, RequestKey key, std::string_view trailer_names = {})
      : services_(services), mailbox_(services.mailbox), key_(key), trailer_names_(trailer_names) {}
  Outlet(const Outlet&) = delete;
  Outlet& operator=(const Outlet&) = delete;
  ~Outlet() { end(); }

  bool write(std::string_view piece);
  [[nodiscard]] bool behind() const;
  void end() { end_with({}); }
  /// An error: these cannot be sent, and it goes on.
  Result<void> end(const http::FieldList& trailers);
  /// The client sees that something is missing.
  [[gnu::cold]] void break_off();
  [[nodiscard]] bool open() const { return open_ && session() != nullptr; }

  void on_drain(std::function<void()> callback) { drain_ = std::move(callback); }
  void on_closed(std::function<void()> callback) { closed_ = std::move(callback); }
  void on_draining(std::function<void()> callback) { draining_ = std::move(callback); }

  void tell_drained();
  void tell_closed();
  void tell_draining();

 private:
  [[nodiscard]] Session* session() const;
  void end_with(http::FieldList trailers);
  static void tell(const std::function<void()>& callback);

  Services& services_;
  std::shared_ptr<Mailbox> mailbox_;
  RequestKey key_;
  bool open_ = true;
  std::string trailer_names_;
  std::function<void()> drain_;
  std::function<void()> closed_;
  std::function<void()> draining_;
};

}  // namespace orrery::worker
