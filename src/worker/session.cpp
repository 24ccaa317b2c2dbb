#include "worker/session.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "worker/connections.hpp"
#include "worker/dispatch.hpp"
#include "worker/fence.hpp"
#include "worker/reply.hpp"

namespace orrery::worker {

using base::Monotonic;
using http::RequestId;
using http::Step;

namespace {

/// Steps one turn may take before other connections get theirs.
constexpr int kStepsPerTurn = 128;
/// In the access log: a request that this server, and not its client, left unanswered.
constexpr int kNotServed = 503;

/// Calls what Request::on_cancelled was given, where it may answer, or do anything else to this or other sessions.
[[gnu::cold]] void tell_cancelled(http::Context& context) {
  while (!context.cancellations.empty()) {
    const auto all = std::exchange(context.cancellations, {});
    for (const http::Cancellation& one : all) {
      const std::string failure = one.due ? fenced(one.callback) : std::string{};
      if (!failure.empty()) base::log_error("a callback of Request::on_cancelled failed: {}", failure);
    }
  }
}

}  // namespace

Session::Session(Services& services, std::uint32_t index, const base::Arrival& arrival, Monotonic now)
    : services_(services),
      connection_(services.context, services.decoders, arrival, now),
      index_(index),
      serial_(services.connections->next_serial()) {}

Session::~Session() = default;

Result<void> Session::start(base::UniqueFd socket, const base::Reception& reception) {
  auto opened = reception.tls ? open_tls(std::move(socket), reception.proxy)
                              : transport_.open(services_.loop, std::move(socket), kind(), *this);
  if (opened) begin_reading();
  return opened;
}

Result<void> Session::open_tls(base::UniqueFd socket, ProxyProtocol proxy) {
  if (!services_.tls) return fail("a connection that speaks TLS came to a worker that does not; it is closed");
  connection_.secure();
  return transport_.open_tls(services_.loop, std::move(socket), kind(), *this, *services_.tls,
                             {proxy, connection_.idle_since()});
}

Result<void> Session::resume(base::UniqueFd socket, const Conversation::Rest& rest) {
  connection_.resume(rest);
  return start(std::move(socket), {.proxy = rest.proxy});
}

uv::Stream::Kind Session::kind() const {
  const bool local = connection_.peer().family == base::Address::Family::kUnix;
  return local ? uv::Stream::Kind::kUnix : uv::Stream::Kind::kTcp;
}

void Session::begin_reading() {
  transport_.read_start();
  reading_ = Reading::kForUse;
  schedule(connection_.idle_since());
}

// Each request passes through these: where they are called from many places, the compiler would else call them.
[[gnu::always_inline]] inline void Session::schedule(Monotonic now) {
  services_.deadlines.schedule(*this, std::min(connection_.deadline(), transport_.deadline()), now);
}

/// One turn: `act` tells the connection what happened; then everything that follows from it is done. Inside a turn of
/// the same session (a handler that answers at once) only `act` runs, and the turn that is under way goes on with it.
template <class Act>
void Session::turn(Act&& act) {
  if (closed_) return;
  if (output_) return act();
  now_ = latest_ = base::monotonic_now();
  output_ = services_.outputs.take();
  connection_.attach(output_.get());
  try {
    act();
    work();
  } catch (const std::bad_alloc&) {
    run_out_of_memory();
  }
  connection_.settle();
  connection_.attach(nullptr);
  services_.outputs.give_back(std::move(output_));
  if (!services_.context.cancellations.empty()) tell_cancelled(services_.context);
  if (closed_) return;
  if (idle())
    services_.connections->now_idle(*this);
  else
    services_.connections->now_busy(*this);
  if (ongoing_ && find_drained()) later([](Session& session) { session.tell_drained(); });
  settle_reading();
  schedule(now_);
}

void Session::run_turn(void (*act)(void*), void* own) {
  turn([&] { act(own); });
}

/// What the connection was doing is lost, and the connection with it; the others need not be.
void Session::run_out_of_memory() {
  std::array<char, 46> peer{};
  base::log_error("there was no memory for the connection of {}; it is closed", connection_.peer().format_ip(peer));
  output_->clear();
  transport_.reset_on_close();
  ends_by(os::Closing::kBroken);
  close(kNotServed);
}

[[gnu::always_inline]] inline void Session::work() {
  for (int steps = 0; steps < kStepsPerTurn; ++steps) {
    if (!step(connection_.next(now_))) return;
  }
  flush();
  later([](Session& session) { session.turn([] {}); });
}

/// Runs `act` in a later turn of the loop, when other connections have had theirs, if this session is still there.
void Session::later(void (*act)(Session&)) {
  services_.mailbox->post([services = &services_, index = index_, serial = serial_, act] {
    Session* session = services->connections->at(index);
    if (session && session->serial_ == serial) act(*session);
  });
}

/// Does one step; false when the turn is over.
[[gnu::always_inline]] inline bool Session::step(http::Next wanted) {
  switch (wanted.step) {
    case Step::kRequest:
      if (ongoing_ && !connection_.speaks_http2()) ongoing_.reuse();
      services_.dispatch->request(*this, wanted.request);
      return true;
    case Step::kLeft: leave(wanted.request); return true;
    case Step::kBody: deliver_body(wanted.request); return true;
    case Step::kPull: services_.dispatch->pull(*this, wanted.request); return true;
    case Step::kOver:
      if (const auto over = ongoing_.take(wanted.request)) tell_over(*over);
      return !closed_;
    case Step::kHttp2:
      os::adjust(services_.slot.http2, 1);
      connection_.go_on_in_http2(output_.get(), now_);
      return true;
    case Step::kFlush: flush(); return !closed_;
    case Step::kWait: flush(); return connection_.broken() && !closed_;
    case Step::kLinger: flush(); break;
    case Step::kClose: flush(); break;
  }
  if (closed_) return false;
  if (connection_.broken()) {
    // Without it a cut response could pass for a whole one, and the kernel would keep the rest for a client that takes
    // nothing.
    transport_.reset_on_close();
    close();
  } else if (wanted.step == Step::kClose && transport_.queued() == 0)
    close();
  else if (transport_.queued() == 0)
    begin_linger();
  return false;
}

void Session::flush() {
  const std::size_t size = output_->size();
  if (closed_ || size == 0) return;
  // What waits goes first.
  const long taken = connection_.unsent() == 0 ? try_write() : 0;
  if (taken < 0) return ends_by(os::Closing::kBroken), close();
  const auto sent = static_cast<std::size_t>(taken);
  os::bump(services_.slot.counters.bytes_out, sent);
  const std::size_t unsent = connection_.unsent() + size - sent;
  if (sent == size) {
    output_->clear();
    return connection_.output_sent(sent, unsent, now_);
  }
  base::Unsent rest = output_->take_unsent(sent);
  connection_.output_sent(sent, unsent, now_);
  transport_.queue(std::move(rest));
}

[[gnu::always_inline]] inline long Session::try_write() {
  if (output_->file().length > 0) return transport_.try_write(output_->buffer(), output_->file());
  return transport_.try_write(output_->buffer(), output_->tail());
}

void Session::note_sent(std::size_t unsent) {
  const std::size_t sent = connection_.unsent() - std::min(unsent, connection_.unsent());
  if (sent == 0) return;
  os::bump(services_.slot.counters.bytes_out, sent);
  connection_.output_sent(sent, unsent, now_);
}

void Session::on_bytes(std::string_view bytes) {
  os::bump(services_.slot.counters.bytes_in, bytes.size());
  if (connection_.deaf()) return connection_.receive(bytes, base::monotonic_now());
  turn([&] {
    services_.keep_date(now_);
    services_.keep_round(now_);
    connection_.receive(bytes, now_);
  });
}

void Session::on_end(int error) {
  reading_ = Reading::kNot;
  ends_by(error == 0 ? os::Closing::kClient : os::Closing::kBroken);
  turn([&] {
    if (error == 0) return connection_.receive_end();
    note_progress();
    connection_.abandon(now_);
  });
}

void Session::on_noticed_end(bool broken) {
  ends_by(broken ? os::Closing::kBroken : os::Closing::kClient);
  turn([&] {
    if (!broken) return connection_.notice_end();
    note_progress();
    connection_.abandon(now_);
  });
}

/// Its handler hears of it, or, where it still waits for one behind others, its place is given up.
void Session::leave(RequestId request) {
  if (services_.dispatch->give_up_place(*this, request)) return refuse(request, base::Reject::client_left);
  tell_cancelled(services_.context);
}

void Session::on_sent(int error, std::size_t unsent) {
  if (error != 0) ends_by(os::Closing::kBroken);
  turn([&] {
    note_sent(unsent);
    if (error != 0) connection_.abandon(now_);
  });
  if (!closed_ && error == 0 && unsent == 0) tell_drained();
}

void Session::on_deadline(Monotonic) {
  const os::Closing before = closing_;
  ends_by(os::Closing::kTimedOut);
  turn([&] {
    note_progress();
    if (now_ >= transport_.deadline()) return transport_.expire();
    connection_.expire(now_);
  });
  // A handler's time may be over, and the connection go on.
  if (!closed_ && !lingering_) closing_ = before;
}

/// A PROXY header is for the connection, which knows whom to believe; what follows it must be TLS.
bool Session::on_preface(std::string_view bytes) {
  if (!bytes.empty()) turn([&] { connection_.receive(bytes, now_); });
  connection_.expect_request();
  return !closed_ && !connection_.deaf();
}

void Session::on_plain() {
  turn([&] { connection_.refuse_first(base::Reject::plain_on_tls, now_); });
}

void Session::on_secured(const std::shared_ptr<const TlsFacts>& facts) {
  const std::size_t version = facts->version == "TLSv1.3" ? 2 : 0;
  os::bump(services_.slot.counters.handshakes[version + (facts->resumed ? 1 : 0)]);
  os::adjust(services_.slot.secured, 1);
  connection_.tell_tls(facts);
}

void Session::on_http2() {
  turn([&] {
    os::adjust(services_.slot.http2, 1);
    connection_.begin_http2(output_.get(), now_);
  });
}

void Session::on_handshake_failed(base::Reject reason, std::string_view why) {
  std::array<char, 46> peer{};
  base::log_debug("the TLS handshake with {} failed: {}", connection_.sender().format_ip(peer), why);
  services_.recorder.on_rejected(reason, connection_.sender(), nullptr);
  turn([&] { connection_.hang_up(); });
}

void Session::answer(RequestId request, Response&& response) {
  // Within a turn a handler has taken its time since that began.
  if (output_) latest_ = base::monotonic_now();
  turn([&] {
    if (!connection_.respond(request, std::move(response), latest_)) services_.recorder.count_late_answer();
  });
}

void Session::refuse(RequestId request, base::Reject reason, std::chrono::seconds retry_after) {
  turn([&] { connection_.refuse(request, reason, now_, retry_after); });
}

void Session::send_early_hints(RequestId request, const std::vector<std::string>& links) {
  turn([&] { connection_.send_early_hints(request, links, now_); });
}

void Session::drain() {
  ends_by(os::Closing::kDrained);
  turn([&] { connection_.drain(now_); });
  tell_draining();
}

std::optional<Conversation::Rest> Session::rest() const {
  return closed_ || stays() ? std::nullopt : connection_.rest();
}

void Session::tell_draining() {
  if (connection_.lingering()) return turn([&] { connection_.drain(now_); });
  for (const auto& one : ongoing_.outlets())
    if (const auto outlet = closed_ ? nullptr : one.lock()) outlet->tell_draining();
}

bool Session::close_if_idle() {
  if (closed_ || !connection_.close_if_idle()) return false;
  ends_by(os::Closing::kMadeRoom);
  if (const std::string last = connection_.farewell(); !last.empty() && transport_.queued() == 0)
    static_cast<void>(transport_.try_write(last, std::string_view{}));
  close();
  return true;
}

void Session::leave_to_sibling() {
  ends_by(os::Closing::kHandedOver);
  close();
}

bool Session::cut_off() {
  ends_by(os::Closing::kCutOff);
  const bool cut = !idle() && !connection_.lingering();
  if (connection_.streaming() || connection_.blocked()) transport_.reset_on_close();
  close(kNotServed);
  return cut;
}

void Session::begin_linger() {
  if (!services_.connections->now_lingering(*this)) return close();
  transport_.shut_down();
  connection_.linger(now_);
  if (services_.connections->leaving()) connection_.drain(now_);
}

void Session::close(int unanswered) {
  if (std::exchange(closed_, true)) return;
  os::bump(services_.slot.counters.closed[static_cast<std::size_t>(closing_)]);
  if (connection_.agreed_tls()) os::adjust(services_.slot.secured, -1);
  if (connection_.speaks_http2()) os::adjust(services_.slot.http2, -1);
  now_ = base::monotonic_now();
  note_progress();
  connection_.abandon(now_, unanswered);
  while (const auto one = ongoing_.take_first()) tell_over(*one);
  if (!services_.context.cancellations.empty()) tell_cancelled(services_.context);
  transport_.close();
  services_.connections->release(*this);
}

void Session::settle_reading() {
  if (connection_.ended()) return;
  const Reading wanted = !connection_.wants_input() ? Reading::kNot
                         : connection_.deaf()       ? Reading::kAway
                                                    : Reading::kForUse;
  if (wanted == Reading::kNot && connection_.handling() && !watched_) watch_end();
  if (std::exchange(reading_, wanted) == wanted) return;
  switch (wanted) {
    case Reading::kNot: return transport_.read_stop();
    case Reading::kForUse: return transport_.read_start();
    case Reading::kAway: return transport_.discard_start();
  }
}

/// Bytes of later requests are here: nothing is read before the handler has answered.
void Session::watch_end() {
  if (services_.context.config.client_half_close == ClientHalfClose::kWaits) return;
  watched_ = true;
  services_.connections->watch_end(*this);
}

}  // namespace orrery::worker
