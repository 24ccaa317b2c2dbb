// TestClient: a whole App in the test's own process: no port, no fork, no thread, no waiting.
//
//   orrery::TestClient client{make_app()};
//   const auto answer = client.post("/orders").json(R"({"item":"tea"})").send();
//   CHECK(answer.status == 201);
//
// Bytes go through the server's own parser, limits, router and framing, and a real worker calls the handlers: every
// shape of them, on the thread of the test, which is the loop thread. Each call here goes on until nothing is left to
// do. Time stands still meanwhile: pass() lets it go on, and what falls into it happens at its moment.
//
// A library of its own (pkg-config: orrery-test) that has all of liborrery in it: a test links it and not that one.
// What differs from a worker of a service:
//
// - Nothing is bound, forked or written to a file: of a Config what concerns sockets, logs, the process and the master
//   has no effect. What the error log would say is in log(); there is no access log. The process ignores SIGPIPE from
//   the first client on, as a service does.
// - Only the server's time is held: its deadlines, timers, `sleep_for`, and the Date field. What a handler reads from
//   the system's clocks runs on. Deadlines of connections are exact, where a service may be 100 ms late.
// - Class `threads` runs its handlers on the thread of the test, one at a time, so none is refused for want of a
// thread.
// - Threads that the application starts are real, and waited for in real time, at most 5 seconds.
//
// One thread. Clients may live side by side. What the application keeps of one (a Request, a Responder, a Stream) may
// outlive it, and then reaches nobody.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/app.hpp"
#include "orrery/config.hpp"
#include "orrery/export.hpp"
#include "orrery/websocket.hpp"

namespace orrery {

namespace testing {
class Room;
class Exchange;
class ServerFrames;
}  // namespace testing

/// The test asks for what cannot be; the sentence says what to do about it.
class ORRERY_EXPORT TestFailure : public std::runtime_error {
 public:
  explicit TestFailure(const std::string& sentence) : std::runtime_error(sentence) {}
};

/// An answer as a client receives it, without its framing.
struct ORRERY_EXPORT TestAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  bool whole = true;                                               ///< false: the connection ended before it was
  std::vector<std::pair<std::string, std::string>> trailers = {};  ///< fields behind the body
  std::vector<std::string> early_hints = {};  ///< the Link fields of all 103 (Early Hints) in front of it
  /// The value of the first field with this name, in any case; nothing when it is absent.
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const;
};

/// A request that is on its way, and what has come of its answer. Copies mean the same.
class ORRERY_EXPORT TestExchange {
 public:
  TestExchange(std::shared_ptr<testing::Room> room, std::shared_ptr<testing::Exchange> exchange)
      : room_(std::move(room)), exchange_(std::move(exchange)) {}

  /// Of the answer; 0 until its head is here.
  [[nodiscard]] int status() const;
  /// All of the answer is here, or the connection has ended.
  [[nodiscard]] bool over() const;
  /// What is here, whole or not.
  [[nodiscard]] TestAnswer so_far() const;
  /// What has come of the body since the last read(). The client takes 1 MiB and leaves the rest to wait until then.
  std::string read();
  /// The whole answer. Throws TestFailure when nothing but time, or more of the request, could bring it.
  TestAnswer answer();

  /// Sends a piece of the body of a request that was begun with TestRequest::in_pieces().
  void write(std::string_view piece);
  /// That was the last one.
  void end();
  /// Sends bytes as they are, behind those of the request.
  void raw(std::string_view bytes);
  /// The client closes the connection. A request that waits or is handled is cancelled; a stream hears of it when it
  /// writes next, as on a network.
  void leave();

 private:
  std::shared_ptr<testing::Room> room_;
  std::shared_ptr<testing::Exchange> exchange_;
};

/// The client's end of a WebSocket. Pings and the server's close are answered by themselves. Copies mean the same.
class ORRERY_EXPORT TestWebSocket {
 public:
  explicit TestWebSocket(TestExchange exchange);

  /// Of the answer to the handshake: 101 when it is a WebSocket.
  [[nodiscard]] int status() const { return exchange_.status(); }
  /// The subprotocol that the server has chosen; empty = none.
  [[nodiscard]] std::string protocol() const;
  void send(std::string_view text);
  void send_bytes(std::string_view bytes);
  void close(std::uint16_t code = 1000, std::string_view reason = {});
  /// Bytes as they are, for what breaks the rules.
  void raw(std::string_view bytes);
  /// The next message; nothing when none has come. The client takes 1 MiB and leaves the rest to wait until then.
  std::optional<WebSocketMessage> read();
  /// The text of the next message. Throws TestFailure when none has come, or a binary one.
  std::string text();
  /// How often the server has asked whether the client lives.
  std::size_t pings();
  /// The server has not closed, and the connection is there.
  bool open();
  /// What the server gave as it closed: 1005 = no code; 1006: the connection ended without a close; 0: it has not.
  std::uint16_t close_code();
  std::string close_reason();
  /// The client goes without a word.
  void leave() { exchange_.leave(); }

 private:
  void take();

  TestExchange exchange_;
  std::shared_ptr<testing::ServerFrames> frames_;
};

/// A request that is being put together.
class ORRERY_EXPORT TestRequest {
 public:
  TestRequest(std::shared_ptr<testing::Room> room, std::string method, std::string target)
      : room_(std::move(room)), method_(std::move(method)), target_(std::move(target)) {}

  /// Adds a field. `Host: localhost`, `Content-Length` and `Transfer-Encoding` come by themselves where they are
  /// needed.
  TestRequest& field(std::string name, std::string value);
  TestRequest& json(std::string text) { return body("application/json", std::move(text)); }
  TestRequest& body(std::string media_type, std::string bytes);
  /// The body is sent by TestExchange::write() and end(), chunked.
  TestRequest& in_pieces(std::string media_type);
  /// The other end of the connection: an IP address, or "unix"; else 127.0.0.1, which proxies are trusted at by
  /// default. Requests of one address share a connection as long as it can be used again.
  TestRequest& from(std::string_view client_address);

  /// Sends it, and returns the whole answer. Throws TestFailure when only time could bring it: begin() it, and pass().
  TestAnswer send();
  /// Sends it, and does what can be done now.
  TestExchange begin();
  /// Sends it with the fields that open a WebSocket; `field("Origin", …)` and `field("Sec-WebSocket-Protocol", …)` are
  /// the test's. With `field("Sec-WebSocket-Extensions", "permessage-deflate")` messages go compressed both ways where
  /// the server agrees.
  TestWebSocket websocket();

 private:
  [[nodiscard]] std::string head() const;

  std::shared_ptr<testing::Room> room_;
  std::string method_;
  std::string target_;
  std::string address_ = "127.0.0.1";
  std::vector<std::pair<std::string, std::string>> fields_;
  std::optional<std::string> body_;
  bool in_pieces_ = false;
};

class ORRERY_EXPORT TestClient {
 public:
  /// A worker with this App; start hooks run here. Throws TestFailure with the sentences of --check-config when the
  /// configuration or a route is wrong, and with that of the start hook that fails.
  explicit TestClient(App app, const Config& config = {});
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;
  TestClient(TestClient&&) noexcept = default;
  TestClient& operator=(TestClient&&) noexcept = delete;
  /// The clients leave, what is left is cancelled, end hooks run.
  ~TestClient();

  [[nodiscard]] TestRequest get(std::string target) { return request("GET", std::move(target)); }
  [[nodiscard]] TestRequest post(std::string target) { return request("POST", std::move(target)); }
  [[nodiscard]] TestRequest put(std::string target) { return request("PUT", std::move(target)); }
  [[nodiscard]] TestRequest patch(std::string target) { return request("PATCH", std::move(target)); }
  [[nodiscard]] TestRequest del(std::string target) { return request("DELETE", std::move(target)); }
  [[nodiscard]] TestRequest request(std::string method, std::string target);
  /// A GET whose answer does not end by itself: read() its pieces as they come.
  [[nodiscard]] TestExchange stream(std::string target) { return get(std::move(target)).begin(); }
  /// A WebSocket of that route.
  [[nodiscard]] TestWebSocket websocket(std::string target) { return get(std::move(target)).websocket(); }
  /// Sends these bytes, as they are, on a connection of their own.
  [[nodiscard]] TestExchange raw(std::string bytes);

  /// All clients close their connections.
  void leave();
  /// Time goes on. Timers and deadlines that fall into it happen, each at its moment.
  void pass(std::chrono::milliseconds time);
  /// The worker is told to leave: it takes no new connection, and ends when what is in flight is done.
  void drain();
  /// It has left, and its end hooks have run.
  [[nodiscard]] bool gone() const;
  /// What the error log would say so far, from Config::loglevel on: "ERROR handler of GET / failed: …".
  [[nodiscard]] std::vector<std::string> log() const;
  /// What the start hooks were given.
  [[nodiscard]] Worker& worker();

 private:
  std::shared_ptr<testing::Room> room_;
};

}  // namespace orrery
