#include "app.hpp"

#include <catch2/catch.hpp>
#include <orrery/test_client.hpp>

using namespace std::chrono_literals;

namespace {

int say(orrery::TestClient& client, const char* room, const std::string& text) {
  return client.post(std::string{"/rooms/"} + room).body("text/plain", text).send().status;
}

}  // namespace

TEST_CASE("chat: what is said in a room is heard there, and nowhere else") {
  orrery::TestClient client{make_app()};
  auto one = client.stream("/rooms/tea");
  auto other = client.stream("/rooms/tea");
  auto elsewhere = client.stream("/rooms/coffee");
  CHECK(one.so_far().field("Content-Type") == "text/event-stream");
  for (auto* stream : {&one, &other, &elsewhere}) CHECK(stream->read() == ": welcome\n\n");
  CHECK(say(client, "tea", "hello") == 204);
  CHECK(one.read() == "data: hello\n\n");
  CHECK(other.read() == "data: hello\n\n");
  CHECK(elsewhere.read().empty());
  CHECK(say(client, "nobody", "hello") == 204);
}

TEST_CASE("chat: a message of two lines is one event, and none is refused") {
  orrery::TestClient client{make_app()};
  auto stream = client.stream("/rooms/tea");
  (void)stream.read();
  CHECK(say(client, "tea", "one\r\ntwo") == 204);
  CHECK(stream.read() == "data: one\ndata: two\n\n");
  CHECK(client.post("/rooms/tea").send().status == 400);
  CHECK(say(client, "tea", std::string(4097, 'x')) == 413);
}

TEST_CASE("chat: a client that leaves takes its place along, and the last one the room") {
  orrery::TestClient client{make_app()};
  auto one = client.stream("/rooms/tea");
  auto other = client.stream("/rooms/tea");
  CHECK(client.get("/rooms").send().body == "1\n");
  one.leave();
  CHECK(say(client, "tea", "still here?") == 204);
  other.leave();
  CHECK(say(client, "tea", "anybody?") == 204);
  CHECK(client.get("/rooms").send().body == "0\n");
}

TEST_CASE("chat: where nobody talks there is a sign of life every 15 seconds") {
  orrery::TestClient client{make_app()};
  auto stream = client.stream("/rooms/tea");
  (void)stream.read();
  client.pass(14s);
  CHECK(stream.read().empty());
  client.pass(1s);
  CHECK(stream.read() == ":\n\n");
  client.pass(1min);
  CHECK(stream.read() == ":\n\n:\n\n:\n\n:\n\n");
}

TEST_CASE("chat: a worker that leaves says good-bye to its rooms") {
  orrery::TestClient client{make_app()};
  auto stream = client.stream("/rooms/tea");
  client.drain();
  CHECK(stream.answer().whole);
  CHECK(client.gone());
}

TEST_CASE("chat: over a WebSocket one hears and says") {
  orrery::TestClient client{make_app()};
  auto listener = client.stream("/rooms/tea");
  (void)listener.read();
  auto one = client.websocket("/rooms/tea/socket");
  auto other = client.websocket("/rooms/tea/socket");
  one.send("hello");
  CHECK(one.text() == "hello");
  CHECK(other.text() == "hello");
  CHECK(listener.read() == "data: hello\n\n");
  CHECK(say(client, "tea", "and you?") == 204);
  CHECK(other.text() == "and you?");
  // That is no text: a stream has it, and a WebSocket misses it.
  CHECK(say(client, "tea", "\xff") == 204);
  other.leave();
  CHECK(say(client, "tea", "bye") == 204);
  client.drain();
  CHECK(one.text() == "and you?");
  CHECK(one.text() == "bye");
  CHECK(one.close_code() == 1001);
  CHECK(client.gone());
}
