// A client that closes its side: what is cancelled by it, what is served all the same, and who is told.
#include <catch2/catch.hpp>

#include "unit/http/h1/connection_requests.hpp"

namespace orrery::test {
namespace {

using Driver = ConnectionDriver;
using Names = std::vector<std::string>;

/// How the end comes: read behind all that was sent, or noticed while bytes are not received yet.
struct Way {
  const char* name;
  void (*end)(Driver&);
};
const Way kWays[] = {
    {"read", [](Driver& d) { d.receive_end(); }},
    {"noticed", [](Driver& d) { d.notice_end(); }},
};

Config waiting() {
  Config config;
  config.client_half_close = ClientHalfClose::kWaits;
  return config;
}

/// A request that is being handled; `told` counts the calls of its callback.
Request held_request(Driver& driver, int& told) {
  driver.hold_requests();
  driver.receive(kGet);
  Request request = driver.message()->share();
  request.on_cancelled([&told] { ++told; });
  return request;
}

TEST_CASE("Leaving: the request that is handled is cancelled, and its answer is still sent") {
  for (const Way& way : kWays) {
    INFO(way.name);
    Driver driver;
    int told = 0;
    const Request request = held_request(driver, told);
    CHECK_FALSE(request.cancelled());
    way.end(driver);
    CHECK(request.cancelled());
    CHECK(told == 1);
    way.end(driver);
    CHECK(told == 1);
    CHECK(driver.answer(Response::text("late")));
    CHECK(last_response(driver).body == "late");
    if (driver.end() == End::kOpen) driver.receive_end();
    CHECK(driver.end() == End::kClose);
    CHECK(told == 1);
    CHECK(statuses(driver) == std::vector<int>{200});
    CHECK(driver.rejects().empty());
  }
}

TEST_CASE("Leaving: with client_half_close waits nothing is cancelled") {
  for (const Way& way : kWays) {
    INFO(way.name);
    Driver driver{waiting()};
    driver.give_up_places();
    int told = 0;
    const Request request = held_request(driver, told);
    way.end(driver);
    CHECK_FALSE(request.cancelled());
    CHECK(driver.answer(Response::text("awaited")));
    CHECK(last_response(driver).body == "awaited");
    CHECK(told == 0);
  }
}

TEST_CASE("Leaving: what was pipelined behind the request is served in order, and not cancelled") {
  for (const Way& way : kWays) {
    INFO(way.name);
    Driver driver;
    driver.hold_requests();
    driver.receive(kGet + kGetB);
    way.end(driver);
    CHECK(driver.message()->cancelled);
    CHECK(driver.answer(Response::text("1")));
    REQUIRE(driver.requests().size() == 2);
    CHECK_FALSE(driver.message()->cancelled);
    CHECK(driver.answer(Response::text("2")));
    if (driver.end() == End::kOpen) driver.receive_end();
    CHECK(read_responses(driver.output()).size() == 2);
    CHECK(driver.end() == End::kClose);
  }
}

TEST_CASE("Leaving: a request that waits for a handler behind others gives its place up") {
  for (const Way& way : kWays) {
    INFO(way.name);
    Driver driver;
    driver.give_up_places();
    driver.hold_requests();
    driver.receive(kGet);
    way.end(driver);
    CHECK(driver.rejects() == Names{"client_left"});
    CHECK(driver.answers() == std::vector<SeenAnswer>{{"GET", 499, 0, base::Ending::kCut}});
    CHECK(driver.end() == End::kClose);
    CHECK(driver.output().empty());
  }
}

TEST_CASE("Leaving: of a stream only a broken connection counts") {
  for (const Way& way : kWays) {
    INFO(way.name);
    Driver driver;
    int told = 0;
    const Request request = held_request(driver, told);
    driver.start_stream(Response::text(""));
    way.end(driver);
    CHECK_FALSE(request.cancelled());
    driver.send_piece("piece");
    CHECK(driver.output().find("piece") != std::string::npos);
    driver.abandon();
    CHECK(request.cancelled());
    CHECK(told == 0);  // the stream tells
  }
}

TEST_CASE("Leaving: a client that has left may still get a stream") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet);
  driver.receive_end();
  CHECK(driver.start_stream(Response::text("")));
  driver.send_piece("piece");
  driver.end_stream();
  CHECK(last_response(driver).body == "piece");
}

TEST_CASE("Leaving: before its handler has it, a request is not cancelled by it") {
  for (const Way& way : kWays) {
    INFO(way.name);
    Driver driver;
    driver.hold_requests();
    driver.block_output();
    driver.answer_with([](const Request&) { return Response::text("1"); });
    driver.receive(kGet);
    driver.answer(Response::text("1"));  // is not taken: what follows waits
    driver.receive(kGetB);
    way.end(driver);
    driver.read();
    REQUIRE(driver.requests().size() == 2);
    CHECK_FALSE(driver.message()->cancelled);
  }
}

TEST_CASE("Leaving: a callback is called for whatever ends the waiting, and not for an answer") {
  struct Row {
    const char* name;
    void (*end)(Driver&);
    int calls;
  };
  const Row rows[] = {
      {"answered", [](Driver& d) { d.answer(Response::text("x")); }, 0},
      {"refused", [](Driver& d) { d.refuse(base::Reject::queue_full); }, 1},
      {"its time is over", [](Driver& d) { d.pass(std::chrono::hours{1}); }, 1},
      {"broken", [](Driver& d) { d.abandon(); }, 1},
      {"left", [](Driver& d) { d.receive_end(); }, 1},
      {"left, then its time is over",
       [](Driver& d) {
         d.receive_end();
         d.pass(std::chrono::hours{1});
       },
       1},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Driver driver;
    driver.hold_requests();
    driver.receive(kGet);
    const auto request = std::make_shared<Request>(driver.message()->share());
    int told = 0;
    const std::weak_ptr<Request> alive = request;
    request->on_cancelled([&told, request] { ++told; });
    row.end(driver);
    CHECK(told == row.calls);
    CHECK(request.use_count() == 1);  // what the callback held is free, or it would hold its own request for ever
    int late = 0;
    request->on_cancelled([&late, request] { ++late; });
    CHECK(late == row.calls);  // cancelled: at once
    CHECK(request.use_count() == 1);
  }
}

TEST_CASE("Leaving: a callback may answer") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet);
  const Request request = driver.message()->share();
  request.on_cancelled([&] { driver.answer(Response::text("given up")); });
  driver.receive_end();
  CHECK(last_response(driver).body == "given up");
  CHECK(driver.end() == End::kClose);
}

TEST_CASE("Leaving: a later callback takes the place of the one before") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet);
  const Request request = driver.message()->share();
  std::string told;
  request.on_cancelled([&] { told += "first"; });
  request.on_cancelled([&] { told += "second"; });
  driver.receive_end();
  CHECK(told == "second");
}

}  // namespace
}  // namespace orrery::test
