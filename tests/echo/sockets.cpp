#include "sockets.hpp"

#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string>

namespace {

using orrery::Request;
using orrery::Response;
using orrery::Task;
using orrery::WebSocket;

/// Of this worker.
std::string last = "none";

int number_of(const Request& request, std::string_view name) {
  int value = 0;
  if (const auto text = request.query(name)) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

void note_end(const WebSocket& socket) {
  last = std::to_string(socket.close_code()) + " " + std::string{socket.close_reason()};
}

Task<void> echo(Request, WebSocket socket) {
  while (auto message = co_await socket.receive()) {
    const auto send = [&] { return message->text ? socket.send(message->bytes) : socket.send_bytes(message->bytes); };
    while (!send()) {
      if (!co_await socket.drained()) break;
    }
  }
  note_end(socket);
}

Task<void> chat(Request, WebSocket socket) {
  if (!socket.send("you speak " + std::string{socket.protocol()})) co_return;
  while (const auto message = co_await socket.receive()) {
  }
}

Task<void> fail(Request, WebSocket socket) {
  static_cast<void>(co_await socket.receive());
  throw std::runtime_error("it was made to");
}

Task<void> teapot(Request, WebSocket socket) {
  static_cast<void>(co_await socket.receive());
  throw orrery::HttpError{418, "short and stout"};
}

Task<void> close_at_once(Request request, WebSocket socket) {
  socket.close(static_cast<std::uint16_t>(number_of(request, "code")), "bye");
  co_return;
}

Task<void> flood(Request request, WebSocket socket) {
  const std::string bytes(10 * 1024, 'f');
  for (int left = number_of(request, "count"); left > 0;) {
    if (socket.send(bytes))
      --left;
    else if (!co_await socket.drained())
      co_return;
  }
}

Task<void> be_deaf(Request request, WebSocket socket) {
  co_await orrery::sleep_for(std::chrono::milliseconds{number_of(request, "ms")});
  int heard = 0;
  while (const auto message = co_await socket.receive()) {
    if (message->bytes == "end") break;
    ++heard;
  }
  if (!socket.send(std::to_string(heard))) co_return;
}

}  // namespace

void add_sockets(orrery::App& app) {
  app.websocket("/socket/echo", echo, {.largest = 2 * 1024 * 1024});
  app.websocket("/socket/small", echo, {.largest = 16});
  app.websocket("/socket/chat", chat, {.protocols = {"v2.chat", "v1.chat"}});
  app.websocket("/socket/friend", echo, {.origins = {"https://friend.example"}});
  app.websocket("/socket/ping", echo, {.ping = std::chrono::milliseconds{1000}});
  app.websocket("/socket/throw", fail);
  app.websocket("/socket/teapot", teapot);
  app.websocket("/socket/close", close_at_once);
  app.websocket("/socket/flood", flood);
  app.websocket("/socket/deaf", be_deaf);
  app.get("/socket/last",
          [](const Request&, orrery::Responder responder) { std::move(responder).send(Response::text(last)); });
}
