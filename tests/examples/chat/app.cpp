#include "app.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace {

using namespace std::chrono_literals;
using orrery::HttpError;
using orrery::Request;
using orrery::Response;
using orrery::Stream;
using orrery::WebSocket;

/// One event; each line of the text is a line of data (WHATWG HTML, 9.2.6).
std::string event_of(std::string_view text) {
  std::string event = "data: ";
  for (const char c : text) {
    if (c == '\n') event += "\ndata: ";
    if (c != '\n' && c != '\r') event += c;
  }
  return event + "\n\n";
}

struct Member {
  std::string room;
  std::variant<Stream, WebSocket> client;
  /// One that is behind by 64 KiB misses it, and a WebSocket what is no text.
  void hear(std::string_view text) const try {
    if (const auto* const stream = std::get_if<Stream>(&client))
      (void)stream->write(event_of(text));
    else
      (void)std::get<WebSocket>(client).send(text);
  } catch (const std::invalid_argument&) {
  }
};

/// Those of this worker.
class Members {
 public:
  std::uint64_t enter(Member member) {
    members_.emplace(++last_, std::move(member));
    return last_;
  }
  void leave(std::uint64_t number) { members_.erase(number); }
  void say_good_bye(std::uint64_t number) {
    if (const auto found = members_.extract(number)) std::get<Stream>(found.mapped().client).end();
  }
  /// A write may find that its client is gone, which takes that one out meanwhile.
  template <class Action>
  void for_each(const Action& action) const {
    for (auto at = members_.begin(); at != members_.end();) {
      const auto [number, member] = *at;
      action(member);
      at = members_.upper_bound(number);
    }
  }
  [[nodiscard]] std::size_t rooms() const {
    std::set<std::string_view> names;
    for (const auto& [number, member] : members_) names.insert(member.room);
    return names.size();
  }
  orrery::Subscription hears;

 private:
  std::map<std::uint64_t, Member> members_;
  std::uint64_t last_ = 0;
};

/// What is said goes to all workers as the size of the room's name, that name and the text.
bool say(const orrery::Topic& lines, const std::string& room, std::string_view text) {
  return lines.publish((std::to_string(room.size()) + ":" + room).append(text));
}

void hear(const Members& members, std::string_view line) {
  const auto size = static_cast<std::size_t>(std::stoul(std::string{line.substr(0, line.find(':'))}));
  line.remove_prefix(line.find(':') + 1);
  members.for_each([&](const Member& member) {
    if (member.room == line.substr(0, size)) member.hear(line.substr(size));
  });
}

orrery::Task<void> talk(std::shared_ptr<Members> members, orrery::Topic lines, std::string room, WebSocket socket) {
  const auto leave = [&](const std::uint64_t* number) { members->leave(*number); };
  const std::uint64_t number = members->enter({room, socket});
  // However this ends.
  const std::unique_ptr<const std::uint64_t, decltype(leave)> seat{&number, leave};
  while (const auto message = co_await socket.receive())
    if (message->text && !say(lines, room, message->bytes)) socket.close(1009, "That is too much at once.");
}

}  // namespace

orrery::App make_app() {
  auto members = std::make_shared<Members>();
  orrery::App app;
  const orrery::Topic lines{app, "lines", {.messages = 1024, .largest = 4096}};
  app.on_worker_start([members, lines](orrery::Worker& worker) -> orrery::Result<void> {
    members->hears = lines.subscribe([members = members.get()](const auto& line) { hear(*members, line.bytes); });
    // A proxy may cut off a connection on which nothing comes. A WebSocket asks for such signs itself.
    worker.every(15s, [members] {
      members->for_each([](const Member& member) {
        const auto* const stream = std::get_if<Stream>(&member.client);
        if (stream && !stream->behind()) (void)stream->write(":\n\n");
      });
    });
    return {};
  });
  app.get("/rooms/{room}", [members](const Request& request, orrery::Responder responder) {
    auto stream =
        std::move(responder).start(Response::bytes("text/event-stream", "").with_field("Cache-Control", "no-store"));
    if (!stream) return;
    const auto number = members->enter({std::string{request.param("room")}, *stream});
    stream->on_closed([members, number] { members->leave(number); });
    stream->on_draining([members, number] { members->say_good_bye(number); });
    // So that the client knows that it is in, before anybody says anything.
    (void)stream->write(": welcome\n\n");
  });
  app.post("/rooms/{room}", [lines](const Request& request) {
    if (request.body().empty()) throw HttpError{400, "There is nothing to say."};
    if (!say(lines, std::string{request.param("room")}, request.body()))
      throw HttpError{413, "That is too much at once."};
    return Response::status(204);
  });
  app.websocket("/rooms/{room}/socket", [members, lines](const Request& request, const WebSocket& socket) {
    return talk(members, lines, std::string{request.param("room")}, socket);
  });
  app.get("/rooms", [members](const Request&) { return Response::text(std::to_string(members->rooms()) + "\n"); });
  return app;
}
