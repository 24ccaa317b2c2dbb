#include "orrery/test_client.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/lower_case.hpp"
#include "testing/conversation.hpp"
#include "testing/room.hpp"
#include "testing/server_frames.hpp"

namespace orrery {

namespace {

/// What would make another message of it, unseen.
void expect_one_line(std::string_view what, std::string_view text) {
  if (text.find_first_of("\r\n") != std::string_view::npos)
    throw TestFailure("the " + std::string{what} + " of a request has a line break in it; raw() sends any bytes");
}

bool same_name(std::string_view one, std::string_view other) {
  return base::lower_case(one) == base::lower_case(other);
}

std::string chunk_of(std::string_view piece) {
  std::array<char, 16> size{};
  const auto written = std::to_chars(size.data(), size.data() + size.size(), piece.size(), 16);
  std::string chunk{size.data(), written.ptr};
  return chunk.append("\r\n").append(piece).append("\r\n");
}

}  // namespace

std::optional<std::string_view> TestAnswer::field(std::string_view name) const {
  const auto found = std::ranges::find_if(fields, [name](const auto& one) { return same_name(one.first, name); });
  return found == fields.end() ? std::nullopt : std::optional<std::string_view>{found->second};
}

int TestExchange::status() const { return exchange_->reader.answer().status; }
bool TestExchange::over() const { return exchange_->reader.over(); }
TestAnswer TestExchange::so_far() const { return exchange_->reader.answer(); }
std::string TestExchange::read() { return room_->read(*exchange_); }

TestAnswer TestExchange::answer() {
  room_->finish(*exchange_);
  return so_far();
}

void TestExchange::write(std::string_view piece) {
  if (!piece.empty()) room_->send(*exchange_, chunk_of(piece));
}
void TestExchange::end() { room_->send(*exchange_, "0\r\n\r\n"); }
void TestExchange::leave() { room_->leave(*exchange_); }

void TestExchange::raw(std::string_view bytes) { room_->send(*exchange_, bytes); }

TestWebSocket::TestWebSocket(TestExchange exchange)
    : exchange_(std::move(exchange)), frames_(std::make_shared<testing::ServerFrames>()) {}

/// Reads what has come, and answers what a client answers, until nothing more comes of that.
void TestWebSocket::take() {
  if (status() != 101) throw TestFailure("the server answered " + std::to_string(status()) + ": this is no WebSocket");
  if (exchange_.so_far().field("Sec-WebSocket-Extensions")) frames_->agree_on_deflate();
  for (std::string piece = exchange_.read(); !piece.empty(); piece = exchange_.read()) {
    const std::string answers = frames_->take(piece);
    if (!frames_->fault().empty()) throw TestFailure("what came over the WebSocket is none: " + frames_->fault());
    if (!answers.empty()) exchange_.raw(answers);
  }
}

std::string TestWebSocket::protocol() const {
  return std::string{exchange_.so_far().field("Sec-WebSocket-Protocol").value_or(std::string_view{})};
}

void TestWebSocket::send(std::string_view text) {
  take();
  exchange_.raw(frames_->message(1, text));
}
void TestWebSocket::send_bytes(std::string_view bytes) {
  take();
  exchange_.raw(frames_->message(2, bytes));
}

void TestWebSocket::raw(std::string_view bytes) {
  take();
  exchange_.raw(bytes);
}

void TestWebSocket::close(std::uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  take();
  frames_->close_first();
  exchange_.raw(testing::client_frame(8, payload.append(reason)));
}

std::optional<WebSocketMessage> TestWebSocket::read() {
  take();
  return frames_->next();
}

std::string TestWebSocket::text() {
  const auto message = read();
  if (!message) throw TestFailure("no message has come over the WebSocket");
  if (!message->text) throw TestFailure("the message that came over the WebSocket is binary");
  return message->bytes;
}

std::size_t TestWebSocket::pings() {
  take();
  return frames_->pings();
}

bool TestWebSocket::open() {
  take();
  return !frames_->closed() && !exchange_.over();
}

std::uint16_t TestWebSocket::close_code() {
  if (open()) return 0;
  return frames_->closed() ? frames_->code() : 1006;
}

std::string TestWebSocket::close_reason() {
  take();
  return frames_->reason();
}

TestRequest& TestRequest::field(std::string name, std::string value) {
  expect_one_line("field " + name, name + value);
  fields_.emplace_back(std::move(name), std::move(value));
  return *this;
}

TestRequest& TestRequest::body(std::string media_type, std::string bytes) {
  body_ = std::move(bytes);
  return field("Content-Type", std::move(media_type));
}

TestRequest& TestRequest::in_pieces(std::string media_type) {
  in_pieces_ = true;
  return field("Content-Type", std::move(media_type));
}

TestRequest& TestRequest::from(std::string_view client_address) {
  address_ = client_address;
  return *this;
}

std::string TestRequest::head() const {
  expect_one_line("method", method_);
  expect_one_line("target", target_);
  const auto has = [this](std::string_view name) {
    return std::ranges::any_of(fields_, [name](const auto& one) { return same_name(one.first, name); });
  };
  std::string head = method_ + " " + target_ + " HTTP/1.1\r\n";
  if (!has("Host")) head += "Host: localhost\r\n";
  for (const auto& [name, value] : fields_) head.append(name).append(": ").append(value).append("\r\n");
  const bool expects_body = method_ == "POST" || method_ == "PUT" || method_ == "PATCH";
  if (has("Content-Length") || has("Transfer-Encoding")) return head + "\r\n";
  if (in_pieces_)
    head += "Transfer-Encoding: chunked\r\n";
  else if (body_ || expects_body)
    head += "Content-Length: " + std::to_string(body_ ? body_->size() : 0) + "\r\n";
  return head + "\r\n";
}

TestExchange TestRequest::begin() {
  testing::Room::Asked asked;
  asked.name = method_ + " " + target_;
  asked.address = address_;
  asked.bytes = head();
  asked.to_head = method_ == "HEAD";
  const bool waits = std::ranges::any_of(
      fields_, [](const auto& one) { return same_name(one.first, "Expect") && same_name(one.second, "100-continue"); });
  (waits ? asked.body_for_later : asked.bytes) += body_.value_or("");
  return TestExchange{room_, room_->begin(asked)};
}

TestWebSocket TestRequest::websocket() {
  field("Connection", "Upgrade").field("Upgrade", "websocket").field("Sec-WebSocket-Version", "13");
  return TestWebSocket{field("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==").begin()};
}

TestAnswer TestRequest::send() {
  if (in_pieces_) throw TestFailure("the body of this request comes in pieces: begin() it, write() them, and end() it");
  return begin().answer();
}

TestClient::TestClient(App app, const Config& config)
    : room_(std::make_shared<testing::Room>(std::move(app), config)) {}

TestClient::~TestClient() {
  if (room_) room_->close();
}

TestRequest TestClient::request(std::string method, std::string target) {
  return TestRequest{room_, std::move(method), std::move(target)};
}

TestExchange TestClient::raw(std::string bytes) {
  testing::Room::Asked asked;
  asked.name = "\"" + bytes.substr(0, bytes.find_first_of("\r\n")) + "\"";
  asked.address = "127.0.0.1";
  asked.to_head = bytes.starts_with("HEAD ");
  asked.bytes = std::move(bytes);
  asked.alone = true;
  return TestExchange{room_, room_->begin(asked)};
}

void TestClient::leave() { room_->leave_all(); }
void TestClient::pass(std::chrono::milliseconds time) { room_->pass(time); }
void TestClient::drain() { room_->drain(); }
bool TestClient::gone() const { return room_->gone(); }
std::vector<std::string> TestClient::log() const { return room_->log(); }
Worker& TestClient::worker() { return room_->worker(); }

}  // namespace orrery
