// How a connection ends: what is overdue, how it leaves, and what it says. Part of class Connection.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <nghttp2/nghttp2.h>
#include <string>
#include <utility>

#include "http/h2/connection.hpp"
#include "http/observer.hpp"

namespace orrery::http::h2 {

using base::Monotonic;
using base::Reject;

namespace {

/// Between the two GOAWAY of a connection that ends: what the client sent before it heard of the first one arrives.
constexpr std::chrono::seconds kRoundTrip{1};
constexpr std::chrono::seconds kSilentWhileLingering{1};
/// So long a connection without requests keeps its memory at hand: a request that comes sooner does not pay for it.
constexpr std::chrono::seconds kQuiet{1};
constexpr Monotonic kNever = Monotonic::max();
constexpr std::array<std::uint8_t, 8> kLeavingPing{'l', 'e', 'a', 'v', 'i', 'n', 'g', 0};

void put_number(std::string& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift & 0xffU));
}

}  // namespace

/// RFC 9113, 6.8.
std::string Connection::goaway(std::uint32_t error) const {
  std::string frame{"\0\0\x08\x07\0\0\0\0\0", 9};
  put_number(frame, last_);
  put_number(frame, error);
  return frame;
}

void Connection::linger(Monotonic now) {
  state_ = State::kLingering;
  phase_started_ = heard_ = now;
}

Monotonic Connection::deadline_of(const Stream& stream) const {
  if (stream.gone || stream.closed) return kNever;
  if (stream.read_away_since != Monotonic{}) return stream.read_away_since + kSilentWhileLingering;
  const Config& config = context_.config;
  const Monotonic taking = stream.blocked.deadline(config);
  return stream.waits_for_room ? taking : std::min(taking, stream.request.deadline(config));
}

/// Of a connection without requests.
Monotonic Connection::idle_deadline() const {
  const Config& config = context_.config;
  return phase_started_ + (last_ == 0 ? config.header_timeout : std::chrono::milliseconds{config.keepalive});
}

Monotonic Connection::deadline() const {
  const Config& config = context_.config;
  if (blocked()) return blocked_.deadline(config);
  if (state_ == State::kClosing) return kNever;
  if (state_ == State::kLingering) {
    base::Nanoseconds silent = config.lingering_timeout;
    if (draining_ || linger_ == Linger::kBriefly) silent = std::min<base::Nanoseconds>(silent, kSilentWhileLingering);
    return std::min(phase_started_ + config.lingering_time, heard_ + silent);
  }
  Monotonic due = streams_.empty() && !reading_head() ? idle_deadline() : kNever;
  if (idle() && !quiet_) due = std::min(due, phase_started_ + kQuiet);
  if (leaving_ == Leaving::kAsked) due = std::min(due, leaving_since_ + kRoundTrip);
  if (reading_head()) due = std::min(due, head_started_ + config.header_timeout);
  for (const auto& stream : streams_) due = std::min(due, deadline_of(*stream));
  return due;
}

void Connection::expire(Monotonic now) {
  if (now < deadline()) return;
  now_ = now;
  if (blocked()) {
    const Message* const untaken = departing_.empty() ? nullptr : departing_.front();
    context_.observer.on_rejected(Reject::write_timeout, untaken ? untaken->client : client_.sender, untaken);
    return abandon(now);
  }
  if (state_ == State::kLingering) {
    linger_ = Linger::kNo;
    state_ = State::kClosing;
    return;
  }
  if (state_ == State::kClosing) return;
  if (leaving_ == Leaving::kAsked && now >= leaving_since_ + kRoundTrip) say_last();
  if (reading_head() && now >= head_started_ + context_.config.header_timeout)
    return give_up(Reject::header_timeout, NGHTTP2_ENHANCE_YOUR_CALM);
  for (std::size_t i = 0; i < streams_.size(); ++i)
    if (now >= deadline_of(*streams_[i])) expire_stream(*streams_[i]);
  quiet_ = idle() && now >= phase_started_ + kQuiet;
  if (!streams_.empty() || reading_head() || now < idle_deadline()) return;
  if (last_ == 0 && leaving_ == Leaving::kStays)
    context_.observer.on_rejected(Reject::silent_connection, client_.sender, nullptr);
  if (leaving_ != Leaving::kSaid) say_last();
  // So that its deadline is not at once again.
  phase_started_ = now;
}

void Connection::expire_stream(Stream& stream) {
  if (stream.read_away_since != Monotonic{}) return stop_client(stream);
  const bool untaken = now_ >= stream.blocked.deadline(context_.config);
  reject(stream, untaken ? Reject::write_timeout : stream.request.overdue(now_));
}

void Connection::begin_leaving() {
  if (leaving_ != Leaving::kStays || deaf()) return;
  leaving_ = Leaving::kAsked;
  leaving_since_ = now_;
  for (const auto& stream : streams_)
    if (stream->read_away_since != Monotonic{}) stop_client(*stream);
  nghttp2_submit_shutdown_notice(session_.get());
}

/// Its answer tells that the client has read the GOAWAY in front of it.
void Connection::ask_for_round_trip() { nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, kLeavingPing.data()); }

/// Requests that come from now on are not taken; their client may send them elsewhere.
void Connection::say_last() {
  leaving_ = Leaving::kSaid;
  linger_ = Linger::kBriefly;
  nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_.get()),
                        NGHTTP2_NO_ERROR, nullptr, 0);
}

void Connection::drain(Monotonic now) {
  now_ = now;
  if (!std::exchange(draining_, true)) begin_leaving();
}

bool Connection::close_if_idle() {
  if (!idle() || blocked()) return false;
  linger_ = Linger::kNo;
  state_ = State::kClosing;
  return true;
}

std::string Connection::farewell() const { return goaway(NGHTTP2_NO_ERROR); }

}  // namespace orrery::http::h2
