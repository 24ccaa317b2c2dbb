// WebSockets as streams of HTTP/2 (RFC 8441), in all worker classes: opened, heard, held up, ended and refused.
#include <map>

#include "e2e/classes.hpp"
#include "support/http2_client.hpp"
#include "support/tls_files.hpp"
#include "support/web_socket_wire.hpp"

namespace orrery::test {

namespace {

using Stream = std::uint32_t;

http2::Fields opening(const std::string& path, const http2::Fields& other = {}) {
  http2::Fields fields{
      {":method", "CONNECT"}, {":protocol", "websocket"}, {":path", path}, {"sec-websocket-version", "13"}};
  fields.insert(fields.end(), other.begin(), other.end());
  return http2::get(fields);
}

/// A client's end of a connection whose streams may be WebSockets.
class Client : public Http2Client {
 public:
  using Http2Client::Http2Client;

  void open(Stream id, const std::string& path, const http2::Fields& other = {}) {
    send(http2::headers(id, opening(path, other), http2::kEndHeaders));
  }
  /// Of the answer's head; 0 when none comes.
  int status(Stream id) {
    until([&] { return reader().answer(id).status != 0 || heard("reset " + std::to_string(id)); });
    return reader().answer(id).status;
  }
  /// The next frame of the WebSocket.
  SeenFrame read(Stream id) {
    const auto seen = [&] { return std::string_view{reader().answer(id).body}.substr(read_[id]); };
    const auto need = [&](std::size_t size) {
      return until([&] { return seen().size() >= size || reader().answer(id).whole; }) && seen().size() >= size;
    };
    SeenFrame frame;
    frame.problem = "ended";
    if (!need(2)) return frame;
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(seen()[at]); };
    std::size_t head = 2, size = byte(1);
    if (size > 125) {
      head += size == 126 ? 2 : 8;
      if (!need(head)) return frame;
      size = 0;
      for (std::size_t i = 2; i < head; ++i) size = size << 8U | byte(i);
    }
    if (!need(head + size)) return frame;
    frame.last = (byte(0) & 0x80U) != 0;
    frame.opcode = byte(0) & 0x7fU;
    frame.payload = seen().substr(head, size);
    frame.problem.clear();
    read_[id] += head + size;
    return frame;
  }

 private:
  std::map<Stream, std::size_t> read_;
};

bool last_is(const ServerProcess& server, const std::string& wanted) {
  return eventually([&] { return fetch(server.port(), "GET /socket/last").body == wanted; });
}

}  // namespace

TEST_CASE("web_sockets: over HTTP/2 several go both ways on one connection, beside requests") {
  ServerProcess server{ServerProcess::Program::kEcho,
                       {"-w", "1", "--access-logfile", "access", "--access-log-format", "%(r)s %(s)s %(B)s", "-k",
                        GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Client client{server.place()};
  client.open(1, "/socket/echo");
  CHECK(client.status(1) == 200);
  CHECK(client.reader().settings().at(8) == 1);
  CHECK(client.reader().answer(1).field("sec-websocket-accept").empty());
  CHECK(client.reader().answer(1).field("upgrade").empty());
  client.open(3, "/socket/chat", {{"sec-websocket-protocol", "v1.chat"}});
  CHECK(client.status(3) == 200);
  CHECK(client.reader().answer(3).field("sec-websocket-protocol") == "v1.chat");
  CHECK(client.read(3).is(1, "you speak v1.chat"));

  client.send(http2::data(1, client_text("hello")));
  CHECK(client.read(1).is(1, "hello"));
  // Frames of one know nothing of frames of the other.
  const std::string frame = client_text("byte by byte");
  for (const char c : frame) client.send(http2::data(1, std::string(1, c)));
  CHECK(client.read(1).is(1, "byte by byte"));
  client.send(http2::data(1, client_frame(0x01, "frag")) + http2::data(1, client_frame(0x89, "p")));
  client.send(http2::data(1, client_frame(0x80, "ment")));
  CHECK(client.read(1).is(10, "p"));
  CHECK(client.read(1).is(1, "fragment"));
  client.send(http2::headers(5, http2::get({{":path", "/constant"}})));
  CHECK(client.answered(5));
  CHECK(client.reader().answer(5).status == 200);

  client.send(http2::data(1, client_close(3000, "enough")));
  CHECK(client.read(1).code() == 3000);
  CHECK(client.answered(1));
  CHECK(last_is(server, "3000 enough"));
  CHECK(server.wait_for_text("access", "GET /socket/echo HTTP/2.0 200"));
  client.open(7, "/socket/echo");
  CHECK(client.status(7) == 200);
  client.wire().reset();
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("web_sockets: over HTTP/2 messages are compressed too, over TLS too") {
  static const TlsFiles files;
  ServerProcess server{
      ServerProcess::Program::kEcho,
      {"-w", "1", "--certfile", "cert.pem", "--keyfile", "key.pem", "-k", GENERATE(from_range(kClasses))}};
  files.write(server.directory);
  REQUIRE(server.serve());
  Client client{tls_wire(server.place(), {.authority = files.authority.certificate, .protocols = "\x02h2"})};
  client.open(1, "/socket/echo", {{"sec-websocket-extensions", "permessage-deflate"}});
  CHECK(client.status(1) == 200);
  CHECK_THAT(client.reader().answer(1).field("sec-websocket-extensions"), Catch::StartsWith("permessage-deflate"));
  client.send(http2::data(1, client_text(std::string(10'000, 'x'))));
  const SeenFrame echo = client.read(1);
  CHECK(echo.opcode == 0x41);
  CHECK(echo.payload.size() < 1000);
  client.wire().reset();
  CHECK(server.stop() == 0);
}

TEST_CASE("web_sockets: over HTTP/2 a slow reader and a slow application hold up their own stream only") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Client client{server.place()};
  SECTION("a reader that gives no more window gets nothing more, and later all of it") {
    client.open(1, "/socket/flood?count=300");
    CHECK(client.status(1) == 200);
    REQUIRE(client.until([&] { return client.reader().answer(1).body.size() == 65'535; }));
    client.send(http2::headers(3, http2::get({{":path", "/constant"}})));
    CHECK(client.answered(3));
    CHECK(client.reader().answer(1).body.size() == 65'535);
    client.send(http2::window(1, 0x7fffffff - 65'535));
    const std::string piece(10 * 1024, 'f');
    for (int i = 0; i < 300; ++i) REQUIRE(client.read(1).is(1, piece));
    CHECK(client.read(1).code() == 1000);
  }
  SECTION("an application that hears nothing gives its client no more window than the first") {
    client.open(1, "/socket/deaf?ms=300");
    CHECK(client.status(1) == 200);
    const std::string message = client_text(std::string(1000, 'd'));
    std::uint64_t sent = 0;
    int count = 0;
    // As the window allows: what the server does not read it does not give back.
    for (; count < 1000; ++count) {
      REQUIRE(client.until([&] { return sent + message.size() <= 65'535 + client.reader().opened(1); }));
      client.send(http2::data(1, message));
      sent += message.size();
    }
    REQUIRE(client.until([&] { return sent + 100 <= 65'535 + client.reader().opened(1); }));
    client.send(http2::data(1, client_text("end")));
    CHECK(client.read(1).is(1, "1000"));
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("web_sockets: over HTTP/2 each way in which one can end") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Client client{server.place()};
  SECTION("reset by the client") {
    client.open(1, "/socket/echo");
    CHECK(client.status(1) == 200);
    client.send(http2::reset(1));
    CHECK(last_is(server, "1006 "));
  }
  SECTION("ended by the client without a close") {
    client.open(1, "/socket/echo");
    CHECK(client.status(1) == 200);
    client.send(http2::data(1, client_frame(0x01, "half"), http2::kEndStream));
    CHECK(client.answered(1));
    CHECK(last_is(server, "1006 "));
  }
  SECTION("the connection is gone") {
    client.open(1, "/socket/echo");
    CHECK(client.status(1) == 200);
    client.wire().reset();
    CHECK(last_is(server, "1006 "));
  }
  SECTION("closed by the application") {
    client.open(1, "/socket/close?code=4001");
    const SeenFrame close = client.read(1);
    CHECK(close.code() == 4001);
    client.send(http2::data(1, client_close(4001), http2::kEndStream));
    CHECK(client.answered(1));
  }
  SECTION("a frame that breaks the rules") {
    client.open(1, "/socket/echo");
    client.send(http2::data(1, client_frame(0x83, "x")));
    CHECK(client.read(1).code() == 1002);
    CHECK(client.answered(1));
    CHECK(server.wait_for_line("bad_websocket_frame, target /socket/echo"));
  }
  SECTION("the worker leaves") {
    client.open(1, "/socket/echo");
    CHECK(client.status(1) == 200);
    server.signal(SIGTERM);
    CHECK(client.read(1).code() == 1001);
    client.send(http2::data(1, client_close(1001), http2::kEndStream));
    CHECK(client.answered(1));
    CHECK(server.wait_for_end() == 0);
    return;
  }
  // The connection has lost nothing by it.
  Client other{server.place()};
  other.open(1, "/socket/echo");
  other.send(http2::data(1, client_text("y")));
  CHECK(other.read(1).is(1, "y"));
  // A client that answers no close is waited for.
  other.wire().reset();
  client.wire().reset();
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("web_sockets: over HTTP/2 what opens none is refused by name, and its stream alone") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Client client{server.place()};
  struct Row {
    const char* name;
    http2::Fields fields;
    int status;
  };
  const std::vector<Row> rows{
      {"another protocol", opening("/socket/echo", {{":protocol", "connect-udp"}}), 501},
      {"a path that nobody has", opening("/nowhere"), 404},
      {"a path of requests", opening("/constant"), 405},
      {"another version", opening("/socket/echo", {{"sec-websocket-version", "8"}}), 426},
      {"a foreign page", opening("/socket/echo", {{"origin", "https://evil.example"}}), 403},
      {"a tunnel of the old kind", {{":method", "CONNECT"}, {":authority", "a.example:1"}}, 501},
      {"a GET", http2::get({{":path", "/socket/echo"}}), 426},
      // Streams that are reset.
      {"the protocol of a GET", http2::get({{":path", "/socket/echo"}, {":protocol", "websocket"}}), 0},
      {"no scheme", opening("/socket/echo", {{":scheme", ""}}), 0},
      {"no path", opening(""), 0},
  };
  Stream id = 1;
  for (const Row& row : rows) {
    INFO(row.name);
    const bool whole = row.fields[0].second == "GET";
    client.send(http2::headers(id, row.fields, http2::kEndHeaders | (whole ? http2::kEndStream : 0)));
    CHECK(client.status(id) == row.status);
    if (row.status == 0) CHECK(client.heard("reset " + std::to_string(id) + " PROTOCOL_ERROR"));
    id += 2;
  }
  CHECK(server.wait_for_line("no_tunnel"));
  CHECK(server.wait_for_line("bad_pseudo_field"));
  client.open(id, "/socket/echo");
  CHECK(client.status(id) == 200);
  client.wire().reset();
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
