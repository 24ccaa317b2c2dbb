#include "app.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

using orrery::HttpError;
using orrery::Request;
using orrery::Response;
using orrery::Stream;
using orrery::Task;
using orrery::WebSocket;

/// A proxy may cut off a connection on which nothing comes.
constexpr std::chrono::seconds kSignOfLife{15};

/// What is said in a room, on its way to all workers.
std::string line_of(const std::string& room, std::string_view text) {
  return (std::to_string(room.size()) + ":" + room).append(text);
}

std::pair<std::string, std::string_view> parts_of(std::string_view line) {
  const std::size_t colon = line.find(':');
  const auto size = static_cast<std::size_t>(std::stoul(std::string{line.substr(0, colon)}));
  return {std::string{line.substr(colon + 1, size)}, line.substr(colon + 1 + size)};
}

/// One event; each line of the text is a line of data (WHATWG HTML, 9.2.6).
std::string event_of(std::string_view text) {
  std::string event = "data: ";
  for (const char c : text) {
    if (c == '\n')
      event += "\ndata: ";
    else if (c != '\r')
      event += c;
  }
  return event + "\n\n";
}

/// Who hears what is said: by server-sent events, or by a WebSocket.
using Member = std::variant<Stream, WebSocket>;

/// One that is behind by 64 KiB misses it, and a WebSocket what is no text.
void tell(const Member& member, const std::string& text) {
  if (const auto* const stream = std::get_if<Stream>(&member)) {
    (void)stream->write(event_of(text));
    return;
  }
  try {
    (void)std::get<WebSocket>(member).send(text);
  } catch (const std::invalid_argument&) {
  }
}

class Rooms {
 public:
  std::uint64_t enter(const std::string& room, const Member& member) {
    const auto number = ++last_;
    rooms_[room].emplace(number, member);
    if (const auto* const stream = std::get_if<Stream>(&member)) {
      stream->on_closed([this, room, number] { leave(room, number); });
      stream->on_draining([this, room, number] { say_good_bye(room, number); });
      // So that the client knows that it is in, before anybody says anything.
      (void)stream->write(": welcome\n\n");
    }
    return number;
  }
  void leave(const std::string& room, std::uint64_t number) {
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return;
    found->second.erase(number);
    if (found->second.empty()) rooms_.erase(found);
  }
  /// In this worker.
  void say(const std::string& room, const std::string& text) {
    for (const Member& member : members_of(room)) tell(member, text);
  }
  /// A WebSocket asks for them itself.
  void give_signs_of_life() {
    std::vector<std::string> names;
    for (const auto& [room, members] : rooms_) names.push_back(room);
    for (const std::string& room : names) {
      for (const Member& member : members_of(room)) {
        const auto* const stream = std::get_if<Stream>(&member);
        if (stream && !stream->behind()) (void)stream->write(":\n\n");
      }
    }
  }
  [[nodiscard]] std::size_t count() const { return rooms_.size(); }

  orrery::Subscription listens;

 private:
  void say_good_bye(const std::string& room, std::uint64_t number) {
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return;
    if (const auto place = found->second.find(number); place != found->second.end())
      std::get<Stream>(place->second).end();
    leave(room, number);
  }
  /// A copy: a write may find that its client is gone, which takes it out of the room.
  [[nodiscard]] std::vector<Member> members_of(const std::string& room) const {
    std::vector<Member> members;
    if (const auto found = rooms_.find(room); found != rooms_.end())
      for (const auto& [number, member] : found->second) members.push_back(member);
    return members;
  }

  std::map<std::string, std::map<std::uint64_t, Member>> rooms_;
  std::uint64_t last_ = 0;
};

/// A place in a room, for as long as its WebSocket is served, however that ends.
class Seat {
 public:
  Seat(std::shared_ptr<Rooms> rooms, std::string room, const WebSocket& socket)
      : rooms_(std::move(rooms)), room_(std::move(room)), number_(rooms_->enter(room_, socket)) {}
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat() { rooms_->leave(room_, number_); }

 private:
  std::shared_ptr<Rooms> rooms_;
  std::string room_;
  std::uint64_t number_;
};

Task<void> talk(std::shared_ptr<Rooms> rooms, orrery::Topic lines, std::string room, WebSocket socket) {
  const Seat seat{std::move(rooms), room, socket};
  while (const auto message = co_await socket.receive())
    if (message->text && !lines.publish(line_of(room, message->bytes))) socket.close(1009, "That is too much at once.");
}

}  // namespace

orrery::App make_app() {
  auto rooms = std::make_shared<Rooms>();
  orrery::App app;
  const orrery::Topic lines{app, "lines", {.messages = 1024, .largest = 4096}};
  app.on_worker_start([rooms, lines](orrery::Worker& worker) -> orrery::Result<void> {
    worker.every(kSignOfLife, [rooms] { rooms->give_signs_of_life(); });
    rooms->listens = lines.subscribe([here = rooms.get()](const orrery::TopicMessage& line) {
      const auto [room, text] = parts_of(line.bytes);
      here->say(room, std::string{text});
    });
    return {};
  });
  app.get("/rooms/{room}", [rooms](Request request, orrery::Responder responder) {
    auto stream =
        std::move(responder).start(Response::bytes("text/event-stream", "").with_field("Cache-Control", "no-store"));
    if (stream) rooms->enter(std::string{request.param("room")}, *stream);
  });
  app.post("/rooms/{room}", [lines](const Request& request) {
    if (request.body().empty()) throw HttpError{400, "There is nothing to say."};
    if (!lines.publish(line_of(std::string{request.param("room")}, request.body())))
      throw HttpError{413, "That is too much to say at once."};
    return Response::status(204);
  });
  app.websocket("/rooms/{room}/socket", [rooms, lines](const Request& request, const WebSocket& socket) {
    return talk(rooms, lines, std::string{request.param("room")}, socket);
  });
  app.get("/rooms", [rooms](const Request&) { return Response::text(std::to_string(rooms->count()) + "\n"); });
  return app;
}
