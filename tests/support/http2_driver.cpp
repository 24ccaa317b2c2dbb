#include "support/http2_driver.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace orrery::test {

using http::RequestId;
using http::Step;

namespace {

/// More steps than this in one turn are a loop that never waits.
constexpr int kMostSteps = 100000;

http::h2::Client client_at(const char* peer) {
  const base::Address address = base::parse_ip(peer).value();
  return {address, address, false};
}

}  // namespace

Http2Driver::Http2Driver(Config config, std::vector<Route> routes, const char* peer)
    : config_(std::move(config)),
      routes_(std::move(routes)),
      router_(router_of(routes_)),
      context_(config_, router_, routes_, *this, http::Proxies::make(config_).value(), 7),
      connection_(context_, client_at(peer), now_) {
  context_.date.update(base::WallTime{std::chrono::seconds{1'000'000'000}});
  context_.closing = &closing_;
}

template <class Act>
void Http2Driver::turn(Act&& act) {
  if (end_ != End::kOpen) return;
  if (output_) return act();
  output_ = std::make_unique<http::Output>();
  connection_.attach(output_.get());
  act();
  int steps = 0;
  while (step(connection_.next(now_)))
    if (++steps > kMostSteps) throw std::runtime_error("the connection never waits");
  connection_.settle();
  connection_.attach(nullptr);
  output_.reset();
  for (const http::Cancellation& one : std::exchange(context_.cancellations, {}))
    if (one.due) one.callback();
}

bool Http2Driver::step(http::Next next) {
  switch (next.step) {
    case Step::kRequest: handle_request(next.request); return true;
    case Step::kLeft: left_.push_back(next.request); return true;
    case Step::kBody: deliver_body(next.request); return true;
    case Step::kPull: pull(next.request); return true;
    case Step::kOver: over_.push_back(next.request); return true;
    case Step::kHttp2: throw std::runtime_error("it is HTTP/2 already");
    case Step::kFlush: flush(); return true;
    case Step::kWait: flush(); return false;
    case Step::kLinger:
    case Step::kClose: flush(); break;
  }
  if (connection_.broken())
    end_ = End::kBroken;
  else if (waiting_.empty())
    end_ = next.step == Step::kClose ? End::kClose : End::kLinger;
  return false;
}

void Http2Driver::handle_request(RequestId id) {
  http::Message& message = *connection_.message(id);
  requests_.push_back(SeenRequest::of(message.borrow()));
  asked_.push_back(id);
  if (hold_) return;
  if (routes_[message.match.route].options.stream_body) return connection_.want_body(id, now_);
  connection_.respond(id, handler_(message.borrow()), now_);
}

void Http2Driver::deliver_body(RequestId id) {
  const http::BodyRead read = connection_.take_body_piece(id);
  body_pieces_.push_back(read.bytes);
  if (hold_) return;
  if (!read.last) return connection_.want_body(id, now_);
  connection_.respond(id, Response::text("read"), now_);
}

void Http2Driver::pull(RequestId id) {
  std::string piece;
  http::Message& message = *connection_.message(id);
  const bool more = (*message.pull)(piece);
  if (!more) message.departure.trailers = message.pull->trailers();
  connection_.pulled(id, piece, more, now_);
}

void Http2Driver::flush() {
  if (output_->empty()) return;
  const std::string bytes{output_->buffer()};
  output_->clear();
  const std::size_t taken = !waiting_.empty() ? 0 : std::min(room_.value_or(SIZE_MAX), bytes.size());
  if (room_) *room_ -= taken;
  reader_.read(bytes.substr(0, taken));
  waiting_ += bytes.substr(taken);
  connection_.output_sent(taken, waiting_.size(), now_);
}

void Http2Driver::greet(const std::string& settings) {
  receive(std::string{http2::kPreface} + settings + http2::frame(http2::kSettings, http2::kAck, 0));
  reader_.take_events();
}

void Http2Driver::receive(std::string_view bytes) {
  if (end_ != End::kOpen) return;
  const auto block = std::make_unique<char[]>(bytes.size());
  std::memcpy(block.get(), bytes.data(), bytes.size());
  turn([&] { connection_.receive({block.get(), bytes.size()}, now_); });
}

void Http2Driver::receive_bytewise(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) receive(bytes.substr(i, 1));
}

void Http2Driver::receive_end() {
  turn([&] { connection_.receive_end(); });
}

void Http2Driver::abandon() {
  turn([&] { connection_.abandon(now_); });
}

void Http2Driver::read(std::size_t bytes) {
  const std::size_t taken = std::min(bytes, waiting_.size());
  reader_.read(waiting_.substr(0, taken));
  waiting_.erase(0, taken);
  if (waiting_.empty()) room_.reset();
  turn([&] { connection_.output_sent(taken, waiting_.size(), now_); });
}

bool Http2Driver::answer(RequestId id, Response response) {
  bool taken = false;
  turn([&] { taken = connection_.respond(id, std::move(response), now_); });
  return taken;
}

void Http2Driver::refuse(RequestId id, base::Reject reason) {
  turn([&] { connection_.refuse(id, reason, now_); });
}

bool Http2Driver::start_stream(RequestId id, Response head) {
  bool started = false;
  turn([&] { started = connection_.start_stream(id, std::move(head), now_); });
  return started;
}

void Http2Driver::send_early_hints(RequestId id, const std::vector<std::string>& links) {
  turn([&] { connection_.send_early_hints(id, links, now_); });
}

void Http2Driver::send_piece(RequestId id, std::string_view piece) {
  turn([&] { connection_.send_piece(id, piece, now_); });
}

void Http2Driver::end_stream(RequestId id, const http::FieldList& trailers) {
  turn([&] {
    if (connection_.streaming(id)) connection_.message(id)->departure.trailers = trailers;
    connection_.end_stream(id, now_);
  });
}

void Http2Driver::break_stream(RequestId id) {
  turn([&] { connection_.break_stream(id, now_); });
}

void Http2Driver::want_body(RequestId id) {
  turn([&] { connection_.want_body(id, now_); });
}

void Http2Driver::pass(std::chrono::nanoseconds time) {
  const base::Monotonic until = now_ + time;
  while (end_ == End::kOpen && connection_.deadline() <= until) {
    const base::Monotonic before = connection_.deadline();
    now_ = std::max(now_, before);
    turn([&] { connection_.expire(now_); });
    if (end_ == End::kOpen && connection_.deadline() == before) throw std::runtime_error("a deadline passed in vain");
  }
  now_ = until;
  turn([&] { connection_.expire(now_); });
}

void Http2Driver::drain() {
  turn([&] { connection_.drain(now_); });
}

bool Http2Driver::close_if_idle() {
  bool closed = false;
  turn([&] { closed = connection_.close_if_idle(); });
  return closed;
}

std::string Http2Driver::events() {
  std::string all;
  for (const std::string& event : reader_.take_events()) all += (all.empty() ? "" : ", ") + event;
  return all;
}

void Http2Driver::on_rejected(base::Reject reason, const base::Address&, const http::Message*) {
  rejects_.emplace_back(base::row(reason).name);
}

void Http2Driver::on_answered(const http::Message& message, const http::Answer& answer) {
  answers_.push_back({std::string{message.method}, answer.status, answer.body_bytes, answer.ending});
}

void Http2Driver::on_unsendable(const http::Message&) { rejects_.emplace_back("unsendable"); }

}  // namespace orrery::test
