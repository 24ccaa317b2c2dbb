// Which connections of a worker go first, which may rest, and which are a sibling's.
#include "worker/connections.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/worker_driver.hpp"

namespace orrery::worker {

namespace {

using namespace std::chrono_literals;
using namespace test;

/// `/` answers at once, `/hold` when the test ends.
App answering_and_holding(std::vector<Responder>& held) {
  App app;
  app.get("/", [](const Request&) { return Response::text("ok"); });
  app.post("/", [](const Request&) { return Response::text("ok"); });
  app.get("/hold", [&held](const Request&, Responder responder) { held.push_back(std::move(responder)); });
  return app;
}

const std::string kHold = "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n";
/// Refused at once, while the client still sends.
const std::string kTooLarge = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n";

struct Room {
  explicit Room(const Config& config = {}) : driver(answering_and_holding(held), config) {}
  Connections& connections() { return driver.connections(); }
  /// Closes one, and says how many of these have ended so far.
  std::size_t make_room(const std::vector<base::UniqueFd>& clients) {
    CHECK(connections().make_room());
    driver.turn();
    return static_cast<std::size_t>(std::count_if(clients.begin(), clients.end(), has_ended));
  }
  std::vector<Responder> held;
  WorkerDriver driver;
};

Config small_bodies(int most_lingering = 1024) {
  Config config;
  config.limit_request_body = 4;
  config.lingering_connections = most_lingering;
  return config;
}

}  // namespace

TEST_CASE("connections: the longest idle goes first, by its last answer and not by its age") {
  Room room;
  std::vector<base::UniqueFd> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(room.driver.connect());
    room.driver.pass(1s);
  }
  room.driver.say(clients[0], kPlainGet);
  heard(clients[0]);
  CHECK(room.make_room(clients) == 1);
  CHECK(has_ended(clients[1]));
  CHECK(room.make_room(clients) == 2);
  CHECK(has_ended(clients[2]));
  CHECK(room.make_room(clients) == 3);
  CHECK_FALSE(room.connections().make_room());
  CHECK(room.driver.closed(os::Closing::kMadeRoom) == 3);
}

TEST_CASE("connections: what is busy makes no room, and counts as idle when it is answered") {
  Room room;
  const base::UniqueFd busy = room.driver.connect(kHold);
  const base::UniqueFd half = room.driver.connect("GET / HT");
  CHECK(room.connections().count_idle() == 0);
  CHECK_FALSE(room.connections().can_make_room());
  CHECK_FALSE(room.connections().make_room());
  std::move(room.held.front()).send(Response::text("ok"));
  room.driver.turn();
  CHECK(room.connections().count_idle() == 1);
  heard(busy);
  CHECK(room.connections().make_room());
  room.driver.turn();
  CHECK(has_ended(busy));
  CHECK_FALSE(has_ended(half));
}

TEST_CASE("connections: one that lingers has its answer, and makes room before one that is idle") {
  Room room{small_bodies()};
  const base::UniqueFd idle = room.driver.connect();
  room.driver.pass(1s);
  const base::UniqueFd lingers = room.driver.connect(kTooLarge);
  CHECK(count_of("HTTP/1.1 413", heard(lingers)) == 1);
  CHECK(room.connections().count_lingering() == 1);
  CHECK(room.connections().make_room());
  room.driver.turn();
  CHECK(room.connections().count_lingering() == 0);
  CHECK(room.connections().count_idle() == 1);
  CHECK_FALSE(has_ended(idle));
}

TEST_CASE("connections: more may not linger than the setting says; the oldest goes, and with 0 none stays") {
  SECTION("one") {
    Room room{small_bodies(1)};
    const base::UniqueFd first = room.driver.connect(kTooLarge), second = room.driver.connect(kTooLarge);
    CHECK(room.connections().count_lingering() == 1);
    // The first one's socket is closed: what it sends is refused.
    CHECK(room.driver.say(first, "x") == 0);
    CHECK(room.driver.say(second, "x") == 1);
  }
  SECTION("none") {
    Room room{small_bodies(0)};
    const base::UniqueFd client = room.driver.connect(kTooLarge);
    CHECK(room.connections().empty());
    CHECK(count_of("HTTP/1.1 413", heard(client)) == 1);
  }
}

TEST_CASE("connections: only what rests is offered to siblings, the longest idle first") {
  Room room;
  std::vector<base::UniqueFd> clients;
  for (const std::string& said : {std::string{}, kPlainGet, kHold, std::string{"GET / HT"}}) {
    clients.push_back(room.driver.connect(said));
    room.driver.pass(1s);
  }
  std::vector<std::uint32_t> requests;
  std::vector<base::UniqueFd> given;
  room.connections().give_resting([&](int socket, const os::ConnectionAtRest& rest) {
    requests.push_back(rest.requests);
    given.push_back(base::duplicated(socket));
    return os::Giving::kGiven;
  });
  room.driver.turn();
  CHECK(requests == std::vector<std::uint32_t>{0, 1});
  CHECK(room.driver.slot().connections == 2);
  CHECK(room.driver.closed(os::Closing::kHandedOver) == 2);
  heard(clients[1]);
  CHECK_FALSE(has_ended(clients[1]));
  // What the client says meanwhile is the sibling's to read.
  room.driver.say(clients[1], kPlainGet);
  CHECK(heard(given[1]) == kPlainGet);
}

TEST_CASE("connections: when siblings take no more for now the rest stays, and what cannot be given is told to end") {
  Room room;
  std::vector<base::UniqueFd> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(room.driver.connect(kPlainGet));
    heard(clients.back());
  }
  int offered = 0;
  const auto offer = [&](os::Giving giving) {
    offered = 0;
    room.connections().give_resting([&](int, const os::ConnectionAtRest&) { return ++offered, giving; });
    room.driver.turn();
  };
  offer(os::Giving::kLater);
  CHECK(offered == 1);
  CHECK(room.connections().count_idle() == 3);
  offer(os::Giving::kFailed);
  CHECK(offered == 3);
  CHECK(room.connections().empty());
  CHECK(std::all_of(clients.begin(), clients.end(), has_ended));
}

TEST_CASE("connections: at the end of its time a worker cuts off all but those that a handler has") {
  Room room;
  const base::UniqueFd idle = room.driver.connect(), half = room.driver.connect("GET / HT"),
                       handled = room.driver.connect(kHold);
  CHECK(room.connections().cut_off() == 1);  // an idle one misses nothing
  room.driver.turn();
  CHECK(room.driver.slot().connections == 1);
  CHECK(has_ended(idle));
  CHECK(has_ended(half));
  CHECK(heard(handled).empty());
  CHECK(room.driver.closed(os::Closing::kCutOff) == 2);
}

TEST_CASE("connections: a request's key finds its session alone, and nobody when that is over") {
  Room room;
  const base::UniqueFd first = room.driver.connect(kHold);
  const RequestKey key = room.connections().at(0)->key(1);
  REQUIRE(room.connections().find(key) == room.connections().at(0));
  CHECK(room.connections().find({key.index, key.serial, key.request + 1}) == nullptr);
  CHECK(room.connections().find({key.index + 1, key.serial, key.request}) == nullptr);
  room.connections().at(0)->cut_off();
  room.driver.turn();
  CHECK(room.connections().find(key) == nullptr);
  const base::UniqueFd next = room.driver.connect(kHold);
  CHECK(room.connections().at(0)->key(1).index == key.index);
  CHECK(room.connections().find(key) == nullptr);
}

}  // namespace orrery::worker
