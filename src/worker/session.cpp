#include "worker/session.hpp"

#include <array>
#include <new>
#include <utility>

#include "base/log.hpp"
#include "worker/connections.hpp"
#include "worker/dispatch.hpp"
#include "worker/fence.hpp"
#include "worker/reply.hpp"

namespace orrery::worker {

using base::Monotonic;
using Step = http::Exchange::Step;

namespace {

/// Steps one turn may take before other connections get theirs.
constexpr int kStepsPerTurn = 128;
constexpr std::size_t kStreamBehind = 64 * 1024;
constexpr std::uint32_t kLingerBytes = 64 * 1024;
constexpr std::chrono::seconds kLingerTime{2};

}  // namespace

Session::Session(Services& services, std::uint32_t index, const base::Address& peer, ProxyProtocol proxy,
                 Monotonic now)
    : services_(services),
      exchange_(services.context, peer, proxy, now),
      index_(index),
      serial_(services.connections->next_serial()) {}

Session::~Session() = default;

Result<void> Session::start(base::UniqueFd socket) {
  const auto kind = exchange_.peer().family == base::Address::Family::kUnix ? uv::Stream::Kind::kUnix
                                                                            : uv::Stream::Kind::kTcp;
  auto stream = uv::Stream::adopt(services_.loop, std::move(socket), kind, *this);
  if (!stream) return tl::unexpected<Error>(stream.error());
  stream_ = std::move(*stream);
  stream_.read_start();
  reading_ = true;
  services_.deadlines.schedule(*this, exchange_.deadline(), exchange_.idle_since());
  return {};
}

Result<void> Session::resume(base::UniqueFd socket, const http::Exchange::Rest& rest) {
  exchange_.resume(rest);
  return start(std::move(socket));
}

/// One turn: `act` tells the exchange what happened; then everything that follows from it is done. Inside a turn of the same
/// session (a handler that answers at once) only `act` runs, and the turn that is under way goes on with it.
template <class Act>
void Session::turn(Act&& act) {
  if (closed_) return;
  if (output_) return act();
  now_ = latest_ = base::monotonic_now();
  output_ = services_.outputs.take();
  exchange_.attach(output_.get());
  try {
    act();
    work();
  } catch (const std::bad_alloc&) {
    run_out_of_memory();
  }
  exchange_.settle();
  exchange_.attach(nullptr);
  services_.outputs.give_back(std::move(output_));
  if (closed_) return;
  if (idle())
    services_.connections->now_idle(*this);
  else
    services_.connections->now_busy(*this);
  if (ongoing_ && ongoing_->wants_drain && stream_.queued() == 0)
    later([](Session& session) { session.tell_drained(); });
  settle_reading();
  services_.deadlines.schedule(*this, lingering_ ? linger_until_ : exchange_.deadline(), now_);
}

/// What the exchange was doing is lost, and with it this connection; the others need not be.
void Session::run_out_of_memory() {
  std::array<char, 46> peer{};
  base::log_error("there was no memory for the connection of {}; it is closed",
                  exchange_.peer().format_ip(peer));
  output_->clear();
  stream_.reset_on_close();
  close();
}

void Session::work() {
  if (lingering_) return;
  for (int steps = 0; steps < kStepsPerTurn; ++steps) {
    if (!step(exchange_.next(now_))) return;
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
bool Session::step(Step step) {
  switch (step) {
    case Step::kRequest:
      request_ = services_.connections->next_serial();
      if (ongoing_) *ongoing_ = {};
      services_.dispatch->request(*this);
      return true;
    case Step::kBody: deliver_body(); return true;
    case Step::kPull: services_.dispatch->pull(*this); return true;
    case Step::kFlush: flush(); return !closed_;
    case Step::kWait: flush(); return false;
    case Step::kLinger: flush(); break;
    case Step::kClose: flush(); break;
  }
  if (closed_) return false;
  if (exchange_.broken()) {
    // Without it a cut response could pass for a whole one, and the kernel would keep the rest for a client that takes nothing.
    stream_.reset_on_close();
    close();
  } else if (step == Step::kClose && stream_.queued() == 0)
    close();
  else if (stream_.queued() == 0)
    begin_linger();
  return false;
}

void Session::flush() {
  if (closed_ || output_->empty()) return;
  const std::string_view first = output_->buffer();
  const std::string_view second = output_->tail();
  long taken = 0;
  if (stream_.queued() == 0) taken = stream_.try_write(first, second);
  if (taken < 0 && taken != UV_EAGAIN) {
    exchange_.abandon();
    return close();
  }
  const std::size_t sent = taken < 0 ? 0 : static_cast<std::size_t>(taken);
  os::bump(services_.slot.counters.bytes_out, sent);
  if (sent == first.size() + second.size()) {
    exchange_.output_sent(sent, false, now_);
  } else {
    std::string rest{first.substr(std::min(sent, first.size()))};
    rest += second.substr(sent > first.size() ? sent - first.size() : 0);
    os::bump(services_.slot.counters.bytes_out, rest.size());
    stream_.queue(std::move(rest));
    ongoing().queued = stream_.queued();
    exchange_.output_sent(sent, true, now_);
  }
  output_->clear();
}

void Session::on_bytes(std::string_view bytes) {
  os::bump(services_.slot.counters.bytes_in, bytes.size());
  if (lingering_) {
    linger_read_ += static_cast<std::uint32_t>(bytes.size());
    if (linger_read_ > kLingerBytes) close();
    return;
  }
  turn([&] {
    services_.keep_date(now_);
    exchange_.receive(bytes, now_);
  });
}

void Session::on_end(int error) {
  reading_ = false;
  if (lingering_) return close();
  turn([&] {
    if (error == 0)
      exchange_.receive_end();
    else
      exchange_.abandon();
  });
}

void Session::on_sent(int error) {
  turn([&] {
    if (error != 0) return exchange_.abandon();
    exchange_.output_sent(0, false, now_);
    if (ongoing_) ongoing_->queued = 0;
  });
  if (!closed_ && error == 0) tell_drained();
}

void Session::tell_drained() {
  if (!ongoing_ || !std::exchange(ongoing_->wants_drain, false)) return;
  if (const auto outlet = ongoing_->outlet.lock()) outlet->tell_drained();
}

void Session::on_deadline(Monotonic now) {
  if (lingering_) {
    if (now >= linger_until_)
      close();
    else
      services_.deadlines.schedule(*this, linger_until_, now);
    return;
  }
  turn([&] {
    if (const std::size_t left = stream_.queued(); left > 0 && ongoing_ && left < ongoing_->queued) {
      exchange_.output_sent(std::exchange(ongoing_->queued, left) - left, true, now_);
    }
    exchange_.expire(now_);
  });
}

void Session::answer(Response&& response) {
  // Within a turn a handler has taken its time since that began.
  if (output_) latest_ = base::monotonic_now();
  turn([&] {
    if (!exchange_.respond(std::move(response), latest_)) services_.recorder.count_late_answer();
  });
}

void Session::refuse(base::Reject reason, std::chrono::seconds retry_after) {
  turn([&] { exchange_.refuse(reason, now_, retry_after); });
}

void Session::pulled(std::string_view piece, bool more) {
  turn([&] { exchange_.pulled(piece, more, now_); });
}

void Session::break_stream() {
  turn([&] { exchange_.break_stream(); });
}

bool Session::start_stream(Response head, std::shared_ptr<Outlet> outlet) {
  bool started = false;
  turn([&] {
    started = exchange_.start_stream(std::move(head), now_);
    if (started) ongoing().outlet = outlet;
  });
  // A connection that came just before the worker was asked to leave: its handler is about to say what it wants to hear.
  if (started && exchange_.draining()) later([](Session& session) { session.tell_draining(); });
  return started && !closed_;
}

bool Session::write_piece(std::string_view piece) {
  if (closed_ || !exchange_.streaming()) return false;
  const std::size_t behind = stream_.queued() + (output_ ? output_->size() : 0);
  if (behind > kStreamBehind) {
    ongoing().wants_drain = true;
    return false;
  }
  turn([&] { exchange_.send_piece(piece); });
  return !closed_;
}

void Session::end_stream() {
  turn([&] { exchange_.end_stream(now_); });
}

void Session::want_body(BodyReader::Callback callback) {
  if (ongoing().body_ended) return tell_reader(callback, {BodyPiece::Kind::kEnd, {}});
  ongoing().body_callback = std::move(callback);
  turn([&] { exchange_.want_body(now_); });
}

void Session::deliver_body() {
  http::Exchange::BodyRead read = exchange_.take_body_piece();
  const auto callback = std::exchange(ongoing().body_callback, {});
  if (!callback) return;
  // The last bytes and the end are one piece for the exchange and two for the reader.
  if (read.bytes.empty()) return tell_reader(callback, {BodyPiece::Kind::kEnd, {}});
  ongoing().body_ended = read.last;
  tell_reader(callback, {BodyPiece::Kind::kData, read.bytes});
}

void Session::tell_reader(const BodyReader::Callback& callback, const BodyPiece& piece) {
  const std::string failure = fenced([&] { callback(piece); });
  if (!failure.empty()) base::log_error("a reader of a request body failed: {}", failure);
}

void Session::drain() {
  turn([&] { exchange_.drain(now_); });
  tell_draining();
}

std::optional<http::Exchange::Rest> Session::rest() const {
  return lingering_ || closed_ ? std::nullopt : exchange_.rest();
}

void Session::tell_draining() {
  if (closed_ || !ongoing_) return;
  if (const auto outlet = ongoing_->outlet.lock()) outlet->tell_draining();
}

bool Session::close_if_idle() {
  if (lingering_ || closed_ || !exchange_.close_if_idle()) return false;
  close();
  return true;
}

void Session::begin_linger() {
  lingering_ = true;
  linger_until_ = now_ + kLingerTime;
  stream_.shut_down();
}

void Session::close() {
  if (std::exchange(closed_, true)) return;
  exchange_.abandon();
  if (ongoing_) {
    if (const auto callback = std::exchange(ongoing_->body_callback, {})) {
      tell_reader(callback, {BodyPiece::Kind::kAborted, {}});
    }
    if (const auto outlet = ongoing_->outlet.lock()) outlet->tell_closed();
  }
  services_.connections->bury(*this);
}

void Session::settle_reading() {
  const bool wanted = lingering_ || exchange_.wants_input();
  if (wanted == reading_ || exchange_.ended()) return;
  reading_ = wanted;
  if (wanted)
    stream_.read_start();
  else
    stream_.read_stop();
}

Session::Ongoing& Session::ongoing() {
  if (!ongoing_) ongoing_ = std::make_unique<Ongoing>();
  return *ongoing_;
}

}  // namespace orrery::worker
