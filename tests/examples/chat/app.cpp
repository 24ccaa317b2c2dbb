#include "app.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using orrery::HttpError;
using orrery::Request;
using orrery::Response;
using orrery::Stream;

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

class Rooms {
 public:
  void enter(const std::string& room, const Stream& stream) {
    const auto number = ++last_;
    rooms_[room].emplace(number, stream);
    stream.on_closed([this, room, number] { leave(room, number); });
    stream.on_draining([this, room, number] { say_good_bye(room, number); });
    // So that the client knows that it is in, before anybody says anything.
    (void)stream.write(": welcome\n\n");
  }
  /// In this worker. A client that is behind by 64 KiB misses it.
  void say(const std::string& room, const std::string& bytes) {
    for (const Stream& stream : streams_of(room)) (void)stream.write(bytes);
  }
  void give_signs_of_life() {
    std::vector<std::string> names;
    for (const auto& [room, streams] : rooms_) names.push_back(room);
    for (const std::string& room : names)
      for (const Stream& stream : streams_of(room)) (void)(stream.behind() || stream.write(":\n\n"));
  }
  [[nodiscard]] std::size_t count() const { return rooms_.size(); }

  orrery::Subscription listens;

 private:
  void say_good_bye(const std::string& room, std::uint64_t number) {
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return;
    if (const auto place = found->second.find(number); place != found->second.end()) place->second.end();
    leave(room, number);
  }
  /// A copy: a write may find that its client is gone, which takes the stream out of the room.
  [[nodiscard]] std::vector<Stream> streams_of(const std::string& room) const {
    std::vector<Stream> streams;
    if (const auto found = rooms_.find(room); found != rooms_.end())
      for (const auto& [number, stream] : found->second) streams.push_back(stream);
    return streams;
  }
  void leave(const std::string& room, std::uint64_t number) {
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return;
    found->second.erase(number);
    if (found->second.empty()) rooms_.erase(found);
  }

  std::map<std::string, std::map<std::uint64_t, Stream>> rooms_;
  std::uint64_t last_ = 0;
};

}  // namespace

orrery::App make_app() {
  auto rooms = std::make_shared<Rooms>();
  orrery::App app;
  const orrery::Topic lines{app, "lines", {.messages = 1024, .largest = 4096}};
  app.on_worker_start([rooms, lines](orrery::Worker& worker) -> orrery::Result<void> {
    worker.every(kSignOfLife, [rooms] { rooms->give_signs_of_life(); });
    rooms->listens = lines.subscribe([here = rooms.get()](const orrery::TopicMessage& line) {
      const auto [room, text] = parts_of(line.bytes);
      here->say(room, event_of(text));
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
  app.get("/rooms", [rooms](const Request&) { return Response::text(std::to_string(rooms->count()) + "\n"); });
  return app;
}
