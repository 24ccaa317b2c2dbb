#include "worker/web_socket_link.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "http/error_answer.hpp"
#include "http/ws/frames.hpp"
#include "http/ws/utf8_check.hpp"

namespace orrery::worker {

using base::Monotonic;
using base::Reject;
using http::ws::Opcode;
namespace code = http::ws::code;

namespace {

/// Bytes of messages that wait for the application; each counts with what it costs when it is empty.
constexpr std::size_t kMostHeld = 64 * 1024;
constexpr std::size_t kCost = sizeof(WebSocketMessage) + 2 * sizeof(void*);
/// A message of fewer bytes is sent as it is: compressing it would cost time and save little.
constexpr std::size_t kLeastCompressed = 64;

Response switch_to(const http::ws::Handshake& handshake) {
  Response head = Response::status(200);
  if (!handshake.accept.empty()) {
    head.add_field("Upgrade", "websocket");
    head.add_field("Sec-WebSocket-Accept", handshake.accept);
  }
  if (!handshake.protocol.empty()) head.add_field("Sec-WebSocket-Protocol", handshake.protocol);
  if (handshake.deflate) head.add_field("Sec-WebSocket-Extensions", http::ws::spoken(*handshake.deflate));
  return head;
}

Response ask_for_upgrade(const http::Message& message) {
  Response answer = http::error_answer(message, 426, "not_websocket", "This address speaks WebSocket, version 13.");
  answer.add_field("Upgrade", "websocket");
  answer.add_field("Sec-WebSocket-Version", "13");
  return answer;
}

}  // namespace

std::shared_ptr<WebSocketLink> WebSocketLink::open(Services& services, const std::shared_ptr<Reply>& reply,
                                                   const WebSocketOptions& options) {
  using Verdict = http::ws::Handshake::Verdict;
  const http::ws::Handshake handshake = http::ws::judge_handshake(reply->message(), options);
  switch (handshake.verdict) {
    case Verdict::kGood: break;
    case Verdict::kNotWebSocket:
    case Verdict::kOtherVersion: return reply->answer(ask_for_upgrade(reply->message())), nullptr;
    case Verdict::kBad: return reply->refuse(Reject::bad_websocket, {}), nullptr;
    case Verdict::kForeignOrigin: return reply->refuse(Reject::foreign_origin, {}), nullptr;
  }
  auto outlet = reply->start_tunnel(switch_to(handshake));
  if (!outlet) return nullptr;
  auto link = std::make_shared<WebSocketLink>(services, reply, options, handshake);
  link->begin(std::move(outlet));
  return link;
}

WebSocketLink::WebSocketLink(Services& services, std::shared_ptr<Reply> reply, const WebSocketOptions& options,
                             const http::ws::Handshake& handshake)
    : services_(services),
      reply_(std::move(reply)),
      ping_(options.ping),
      engine_(options.largest, handshake.deflate ? &services.message_deflate : nullptr),
      protocol_(handshake.protocol),
      heard_(base::monotonic_now()),
      window_(handshake.deflate ? static_cast<std::uint8_t>(handshake.deflate->window) : std::uint8_t{0}) {
  os::adjust(services_.slot.websockets, 1);
}

WebSocketLink::~WebSocketLink() { enter_over(); }

void WebSocketLink::begin(std::shared_ptr<Outlet> outlet) {
  outlet_ = std::move(outlet);
  const auto told = [weak = weak_from_this()](auto what) {
    return [weak, what] {
      if (const auto self = weak.lock()) what(*self);
    };
  };
  outlet_->on_drain(told([](WebSocketLink& self) { self.on_drain(); }));
  outlet_->on_closed(told([](WebSocketLink& self) { self.lose(); }));
  outlet_->on_draining(told([](WebSocketLink& self) { self.close(code::kGoingAway, {}); }));
  if (ping_.count() > 0) services_.deadlines.schedule(*this, heard_ + ping_, heard_);
  read_on();
}

// --- in ---

/// Unless enough of what came waits for the application: then the client has to wait too. Its close is wanted anyway.
void WebSocketLink::read_on() {
  const bool enough = state_ == State::kOpen && held_ > kMostHeld;
  if (reading_ || state_ == State::kOver || enough) return;
  reading_ = true;
  reply_->read_body([self = shared_from_this()](const BodyPiece& piece) { self->on_piece(piece); });
}

void WebSocketLink::on_piece(const BodyPiece& piece) {
  reading_ = false;
  if (piece.kind != BodyPiece::Kind::kData) {
    lose();
    return outlet_->end();
  }
  if (state_ == State::kOpen) heard_ = base::monotonic_now();
  pinged_ = false;
  engine_.receive(piece.bytes, *this);
  read_on();
}

void WebSocketLink::on_message(bool text, std::string&& bytes) {
  if (state_ != State::kOpen) return;
  held_ += bytes.size() + kCost;
  messages_.push_back({text, std::move(bytes)});
  tell_news();
}

std::optional<WebSocketMessage> WebSocketLink::take() {
  if (messages_.empty()) return std::nullopt;
  std::optional<WebSocketMessage> first{std::move(messages_.front())};
  messages_.pop_front();
  held_ -= first->bytes.size() + kCost;
  read_on();
  return first;
}

/// Of several pings only the last need be answered (RFC 6455, 5.5.3).
void WebSocketLink::on_ping(std::string_view payload) {
  if (state_ != State::kOpen) return;
  owed_.clear();
  http::ws::append_frame(owed_, Opcode::kPong, payload);
  pay();
}

void WebSocketLink::on_close(std::uint16_t said, std::string_view reason) {
  close_code_ = said;
  close_reason_ = reason;
  if (state_ == State::kOpen) http::ws::append_close(owed_, said, {});
  end();
}

void WebSocketLink::on_fault(std::uint16_t fault) {
  reject(fault == code::kTooLarge ? Reject::long_websocket_message : Reject::bad_websocket_frame);
  close_code_ = code::kLost;
  if (state_ == State::kOpen) http::ws::append_close(owed_, fault, {});
  end();
}

void WebSocketLink::reject(Reject reason) {
  const http::Message& message = reply_->message();
  services_.recorder.on_rejected(reason, message.client, &message);
}

// --- out ---

bool WebSocketLink::send(Opcode opcode, std::string_view payload) {
  if (opcode == Opcode::kText && !http::ws::is_utf8(payload))
    throw std::invalid_argument("a WebSocket was to send text that is no UTF-8; send_bytes() sends any bytes");
  if (state_ != State::kOpen) return false;
  const std::string frame = frame_of(opcode, payload);
  // What is owed was refused before, and goes first: on_drain() comes for it too.
  full_ = !owed_.empty() || !outlet_->write(frame);
  return !full_;
}

std::string WebSocketLink::frame_of(Opcode opcode, std::string_view payload) {
  std::string frame, smaller;
  if (window_ > 0 && payload.size() >= kLeastCompressed) services_.message_deflate.deflate(payload, window_, smaller);
  const bool compressed = !smaller.empty() && smaller.size() < payload.size();
  http::ws::append_frame(frame, opcode, compressed ? smaller : payload, compressed);
  return frame;
}

void WebSocketLink::close(std::uint16_t code, std::string_view reason) {
  if (state_ != State::kOpen) return;
  state_ = State::kClosing;
  http::ws::append_close(owed_, code, http::ws::is_utf8(reason) ? reason : std::string_view{});
  heard_ = base::monotonic_now();
  services_.deadlines.schedule(*this, heard_ + kClosingTime, heard_);
  pay();
  read_on();
  tell_news();
}

void WebSocketLink::pay() {
  if (!owed_.empty() && outlet_->write(owed_)) owed_.clear();
  if (owed_.empty() && state_ == State::kOver) outlet_->end();
}

void WebSocketLink::enter_over() {
  if (std::exchange(state_, State::kOver) != State::kOver) os::adjust(services_.slot.websockets, -1);
}

void WebSocketLink::end() {
  enter_over();
  unlink();
  pay();
  tell_news();
}

void WebSocketLink::lose() {
  if (state_ == State::kOver) return;
  enter_over();
  if (close_code_ == 0) close_code_ = code::kLost;
  unlink();
  tell_news();
}

void WebSocketLink::on_drain() {
  full_ = false;
  const auto self = shared_from_this();
  pay();
  if (const auto done = std::exchange(for_room_, std::nullopt)) (*done)();
}

void WebSocketLink::tell_news() {
  if (const auto done = std::exchange(for_news_, std::nullopt)) (*done)();
  if (is_open()) return;
  if (const auto done = std::exchange(for_room_, std::nullopt)) (*done)();
}

// --- time ---

void WebSocketLink::on_deadline(Monotonic now) {
  const auto self = shared_from_this();
  switch (state_) {
    case State::kOpen: return ask_for_sign_of_life(now);
    case State::kClosing:
      if (now >= heard_ + kClosingTime) return end();
      return services_.deadlines.schedule(*this, heard_ + kClosingTime, now);
    case State::kOver: return;
  }
}

/// Where it is not read, its silence tells nothing; one that takes nothing is cut off by write_timeout.
void WebSocketLink::ask_for_sign_of_life(Monotonic now) {
  if (ping_.count() == 0) return;
  if (!reading_ || outlet_->behind()) heard_ = now;
  const auto limit = [this] { return heard_ + ping_ * (pinged_ ? 2 : 1); };
  if (now >= limit()) {
    if (pinged_) {
      reject(Reject::silent_websocket);
      lose();
      return outlet_->break_off();
    }
    pinged_ = true;
    http::ws::append_frame(owed_, Opcode::kPing, {});
    pay();
  }
  services_.deadlines.schedule(*this, limit(), now);
}

}  // namespace orrery::worker

namespace orrery {

using http::ws::Opcode;

Task<std::optional<WebSocketMessage>> WebSocket::receive() const {
  const auto link = link_;
  while (!link->has_news()) {
    const auto wait = [&link](Done<void> done) { link->call_with_news(std::move(done)); };
    co_await Await<void>{wait};
  }
  co_return link->take();
}

Task<bool> WebSocket::drained() const {
  const auto link = link_;
  while (link->full()) {
    const auto wait = [&link](Done<void> done) { link->call_with_room(std::move(done)); };
    co_await Await<void>{wait};
  }
  co_return link->is_open();
}

bool WebSocket::send(std::string_view text) const { return link_->send(Opcode::kText, text); }
bool WebSocket::send_bytes(std::string_view bytes) const { return link_->send(Opcode::kBinary, bytes); }
bool WebSocket::behind() const { return link_->behind(); }
bool WebSocket::open() const { return link_->is_open(); }
std::uint16_t WebSocket::close_code() const { return link_->close_code(); }
std::string_view WebSocket::close_reason() const { return link_->close_reason(); }
std::string_view WebSocket::protocol() const { return link_->protocol(); }

void WebSocket::close(std::uint16_t code, std::string_view reason) const {
  if (!http::ws::is_sendable_code(code))
    throw std::invalid_argument("no WebSocket may be closed with " + std::to_string(code) +
                                ": 1000 to 1003, 1007 to 1014 and 3000 to 4999 may be sent");
  if (!http::ws::is_utf8(reason)) throw std::invalid_argument("the reason of a WebSocket's close is no UTF-8");
  link_->close(code, reason);
}

}  // namespace orrery
