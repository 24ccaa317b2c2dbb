// Deadlines are totals: what happens just before, at, and after each, and that no drip of bytes moves it.
#include <catch2/catch.hpp>

#include "support/connection_driver.hpp"

namespace orrery::test {
namespace {

using namespace std::chrono_literals;
using Driver = ConnectionDriver;
using std::chrono::nanoseconds;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

std::string post(const char* path, std::size_t length) {
  return std::string{"POST "} + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

struct Row {
  const char* name;
  void (*begin)(Driver&);
  nanoseconds allowed;
  const char* reject;  ///< "" = closed without a word
  int status;          ///< 0 = no response
  End end;
};

const Row kRows[] = {
    {"silent", [](Driver&) {}, 10s, "silent_connection", 0, End::kClose},
    {"head", [](Driver& d) { d.receive("GET /"); }, 10s, "header_timeout", 408, End::kLinger},
    {"head from accept",
     [](Driver& d) {
       d.pass(4s);
       d.receive("GET /");
     },
     6s, "header_timeout", 408, End::kLinger},
    {"empty lines",
     [](Driver& d) {
       d.pass(4s);
       d.receive("\r\n");
     },
     6s, "silent_connection", 0, End::kClose},
    {"later head from its first byte",
     [](Driver& d) {
       d.receive(kGet);
       d.take_output();
       d.pass(60s);
       d.receive("G");
     },
     10s, "header_timeout", 408, End::kLinger},
    {"pipelined head",
     [](Driver& d) {
       d.receive(kGet + "GET");
       d.take_output();
     },
     10s, "header_timeout", 408, End::kLinger},
    {"body", [](Driver& d) { d.receive(post("/p", 9)); }, 30s, "body_timeout", 408, End::kLinger},
    {"body that has begun", [](Driver& d) { d.receive(post("/p", 99999) + std::string(1000, 'x')); }, 32s,
     "body_timeout", 408, End::kLinger},
    {"chunked body",
     [](Driver& d) {
       d.receive("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n" + std::string(500, 'x'));
     },
     31s, "body_timeout", 408, End::kLinger},
    {"body read away",
     [](Driver& d) {
       d.receive(post("/get", 9));
       d.take_output();
     },
     30s, "body_timeout", 0, End::kLinger},
    {"body its handler asks for",
     [](Driver& d) {
       d.hold_requests();
       d.receive("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n");
       d.pass(10s);
       d.want_body();
     },
     20s, "request_deadline", 504, End::kLinger},
    {"keep-alive",
     [](Driver& d) {
       d.receive(kGet);
       d.take_output();
     },
     75s, "", 0, End::kClose},
    {"keep-alive behind an answer that took time",
     [](Driver& d) {
       d.hold_requests();
       d.receive(kGet);
       d.pass(20s);
       d.answer(Response::text("x"));
       d.take_output();
     },
     75s, "", 0, End::kClose},
    {"handler",
     [](Driver& d) {
       d.hold_requests();
       d.receive(kGet);
     },
     30s, "request_deadline", 504, End::kLinger},
    {"handler behind a slow body",
     [](Driver& d) {
       d.hold_requests();
       d.receive(post("/p", 2));
       d.pass(20s);
       d.receive("hi");
     },
     30s, "request_deadline", 504, End::kLinger},
    {"handler of a route with its own",
     [](Driver& d) {
       d.hold_requests();
       d.receive("GET /quick HTTP/1.1\r\nHost: h\r\n\r\n");
     },
     100ms, "request_deadline", 504, End::kLinger},
    {"write",
     [](Driver& d) {
       d.block_output();
       d.receive(kGet);
     },
     30s, "write_timeout", 0, End::kBroken},
    {"write, some taken at first",
     [](Driver& d) {
       d.block_output(100);
       d.receive(kGet);
       d.take_output();
     },
     30s, "write_timeout", 0, End::kBroken},
    {"write, some taken later",
     [](Driver& d) {
       d.answer_with([](const Request&) { return Response::text(std::string(5000, 'x')); });
       d.block_output();
       d.receive(kGet);
       d.read(1000);
       d.take_output();
     },
     32s, "write_timeout", 0, End::kBroken},
    {"write of a refusal",
     [](Driver& d) {
       d.block_output();
       d.receive("x\r\n");
     },
     30s, "write_timeout", 0, End::kBroken},
};

void check_end(const Row& row, const Driver& driver) {
  CHECK(driver.end() == row.end);
  const std::string last = driver.rejects().empty() ? "" : driver.rejects().back();
  CHECK(last == row.reject);
  const auto responses = read_responses(driver.output());
  CHECK((responses.empty() ? 0 : responses.back().status) == row.status);
}

TEST_CASE("Each deadline strikes at its moment and not before") {
  for (const Row& row : kRows) {
    INFO(row.name);
    {
      Driver driver;
      row.begin(driver);
      CHECK(driver.until_deadline() == row.allowed);
      driver.pass(row.allowed - 1ns);
      CHECK(driver.end() == End::kOpen);
      driver.pass(1ns);
      check_end(row, driver);
    }
    Driver late;
    row.begin(late);
    late.pass(row.allowed + 1h);
    check_end(row, late);
  }
}

TEST_CASE("A byte a second extends nothing") {
  struct Drip {
    const char* name;
    void (*begin)(Driver&);
    void (*drip)(Driver&);
    int most_seconds;
    const char* reject;
  };
  const Drip drips[] = {
      {"head", [](Driver& d) { d.receive("GET /"); }, [](Driver& d) { d.receive("x"); }, 10, "header_timeout"},
      {"field", [](Driver& d) { d.receive("GET / HTTP/1.1\r\nA: "); }, [](Driver& d) { d.receive("x"); }, 10,
       "header_timeout"},
      {"fields", [](Driver& d) { d.receive("GET / HTTP/1.1\r\n"); }, [](Driver& d) { d.receive("A: b\r\n"); }, 10,
       "header_timeout"},
      {"second head", [](Driver& d) { d.receive(kGet + "GET /"); }, [](Driver& d) { d.receive("x"); }, 10,
       "header_timeout"},
      {"body", [](Driver& d) { d.receive(post("/p", 9999)); }, [](Driver& d) { d.receive("x"); }, 31, "body_timeout"},
      {"one-byte chunks",
       [](Driver& d) { d.receive("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"); },
       [](Driver& d) { d.receive("1;ext=0123456789\r\nx\r\n"); }, 31, "body_timeout"},
      {"trailers",
       [](Driver& d) { d.receive("POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"); },
       [](Driver& d) { d.receive("A: b\r\n"); }, 30, "body_timeout"},
      {"body read away", [](Driver& d) { d.receive(post("/get", 9999)); }, [](Driver& d) { d.receive("x"); }, 31,
       "body_timeout"},
      {"reading the response",
       [](Driver& d) {
         d.block_output();
         d.receive(kGet);
       },
       [](Driver& d) { d.read(1); }, 31, "write_timeout"},
  };
  for (const Drip& drip : drips) {
    INFO(drip.name);
    Driver driver;
    drip.begin(driver);
    int seconds = 0;
    while (driver.end() == End::kOpen && seconds < 200) {
      driver.pass(1s);
      ++seconds;
      drip.drip(driver);
    }
    CHECK(seconds <= drip.most_seconds);
    CHECK(driver.rejects() == std::vector<std::string>{drip.reject});
  }
}

TEST_CASE("A body at min_rate and above may take as long as it needs; one below may not") {
  struct Pace {
    const char* name;
    std::size_t per_second;
    bool arrives;
  };
  for (const Pace& row :
       {Pace{"above", 600, true}, Pace{"at", 500, true}, Pace{"below", 400, false}, Pace{"64 B/s", 64, false}}) {
    INFO(row.name);
    Config config;
    config.min_rate = 500;
    Driver driver{config};
    const std::size_t size = 100'000;
    driver.receive(post("/p", size));
    for (std::size_t sent = 0; sent < size && driver.end() == End::kOpen; sent += row.per_second) {
      driver.pass(1s);
      driver.receive(std::string(std::min(row.per_second, size - sent), 'x'));
    }
    CHECK(driver.rejects().empty() == row.arrives);
    CHECK(driver.requests().size() == (row.arrives ? 1 : 0));
  }
}

TEST_CASE("A 64 B/s reader is cut off, a 600 B/s reader is served") {
  for (const std::size_t rate : {std::size_t{64}, std::size_t{600}}) {
    INFO(rate);
    Driver driver;
    driver.answer_with([](const Request&) { return Response::text(std::string(100'000, 'x')); });
    driver.block_output();
    driver.receive(kGet);
    for (int second = 0; second < 400 && driver.connection().idle() && driver.end() == End::kOpen; ++second) {
      driver.pass(1s);
      driver.read(rate);
      if (driver.output().size() > 100'000) break;
    }
    CHECK(driver.rejects().empty() == (rate == 600));
    CHECK((driver.output().size() > 100'000) == (rate == 600));
  }
}

TEST_CASE("Time in which the handler does not ask for the body is not the client's") {
  Driver driver;
  driver.hold_requests();
  driver.receive(post("/stream", 9));
  driver.pass(29s);
  driver.answer(Response::text("early"));
  CHECK(driver.until_deadline() == 30s);
  driver.pass(29s);
  driver.receive("012345678");
  CHECK(driver.rejects().empty());
  CHECK(driver.connection().idle());
}

TEST_CASE("A body asked for late has its whole time") {
  std::vector<Route> routes = echo_routes();
  for (Route& route : routes)
    if (route.pattern == "/stream") route.options.request_deadline = std::chrono::milliseconds{0};
  Driver driver{{}, routes};
  driver.hold_requests();
  driver.receive(post("/stream", 9));
  CHECK_FALSE(driver.has_deadline());
  driver.pass(1h);
  driver.want_body();
  CHECK(driver.until_deadline() == 30s);
  driver.pass(10s);
  driver.receive("abc");
  CHECK_FALSE(driver.has_deadline());
  driver.pass(1h);
  driver.want_body();
  CHECK(driver.until_deadline() == 20s + 6ms);
  driver.pass(20s + 6ms);
  CHECK(driver.rejects() == std::vector<std::string>{"body_timeout"});
  CHECK(driver.answers().back().status == 408);
}

TEST_CASE("Routes without a deadline, streams, and closed connections have none") {
  Driver endless;
  endless.hold_requests();
  endless.receive("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK_FALSE(endless.has_deadline());
  Driver stream;
  stream.hold_requests();
  stream.receive(kGet);
  stream.start_stream(Response::text(""));
  CHECK_FALSE(stream.has_deadline());
  Driver closed;
  closed.receive("GET / HTTP/1.0\r\n\r\n");
  CHECK_FALSE(closed.has_deadline());
}

TEST_CASE("A deadline cancels the request and drops the late answer") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet + kGet);
  const Request request = driver.message()->share();
  CHECK(request.deadline().has_value());
  driver.pass(30s);
  CHECK(request.cancelled());
  CHECK_FALSE(driver.answer(Response::text("late")));
  CHECK(read_responses(driver.output()).size() == 1);
  CHECK(driver.requests().size() == 1);
}

TEST_CASE("A connection rests only between requests, and its deadline goes with it") {
  Driver first;
  REQUIRE(first.connection().rest());
  CHECK(first.connection().rest()->requests == 0);
  first.receive(kGet);
  first.pass(3s);
  const auto rest = first.connection().rest();
  REQUIRE(rest);
  CHECK(rest->requests == 1);
  const auto left = first.until_deadline();
  first.receive("GET");
  CHECK_FALSE(first.connection().rest());

  Driver second;
  second.pass(3s);
  second.connection().resume(*rest);
  CHECK(second.until_deadline() == left);
  second.receive(kGet);
  CHECK(second.answers().size() == 1);
  CHECK(second.connection().rest()->requests == 2);
  second.hold_requests();
  second.receive(kGet);
  CHECK_FALSE(second.connection().rest());

  Driver blocked;
  blocked.block_output(10);
  blocked.receive(kGet);
  CHECK(blocked.connection().blocked());
  CHECK_FALSE(blocked.connection().rest());
  blocked.read();
  CHECK_FALSE(blocked.connection().blocked());
  CHECK(blocked.connection().rest());
}

TEST_CASE("expire before its time does nothing") {
  Driver driver;
  for (int i = 0; i < 9; ++i) {
    driver.pass(1s);
    CHECK(driver.end() == End::kOpen);
  }
  CHECK(driver.until_deadline() == 1s);
}

}  // namespace
}  // namespace orrery::test
