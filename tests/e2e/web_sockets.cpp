// WebSockets, as raw clients meet them, in all worker classes: handshake, messages, limits, time, and leaving.
#include "e2e/watched.hpp"
#include "support/http2_frames.hpp"
#include "support/tls_client.hpp"
#include "support/tls_files.hpp"
#include "support/web_socket_wire.hpp"
#include "support/wires.hpp"

namespace orrery::test {

namespace {

std::string last_end(const ServerProcess& server) { return fetch(server.port(), "GET /socket/last").body; }

bool last_is(const ServerProcess& server, const std::string& wanted) {
  return eventually([&] { return last_end(server) == wanted; });
}

}  // namespace

TEST_CASE("web_sockets: messages go both ways, whole and in pieces, and the close is answered") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  WebSocketWire wire{server.place()};
  REQUIRE(wire.open("/socket/echo"));
  CHECK(wire.answer().field("Upgrade") == "websocket");
  CHECK(wire.answer().field("Connection") == "upgrade");
  CHECK(!wire.answer().field("Content-Length"));

  wire.send(client_text("hello"));
  CHECK(wire.read().is(1, "hello"));
  wire.send(client_frame(0x82, "\xff\xfe"));
  CHECK(wire.read().is(2, "\xff\xfe"));
  wire.send(client_frame(0x01, "frag") + client_frame(0x89, "p") + client_frame(0x80, "ment"));
  CHECK(wire.read().is(10, "p"));
  CHECK(wire.read().is(1, "fragment"));
  for (const char c : client_text("byte by byte")) wire.send(std::string(1, c));
  CHECK(wire.read().is(1, "byte by byte"));
  const std::string large(2'000'000, 'L');
  wire.send(client_text(large));
  CHECK(wire.read().is(1, large));
  std::string many;
  for (int i = 0; i < 1000; ++i) many += client_text(std::to_string(i));
  wire.send(many);
  for (int i = 0; i < 1000; ++i) REQUIRE(wire.read().is(1, std::to_string(i)));
  // A close is answered with its code, and ends the connection.
  wire.send(client_close(3000, "enough"));
  CHECK(wire.read().code() == 3000);
  CHECK(wire.wire().closes_within());
  CHECK(last_is(server, "3000 enough"));

  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("web_sockets: what is no handshake is answered as HTTP, and the connection goes on") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const Answer plain = wire.ask("GET /socket/echo");
  CHECK(plain.status == 426);
  CHECK(plain.field("Upgrade") == "websocket");
  CHECK(plain.field("Connection") == "upgrade");
  CHECK(plain.field("Sec-WebSocket-Version") == "13");
  CHECK(wire.ask("GET /constant").status == 200);
  CHECK(wire.ask("POST /socket/echo").status == 405);
  CHECK(fetch(server.port(), "GET /socket/echo",
              "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
            .status == 400);
  CHECK(server.wait_for_line("(bad_websocket, target /socket/echo)"));
  WebSocketWire foreign{server.place()};
  CHECK_FALSE(foreign.open("/socket/echo", "Origin: https://evil.example\r\n"));
  CHECK(foreign.answer().status == 403);
  CHECK(server.wait_for_line("(foreign_origin, target /socket/echo)"));
  WebSocketWire same{server.place()};
  CHECK(same.open("/socket/friend", "Origin: https://friend.example\r\n"));
  WebSocketWire chat{server.place()};
  REQUIRE(chat.open("/socket/chat", "Sec-WebSocket-Protocol: v1.chat, v2.chat\r\n"));
  CHECK(chat.answer().field("Sec-WebSocket-Protocol") == "v2.chat");
  CHECK(chat.read().is(1, "you speak v2.chat"));
}

TEST_CASE("web_sockets: who breaks the rules is told the code, and the log its name") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  struct Row {
    const char* name;
    const char* target;
    std::string bytes;
    unsigned code;
    const char* reject;
  };
  const std::vector<Row> rows{
      {"a reserved bit", "/socket/echo", client_frame(0xc1, "x"), 1002, "bad_websocket_frame"},
      {"no mask", "/socket/echo", std::string{"\x81\x01x"}, 1002, "bad_websocket_frame"},
      {"no UTF-8", "/socket/echo", client_text("\xff"), 1007, "bad_websocket_frame"},
      {"too large", "/socket/small", client_text(std::string(17, 'x')), 1009, "long_websocket_message"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    WebSocketWire wire{server.place()};
    REQUIRE(wire.open(row.target));
    // What comes behind it must not destroy the close by a RST.
    wire.send(row.bytes + client_text(std::string(100'000, 'x')));
    CHECK(wire.read().code() == row.code);
    CHECK(wire.wire().read_some(1).empty());
    CHECK(wire.wire().ended() == "closed");
    CHECK(server.wait_for_line(std::string{row.reject} + ", target " + row.target));
  }
}

TEST_CASE("web_sockets: the application closes, and fails") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  SECTION("with a code of its own; the client's close ends the connection") {
    WebSocketWire wire{server.place()};
    REQUIRE(wire.open("/socket/close?code=4001"));
    const SeenFrame close = wire.read();
    CHECK(close.code() == 4001);
    CHECK(close.payload.substr(2) == "bye");
    wire.send(client_text("too late") + client_close(4001));
    CHECK(wire.wire().closes_within());
  }
  SECTION("with a code that may not be sent") {
    WebSocketWire wire{server.place()};
    REQUIRE(wire.open("/socket/close?code=1006"));
    CHECK(wire.read().code() == 1011);
    CHECK(server.wait_for_line("no WebSocket may be closed with 1006"));
  }
  SECTION("by what it throws") {
    WebSocketWire wire{server.place()};
    REQUIRE(wire.open("/socket/throw"));
    wire.send(client_text("x"));
    CHECK(wire.read().code() == 1011);
    CHECK(server.wait_for_line("it was made to"));
    WebSocketWire teapot{server.place()};
    REQUIRE(teapot.open("/socket/teapot"));
    teapot.send(client_text("x"));
    const SeenFrame close = teapot.read();
    CHECK(close.code() == 1011);
    CHECK(close.payload.substr(2) == "short and stout");
  }
  SECTION("a client that goes without a word") {
    for (const bool reset : {false, true}) {
      {
        WebSocketWire wire{server.place()};
        REQUIRE(wire.open("/socket/echo"));
        wire.send(client_text("x"));
        CHECK(wire.read().is(1, "x"));
        if (reset) wire.wire().reset();
      }
      CHECK(last_is(server, "1006 "));
      WebSocketWire other{server.place()};
      REQUIRE(other.open("/socket/echo"));
      other.send(client_close(1000));
      CHECK(last_is(server, "1000 "));
    }
  }
}

TEST_CASE("web_sockets: a slow reader, and a slow application, hold up themselves only") {
  ServerProcess server{ServerProcess::Program::kEcho,
                       {"-w", "1", "--write-timeout", "1s", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  SECTION("a reader that is slow gets all of it") {
    WebSocketWire wire{server.place(), 4096};
    REQUIRE(wire.open("/socket/flood?count=300"));
    CHECK(fetch(server.port(), "GET /constant").status == 200);
    const std::string piece(10 * 1024, 'f');
    for (int i = 0; i < 300; ++i) REQUIRE(wire.read().is(1, piece));
    CHECK(wire.read().code() == 1000);
  }
  SECTION("one that takes nothing is cut off, with a name") {
    WebSocketWire wire{server.place(), 4096};
    REQUIRE(wire.open("/socket/flood?count=100000"));
    CHECK(server.wait_for_line("(write_timeout, target /socket/flood?count=100000)"));
  }
  SECTION("an application that hears nothing stops its client") {
    WebSocketWire wire{server.place()};
    REQUIRE(wire.open("/socket/deaf?ms=1000"));
    const std::string piece = client_text(std::string(60'000, 'd'));
    int sent = 0;
    while (sent < 2000 && wire.wire().send(piece, 200ms)) ++sent;
    CHECK(sent < 2000);
    CHECK(fetch(server.port(), "GET /constant").status == 200);
  }
  SECTION("and what it hears later is all there") {
    WebSocketWire wire{server.place()};
    REQUIRE(wire.open("/socket/deaf?ms=300"));
    const std::string piece = client_text(std::string(20'000, 'd'));
    for (int i = 0; i < 200; ++i) REQUIRE(wire.send(piece));
    wire.send(client_text("end"));
    CHECK(wire.read().is(1, "200"));
    CHECK(wire.read().code() == 1000);
  }
}

TEST_CASE("web_sockets: who is silent is asked, and who does not answer is cut off") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  WebSocketWire living{server.place()};
  REQUIRE(living.open("/socket/ping"));
  for (int i = 0; i < 2; ++i) {
    CHECK(living.read().is(9, ""));
    living.send(client_frame(0x8a, ""));
  }
  living.send(client_text("here"));
  CHECK(living.read().is(1, "here"));
  WebSocketWire dead{server.place()};
  REQUIRE(dead.open("/socket/ping"));
  CHECK(dead.read().is(9, ""));
  CHECK(dead.read().problem == "reset");
  CHECK(server.wait_for_line("(silent_websocket, target /socket/ping)"));
}

TEST_CASE("web_sockets: a worker that leaves says so, and clients come back to another") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  std::vector<std::unique_ptr<WebSocketWire>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::make_unique<WebSocketWire>(server.place()));
    REQUIRE(all.back()->open("/socket/echo"));
    // Begun, and not whole: it must not be taken for the connection's rest.
    all.back()->send(client_frame(0x01, "half"));
  }
  const bool reload = GENERATE(true, false);
  server.signal(reload ? SIGHUP : SIGTERM);
  for (const auto& wire : all) {
    CHECK(wire->read().code() == 1001);
    wire->send(client_close(1001));
    CHECK(wire->wire().closes_within());
  }
  if (reload) {
    WebSocketWire again{server.place()};
    REQUIRE(again.open("/socket/echo"));
    again.send(client_text("back"));
    CHECK(again.read().is(1, "back"));
    CHECK(server.stop() == 0);
  } else {
    CHECK(server.wait_for_end() == 0);
  }
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("web_sockets: messages are compressed for who can read it, and each stands alone") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const std::string offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
  WebSocketWire wire{server.place()};
  REQUIRE(wire.open("/socket/echo", offer));
  CHECK(wire.answer().field("Sec-WebSocket-Extensions") ==
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
  // "Hello" as RFC 7692, 7.2.3 has it, in fragments with a ping between them.
  using namespace std::string_literals;
  wire.send(client_frame(0x41, "\xf2\x48\xcd"s) + client_frame(0x89, "p") + client_frame(0x80, "\xc9\xc9\x07\x00"s));
  CHECK(wire.read().is(10, "p"));
  CHECK(wire.read().is(1, "Hello"));
  // What is sent back compressed is the message that was sent, and the same bytes each time.
  const std::string large(1'000'000, 'L');
  wire.send(client_text(large));
  const SeenFrame first = wire.read();
  CHECK(first.opcode == 0x41);
  CHECK(first.payload.size() < 10'000);
  for (int i = 0; i < 3; ++i) {
    wire.send(client_frame(0xc1, first.payload));
    CHECK(wire.read().payload == first.payload);
  }
  WebSocketWire small{server.place()};
  REQUIRE(small.open("/socket/small", offer));
  small.send(client_frame(0xc1, first.payload.substr(0, 100)));
  CHECK(small.read().code() == 1009);
  CHECK(server.wait_for_line("long_websocket_message, target /socket/small"));
  wire.send(client_frame(0xc1, "no DEFLATE"));
  CHECK(wire.read().code() == 1007);
  CHECK(server.wait_for_line("bad_websocket_frame, target /socket/echo"));
  // Who has not agreed on it may not.
  WebSocketWire plain{server.place()};
  REQUIRE(plain.open("/socket/echo"));
  CHECK(!plain.answer().field("Sec-WebSocket-Extensions"));
  plain.send(client_text(large));
  CHECK(plain.read().is(1, large));
  plain.send(client_frame(0xc1, first.payload));
  CHECK(plain.read().code() == 1002);
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("web_sockets: what is open is a metric, until it has closed") {
  static const TlsFiles files;
  Watched watched{{"--certfile", "cert.pem", "--keyfile", "key.pem", "-b", "localhost:0 tls", "-b", "127.0.0.1:0", "-k",
                   GENERATE(from_range(kClasses))}};
  files.write(watched.server.directory);
  watched.serve();
  const Wire::Place secure{watched.server.port(0), {}, false}, plain{watched.server.port(1), {}, false};
  const Wire::Place monitor{watched.monitor_port(), {}, false};
  const auto tells = [&](int tls, int http2, int sockets) {
    return eventually([&] {
      const std::string told = Wire{monitor}.ask("GET /metrics").body;
      const auto has = [&](const char* name, int count) {
        return told.find("\n" + std::string{name} + " " + std::to_string(count) + "\n") != std::string::npos;
      };
      return has("orrery_tls_connections_open", tls) && has("orrery_http2_connections_open", http2) &&
             has("orrery_websockets_open", sockets);
    });
  };
  CHECK(tells(0, 0, 0));
  WebSocketWire closes{tls_wire(secure, {.authority = files.authority.certificate})};
  REQUIRE(closes.open("/socket/echo"));
  auto leaves = std::make_unique<WebSocketWire>(plain);
  REQUIRE(leaves->open("/socket/echo"));
  Wire both{plain};
  both.send(std::string{http2::kPreface} + http2::settings());
  CHECK(tells(1, 1, 2));
  closes.send(client_close(1000));
  CHECK(closes.read().code() == 1000);
  CHECK(closes.wire().closes_within());
  CHECK(tells(0, 1, 1));
  leaves.reset();
  both.reset();
  CHECK(tells(0, 0, 0));
}

TEST_CASE("web_sockets: the access log has a line for each, with its bytes") {
  ServerProcess server{ServerProcess::Program::kEcho,
                       {"-w", "1", "--access-logfile", "access", "--access-log-format", "%(s)s %(U)s %(B)s"}};
  REQUIRE(server.serve());
  WebSocketWire wire{server.place()};
  REQUIRE(wire.open("/socket/echo"));
  wire.send(client_text("12345"));
  CHECK(wire.read().is(1, "12345"));
  wire.send(client_close(1000));
  CHECK(wire.read().code() == 1000);
  // Two frames: 2 + 5 and 2 + 2 bytes.
  CHECK(server.wait_for_text("access", "101 /socket/echo 11\n"));
}

TEST_CASE("web_sockets: the same over TLS") {
  static const TlsFiles files;
  ServerProcess server{
      ServerProcess::Program::kEcho,
      {"-w", "1", "--certfile", "cert.pem", "--keyfile", "key.pem", "-k", GENERATE(from_range(kClasses))}};
  files.write(server.directory);
  REQUIRE(server.serve());
  // Browsers offer HTTP/1.1 alone for it.
  const TlsWish wish{.authority = files.authority.certificate, .protocols = "\x08http/1.1"};
  WebSocketWire foreign{tls_wire(server.place(), wish)};
  CHECK_FALSE(foreign.open("/socket/echo", "Origin: https://evil.example\r\n"));
  WebSocketWire good{tls_wire(server.place(), wish)};
  REQUIRE(good.open("/socket/echo"));
  const std::string large(300'000, 'L');
  good.send(client_text("hello") + client_text(large));
  CHECK(good.read().is(1, "hello"));
  CHECK(good.read().is(1, large));
  good.send(client_close(1000));
  CHECK(good.read().code() == 1000);
  CHECK(good.wire().closes_within());
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
}

}  // namespace orrery::test
