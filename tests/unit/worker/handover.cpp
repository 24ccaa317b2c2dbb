// A worker that leaves and a worker that adopts, with the other end of the pair in the hands of the test.
#include "worker/handover.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "os/stream_pair.hpp"
#include "support/heard_log.hpp"
#include "support/worker_driver.hpp"

namespace orrery::worker {

namespace {

using namespace std::chrono_literals;
using namespace test;

App answering() {
  App app;
  app.get("/", [](const Request&) { return Response::text("ok"); });
  return app;
}

/// Another worker of the service, as its slot shows it.
os::Slot& add_sibling(WorkerDriver& driver, os::WorkerState state = os::WorkerState::kReady) {
  os::Slot& slot = driver.board().slot(driver.board().claim().value());
  slot.generation = 1;
  slot.state = state;
  return slot;
}

/// A connection that rests with a sibling; the client's end of it. It is given to whoever adopts.
base::UniqueFd give(WorkerDriver& driver, std::uint32_t requests = 0) {
  auto pair = os::StreamPair::open();
  REQUIRE(pair);
  os::ConnectionAtRest rest;
  rest.arrival.peer.family = base::Address::Family::kUnix;
  rest.since_ns = base::monotonic_now().time_since_epoch().count();
  rest.requests = requests;
  REQUIRE(os::give_connection(driver.handover(), pair->near.get(), rest) == os::Giving::kGiven);
  return std::move(pair->far);
}

Config short_grace() {
  Config config;
  config.graceful_timeout = 4s;
  return config;
}

}  // namespace

TEST_CASE("giver: what rests goes to a sibling with its history, and the worker is over when it is taken") {
  WorkerDriver driver{answering()};
  add_sibling(driver);
  const base::UniqueFd client = driver.connect(kPlainGet);
  heard(client);
  driver.runtime().begin_drain();
  driver.turn();
  CHECK(driver.connections().empty());
  CHECK_FALSE(driver.runtime().over());
  driver.say(client, kPlainGet);
  const os::TakenConnection taken = os::take_connection(driver.handover());
  REQUIRE(taken.socket);
  CHECK(taken.rest.requests == 1);
  CHECK(heard(taken.socket) == kPlainGet);
  CHECK(driver.runtime().over());
}

TEST_CASE("giver: a request that has begun is answered here first") {
  WorkerDriver driver{answering()};
  add_sibling(driver);
  const base::UniqueFd client = driver.connect("GET / HTTP/1.1\r\n");
  driver.runtime().begin_drain();
  driver.turn();
  CHECK_FALSE(os::take_connection(driver.handover()).socket);
  driver.say(client, "Host: a\r\n\r\n");
  const std::string answer = heard(client);
  CHECK(count_of(kOk, answer) == 1);
  CHECK(count_of("Connection: close", answer) == 0);
  CHECK(os::take_connection(driver.handover()).rest.requests == 1);
}

TEST_CASE("giver: where nobody serves it waits a second, then ends what was not taken") {
  const HeardLog log;
  WorkerDriver driver{answering(), short_grace()};
  add_sibling(driver, os::WorkerState::kBooting);
  const base::UniqueFd client = driver.connect();
  driver.runtime().begin_drain();
  driver.pass(900ms);
  CHECK_FALSE(has_ended(client));
  driver.pass(200ms);
  CHECK(has_ended(client));
  CHECK(driver.runtime().over());
  CHECK(log.count("No sibling takes idle connections: 1 were closed") == 1);
}

TEST_CASE(
    "giver: siblings that serve may be busy for half of graceful_timeout, and what they have not taken is theirs") {
  WorkerDriver driver{answering(), short_grace()};
  add_sibling(driver);
  const base::UniqueFd client = driver.connect();
  driver.runtime().begin_drain();
  driver.pass(1900ms);
  CHECK_FALSE(driver.runtime().over());
  driver.pass(200ms);
  CHECK(driver.runtime().over());
  CHECK_FALSE(has_ended(client));
  CHECK(os::take_connection(driver.handover()).socket);
}

TEST_CASE("giver: a stop in the middle of it takes back what nobody has, and ends it") {
  WorkerDriver driver{answering(), short_grace()};
  add_sibling(driver);
  const base::UniqueFd client = driver.connect();
  driver.runtime().begin_drain();
  driver.turn();
  driver.board().announce_stop();
  driver.pass(10ms);
  CHECK(has_ended(client));
  CHECK(driver.runtime().over());
}

TEST_CASE("adopter: a connection goes on where it came from, with its count of requests") {
  WorkerDriver driver{answering()};
  const base::UniqueFd client = give(driver, 41);
  driver.turn();
  CHECK(driver.slot().counters.taken_over == 1);
  CHECK(driver.slot().counters.connections == 0);
  driver.say(client, kPlainGet);
  CHECK(count_of(kOk, heard(client)) == 1);
  CHECK(driver.connections().at(0)->rest()->requests == 42);
}

TEST_CASE("adopter: what the client said on the way is served") {
  WorkerDriver driver{answering()};
  const base::UniqueFd client = give(driver);
  REQUIRE(::send(client.get(), kPlainGet.data(), kPlainGet.size(), MSG_NOSIGNAL) > 0);
  driver.turn();
  CHECK(count_of(kOk, heard(client)) == 1);
}

TEST_CASE("adopter: it leaves a connection to a sibling that has less, but not for ever") {
  WorkerDriver driver{answering()};
  add_sibling(driver);
  std::vector<base::UniqueFd> own;
  for (int i = 0; i < 3; ++i) own.push_back(driver.connect());
  const base::UniqueFd client = give(driver);
  driver.pass(20ms);
  CHECK(driver.slot().counters.taken_over == 0);
  driver.pass(100ms);
  CHECK(driver.slot().counters.taken_over == 1);
}

TEST_CASE("adopter: a sibling of a newer generation has it first, one of an older never") {
  for (const bool newer : {true, false}) {
    WorkerDriver driver{answering()};
    os::Slot& sibling = add_sibling(driver);
    sibling.generation = newer ? 2 : 0;
    const base::UniqueFd client = give(driver);
    driver.turn();
    CHECK(driver.slot().counters.taken_over == (newer ? 0U : 1U));
  }
}

TEST_CASE("adopter: a full worker makes room for it when it can, and takes nothing when it cannot") {
  Config config;
  config.worker_connections = 1;
  WorkerDriver driver{answering(), config};
  base::UniqueFd own = driver.connect("GET / HT");
  const base::UniqueFd client = give(driver);
  driver.pass(100ms);
  CHECK(driver.slot().counters.taken_over == 0);
  driver.say(own, "TP/1.1\r\nHost: a\r\n\r\n");
  CHECK(count_of(kOk, heard(own)) == 1);
  driver.pass(10ms);
  CHECK(driver.slot().counters.taken_over == 1);
  CHECK(has_ended(own));
}

TEST_CASE("adopter: a worker that leaves alone takes what waits, and ends it politely") {
  WorkerDriver driver{answering()};
  std::vector<base::UniqueFd> own;
  add_sibling(driver);
  for (int i = 0; i < 3; ++i) own.push_back(driver.connect(kPlainGet));
  const base::UniqueFd client = give(driver, 1);
  driver.turn();
  CHECK(driver.slot().counters.taken_over == 0);
  driver.board().announce_stop();
  driver.runtime().begin_drain();
  driver.turn();
  CHECK(driver.slot().counters.taken_over == 1);
  CHECK(has_ended(client));
  CHECK(driver.runtime().over());
}

}  // namespace orrery::worker
