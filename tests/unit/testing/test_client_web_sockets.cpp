// WebSockets inside the process of a test: messages, closes, time, and what the application sees of them.
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>

#include "orrery/orrery.hpp"
#include "orrery/test_client.hpp"

namespace orrery {
namespace {

using namespace std::chrono_literals;

struct Seen {
  int living = 0;
  std::string end;
  std::map<int, WebSocket> sockets;
};

Task<void> echo(Seen& seen, WebSocket socket) {
  ++seen.living;
  while (const auto message = co_await socket.receive()) {
    if (message->bytes == "throw") throw std::runtime_error("it was told to");
    if (message->bytes == "end") break;
    if (!(message->text ? socket.send(message->bytes) : socket.send_bytes(message->bytes))) break;
  }
  seen.end = std::to_string(socket.close_code()) + " " + std::string{socket.close_reason()};
  --seen.living;
}

App make(Seen& seen, WebSocketOptions options = {}) {
  App app;
  app.websocket(
      "/echo", [&seen](const Request&, const WebSocket& socket) { return echo(seen, socket); }, std::move(options));
  return app;
}

}  // namespace

TEST_CASE("TestClient: a WebSocket, from its handshake to its close") {
  Seen seen;
  TestClient client{make(seen)};
  TestWebSocket socket = client.websocket("/echo");
  REQUIRE(socket.status() == 101);
  CHECK(seen.living == 1);
  CHECK_FALSE(socket.read());
  socket.send("hello");
  CHECK(socket.text() == "hello");
  socket.send_bytes("\xff");
  const auto binary = socket.read();
  REQUIRE(binary);
  CHECK_FALSE(binary->text);
  CHECK(binary->bytes == "\xff");
  const std::string large(60'000, 'x');
  socket.send(large);
  CHECK(socket.text() == large);
  socket.close(3001, "over");
  CHECK(socket.close_code() == 3001);
  CHECK(seen.living == 0);
  CHECK(seen.end == "3001 over");
  CHECK(client.log().empty());
}

TEST_CASE("TestClient: how a WebSocket can end") {
  Seen seen;
  TestClient client{make(seen)};
  TestWebSocket socket = client.websocket("/echo");
  SECTION("the handler ends") {
    socket.send("end");
    CHECK(socket.close_code() == 1000);
    CHECK(seen.end == "0 ");
  }
  SECTION("the handler throws") {
    socket.send("throw");
    CHECK(socket.close_code() == 1011);
    REQUIRE(client.log().size() == 1);
    CHECK_THAT(client.log()[0], Catch::Contains("it was told to"));
  }
  SECTION("the client goes without a word") {
    socket.leave();
    CHECK(seen.end == "1006 ");
  }
  SECTION("the worker leaves, and what came before is heard") {
    client.drain();
    CHECK(socket.close_code() == 1001);
    CHECK(seen.living == 0);
    CHECK(client.gone());
  }
  SECTION("the client breaks the rules") {
    socket.raw("\x81\x01x");
    CHECK(socket.close_code() == 1002);
    CHECK(seen.end == "1006 ");
    REQUIRE(client.log().size() == 1);
    CHECK_THAT(client.log()[0], Catch::Contains("bad_websocket_frame"));
  }
  SECTION("a message is too large") {
    socket.send(std::string(64 * 1024 + 1, 'x'));
    CHECK(socket.close_code() == 1009);
  }
  SECTION("the test ends first") {}
}

TEST_CASE("TestClient: a WebSocket's silence") {
  Seen seen;
  TestClient client{make(seen)};
  TestWebSocket socket = client.websocket("/echo");
  client.pass(29s);
  CHECK(socket.pings() == 0);
  client.pass(1s);
  CHECK(socket.pings() == 1);
  // It has answered.
  client.pass(30s);
  CHECK(socket.pings() == 2);
  CHECK(socket.open());
  // Nobody reads, so nobody answers.
  client.pass(60s);
  CHECK(socket.close_code() == 1006);
  CHECK(seen.end == "1006 ");
  REQUIRE(client.log().size() == 1);
  CHECK_THAT(client.log()[0], Catch::Contains("silent_websocket"));
}

TEST_CASE("TestClient: a client that does not answer a WebSocket's close is not waited for") {
  Seen seen;
  TestClient client{make(seen)};
  auto exchange = client.get("/echo")
                      .field("Connection", "Upgrade")
                      .field("Upgrade", "websocket")
                      .field("Sec-WebSocket-Version", "13")
                      .field("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
                      .begin();
  REQUIRE(exchange.status() == 101);
  client.drain();
  CHECK_FALSE(client.gone());
  client.pass(8s);
  CHECK(exchange.over());
  CHECK(client.gone());
}

TEST_CASE("TestClient: what is no WebSocket") {
  Seen seen;
  TestClient client{make(seen, {.protocols = {"v2", "v1"}, .origins = {"https://friend.example"}})};
  CHECK(client.get("/echo").send().status == 426);
  CHECK(client.get("/echo").field("Origin", "https://evil.example").websocket().status() == 403);
  auto socket = client.get("/echo")
                    .field("Origin", "https://friend.example")
                    .field("Sec-WebSocket-Protocol", "v1, v2")
                    .websocket();
  CHECK(socket.status() == 101);
  CHECK(socket.protocol() == "v2");
  CHECK_THROWS_AS(client.get("/echo").websocket().text(), TestFailure);
  CHECK(seen.living == 2);
}

TEST_CASE("TestClient: a WebSocket whose messages are compressed") {
  Seen seen;
  const bool compress = GENERATE(true, false);
  TestClient client{make(seen, {.compress = compress})};
  auto exchange = client.get("/echo").field("Sec-WebSocket-Extensions", "permessage-deflate").websocket();
  REQUIRE(exchange.status() == 101);
  const std::string large(60'000, 'x');
  for (const std::string& text : {std::string{"hello"}, large, std::string{}}) {
    exchange.send(text);
    CHECK(exchange.text() == text);
  }
  exchange.send_bytes(std::string(1000, '\xff'));
  const auto binary = exchange.read();
  REQUIRE(binary);
  CHECK(binary->bytes == std::string(1000, '\xff'));
  exchange.send(std::string(64 * 1024 + 1, 'x'));
  CHECK(exchange.close_code() == 1009);
}

TEST_CASE("TestClient: layers see a WebSocket's handshake, and may refuse it") {
  App app;
  app.layer({.name = "door",
             .before = [](Request& request) -> std::optional<Response> {
               if (request.query("key")) return std::nullopt;
               return Response::status(401);
             },
             .after = [](const Request&, Response& response) { response.add_field("X-Door", "seen"); }});
  app.group("/in").websocket("/{room}", [](Request request, WebSocket socket) -> Task<void> {
    if (!socket.send(request.param("room"))) co_return;
    static_cast<void>(co_await socket.receive());
  });
  TestClient client{std::move(app)};
  CHECK(client.websocket("/in/tea").status() == 401);
  auto socket = client.websocket("/in/tea?key=1");
  CHECK(socket.status() == 101);
  CHECK(socket.text() == "tea");
}

TEST_CASE("TestClient: a WebSocket outlives its worker, and reaches nobody") {
  std::optional<WebSocket> kept;
  {
    App app;
    app.websocket("/keep", [&kept](Request, WebSocket socket) -> Task<void> {
      kept = socket;
      static_cast<void>(co_await socket.receive());
    });
    TestClient client{std::move(app)};
    CHECK(client.websocket("/keep").status() == 101);
    CHECK(kept->open());
  }
  CHECK_FALSE(kept->open());
  CHECK_FALSE(kept->send("anybody?"));
  CHECK_FALSE(kept->behind());
  kept->close();
}

TEST_CASE("WebSocket: what cannot be asked for is refused before it runs") {
  App app;
  const auto handler = [](Request, WebSocket) -> Task<void> { co_return; };
  CHECK_THROWS_WITH(app.websocket("/x", handler, {.largest = 0}), Catch::Contains("take no message"));
  CHECK_THROWS_WITH(app.websocket("/x", handler, {.ping = 99ms}), Catch::Contains("at least 100 ms"));
  app.websocket("/x", handler, {.ping = 0ms});
  CHECK(app.routes().size() == 1);
}

}  // namespace orrery
