// TLS: certificates, handshakes and what passes through them, as OpenSSL's and curl's clients meet it, in all worker
// classes.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "e2e/classes.hpp"
#include "support/tls_client.hpp"
#include "support/tls_files.hpp"
#include "support/tool.hpp"
#include "support/wires.hpp"

namespace orrery::test {

namespace {

const TlsFiles& files() {
  static const TlsFiles made;
  return made;
}

/// A server that speaks TLS on its one address.
struct TlsServer : ServerProcess {
  explicit TlsServer(std::vector<std::string> more = {}) {
    files().write(directory);
    arguments = {"--certfile", "cert.pem", "--keyfile", "key.pem"};
    arguments.insert(arguments.end(), more.begin(), more.end());
  }
};

TlsWish trusting() { return {.authority = files().authority.certificate}; }

bool all_gone(const std::vector<pid_t>& pids) {
  return eventually([&] { return std::none_of(pids.begin(), pids.end(), ServerProcess::alive); });
}

}  // namespace

TEST_CASE("tls: requests of both versions are served, and are asked over https") {
  TlsServer server{{"-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  CHECK(server.wait_for_line("Listening at: https://127.0.0.1:"));
  for (const int version : {0x0303, 0x0304}) {
    TlsWish wish = trusting();
    wish.least = wish.most = version;
    TlsClient* client = nullptr;
    const auto wire = tls_wire(server.place(), wish, client);
    REQUIRE(client->established());
    const Answer answer = wire->ask("GET /echo/anything");
    CHECK(answer.status == 200);
    CHECK_THAT(answer.body, Catch::Contains("\"scheme\":\"https\""));
    CHECK(wire->ask("GET /constant").status == 200);
    // Three at once, and one in small pieces.
    const std::string one = request("GET /constant");
    wire->send(one + one + one);
    for (int i = 0; i < 3; ++i) CHECK(wire->read().status == 200);
    for (const char c : one) wire->send(std::string(1, c));
    CHECK(wire->read().status == 200);
    // The end is told.
    CHECK(wire->ask("GET /constant", "Connection: close\r\n").closes());
    CHECK(wire->closes_within());
    CHECK(client->ended());
    CHECK(client->failure().empty());
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: what the commands of others meet") {
  TlsServer server;
  REQUIRE(server.serve());
  const std::string at = "127.0.0.1:" + std::to_string(server.port());
  const std::string trust = " " + server.file("ca.pem") + " ";
  const std::string hello = said_by(
      "printf 'GET /constant HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | openssl s_client -quiet "
      "-ign_eof -verify_return_error -servername localhost -CAfile" +
      trust + "-connect " + at);
  CHECK_THAT(hello, Catch::Contains("HTTP/1.1 200 OK"));
  const std::string old = said_by("openssl s_client -tls1_1 -connect " + at + " </dev/null");
  CHECK_THAT(old, Catch::Contains("Cipher is (NONE)"));
  for (const char* version : {"--tls-max 1.2", "--tlsv1.3"}) {
    const std::string curl = "curl -sS -o /dev/null -w '%{http_code} %{http_version}' --cacert" + trust + version;
    const std::string url = " --resolve localhost:" + std::to_string(server.port()) +
                            ":127.0.0.1 https://localhost:" + std::to_string(server.port()) + "/constant";
    CHECK(said_by(curl + url) == "200 2");
    CHECK(said_by(curl + " --http1.1" + url) == "200 1.1");
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: large bodies pass in both directions, however slowly they are taken") {
  TlsServer server{{"-k", GENERATE(from_range(kClasses)), "--limit-request-body", "32m"}};
  REQUIRE(server.serve());
  constexpr std::size_t kSize = 12'000'000;
  {
    const auto wire = tls_wire(server.place(), trusting());
    wire->send("POST /stream-body HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n");
    CHECK(wire->send(std::string(kSize, 'x')));
    const Answer answer = wire->read();
    CHECK(answer.status == 200);
    CHECK_THAT(answer.body, Catch::Contains(std::to_string(kSize)));
  }
  for (const char* target : {"GET /large?bytes=", "GET /pull?bytes="}) {
    INFO(target);
    auto wire = std::make_unique<Wire>(server.place(), 4096);
    auto client = std::make_unique<TlsClient>(trusting());
    client->shake_hands();
    wire->veil(std::move(client));
    // Behind it a second one, which has to wait.
    wire->send(request(target + std::to_string(kSize)) + request("GET /constant"));
    const Answer answer = wire->read(kPatience * 6);
    CHECK(answer.problem.empty());
    CHECK(answer.body.size() == kSize);
    CHECK(wire->read().status == 200);
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: the access log has a large answer's bytes, and a client that leaves in its middle") {
  TlsServer server{{"--access-logfile", "access.log", "--access-logformat", "%(U)s %(s)s %(B)s %(X)s"}};
  REQUIRE(server.serve());
  {
    const auto wire = tls_wire(server.place(), trusting());
    CHECK(wire->ask("GET /large?bytes=3000000").body.size() == 3'000'000);
  }
  {
    const auto wire = tls_wire(server.place(), trusting());
    wire->send(request("GET /large?bytes=30000000"));
    CHECK_FALSE(wire->read_some(1000).empty());
    wire->reset();
  }
  CHECK(server.wait_for_text("access.log", "/large 200 3000000 +"));
  REQUIRE(eventually([&] { return count_in(server.read_file("access.log"), " X\n") == 1; }));
  CHECK(count_in(server.read_file("access.log"), "/large 200 30000000") == 0);
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: events are sent as they are made") {
  TlsServer server;
  REQUIRE(server.serve());
  const auto wire = tls_wire(server.place(), trusting());
  const Answer answer = wire->ask("GET /events?count=5");
  CHECK(answer.status == 200);
  CHECK(count_in(answer.body, "data:") == 5);
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: a client that closes its side has its answer, and the end") {
  TlsServer server{{"-k", GENERATE(from_range(kClasses)), "--client-half-close", "waits"}};
  REQUIRE(server.serve());
  TlsClient* client = nullptr;
  const auto wire = tls_wire(server.place(), trusting(), client);
  wire->send(request("GET /later?ms=100"));
  wire->half_close();
  CHECK(wire->read().body == "later\n");
  CHECK(wire->closes_within());
  CHECK(client->ended());
  CHECK(wire->ended() == "closed");
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: an idle connection is closed with a word") {
  TlsServer server{{"-k", GENERATE(from_range(kClasses)), "--keep-alive", "200ms"}};
  REQUIRE(server.serve());
  TlsClient* client = nullptr;
  const auto wire = tls_wire(server.place(), trusting(), client);
  CHECK(wire->ask("GET /constant").status == 200);
  CHECK(wire->closes_within());
  CHECK(client->ended());
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: a request without TLS is told so, by name") {
  TlsServer server{{"-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const Answer answer = wire.ask("GET /constant");
  CHECK(answer.status == 400);
  CHECK(answer.closes());
  CHECK_THAT(answer.body, Catch::Contains("HTTP without TLS"));
  CHECK(wire.closes_within());
  CHECK(wire.ended() == "closed");
  CHECK(server.wait_for_line("(plain_on_tls"));
  CHECK(server.stop() == 0);
  CHECK(server.wait_for_line("plain_on_tls=1"));
}

TEST_CASE("tls: a handshake that fails is counted, and its reason is told at debug") {
  TlsServer server{{"-k", GENERATE(from_range(kClasses)), "--log-level", "debug"}};
  REQUIRE(server.serve());
  struct Row {
    const char* name;
    TlsWish wish;
    const char* reason;
  };
  TlsWish old = trusting(), two = trusting();
  old.most = 0x0302;
  old.ciphers = "DEFAULT@SECLEVEL=0";
  two.protocols = "\x02h3";
  const Row rows[] = {
      {"an old version", old, "unsupported protocol"},
      {"HTTP/3 only", two, "no application protocol"},
      {"a client that trusts others",
       {.authority = make_identity({.authority = true}).certificate},
       "tlsv1 alert unknown ca"},
  };
  int failed = 0;
  for (const Row& row : rows) {
    INFO(row.name);
    TlsClient* client = nullptr;
    const auto wire = tls_wire(server.place(), row.wish, client);
    CHECK(wire->closes_within());
    CHECK(wire->ended() == "closed");
    CHECK_FALSE(client->failure().empty());
    CHECK(server.wait_for_line(std::string{"the TLS handshake with 127.0.0.1 failed: "} + row.reason));
    ++failed;
  }
  {
    Wire wire{server.port()};
    wire.send(std::string(100, '\x01'));
    CHECK(eventually([&] { return !wire.read_some(100, 1ms).empty() || !wire.ended().empty(); }));
    CHECK(server.wait_for_line("failed: wrong version number"));
    ++failed;
  }
  CHECK(tls_wire(server.place(), trusting())->ask("GET /constant").status == 200);
  CHECK(server.stop() == 0);
  CHECK(server.wait_for_line("handshake_failed=" + std::to_string(failed)));
}

TEST_CASE("tls: a handshake has its time") {
  TlsServer server{{"-k", GENERATE(from_range(kClasses)), "--handshake-timeout", "300ms"}};
  REQUIRE(server.serve());
  const std::string part = GENERATE(std::string{}, std::string{"\x16\x03\x01"});
  Wire wire{server.port()};
  wire.send(part);
  CHECK(wire.closes_within());
  CHECK(wire.ended() == "closed");
  CHECK(tls_wire(server.place(), trusting())->ask("GET /constant").status == 200);
  CHECK(server.stop() == 0);
  CHECK(server.wait_for_line("handshake_timeout=1"));
}

TEST_CASE("tls: only so many handshakes are under way, and the others have their turn") {
  TlsServer server{{"-w", "1", "-k", GENERATE(from_range(kClasses)), "--tls-handshakes", "2"}};
  REQUIRE(server.serve());
  Wire first{server.port()}, second{server.port()}, silent{server.port()};
  first.send("\x16\x03\x01");
  second.send("\x16\x03\x01");
  // Once both places are taken nothing is answered.
  std::unique_ptr<Wire> third;
  REQUIRE(eventually([&] {
    third = std::make_unique<Wire>(server.port());
    TlsClient waiting{trusting()};
    waiting.shake_hands();
    third->send(waiting.take());
    return third->read_some(1, 300ms).empty() && third->ended().empty();
  }));
  first.reset();
  CHECK_FALSE(third->read_some(1).empty());
  third->reset();
  second.reset();
  CHECK(tls_wire(server.place(), trusting())->ask("GET /constant").status == 200);
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: a PROXY header stands in front of TLS, and only there") {
  const std::string worker_class = GENERATE(from_range(kClasses));
  const std::string header = "PROXY TCP4 192.0.2.7 192.0.2.1 1234 443\r\n";
  const std::string mode = GENERATE("required", "optional");
  TlsServer server{{"-k", worker_class, "-b", "127.0.0.1:0 tls proxy_protocol=" + mode}};
  REQUIRE(server.serve());
  TlsClient* client = nullptr;
  const auto wire = tls_wire(server.place(), trusting(), client, header);
  REQUIRE(client->established());
  const Answer answer = wire->ask("GET /echo/anything");
  CHECK_THAT(answer.body, Catch::Contains("\"client\":\"192.0.2.7"));
  CHECK_THAT(answer.body, Catch::Contains("\"scheme\":\"https\""));
  // In pieces, with the first bytes of TLS behind it.
  Wire pieces{server.port()};
  auto veil = std::make_unique<TlsClient>(trusting());
  veil->shake_hands();
  for (const char c : header + veil->take()) pieces.send(std::string(1, c));
  pieces.veil(std::move(veil));
  CHECK_THAT(pieces.ask("GET /echo/anything").body, Catch::Contains("\"client\":\"192.0.2.7"));
  // Inside of TLS it is no header of the connection.
  const auto inside = tls_wire(server.place(), trusting(), client, header);
  inside->send(header + request("GET /constant"));
  CHECK(inside->read().status == 400);
  if (mode == "required") {
    Wire without{server.port()};
    TlsClient hello{trusting()};
    hello.shake_hands();
    without.send(hello.take());
    CHECK(without.read().status == 400);
  } else {
    const auto without = tls_wire(server.place(), trusting());
    CHECK_THAT(without->ask("GET /echo/anything").body, Catch::Contains("\"client\":\"127.0.0.1"));
    const auto late = tls_wire(server.place(), trusting());
    late->send(header + request("GET /constant"));
    CHECK(late->read().status == 400);
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: clients show their certificates where they are asked to") {
  TlsServer server{{"-k", GENERATE(from_range(kClasses)), "--ca-certs", "ca.pem", "--cert-reqs", "required"}};
  REQUIRE(server.serve());
  const Identity good = make_identity({.name = "client", .issuer = &files().authority});
  const Identity stranger = make_identity({.name = "stranger"});
  TlsWish wish = trusting();
  for (const int version : {0x0303, 0x0304}) {
    wish.most = version;
    wish.certificate = good.certificate;
    wish.key = good.key;
    CHECK(tls_wire(server.place(), wish)->ask("GET /constant").status == 200);
    wish.certificate = stranger.certificate;
    wish.key = stranger.key;
    TlsClient* client = nullptr;
    const auto refused = tls_wire(server.place(), wish, client);
    CHECK(refused->ask("GET /constant").status == 0);
    CHECK(client->failure() == "tlsv1 alert unknown ca");
    wish.certificate.clear();
    const auto without = tls_wire(server.place(), wish, client);
    CHECK(without->ask("GET /constant").status == 0);
    CHECK_FALSE(client->failure().empty());
  }
  CHECK(server.stop() == 0);
  CHECK(server.wait_for_line("handshake_failed=4"));
}

TEST_CASE("tls: HUP takes a new certificate, and no connection is lost") {
  TlsServer server{{"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const auto before = server.workers();
  TlsClient* client = nullptr;
  const auto in_handler = tls_wire(server.place(), trusting(), client);
  CHECK(client->serial() == 1);
  in_handler->send(request("GET /later?ms=700"));
  const auto idle = tls_wire(server.place(), trusting());
  CHECK(idle->ask("GET /constant").status == 200);
  CHECK(in_handler->read(100ms).problem == "silent");
  const Identity fresh = make_identity({.issuer = &files().authority, .serial = 2});
  write_text(server.directory, "cert.pem", fresh.certificate + files().authority.certificate);
  write_text(server.directory, "key.pem", fresh.key);
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 is ready"));
  const Answer answer = in_handler->read();
  CHECK(answer.body == "later\n");
  CHECK(answer.closes());
  CHECK(idle->closes_within());
  CHECK(idle->ended() == "closed");
  REQUIRE(all_gone(before));
  for (int i = 0; i < 4; ++i) {
    const auto next = tls_wire(server.place(), trusting(), client);
    CHECK(next->ask("GET /constant").status == 200);
    CHECK(client->serial() == 2);
  }
  CHECK(server.stop() == 0);
  CHECK(server.count_lines("[WARNING]") == 0);
}

TEST_CASE("tls: tls_watch takes a new certificate by itself, once its key is there") {
  TlsServer server{{"-w", "1", "--tls-watch", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  TlsClient* client = nullptr;
  const auto serial = [&] {
    const auto wire = tls_wire(server.place(), trusting(), client);
    return wire->ask("GET /constant").status == 200 ? client->serial() : 0;
  };
  CHECK(serial() == 1);
  const Identity fresh = make_identity({.issuer = &files().authority, .serial = 2});
  // As certbot does it: links, one after the other.
  write_text(server.directory, "cert2.pem", fresh.certificate + files().authority.certificate);
  write_text(server.directory, "key2.pem", fresh.key);
  const auto link = [&](const std::string& name, const std::string& to) {
    std::filesystem::create_symlink(to, server.file("link"));
    std::filesystem::rename(server.file("link"), server.file(name));
  };
  link("cert.pem", "cert2.pem");
  CHECK(serial() == 1);
  link("key.pem", "key2.pem");
  REQUIRE(server.wait_for_line("Reload: cert.pem and key.pem changed"));
  REQUIRE(server.wait_for_line("Generation 2 serves"));
  CHECK(eventually([&] { return serial() == 2; }));
  // What stays wrong is said, and the good one stays.
  write_text(server.directory, "key2.pem", make_identity({}).key);
  REQUIRE(server.wait_for_line("the key in key.pem does not belong to the certificate of /CN=localhost in cert.pem"));
  CHECK(serial() == 2);
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: the access log tells what was agreed on") {
  const bool json = GENERATE(true, false);
  TlsServer server{{"-w", "1", "-b", "localhost:0 tls", "-b", "127.0.0.1:0", "--access-logfile", "access",
                    "--access-logformat", json ? "json" : "%(tls)s %(tls_cipher)s %(tls_name)s %(tls_resumed)s"}};
  REQUIRE(server.serve());
  TlsWish wish = trusting();
  wish.least = wish.most = 0x0304;
  TlsClient* client = nullptr;
  const auto wire = tls_wire({server.port(0), {}, false}, wish, client);
  CHECK(wire->ask("GET /constant").status == 200);
  CHECK(fetch(server.port(1), "GET /constant").status == 200);
  if (json) {
    CHECK(server.wait_for_text("access", R"("tls":{"version":"TLSv1.3","cipher":")" + client->cipher() +
                                             R"(","name":"localhost","resumed":false,"subject":null}})"));
    REQUIRE(eventually([&] { return lines_of(server.read_file("access")).size() == 2; }));
    CHECK(count_in(server.read_file("access"), "\"tls\"") == 1);
  } else {
    CHECK(server.wait_for_text("access", "TLSv1.3 " + client->cipher() + " localhost no\n"));
    CHECK(server.wait_for_text("access", "- - - -\n"));
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: a reload with bad files is refused, and the old certificate stays") {
  TlsServer server{{"-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const auto before = server.workers();
  write_text(server.directory, "key.pem", make_identity({}).key);
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("the key in key.pem does not belong to the certificate of /CN=localhost in cert.pem"));
  CHECK(server.workers() == before);
  TlsClient* client = nullptr;
  const auto wire = tls_wire(server.place(), trusting(), client);
  CHECK(wire->ask("GET /constant").status == 200);
  CHECK(client->serial() == 1);
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: idle connections hold no worker that leaves, and one that is new is still served") {
  TlsServer server{{"-w", "2", "-k", GENERATE(from_range(kClasses)), "--graceful-timeout", "60s"}};
  REQUIRE(server.serve());
  const auto before = server.workers();
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 20; ++i) {
    wires.push_back(tls_wire(server.place(), trusting()));
    CHECK(wires.back()->ask("GET /constant").status == 200);
  }
  const auto begun = std::chrono::steady_clock::now();
  server.signal(SIGHUP);
  REQUIRE(all_gone(before));
  CHECK(std::chrono::steady_clock::now() - begun < 30s);
  for (const auto& wire : wires) {
    CHECK(wire->closes_within());
    CHECK(wire->ended() == "closed");
  }
  CHECK(tls_wire(server.place(), trusting())->ask("GET /constant").status == 200);
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: TERM lets what is under way be answered") {
  TlsServer server{{"-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  TlsClient* client = nullptr;
  const auto wire = tls_wire(server.place(), trusting(), client);
  wire->send(request("GET /later?ms=500"));
  CHECK(wire->read(100ms).problem == "silent");
  server.signal(SIGTERM);
  const Answer answer = wire->read();
  CHECK(answer.body == "later\n");
  CHECK(answer.closes());
  CHECK(wire->closes_within());
  CHECK(client->ended());
  CHECK(server.wait_for_end() == 0);
}

TEST_CASE("tls: a session is resumed by whichever worker answers, also after a reload") {
  TlsServer server{{"-w", "4", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  for (const int version : {0x0303, 0x0304}) {
    TlsWish wish = trusting();
    wish.most = version;
    TlsClient* client = nullptr;
    {
      const auto first = tls_wire(server.place(), wish, client);
      CHECK(first->ask("GET /constant").status == 200);
      REQUIRE(client->session());
      wish.session = client->session();
    }
    std::set<pid_t> answering;
    std::vector<std::unique_ptr<Wire>> wires;
    for (int i = 0; i < 40; ++i) {
      wires.push_back(tls_wire(server.place(), wish, client));
      CHECK(client->resumed());
      answering.insert(owner(*wires.back()));
    }
    CHECK(answering.size() == 4);
    if (version != 0x0304) continue;
    const auto before = server.workers();
    server.signal(SIGHUP);
    REQUIRE(all_gone(before));
    const auto after = tls_wire(server.place(), wish, client);
    CHECK(client->resumed());
    CHECK(after->ask("GET /constant").status == 200);
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: sessions are resumed by the workers of an upgrade's new master") {
  TlsServer server{{"-w", "4"}};
  REQUIRE(server.serve());
  TlsWish wish = trusting();
  TlsClient* client = nullptr;
  {
    const auto first = tls_wire(server.place(), wish, client);
    CHECK(first->ask("GET /constant").status == 200);
    REQUIRE(client->session());
    wish.session = client->session();
  }
  const auto before = server.workers();
  server.signal(SIGUSR2);
  REQUIRE(all_gone(before));
  int resumed = 0;
  std::set<pid_t> answering;
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 100; ++i) {
    wires.push_back(tls_wire(server.place(), wish, client));
    resumed += client->resumed() ? 1 : 0;
    answering.insert(owner(*wires.back()));
  }
  CHECK(resumed == 100);
  CHECK(answering.size() == 4);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("tls: handshakes are counted, and the end of the certificate is told") {
  TlsServer server{{"-w", "2", "--admin", "unix:admin.sock"}};
  REQUIRE(server.serve());
  TlsClient* client = nullptr;
  for (const int version : {0x0303, 0x0304}) {
    TlsWish wish = trusting();
    wish.least = wish.most = version;
    for (int i = 0; i < 3; ++i) {
      const auto wire = tls_wire(server.place(), wish, client);
      CHECK(wire->ask("GET /constant").status == 200);
      if (!wish.session) wish.session = client->session();
    }
  }
  const auto says = [&](const std::string& line) {
    return eventually([&] {
      return fetch({0, server.file("admin.sock"), false}, "GET /metrics").body.find("\n" + line) != std::string::npos;
    });
  };
  for (const char* version : {"1.2", "1.3"}) {
    INFO(version);
    const std::string name = "orrery_tls_handshakes_total{version=\"" + std::string{version} + "\",resumed=";
    CHECK(says(name + "\"no\"} 1\n"));
    CHECK(says(name + "\"yes\"} 2\n"));
  }
  CHECK(says("orrery_tls_certificate_end_timestamp_seconds "));
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: a client gets the certificate of the name that it asks for") {
  TlsServer server{{"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  const Identity one = make_identity({.name = "one.example", .issuer = &files().authority, .serial = 11});
  const Identity wild = make_identity({.name = "*.two.example", .issuer = &files().authority, .serial = 12});
  write_text(server.directory, "one.pem", one.certificate + files().authority.certificate + one.key);
  write_text(server.directory, "wild.pem", wild.certificate + files().authority.certificate);
  write_text(server.directory, "wild.key", wild.key);
  server.yaml = "tls_certificates: [one.pem, wild.pem wild.key]\n";
  REQUIRE(server.serve());
  const auto serial = [&](const char* name, int version) {
    TlsWish wish{.name = name};
    wish.most = version;
    TlsClient* client = nullptr;
    const auto wire = tls_wire(server.place(), wish, client);
    REQUIRE(client->established());
    CHECK(wire->ask("GET /tls").body.find("name " + std::string{name} + "\n") != std::string::npos);
    return client->serial();
  };
  for (const int version : {0x0303, 0x0304}) {
    CHECK(serial("localhost", version) == 1);
    CHECK(serial("one.example", version) == 11);
    CHECK(serial("ONE.example", version) == 11);
    CHECK(serial("a.two.example", version) == 12);
    CHECK(serial("two.example", version) == 1);
    CHECK(serial("a.b.two.example", version) == 1);
  }
  // A session is resumed where the name is the same.
  TlsWish wish{.name = "one.example"};
  TlsClient* client = nullptr;
  {
    const auto first = tls_wire(server.place(), wish, client);
    CHECK(first->ask("GET /constant").status == 200);
    wish.session = client->session();
  }
  REQUIRE(wish.session);
  const auto again = tls_wire(server.place(), wish, client);
  CHECK(client->resumed());
  CHECK_THAT(again->ask("GET /tls").body, Catch::Contains("\nresumed\n"));
  // A reload refuses what does not match, and goes on.
  write_text(server.directory, "wild.key", one.key);
  server.signal(SIGHUP);
  CHECK(
      server.wait_for_line("the key in wild.key does not belong to the certificate of /CN=*.two.example in wild.pem"));
  CHECK(serial("a.two.example", 0x0304) == 12);
  const Identity next = make_identity({.name = "*.two.example", .issuer = &files().authority, .serial = 13});
  write_text(server.directory, "wild.pem", next.certificate + files().authority.certificate);
  write_text(server.directory, "wild.key", next.key);
  const auto workers = server.workers();
  server.signal(SIGHUP);
  REQUIRE(all_gone(workers));
  CHECK(serial("a.two.example", 0x0304) == 13);
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: an application sees what its connection has agreed on") {
  const Identity client_own = make_identity({.name = "billing", .issuer = &files().authority});
  TlsServer server{
      {"-w", "1", "--ca-certs", "ca.pem", "--cert-reqs", "optional", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  TlsWish wish = trusting();
  wish.least = wish.most = 0x0304;
  CHECK(tls_wire(server.place(), wish)->ask("GET /tls").body ==
        "TLSv1.3\nTLS_AES_256_GCM_SHA384\nname localhost\nfresh\nsubject \nnames\nfingerprint \n");
  wish.certificate = client_own.certificate;
  wish.key = client_own.key;
  const auto wire = tls_wire(server.place(), wish);
  for (int i = 0; i < 2; ++i) {
    const std::string told = wire->ask("GET /tls").body;
    CHECK_THAT(told, Catch::Contains("\nsubject CN=billing\nnames DNS:billing IP:127.0.0.1\nfingerprint "));
    const std::size_t at = told.find("fingerprint ") + 12;
    CHECK(told.substr(at, told.find('\n', at) - at).find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(told.size() - at == 65);
  }
  CHECK(server.stop() == 0);
  ServerProcess plain;
  REQUIRE(plain.serve());
  CHECK(fetch(plain.port(), "GET /tls").body == "plain\n");
}

TEST_CASE("tls: an address says it itself, and the others stay plain") {
  TlsServer server{{"-b", "127.0.0.1:0", "-b", "localhost:0 tls", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  CHECK(fetch(server.port(0), "GET /echo/anything").status == 200);
  CHECK(tls_wire({server.port(1), {}, false}, trusting())->ask("GET /echo/anything").status == 200);
  TlsClient hello{trusting()};
  hello.shake_hands();
  Wire plain{server.port(0)};
  plain.send(hello.take());
  CHECK(plain.read().status == 400);
  CHECK(server.wait_for_line("(tls_hello"));
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: without a word every TCP address speaks it, and a unix socket does not") {
  TlsServer server{{"-b", "127.0.0.1:0", "-b", "unix:socket"}};
  REQUIRE(server.serve());
  CHECK(tls_wire(server.place(), trusting())->ask("GET /constant").status == 200);
  CHECK(fetch({0, server.file("socket"), false}, "GET /constant").status == 200);
  CHECK(server.stop() == 0);
}

TEST_CASE("tls: what cannot be served does not start, and says why") {
  TlsServer server;
  const std::string expected = GENERATE("cannot read none.pem: No such file or directory",
                                        "is to speak TLS without a certificate; set `certfile` and `keyfile`");
  if (expected.starts_with("cannot"))
    server.arguments = {"--certfile", "none.pem"};
  else
    server.arguments = {"-b", "127.0.0.1:0 tls"};
  const bool checked = GENERATE(true, false);
  if (checked) server.arguments.emplace_back("--check-config");
  server.start();
  const auto code = server.wait_for_end();
  REQUIRE(code);
  CHECK(*code != 0);
  CHECK(server.wait_for_line(expected));
}

}  // namespace orrery::test
