// /planets/stream as its viewers see it: the sky as it moves, by server-sent events.

#include "e2e/classes.hpp"
#include "support/json.hpp"

namespace orrery::test {

namespace {

using nlohmann::json;

struct Event {
  std::string name, id, data, retry;
};

/// The events of a stream, one after another.
class EventReader {
 public:
  explicit EventReader(Wire& wire) : wire_(wire) {}

  /// The next event that has a name; an empty one when none came.
  Event next() {
    for (;;) {
      const std::size_t end = text_.find("\n\n");
      if (end == std::string::npos) {
        const std::string more = chunk();
        if (more.empty()) return {};
        text_ += more;
        continue;
      }
      const Event event = parsed_event(text_.substr(0, end + 1));
      text_.erase(0, end + 2);
      if (!event.name.empty()) return event;
    }
  }

 private:
  static std::string line_of(const std::string& block, const std::string& key) {
    const std::size_t at = ("\n" + block).find("\n" + key + ": ");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + key.size() + 2;
    return block.substr(begin, block.find('\n', begin) - begin);
  }
  static Event parsed_event(const std::string& block) {
    return {line_of(block, "event"), line_of(block, "id"), line_of(block, "data"), line_of(block, "retry")};
  }
  /// One chunk of the body; empty for the last, and when none came.
  std::string chunk() {
    std::size_t head = 0;
    while ((head = raw_.find("\r\n")) == std::string::npos)
      if (!fill()) return {};
    const std::size_t size = std::strtoul(raw_.c_str(), nullptr, 16);
    while (raw_.size() < head + 2 + size + 2)
      if (!fill()) return {};
    const std::string body = raw_.substr(head + 2, size);
    raw_.erase(0, head + 2 + size + 2);
    return body;
  }
  bool fill() {
    const std::string more = wire_.read_some(65536);
    raw_ += more;
    return !more.empty();
  }

  Wire& wire_;
  std::string raw_;
  std::string text_;
};

/// Asks for a stream and reads its head.
std::string open_stream(Wire& wire, const std::string& query) {
  wire.send(request("GET /planets/stream" + query));
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    const std::string more = wire.read_some(65536);
    if (more.empty()) return head;
    head += more;
  }
  const std::size_t end = head.find("\r\n\r\n") + 4;
  wire.unread(head.substr(end));
  return head.substr(0, end);
}

}  // namespace

TEST_CASE("viewers: the sky as it moves") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1", "-k", "async"}};
  REQUIRE(server.serve());
  SECTION("at once and every second, as /planets has it") {
    Wire wire{server.port()};
    const std::string head = open_stream(wire, "?interval=1&lon=1&lat=2&elevation=3&fields=az,phase");
    CHECK(head.starts_with("HTTP/1.1 200 "));
    CHECK(head.find("Content-Type: text/event-stream\r\n") != std::string::npos);
    CHECK(head.find("Cache-Control: no-store\r\n") != std::string::npos);
    CHECK(head.find("Access-Control-Allow-Origin: *\r\n") != std::string::npos);
    EventReader events{wire};
    std::int64_t last = 0;
    for (int i = 0; i < 4; ++i) {
      const Event event = events.next();
      REQUIRE(event.name == "sky");
      const std::int64_t id = std::stoll(event.id);
      CHECK(id > last);
      last = id;
      const json sky = json::parse(event.data, nullptr, false);
      const std::string time = sky["time"];
      const Answer same = fetch(server.port(), "GET /planets?lon=1&lat=2&elevation=3&fields=az,phase&time=" + time);
      CHECK(same.body == event.data + "\n");
    }
  }
  SECTION("a draining worker says so, and the stream ends") {
    Wire wire{server.port()};
    REQUIRE(open_stream(wire, "?interval=3600").starts_with("HTTP/1.1 200 "));
    EventReader events{wire};
    REQUIRE(events.next().name == "sky");
    server.signal(SIGTERM);
    Event bye = events.next();
    while (bye.name == "sky") bye = events.next();  // it was under way
    CHECK(bye.name == "draining");
    CHECK(bye.data == "{}");
    REQUIRE_FALSE(bye.retry.empty());
    CHECK(std::stoi(bye.retry) <= 500);
    CHECK(events.next().name.empty());
    CHECK(server.wait_for_end() == 0);
    CHECK(server.count_lines("[ERROR]") == 0);
  }
  SECTION("who comes as the worker leaves is told too") {
    Wire late{server.port()};
    late.send("GET /planets/stream?interval=3600 HTTP/1.1\r\n");
    // Answered behind it, so the half request has been read; and closed when the worker drains.
    Wire idle{server.port()};
    REQUIRE(idle.ask("GET /planets").status == 200);
    server.signal(SIGTERM);
    REQUIRE(idle.closes_within());
    late.send("Host: localhost\r\n\r\n");
    const std::string rest = late.read_to_end();
    CHECK(rest.find("event: sky\n") != std::string::npos);
    CHECK(rest.find("event: draining\ndata: {}\n\n") != std::string::npos);
    // The last word about it holds.
    CHECK(std::stoi(rest.substr(rest.rfind("retry: ") + 7)) <= 500);
    CHECK(rest.ends_with("0\r\n\r\n"));
    CHECK(server.wait_for_end() == 0);
  }
  SECTION("viewers who leave, politely or not, take nobody along") {
    for (int i = 0; i < 30; ++i) {
      Wire wire{server.port()};
      REQUIRE(open_stream(wire, "?interval=1").starts_with("HTTP/1.1 200 "));
      if (i % 3 == 0) wire.reset();
      if (i % 3 == 1) wire.half_close();
    }
    Wire wire{server.port()};
    open_stream(wire, "?interval=1");
    EventReader events{wire};
    for (int i = 0; i < 3; ++i) CHECK(events.next().name == "sky");
    CHECK(server.workers().size() == 1);
    CHECK(server.stop() == 0);
    INFO(server.log());
    CHECK(server.count_lines("[ERROR]") == 0);
  }
  SECTION("one who does not read is skipped, the others are served") {
    Wire lazy{server.place(), 4096};
    lazy.send(request("GET /planets/stream?interval=1"));
    Wire wire{server.port()};
    open_stream(wire, "?interval=1");
    EventReader events{wire};
    for (int i = 0; i < 4; ++i) CHECK(events.next().name == "sky");
  }
  SECTION("HEAD has the head only") {
    Wire wire{server.port()};
    wire.send(request("HEAD /planets/stream"));
    const Answer answer = wire.read(kPatience, true);
    CHECK(answer.status == 200);
    CHECK(answer.field("Content-Type") == "text/event-stream");
    CHECK(wire.ask("GET /planets").status == 200);
  }
}

TEST_CASE("viewers: the sky comes in every worker class") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1", "-k", GENERATE("sync", "threads")}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  REQUIRE(open_stream(wire, "?interval=1").starts_with("HTTP/1.1 200 "));
  EventReader events{wire};
  for (int i = 0; i < 2; ++i) CHECK(events.next().name == "sky");
  CHECK(fetch(server.port(), "GET /planets").status == 200);
}

}  // namespace orrery::test
