// Who watches the sky through one worker, with the worker's time in hand: who gets which event, and when.
#include "planets/viewers.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include "support/heard_log.hpp"
#include "support/worker_driver.hpp"

namespace orrery::planets {
namespace {

using namespace std::chrono_literals;
using namespace test;

constexpr auto kTick = 250ms;  ///< as viewers.cpp has it

/// A worker whose only route is the stream.
class Planetarium {
 public:
  base::UniqueFd watch(const std::string& interval) {
    return driver.connect("GET /?interval=" + interval + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  /// How many times the sky came since it was last read.
  std::size_t skies(const base::UniqueFd& client) { return count_of("event: sky\n", driver.read_all(client)); }

 private:
  App app() {
    App app;
    app.on_worker_start([this](Worker& worker) -> Result<void> {
      viewers.begin(worker);
      return {};
    });
    app.get("/", [this](const Request& request, Responder responder) {
      auto stream = std::move(responder).start(Response::bytes("text/event-stream", {}));
      REQUIRE(stream);
      viewers.join(read_stream_query(request), std::move(*stream));
    });
    return app;
  }

 public:
  HeardLog log;
  Viewers viewers{std::make_shared<const EarthRotation>()};
  WorkerDriver driver{app()};
};

/// The number behind the last `retry: `.
int retry_of(const std::string& text) { return std::stoi(text.substr(text.rfind("retry: ") + 7)); }

}  // namespace

TEST_CASE("viewers: each has the sky at once, and then so often as it has asked for", "[planets]") {
  Planetarium house;
  const base::UniqueFd often = house.watch("1"), seldom = house.watch("5");
  CHECK(house.viewers.count() == 2);
  const std::string first = house.driver.read_all(often);
  CHECK(first.find("retry: 2000\n\n") != std::string::npos);
  CHECK(first.find("event: sky\nid: ") != std::string::npos);
  CHECK(first.find("\ndata: {\"planets\":[{\"name\":\"sun\",") != std::string::npos);
  CHECK(house.skies(seldom) == 1);
  std::size_t of_often = 0, of_seldom = 0;
  for (int second = 0; second < 20; ++second) {
    house.driver.pass(1s);
    of_often += house.skies(often);
    of_seldom += house.skies(seldom);
  }
  CHECK(of_often == 20);
  CHECK(of_seldom == 4);
}

TEST_CASE("viewers: those who come together do not come due together", "[planets]") {
  Planetarium house;
  std::vector<base::UniqueFd> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(house.watch("2"));
  for (const auto& client : clients) CHECK(house.skies(client) == 1);
  // Two seconds have eight ticks: one viewer for each.
  for (int round = 0; round < 2; ++round)
    for (int tick = 0; tick < 8; ++tick) {
      house.driver.pass(kTick);
      std::size_t skies = 0;
      for (const auto& client : clients) skies += house.skies(client);
      CHECK(skies == 1);
    }
}

TEST_CASE("viewers: a connection on which the sky comes seldom is never silent for long", "[planets]") {
  Planetarium house;
  const base::UniqueFd client = house.watch("3600");
  CHECK(house.skies(client) == 1);
  for (int minute = 0; minute < 60; ++minute) {
    house.driver.pass(1min);
    CHECK(count_of(":\n\n", house.driver.read_all(client)) >= 3);
  }
}

TEST_CASE("viewers: one that does not read is skipped, and has the newest sky when it reads again", "[planets]") {
  Planetarium house;
  const base::UniqueFd lazy = house.watch("1"), eager = house.watch("1");
  const int least = 1;
  REQUIRE(::setsockopt(house.driver.connections().at(0)->descriptor(), SOL_SOCKET, SO_SNDBUF, &least, sizeof least) ==
          0);
  constexpr std::size_t kSeconds = 20;  // within write_timeout
  std::size_t of_eager = house.skies(eager);
  for (std::size_t second = 0; second < kSeconds; ++second) {
    house.driver.pass(1s);
    of_eager += house.skies(eager);
  }
  CHECK(of_eager == kSeconds + 1);
  CHECK(house.viewers.count() == 2);
  CHECK(house.skies(lazy) < kSeconds / 2);
  house.driver.pass(2s);
  CHECK(house.skies(lazy) == 2);
}

TEST_CASE("viewers: one that leaves is forgotten at once, and takes nobody along", "[planets]") {
  Planetarium house;
  std::vector<base::UniqueFd> clients;
  for (int i = 0; i < 12; ++i) clients.push_back(house.watch("1"));
  house.driver.pass(1s);
  for (std::size_t i = 0; i < clients.size(); i += 3) clients[i].reset();
  house.driver.turn();
  CHECK(house.viewers.count() == 8);
  for (const auto& client : clients)
    if (client) house.skies(client);
  house.driver.pass(1s);
  for (const auto& client : clients)
    if (client) CHECK(house.skies(client) == 1);
}

TEST_CASE("viewers: all are told that the worker leaves, each to come back at another moment soon", "[planets]") {
  Planetarium house;
  std::vector<base::UniqueFd> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(house.watch("10"));
  for (const auto& client : clients) house.skies(client);
  house.driver.runtime().begin_drain();
  house.driver.turn();
  std::vector<int> retries;
  for (const auto& client : clients) {
    const std::string bye = house.driver.read_all(client);
    CHECK(bye.find("\nevent: draining\ndata: {}\n\n") != std::string::npos);
    CHECK(bye.ends_with("0\r\n\r\n"));
    retries.push_back(retry_of(bye));
  }
  std::sort(retries.begin(), retries.end());
  CHECK(retries.front() >= 0);
  CHECK(retries.back() < 250);
  CHECK(std::adjacent_find(retries.begin(), retries.end()) == retries.end());
  CHECK(house.viewers.count() == 0);
  house.driver.pass(1min);
}

}  // namespace orrery::planets
