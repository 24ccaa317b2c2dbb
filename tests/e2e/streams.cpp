// Bodies that come and go in pieces: pulled responses, event streams, large uploads, readers that are slow or leave.
#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// Reads a pulled response piece by piece and counts: 50 MB need not be kept.
std::size_t read_chunked(Wire& wire, std::size_t piece) {
  std::string text;
  std::size_t total = 0;
  for (;;) {
    const std::string some = wire.read_some(piece);
    if (some.empty()) return 0;
    total += static_cast<std::size_t>(std::count(some.begin(), some.end(), 'x'));
    text = (text + some);
    if (text.size() > 16) text.erase(0, text.size() - 16);
    if (text.ends_with("\r\n0\r\n\r\n")) return total;
  }
}

}  // namespace

TEST_CASE("streams: a pulled response") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const auto workers = server.workers();

  SECTION("sizes around the pieces, on one connection") {
    Wire wire{server.port()};
    for (const std::size_t size : {0UL, 1UL, 16383UL, 16384UL, 16385UL, 65536UL, 1000000UL}) {
      INFO(size);
      const Answer answer = wire.ask("GET /pull?bytes=" + std::to_string(size));
      CHECK(answer.chunked());
      CHECK(answer.problem.empty());
      CHECK(answer.body.size() == size);
    }
  }
  SECTION("to 1.0 it is ended by closing") {
    Wire wire{server.port()};
    wire.send("GET /pull?bytes=100000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const Answer answer = wire.read();
    CHECK(answer.problem.empty());
    CHECK(answer.body.size() == 100000);
    CHECK(answer.closes());
    CHECK(!answer.chunked());
  }
  SECTION("a slow reader gets all of it and holds up nobody") {
    Wire slow{server.place(), 4096};
    slow.send(request("GET /pull?bytes=5000000"));
    REQUIRE(!slow.read_some(1000).empty());
    CHECK(fetch(server.port(), "GET /constant").status == 200);
    CHECK(fetch(server.port(), "GET /pull?bytes=200000").body.size() == 200000);
    CHECK(read_chunked(slow, 4000) > 4'990'000);
  }
  SECTION("a large one") {
    Wire wire{server.port()};
    wire.send(request("GET /pull?bytes=50000000"));
    CHECK(read_chunked(wire, 65536) == 50'000'000);
    CHECK(wire.ask("GET /constant").status == 200);
  }
  SECTION("readers that leave in the middle, politely or not") {
    for (int i = 0; i < 20; ++i) {
      Wire wire{server.place(), 4096};
      wire.send(request("GET /pull?bytes=50000000"));
      CHECK(!wire.read_some(1000).empty());
      if (i % 2 == 0) wire.reset();
    }
    CHECK(fetch(server.port(), "GET /pull?bytes=200000").body.size() == 200000);
  }
  CHECK(server.workers() == workers);
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("streams: an upload of 50 MB is read as it comes") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const std::size_t size = 50'000'000;
  const std::string piece(1'000'000, 'u');
  Wire wire{server.port()};

  SECTION("by length") {
    wire.send(request("POST /stream-body", "Content-Length: " + std::to_string(size) + "\r\n"));
    for (std::size_t sent = 0; sent < size; sent += piece.size()) REQUIRE(wire.send(piece));
    CHECK(wire.read().body == std::to_string(size) + "\n");
  }
  SECTION("in chunks") {
    wire.send(request("POST /stream-body", "Transfer-Encoding: chunked\r\n"));
    for (std::size_t sent = 0; sent < size; sent += piece.size()) REQUIRE(wire.send("f4240\r\n" + piece + "\r\n"));
    REQUIRE(wire.send("0\r\n\r\n"));
    CHECK(wire.read().body == std::to_string(size) + "\n");
  }
  SECTION("none at all, and one that came whole") {
    wire.send(request("POST /stream-body", "Content-Length: 0\r\n"));
    CHECK(wire.read().body == "0\n");
    wire.send(request("POST /stream-body", "Content-Length: 3\r\n") + "abc");
    CHECK(wire.read().body == "3\n");
    wire.send(request("POST /stream-body", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n");
    CHECK(wire.read().body == "0\n");
  }
  SECTION("too much is refused on the way") {
    wire.send(request("POST /stream-body", "Content-Length: 1000000000\r\n"));
    CHECK(wire.read().status == 413);
    wire.reset();  // else the server lingers two seconds for what we might still send
  }
  SECTION("a client that leaves in the middle") {
    const bool politely = GENERATE(true, false);
    wire.send(request("POST /stream-body", "Content-Length: 1000000\r\n") + std::string(1000, 'u'));
    if (politely)
      wire.half_close();
    else
      wire.reset();
    CHECK(fetch(server.port(), "GET /constant").status == 200);
    if (politely) CHECK(wire.closes_within());
  }
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("streams: events are written as they happen") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  SECTION("to the end, and the connection is kept") {
    Wire wire{server.port()};
    for (int i = 0; i < 2; ++i) {
      const Answer answer = wire.ask("GET /events?count=5");
      CHECK(answer.status == 200);
      CHECK(answer.field("Content-Type") == "text/event-stream");
      CHECK(count_in(answer.body, "data: tick\n\n") == 5);
    }
  }
  SECTION("subscribers that leave take nobody along") {
    for (int i = 0; i < 10; ++i) {
      Wire wire{server.port()};
      wire.send(request("GET /events?count=1000000"));
      CHECK(!wire.read_some(200).empty());
      if (i % 2 == 0) wire.reset();
    }
    CHECK(count_in(fetch(server.port(), "GET /events?count=3").body, "data: tick\n\n") == 3);
  }
  SECTION("a subscriber that does not read costs no memory without end") {
    Wire wire{server.place(), 4096};
    wire.send(request("GET /events?count=1000000"));
    CHECK(!wire.read_some(200).empty());
    CHECK(count_in(fetch(server.port(), "GET /events?count=20").body, "data: tick\n\n") == 20);
  }
}

TEST_CASE("streams: a body that comes piece by piece is read before it is whole, in every class") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  // Answered before the body has come: the handler was called with the head.
  wire.send(request("POST /unauthorized", "Content-Length: 1000000\r\n"));
  CHECK(wire.read().status == 401);
  wire.reset();
}

}  // namespace orrery::test
