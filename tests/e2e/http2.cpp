// HTTP/2 as its clients meet it, in all worker classes: by prior knowledge and by ALPN, beside HTTP/1.1, and through a
// reload.
#include "e2e/classes.hpp"
#include "support/http2_client.hpp"
#include "support/http2_load.hpp"
#include "support/tls_files.hpp"
#include "support/tool.hpp"
#include "support/wires.hpp"

namespace orrery::test {

namespace {

const TlsFiles& files() {
  static const TlsFiles made;
  return made;
}

/// A server with a plain address and one that speaks TLS.
struct BothServer : ServerProcess {
  explicit BothServer(const std::string& worker_class, std::vector<std::string> more = {}) {
    files().write(directory);
    arguments = {"-k",         worker_class, "-b",        "127.0.0.1:0", "-b", "localhost:0 tls",
                 "--certfile", "cert.pem",   "--keyfile", "key.pem"};
    arguments.insert(arguments.end(), more.begin(), more.end());
  }
  /// Of curl: `%{http_code} %{http_version}` and the body.
  [[nodiscard]] std::string plain(const std::string& options, const std::string& path) const {
    return said_by("curl -sS -m 20 -w '%{http_code} %{http_version}' " + options +
                   " http://127.0.0.1:" + std::to_string(port(0)) + path);
  }
  [[nodiscard]] std::string over_tls(const std::string& options, const std::string& path) const {
    const std::string name = "localhost:" + std::to_string(port(1));
    return said_by("curl -sS -m 20 -w '%{http_code} %{http_version}' --cacert " + file("ca.pem") + " --resolve " +
                   name + ":127.0.0.1 " + options + " https://" + name + path);
  }
};

http2::Fields get(const std::string& path) { return http2::get({{":path", path}}); }

}  // namespace

TEST_CASE("http2: by prior knowledge and by ALPN, with a body and without") {
  BothServer server{GENERATE(from_range(kClasses)), {"--access-logfile", "access.log"}};
  REQUIRE(server.serve());
  CHECK(server.plain("-o /dev/null --http2-prior-knowledge", "/constant") == "200 2");
  CHECK(server.over_tls("-o /dev/null --http2", "/constant") == "200 2");
  CHECK(server.over_tls("-o /dev/null --http1.1", "/constant") == "200 1.1");
  CHECK(server.plain("-o /dev/null", "/constant") == "200 1.1");
  // Upgrade: h2c is not offered.
  CHECK(server.plain("-o /dev/null --http2", "/constant") == "200 1.1");
  const std::string seen = server.over_tls("--http2 -d hello -b 'a=1; b=2'", "/echo/x%20y?q=1");
  CHECK_THAT(seen, Catch::Contains("200 2"));
  CHECK_THAT(seen, Catch::Contains("\"scheme\":\"https\""));
  CHECK_THAT(seen, Catch::Contains("\"body\":\"hello\""));
  CHECK_THAT(seen, Catch::Contains("\"path\":\"/echo/x y\""));
  CHECK(server.wait_for_text("access.log", "\"GET /constant HTTP/2.0\" 200"));
  CHECK(server.wait_for_text("access.log", "\"POST /echo/x%20y?q=1 HTTP/2.0\" 200"));
  CHECK(server.stop() == 0);
}

TEST_CASE("http2: the setting decides") {
  struct Case {
    const char* setting;
    const char* plain_1;
    const char* plain_2;
    const char* tls_1;
    const char* tls_2;
  };
  const auto row = GENERATE(values<Case>({{"auto", "200 1.1", "200 2", "200 1.1", "200 2"},
                                          {"off", "200 1.1", "000 0", "200 1.1", "200 1.1"},
                                          {"only", "505 1.1", "200 2", "000 0", "200 2"}}));
  INFO(row.setting);
  BothServer server{"async", {"--http2", row.setting}};
  REQUIRE(server.serve());
  const auto last = [](const std::string& said) { return said.substr(said.rfind('\n') + 1); };
  CHECK(last(server.plain("-o /dev/null --http1.1", "/constant")) == row.plain_1);
  const std::string by_knowledge = last(server.plain("-o /dev/null --http2-prior-knowledge", "/constant"));
  CHECK((by_knowledge == row.plain_2 || (row.plain_2[0] == '0' && by_knowledge.starts_with("000"))));
  CHECK(last(server.over_tls("-o /dev/null --http1.1", "/constant")) == row.tls_1);
  CHECK(last(server.over_tls("-o /dev/null --http2", "/constant")) == row.tls_2);
  CHECK(server.stop() == 0);
}

TEST_CASE("http2: many requests at once on few connections") {
  BothServer server{GENERATE(from_range(kClasses)), {"--thread-queue", "200"}};
  REQUIRE(server.serve());
  for (const std::string& url :
       {"http://127.0.0.1:" + std::to_string(server.port(0)), "https://127.0.0.1:" + std::to_string(server.port(1))}) {
    const std::string said = said_by("h2load -n 2000 -c 4 -m 16 " + url + "/constant");
    INFO(said);
    CHECK_THAT(said, Catch::Contains("2000 succeeded, 0 failed, 0 errored, 0 timeout"));
    CHECK_THAT(said, Catch::Contains("2000 2xx"));
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("http2: large bodies pass in both directions") {
  BothServer server{GENERATE(from_range(kClasses)), {"--limit-request-body", "32m"}};
  REQUIRE(server.serve());
  const std::string body = server.file("body");
  std::ofstream{body} << std::string(12'000'000, 'x');
  for (const bool tls : {false, true}) {
    const std::string options = "--data-binary @" + body + (tls ? " --http2" : " --http2-prior-knowledge");
    const std::string said = tls ? server.over_tls(options, "/stream-body") : server.plain(options, "/stream-body");
    CHECK_THAT(said, Catch::Contains("200 2"));
    CHECK_THAT(said, Catch::Contains("12000000"));
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("http2: a stream that gets no window delays nobody") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Http2Client client{server.place()};
  client.send(http2::settings({{4, 10}}));
  client.send(http2::headers(1, get("/constant")));
  REQUIRE(client.until([&] { return client.reader().answer(1).body.size() == 10; }));
  // The window that all streams begin with is large again; that of the first one was taken away.
  client.send(http2::settings({{4, 100'000}}));
  CHECK(client.answered(1));
  client.send(http2::settings({{4, 0}}) + http2::headers(3, get("/constant")) + http2::headers(5, get("/constant")) +
              http2::window(5, 100'000));
  CHECK(client.answered(5));
  CHECK_FALSE(client.reader().answer(3).whole);
  client.send(http2::window(3, 100'000));
  CHECK(client.answered(3));
  CHECK(server.stop() == 0);
}

TEST_CASE("http2: behind a PROXY header") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--proxy-protocol", "required"}};
  REQUIRE(server.serve());
  Wire wire{server.place()};
  wire.send("PROXY TCP4 198.51.100.7 192.0.2.1 1 2\r\n" + std::string{http2::kPreface} + http2::settings() +
            http2::headers(1, get("/echo/x")));
  http2::Reader reader;
  while (!reader.answer(1).whole) {
    const std::string bytes = wire.read_some(65536);
    REQUIRE_FALSE(bytes.empty());
    reader.read(bytes);
  }
  CHECK_THAT(reader.answer(1).body, Catch::Contains("198.51.100.7"));
  CHECK(server.stop() == 0);
}

TEST_CASE("http2: floods are refused by name, and harm nobody else") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Http2Client bystander{server.place()};
  std::string resets;
  for (std::uint32_t id = 1; id < 4000; id += 2) resets += http2::headers(id, get("/constant")) + http2::reset(id);
  Http2Client attacker{server.place()};
  attacker.send(resets);
  CHECK(attacker.until([&] { return attacker.heard("goaway"); }));
  CHECK(server.wait_for_line("rapid_reset"));
  bystander.send(http2::headers(1, get("/constant")));
  CHECK(bystander.answered(1));
  CHECK(server.stop() == 0);
}

TEST_CASE("http2: a reload under load loses no request") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Http2Load load;
  load.start(server.place(), "/constant", 4);
  CHECK(load.answers(200));
  for (int generation = 2; generation <= 3; ++generation) {
    const long opened = load.so_far().opened;
    server.signal(SIGHUP);
    CHECK(server.wait_for_line("Generation " + std::to_string(generation) + " serves"));
    // Each connection has been told to come again.
    CHECK(eventually([&] { return load.so_far().opened >= opened + 4; }));
    CHECK(load.answers(200));
  }
  const Http2Account account = load.stop();
  INFO(account.first_problem);
  CHECK(account.lost == 0);
  CHECK(account.refused == 0);
  CHECK(server.stop() == 0);
}

TEST_CASE("http2: a worker that leaves ends a connection at rest") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Http2Client client{server.place()};
  client.send(http2::headers(1, get("/constant")));
  REQUIRE(client.answered(1));
  server.signal(SIGTERM);
  CHECK(client.until([&] { return client.heard("goaway 2147483647"); }));
  CHECK(client.until([&] { return client.heard("goaway 1 NO_ERROR"); }));
  CHECK(server.wait_for_end() == 0);
}

TEST_CASE("http2: a worker that leaves tells it to a client that was shaking hands") {
  BothServer server{GENERATE(from_range(kClasses)), {"-w", "1"}};
  REQUIRE(server.serve());
  Wire wire{server.port(1)};
  TlsClient tls{{.protocols = "\x02h2"}};
  tls.shake_hands();
  wire.send(tls.take());
  std::string bytes = wire.read_some(65536);
  const pid_t leaving = server.workers().front();
  server.signal(SIGHUP);
  // It is told to leave when the one that follows is ready.
  const auto owner = [&] { return std::atoi(fetch(server.port(0), "GET /pid").body.c_str()); };
  REQUIRE(eventually([&] {
    for (int i = 0; i < 10; ++i)
      if (owner() == leaving) return false;
    return true;
  }));
  http2::Reader reader;
  std::string said;
  for (bool asked = false; !bytes.empty(); bytes = wire.read_some(65536)) {
    reader.read(tls.open(bytes));
    for (const std::string& event : reader.take_events()) said += event + "\n";
    wire.send(tls.take());
    if (tls.established() && !std::exchange(asked, true))
      wire.send(tls.seal(std::string{http2::kPreface} + http2::settings() + http2::headers(1, get("/constant"))));
  }
  CHECK(reader.answer(1).status == 200);
  CHECK(reader.answer(1).whole);
  CHECK_THAT(said, Catch::Contains("goaway 2147483647 NO_ERROR") && Catch::Contains("goaway 1 NO_ERROR"));
  CHECK(eventually([&] { return !ServerProcess::alive(leaving); }));
  CHECK(server.count_lines("graceful_timeout") == 0);
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
