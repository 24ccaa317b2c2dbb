// Behind proxies: who asked, over what, and who may say so.

#include "e2e/classes.hpp"
#include "support/json.hpp"

namespace orrery::test {

namespace {

using nlohmann::json;

json echoed(Wire& wire, std::string_view fields = {}) { return json::parse(wire.ask("GET /echo", fields).body); }

constexpr std::string_view kText = "PROXY TCP4 203.0.113.5 10.0.0.1 12345 443\r\n";

}  // namespace

TEST_CASE("proxies: X-Forwarded-For, Forwarded and the scheme of a trusted proxy, in every class") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.yaml = "accesslog: access.log\n";
  REQUIRE(server.serve());
  Wire wire{server.port()};
  json seen = echoed(wire, "X-Forwarded-For: 6.6.6.6, 203.0.113.5\r\nX-Forwarded-Proto: https\r\n");
  CHECK(seen["client"] == "203.0.113.5");
  CHECK(seen["peer"] == "127.0.0.1");
  CHECK(seen["scheme"] == "https");
  seen = echoed(wire, "Forwarded: for=\"[2001:db8::5]:1\";proto=https\r\n");
  CHECK(seen["client"] == "2001:db8::5");
  CHECK(seen["scheme"] == "https");
  seen = echoed(wire);
  CHECK(seen["client"] == "127.0.0.1");
  CHECK(seen["scheme"] == "http");
  const Answer refused = wire.ask("GET /echo", "X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\n");
  CHECK(refused.status == 400);
  CHECK(refused.closes());
  CHECK(server.count_lines("contradicting_scheme") == 1);
  CHECK(server.stop() == 0);
  const std::string lines = server.read_file("access.log");
  CHECK(lines.starts_with("203.0.113.5 - - "));
  CHECK(lines.find("\n2001:db8::5 - - ") != std::string::npos);
}

TEST_CASE("proxies: what a stranger says of itself means nothing") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--forwarded-allow-ips", "192.0.2.1"}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const json seen = echoed(wire, "X-Forwarded-For: 203.0.113.5\r\nX-Forwarded-Proto: https\r\n");
  CHECK(seen["client"] == "127.0.0.1");
  CHECK(seen["scheme"] == "http");
}

TEST_CASE("proxies: what a proxy adds to its own field, or beside it, contradicts nothing") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  json seen = echoed(wire, "X-Forwarded-Proto: https, https\r\nX-Forwarded-Ssl: on, on\r\n");
  CHECK(seen["scheme"] == "https");
  seen = echoed(wire, "Forwarded: proto=https\r\nX-Forwarded-For: 203.0.113.5\r\n");
  CHECK(seen["client"] == "203.0.113.5");
  CHECK(seen["scheme"] == "https");
  CHECK(wire.ask("GET /echo", "Forwarded: for=6.6.6.6\r\nX-Forwarded-For: 203.0.113.5\r\n").status == 400);
  CHECK(server.count_lines("contradicting_client") == 1);
}

TEST_CASE("proxies: HUP changes which field names the client") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.yaml = "forwarded_by: x-forwarded-for\n";
  REQUIRE(server.serve());
  const std::string both = "Forwarded: for=6.6.6.6\r\nX-Forwarded-For: 203.0.113.5\r\n";
  Wire before{server.port()};
  CHECK(echoed(before, both)["client"] == "203.0.113.5");
  server.write_config("forwarded_by: forwarded\n");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 is ready"));
  REQUIRE(server.wait_for_workers(1));
  Wire after{server.port()};
  CHECK(echoed(after, both)["client"] == "6.6.6.6");
}

TEST_CASE("proxies: PROXY headers per listener, in every class") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.yaml =
      "bind: [\"127.0.0.1:0 proxy_protocol=required\", \"localhost:0\", \"unix:off.sock "
      "proxy_protocol=off\"]\n"
      "proxy_protocol: optional\n";
  REQUIRE(server.serve());
  {
    INFO("required");
    Wire wire{server.port(0)};
    wire.send(kText);
    CHECK(echoed(wire)["client"] == "203.0.113.5");
    CHECK(echoed(wire)["client"] == "203.0.113.5");
    Wire datagrams{server.port(0)};
    datagrams.send(std::string_view{"\r\n\r\n\0\r\nQUIT\n\x21\x12\0\x0c\xcb\0\x71\5\x0a\0\0\1\x30\x39\1\xbb", 28});
    CHECK(echoed(datagrams)["client"] == "127.0.0.1");
    Wire without{server.port(0)};
    CHECK(without.ask("GET /echo").status == 400);
    CHECK(without.closes_within());
  }
  {
    INFO("optional");
    Wire wire{server.port(1)};
    CHECK(echoed(wire)["client"] == "127.0.0.1");
    Wire with{server.port(1)};
    with.send(std::string_view{"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\5\x0a\0\0\1\x30\x39\1\xbb", 28});
    CHECK(echoed(with)["client"] == "203.0.113.5");
  }
  {
    INFO("off");
    Wire wire{Wire::Place{0, server.file("off.sock"), false}};
    wire.send(kText);
    CHECK(wire.ask("GET /echo").status == 400);
  }
  CHECK(server.count_lines("missing_proxy_header") == 1);
  CHECK(server.stop() == 0);
}

TEST_CASE("proxies: a PROXY header of a peer that may not send one is answered 403") {
  ServerProcess server{ServerProcess::Program::kEcho,
                       {"-w", "1", "--proxy-protocol", "optional", "--proxy-allow-from", "192.0.2.1"}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  wire.send(kText);
  CHECK(wire.read().status == 403);
  CHECK(wire.closes_within());
  CHECK(server.count_lines("untrusted_proxy_header") == 1);
}

TEST_CASE("proxies: HUP changes what a listener expects, on the same socket") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.bind = false;
  server.yaml = "bind: unix:here.sock\n";
  REQUIRE(server.serve());
  const Wire::Place place{0, server.file("here.sock"), false};
  Wire before{place};
  CHECK(echoed(before)["client"] == "unix");
  server.write_config("bind: unix:here.sock proxy_protocol=required\n");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 is ready"));
  REQUIRE(server.wait_for_workers(1));
  Wire after{place};
  after.send(kText);
  CHECK(echoed(after)["client"] == "203.0.113.5");
}

}  // namespace orrery::test
