#include "tls/engine.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "support/tls_client.hpp"
#include "support/tls_files.hpp"
#include "tls/context.hpp"

namespace orrery::tls {
namespace {

using test::TlsClient;
using test::TlsWish;

/// A context with a certificate of its own, made once for most of the tests.
struct Ground {
  test::TemporaryDirectory directory;
  test::TlsFiles files;
  Config config;
  std::shared_ptr<const Context> context;

  Ground() : config((files.write(directory), test::TlsFiles::config(directory))) { make(); }
  void make() {
    std::vector<std::string> notes;
    auto made = Context::make(config, nullptr, notes);
    REQUIRE(made);
    context = *made;
  }
  [[nodiscard]] TlsWish wish() const { return {.authority = files.authority.certificate}; }
};

/// A server's engine and a client, with nothing between them but two strings.
struct Pair {
  Engine engine;
  TlsClient client;
  std::string to_client;
  std::string plain;   ///< what the server heard
  std::string answer;  ///< what the client heard
  bool ended = false, failed = false;
  std::vector<char> room = std::vector<char>(256 * 1024);

  Pair(const Context& context, const TlsWish& wish) : engine(context), client(wish) {}

  void give(std::string_view bytes) {
    const Engine::Received got = engine.receive(bytes, room, to_client);
    plain.append(room.data(), got.size);
    ended = ended || got.ended;
    failed = failed || got.failed;
  }
  /// Carries bytes to and fro, at most `most` at once, until there are none.
  void exchange(std::size_t most = std::string::npos) {
    client.shake_hands();
    for (;;) {
      const std::string up = client.take();
      for (std::size_t at = 0; at < up.size(); at += std::min(most, up.size()))
        give(std::string_view{up}.substr(at, most));
      const std::string down = std::exchange(to_client, {});
      for (std::size_t at = 0; at < down.size(); at += std::min(most, down.size()))
        answer += client.open(std::string_view{down}.substr(at, most));
      if (up.empty() && down.empty()) return;
    }
  }
};

TEST_CASE("engine: a client of each version is served, and the best of both is agreed on") {
  const Ground ground;
  struct Row {
    const char* name;
    int least, most;
    const char* version;
    const char* cipher;
  };
  const Row rows[] = {
      {"what the library wants", 0, 0, "TLSv1.3", "TLS_AES_256_GCM_SHA384"},
      {"1.2 only", 0, 0x0303, "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256"},
      {"1.3 only", 0x0304, 0, "TLSv1.3", "TLS_AES_256_GCM_SHA384"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    TlsWish wish = ground.wish();
    wish.least = row.least;
    wish.most = row.most;
    Pair pair{*ground.context, wish};
    pair.exchange();
    CHECK(pair.client.failure().empty());
    REQUIRE(pair.client.established());
    REQUIRE(pair.engine.established());
    CHECK(pair.client.version() == row.version);
    CHECK(pair.engine.version() == row.version);
    CHECK(pair.client.cipher() == row.cipher);
    CHECK(pair.engine.cipher() == row.cipher);
    CHECK(pair.client.group() == "X25519");
    CHECK_FALSE(pair.engine.resumed());
    pair.give(pair.client.seal("ping"));
    CHECK(pair.plain == "ping");
    REQUIRE(pair.engine.seal("pong", pair.to_client));
    pair.exchange();
    CHECK(pair.answer == "pong");
  }
}

TEST_CASE("engine: a version that is too old is refused with a reason") {
  Ground ground;
  ground.config.tls_min_version = TlsVersion::k13;
  ground.make();
  TlsWish wish = ground.wish();
  wish.most = 0x0303;
  Pair pair{*ground.context, wish};
  pair.exchange();
  CHECK(pair.failed);
  CHECK_FALSE(pair.engine.established());
  CHECK(pair.engine.failure() == "unsupported protocol");
  CHECK(pair.client.failure() == "tlsv1 alert protocol version");
}

TEST_CASE("engine: it does not matter how the bytes are cut") {
  const Ground ground;
  const int most = GENERATE(0x0303, 0x0304);
  TlsWish wish = ground.wish();
  wish.most = most;
  for (const std::size_t piece : {1U, 2U, 3U, 5U, 6U, 64U, 1000U}) {
    INFO(piece << " bytes at once");
    Pair pair{*ground.context, wish};
    pair.exchange(piece);
    REQUIRE(pair.engine.established());
    std::string sent = pair.client.seal("GET / HTTP/1.1\r\n\r\n");
    sent += pair.client.seal("more");
    for (std::size_t at = 0; at < sent.size(); at += piece) pair.give(std::string_view{sent}.substr(at, piece));
    CHECK(pair.plain == "GET / HTTP/1.1\r\n\r\nmore");
    CHECK_FALSE(pair.failed);
  }
  // The client's first flight in two pieces, split at each of its bytes.
  TlsClient whole{wish};
  whole.shake_hands();
  const std::size_t size = whole.take().size();
  for (std::size_t at = 1; at < size; ++at) {
    Pair pair{*ground.context, wish};
    pair.client.shake_hands();
    const std::string hello = pair.client.take();
    pair.give(std::string_view{hello}.substr(0, at));
    CHECK(pair.to_client.empty());
    pair.give(std::string_view{hello}.substr(at));
    CHECK_FALSE(pair.to_client.empty());
    CHECK_FALSE(pair.failed);
  }
}

TEST_CASE("engine: records of all sizes pass in both directions") {
  const Ground ground;
  Pair pair{*ground.context, ground.wish()};
  pair.exchange();
  std::string all;
  for (const std::size_t size : {1U, 2U, 100U, 4095U, 16383U, 16384U, 16385U, 65536U, 200'000U}) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + size);
    all += text;
    REQUIRE(pair.engine.seal(text, pair.to_client));
    pair.exchange();
    const std::string up = pair.client.seal(text);
    for (std::size_t at = 0; at < up.size(); at += 65536) pair.give(std::string_view{up}.substr(at, 65536));
  }
  CHECK(pair.answer == all);
  CHECK(pair.plain == all);
}

TEST_CASE("engine: a close_notify is an end in one direction only") {
  const Ground ground;
  TlsWish wish = ground.wish();
  wish.most = GENERATE(0x0303, 0x0304);
  Pair pair{*ground.context, wish};
  pair.exchange();
  pair.give(pair.client.seal("last words"));
  pair.client.end();
  pair.give(pair.client.take());
  CHECK(pair.plain == "last words");
  CHECK(pair.ended);
  CHECK_FALSE(pair.failed);
  REQUIRE(pair.engine.seal("the answer", pair.to_client));
  pair.engine.end(pair.to_client);
  pair.exchange();
  CHECK(pair.answer == "the answer");
  CHECK(pair.client.ended());
}

TEST_CASE("engine: our end is told, and the peer may go on") {
  const Ground ground;
  Pair pair{*ground.context, ground.wish()};
  pair.exchange();
  pair.engine.end(pair.to_client);
  CHECK_FALSE(pair.to_client.empty());
  pair.give(pair.client.seal("still here"));
  CHECK(pair.plain == "still here");
  CHECK_FALSE(pair.failed);
}

TEST_CASE("engine: what is no TLS fails with a reason, and an alert") {
  const Ground ground;
  struct Row {
    const char* name;
    std::string bytes;
  };
  const Row rows[] = {
      {"zeros", std::string(200, '\0')},
      {"ones", std::string(200, '\xff')},
      {"a request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a record of application data", std::string{"\x17\x03\x03\x00\x04"
                                                   "abcd",
                                                   9}},
      {"an alert", std::string{"\x15\x03\x03\x00\x02\x02\x28", 7}},
      {"a hello that is none", std::string{"\x16\x03\x01\x00\x08\x01\x00\x00\x04\x00\x00\x00\x00", 13}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Pair pair{*ground.context, ground.wish()};
    pair.give(row.bytes);
    CHECK(pair.failed);
    CHECK_FALSE(pair.engine.failure().empty());
    CHECK_FALSE(pair.engine.established());
    // Whatever comes now does nothing.
    pair.to_client.clear();
    pair.give("more");
    CHECK(pair.failed);
    CHECK(pair.to_client.empty());
    CHECK_FALSE(pair.engine.seal("x", pair.to_client));
  }
}

TEST_CASE("engine: a record that was changed on its way fails, at whichever byte") {
  const Ground ground;
  std::size_t size = 1;
  for (std::size_t at = 0; at < size; ++at) {
    INFO("byte " << at);
    Pair pair{*ground.context, ground.wish()};
    pair.exchange();
    std::string sent = pair.client.seal("hello");
    size = sent.size();
    sent[at] = static_cast<char>(sent[at] ^ 0x40);
    // A length that has grown waits for the rest, which then does not fit.
    pair.give(sent + std::string(20'000, 'x'));
    CHECK(pair.failed);
    CHECK(pair.plain.empty());
  }
}

TEST_CASE("engine: a handshake that is cut off anywhere is not established") {
  const Ground ground;
  Pair whole{*ground.context, ground.wish()};
  whole.client.shake_hands();
  const std::string hello = whole.client.take();
  for (std::size_t size = 0; size < hello.size(); ++size) {
    Pair pair{*ground.context, ground.wish()};
    pair.give(std::string_view{hello}.substr(0, size));
    CHECK_FALSE(pair.failed);
    CHECK_FALSE(pair.engine.established());
  }
}

TEST_CASE("engine: renegotiation is refused, and the connection goes on") {
  const Ground ground;
  TlsWish wish = ground.wish();
  wish.most = 0x0303;
  Pair pair{*ground.context, wish};
  pair.exchange();
  REQUIRE(pair.engine.established());
  pair.client.renegotiate();
  pair.give(pair.client.take());
  CHECK_FALSE(pair.failed);
  CHECK(pair.to_client.size() < 64);  // an alert, and no hello
  CHECK(pair.engine.seal("on we go", pair.to_client));
}

TEST_CASE("engine: ALPN is answered with what the setting allows, and a client of something else is refused") {
  struct Row {
    const char* name;
    std::string offered;
    std::array<std::string, 3> chosen;  ///< by http2: auto, off, only; "none": the handshake fails
  };
  const Row rows[] = {
      {"nothing", "", {"", "", ""}},
      {"HTTP/1.1", "\x08http/1.1", {"http/1.1", "http/1.1", "none"}},
      {"HTTP/2 first", "\x02h2\x08http/1.1", {"h2", "http/1.1", "h2"}},
      {"HTTP/2 last", "\x08http/1.1\x02h2", {"h2", "http/1.1", "h2"}},
      {"HTTP/2 only", "\x02h2", {"h2", "none", "h2"}},
      {"HTTP/1.0", "\x08http/1.0", {"http/1.0", "http/1.0", "none"}},
      {"HTTP/3", "\x02h3", {"none", "none", "none"}},
  };
  Ground ground;
  for (const Http2 setting : {Http2::kAuto, Http2::kOff, Http2::kOnly}) {
    ground.config.http2 = setting;
    std::vector<std::string> notes;
    const auto context = Context::make(ground.config, nullptr, notes);
    REQUIRE(context);
    for (const Row& row : rows) {
      INFO(row.name << ", http2 " << static_cast<int>(setting));
      const std::string& chosen = row.chosen.at(static_cast<std::size_t>(setting));
      TlsWish wish = ground.wish();
      wish.protocols = row.offered;
      Pair pair{**context, wish};
      pair.exchange();
      CHECK(pair.engine.established() == (chosen != "none"));
      CHECK(pair.client.protocol() == (chosen == "none" ? "" : chosen));
      if (chosen == "none")
        CHECK(pair.engine.failure() == "no application protocol");
      else
        CHECK(pair.engine.agreed_http2() == (chosen == "h2"));
    }
  }
}

TEST_CASE("engine: clients show the certificate that is asked") {
  Ground ground;
  ground.config.ca_certs = ground.directory.file("ca.pem");
  const test::Identity good = test::make_identity({.name = "a client", .issuer = &ground.files.authority});
  const test::Identity stranger = test::make_identity({.name = "a stranger"});
  struct Row {
    const char* name;
    ClientCertificate asked;
    const test::Identity* shown;
    const char* failure;  ///< null: none
  };
  const Row rows[] = {
      {"none is asked", ClientCertificate::kNone, nullptr, nullptr},
      {"none is asked, one is there", ClientCertificate::kNone, &good, nullptr},
      {"optional, without", ClientCertificate::kOptional, nullptr, nullptr},
      {"optional, good", ClientCertificate::kOptional, &good, nullptr},
      {"optional, bad", ClientCertificate::kOptional, &stranger, "certificate verify failed: self-signed certificate"},
      {"required, without", ClientCertificate::kRequired, nullptr, "peer did not return a certificate"},
      {"required, good", ClientCertificate::kRequired, &good, nullptr},
      {"required, bad", ClientCertificate::kRequired, &stranger, "certificate verify failed: self-signed certificate"},
  };
  for (const int most : {0x0303, 0x0304}) {
    for (const Row& row : rows) {
      INFO(row.name << ", version " << most);
      ground.config.cert_reqs = row.asked;
      ground.make();
      TlsWish wish = ground.wish();
      wish.most = most;
      if (row.shown) {
        wish.certificate = row.shown->certificate;
        wish.key = row.shown->key;
      }
      Pair pair{*ground.context, wish};
      pair.exchange();
      CHECK(pair.engine.established() == !row.failure);
      CHECK(pair.engine.failure() == (row.failure ? row.failure : ""));
    }
  }
}

TEST_CASE("engine: a session is resumed from its ticket, with this context and the one after it") {
  const Ground ground;
  TlsWish wish = ground.wish();
  wish.most = GENERATE(0x0303, 0x0304);
  Pair first{*ground.context, wish};
  first.exchange();
  REQUIRE(first.client.session());
  wish.session = first.client.session();
  std::vector<std::string> notes;
  const auto next = Context::make(ground.config, ground.context->ticket_keys(), notes);
  REQUIRE(next);
  const auto stranger = Context::make(ground.config, nullptr, notes);
  REQUIRE(stranger);
  struct Row {
    const char* name;
    const Context* context;
    bool resumed;
  };
  for (const Row& row : {Row{"the same", ground.context.get(), true}, Row{"after a reload", next->get(), true},
                         Row{"another master's", stranger->get(), false}}) {
    INFO(row.name);
    Pair again{*row.context, wish};
    again.exchange();
    REQUIRE(again.engine.established());
    CHECK(again.engine.resumed() == row.resumed);
    CHECK(again.client.resumed() == row.resumed);
  }
}

TEST_CASE("engine: a ticket is not accepted where clients are judged otherwise") {
  Ground ground;
  Pair first{*ground.context, ground.wish()};
  first.exchange();
  TlsWish wish = ground.wish();
  wish.session = first.client.session();
  REQUIRE(wish.session);
  ground.config.ca_certs = ground.directory.file("ca.pem");
  ground.config.cert_reqs = ClientCertificate::kRequired;
  std::vector<std::string> notes;
  const auto next = Context::make(ground.config, ground.context->ticket_keys(), notes);
  REQUIRE(next);
  Pair again{**next, wish};
  again.exchange();
  CHECK_FALSE(again.engine.established());
}

}  // namespace
}  // namespace orrery::tls
