// Turns of a session at their edges: a client that takes little, one that leaves in the middle, many requests at once,
// and requests that act on each other's connections.
#include "worker/session.hpp"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "os/stream_pair.hpp"
#include "support/worker_driver.hpp"

namespace orrery::worker {

namespace {

using namespace std::chrono_literals;
using namespace test;

App answering(std::string body) {
  App app;
  app.get("/", [body = std::move(body)](const Request&) { return Response::text(body); });
  return app;
}

/// The sending side keeps as little as the kernel allows.
void keep_little(Session& session) {
  const int least = 1;
  REQUIRE(::setsockopt(session.descriptor(), SOL_SOCKET, SO_SNDBUF, &least, sizeof least) == 0);
}

constexpr std::size_t kLarge = 300'000;

std::string large_body() {
  std::string body(kLarge, '.');
  for (std::size_t i = 0; i < body.size(); i += 7) body[i] = static_cast<char>('a' + i % 26);
  return body;
}

}  // namespace

TEST_CASE("session: an answer that leaves in small pieces is whole, and counted as it leaves") {
  const std::string body = large_body();
  WorkerDriver driver{answering(body)};
  const base::UniqueFd client = driver.connect();
  keep_little(*driver.connections().at(0));
  driver.say(client, kPlainGet);
  CHECK(driver.slot().counters.bytes_out < kLarge);
  CHECK(driver.slot().counters.requests == 0);
  std::string got;
  for (std::string piece; !(piece = heard(client, 999)).empty(); driver.turn()) got += piece;
  CHECK(got.substr(got.find("\r\n\r\n") + 4) == body);
  CHECK(driver.slot().counters.bytes_out == got.size());
  CHECK(driver.slot().counters.requests == 1);
  // The connection goes on.
  driver.say(client, kPlainGet);
  CHECK(driver.read_all(client).size() == got.size());
}

TEST_CASE("session: requests behind an answer that does not leave wait, and are answered in order") {
  const std::string body = large_body();
  WorkerDriver driver{answering(body)};
  const base::UniqueFd client = driver.connect();
  keep_little(*driver.connections().at(0));
  driver.say(client, kPlainGet + kPlainGet + kPlainGet);
  const std::string got = driver.read_all(client);
  CHECK(count_of(kOk, got) == 3);
  CHECK(count_of(body, got) == 3);
  CHECK(driver.connections().count_idle() == 1);
}

TEST_CASE("session: a client that leaves in the middle of its answer costs the connection and nothing else") {
  WorkerDriver driver{answering(large_body())};
  base::UniqueFd client = driver.connect();
  keep_little(*driver.connections().at(0));
  driver.say(client, kPlainGet);
  CHECK_FALSE(heard(client, 999).empty());
  client.reset();
  driver.turn();
  CHECK(driver.connections().empty());
  CHECK(driver.closed(os::Closing::kBroken) == 1);
  CHECK(driver.slot().counters.requests == 1);
  CHECK(driver.slot().counters.bytes_out < kLarge);
  const base::UniqueFd next = driver.connect(kPlainGet);
  CHECK(count_of(kOk, driver.read_all(next)) == 1);
}

TEST_CASE("session: a client that takes nothing is cut off in time, and its kernel keeps nothing for it") {
  Config config;
  config.write_timeout = 10s;
  WorkerDriver driver{answering(large_body()), config};
  const base::UniqueFd client = driver.connect();
  keep_little(*driver.connections().at(0));
  driver.say(client, kPlainGet);
  driver.pass(9s);
  CHECK_FALSE(driver.connections().empty());
  driver.pass(2s);
  CHECK(driver.connections().empty());
  CHECK(driver.closed(os::Closing::kTimedOut) == 1);
}

TEST_CASE("session: a deadline that moves later is kept, however often it moves") {
  Config config;
  config.keepalive = 75s;
  WorkerDriver driver{answering("ok"), config};
  const base::UniqueFd client = driver.connect();
  for (int i = 0; i < 4; ++i) {
    driver.say(client, kPlainGet);
    CHECK(count_of(kOk, heard(client)) == 1);
    driver.pass(70s);
    CHECK_FALSE(driver.connections().empty());
  }
  driver.pass(5s);
  CHECK(driver.connections().empty());
  CHECK(driver.closed(os::Closing::kTimedOut) == 1);
  CHECK(has_ended(client));
}

TEST_CASE("session: many requests at once do not keep another client waiting until all are answered") {
  std::vector<char> order;
  App app;
  for (const char name : {'a', 'b'})
    app.get(std::string{"/"} + name, [&order, name](const Request&) {
      order.push_back(name);
      return Response::status(204);
    });
  WorkerDriver driver{std::move(app)};
  const base::UniqueFd many = driver.connect(), one = driver.connect();
  const std::string request = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
  constexpr std::size_t kMany = 1000;
  std::string all;
  for (std::size_t i = 0; i < kMany; ++i) all += request;
  REQUIRE(::send(many.get(), all.data(), all.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(all.size()));
  REQUIRE(::send(one.get(), "GET /b HTTP/1.1\r\nHost: a\r\n\r\n", request.size(), MSG_NOSIGNAL) > 0);
  driver.turn();
  CHECK(count_of("HTTP/1.1 204", driver.read_all(many)) == kMany);
  CHECK(count_of("HTTP/1.1 204", driver.read_all(one)) == 1);
  REQUIRE(order.size() == kMany + 1);
  CHECK(std::find(order.begin(), order.end(), 'b') - order.begin() < 200);
}

TEST_CASE("session: a handler that writes to another connection finds it, while it is there") {
  std::optional<Stream> stream;
  bool written = false;
  App app;
  app.get("/open", [&](const Request&, Responder responder) {
    auto started = std::move(responder).start(Response::bytes("text/plain", ""));
    if (started) stream = std::move(*started);
  });
  app.get("/write", [&](const Request&) {
    written = stream->write("from another");
    return Response::status(204);
  });
  WorkerDriver driver{std::move(app)};
  base::UniqueFd reader = driver.connect("GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
  const base::UniqueFd writer = driver.connect("GET /write HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(written);
  CHECK(count_of("from another", driver.read_all(reader)) == 1);
  CHECK(count_of("HTTP/1.1 204", driver.read_all(writer)) == 1);
  reader.reset();
  driver.turn();
  driver.say(writer, "GET /write HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_FALSE(written);
  CHECK(count_of("HTTP/1.1 204", driver.read_all(writer)) == 1);
}

TEST_CASE(
    "session: what its client waited in the kernel is a part of the first request's time in queue, and of no other") {
  WorkerDriver driver{answering("ok")};
  auto pair = os::StreamPair::open();
  REQUIRE(pair);
  base::Arrival arrival;
  arrival.peer.family = base::Address::Family::kUnix;
  driver.connections().add(std::move(pair->near), arrival, 250ms);
  driver.say(pair->far, kPlainGet);
  CHECK(driver.slot().counters.queue_ns == 250'000'000);
  driver.say(pair->far, kPlainGet);
  CHECK(driver.slot().counters.queue_ns == 250'000'000);
  CHECK(driver.slot().counters.requests == 2);
}

TEST_CASE("session: a wait of more than a minute counts as one, and the clock's errors as none") {
  WorkerDriver driver{answering("ok")};
  const base::UniqueFd client = driver.connect();
  Session& session = *driver.connections().at(0);
  session.note_wait(1h);
  CHECK(session.take_wait() == 65'535ms);
  session.note_wait(-1ms);
  CHECK(session.take_wait() == 0ms);
}

TEST_CASE("session: an answer that comes too late finds nobody, though another connection has the place") {
  std::vector<Responder> kept;
  App app;
  app.get("/", [&](const Request&, Responder responder) { kept.push_back(std::move(responder)); });
  WorkerDriver driver{std::move(app)};
  const base::UniqueFd gone = driver.connect(kPlainGet);
  REQUIRE(kept.size() == 1);
  driver.connections().at(0)->cut_off();
  driver.turn();
  CHECK(driver.connections().empty());
  const base::UniqueFd next = driver.connect(kPlainGet);
  REQUIRE(kept.size() == 2);
  CHECK(driver.connections().at(0)->index() == 0);
  std::move(kept[0]).send(Response::text("for the first"));
  driver.turn();
  CHECK(heard(next).empty());
  CHECK(driver.slot().counters.late_answers == 1);
  std::move(kept[1]).send(Response::text("for the second"));
  driver.turn();
  CHECK(count_of("for the second", heard(next)) == 1);
}

}  // namespace orrery::worker
