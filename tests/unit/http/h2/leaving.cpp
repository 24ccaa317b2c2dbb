// How an HTTP/2 connection ends: a worker that leaves, a client that leaves, idle time, room for others.
#include <catch2/catch.hpp>

#include "support/http2_driver.hpp"

namespace orrery::test::http2 {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("h2: a worker that leaves says so twice, and loses no request") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, get()));
  driver.drain();
  CHECK(driver.events() == "goaway 2147483647 NO_ERROR, ping");
  // This one was on its way.
  driver.receive(headers(3, get()));
  CHECK(driver.asked() == std::vector<http::RequestId>{1, 3});
  driver.receive(ping(std::string_view{"leaving\0", 8}, kAck));
  CHECK(driver.events() == "goaway 3 NO_ERROR");
  driver.receive(headers(5, get()));
  CHECK(driver.asked().size() == 2);
  driver.answer(1, Response::status(204));
  CHECK(driver.end() == End::kOpen);
  driver.answer(3, Response::status(204));
  CHECK(driver.events() == "204 1, end 1, 204 3, end 3");
  CHECK(driver.end() == End::kLinger);
}

TEST_CASE("h2: a client that does not answer the PING is waited for a second") {
  Http2Driver driver;
  driver.greet();
  driver.receive(headers(1, get()));
  driver.reader().take_events();
  driver.drain();
  driver.pass(milliseconds{900});
  CHECK(driver.events() == "goaway 2147483647 NO_ERROR, ping");
  CHECK(driver.end() == End::kOpen);
  driver.pass(milliseconds{200});
  CHECK(driver.events() == "goaway 1 NO_ERROR");
  CHECK(driver.end() == End::kLinger);
}

TEST_CASE("h2: while the service drains each answer brings the end nearer") {
  Http2Driver driver;
  driver.greet();
  driver.set_closing(true);
  driver.receive(headers(1, get()));
  const std::string events = driver.events();
  CHECK(events.find("goaway 2147483647 NO_ERROR") != std::string::npos);
  CHECK(driver.reader().answer(1).whole);
}

TEST_CASE("h2: idle time") {
  Config config;
  config.keepalive = seconds{5};
  config.header_timeout = seconds{3};
  Http2Driver driver{config};
  driver.greet();
  SECTION("a client that asks for nothing is not waited for longer than for a head") {
    driver.pass(seconds{4});
    CHECK(driver.rejects() == std::vector<std::string>{"silent_connection"});
    CHECK(driver.events() == "goaway 0 NO_ERROR");
    CHECK(driver.end() == End::kLinger);
  }
  SECTION("after a request, keepalive counts") {
    driver.receive(headers(1, get()));
    driver.reader().take_events();
    driver.pass(seconds{4});
    CHECK(driver.end() == End::kOpen);
    driver.pass(seconds{2});
    CHECK(driver.rejects().empty());
    CHECK(driver.events() == "goaway 1 NO_ERROR");
    CHECK(driver.end() == End::kLinger);
  }
  SECTION("with a request there is none") {
    driver.hold_requests();
    driver.receive(headers(1, get({{":path", "/endless"}})));
    driver.pass(seconds{60});
    CHECK(driver.end() == End::kOpen);
  }
}

TEST_CASE("h2: a connection whose client is quiet rests, and goes on where it was") {
  Http2Driver driver;
  driver.greet();
  const Fields fields = get({{"x-kept", "in the table of HPACK"}});
  driver.receive(headers(1, fields));
  driver.pass(milliseconds{900});
  CHECK_FALSE(driver.connection().resting());
  driver.pass(milliseconds{200});
  CHECK(driver.connection().resting());
  driver.receive(ping("12345678"));
  CHECK_FALSE(driver.connection().resting());
  driver.pass(seconds{1});
  CHECK(driver.connection().resting());
  driver.receive(headers(3, fields));
  CHECK(driver.reader().answer(3).status == 200);
  CHECK(driver.reader().answer(3).whole);
  CHECK(driver.requests().back().fields == driver.requests().front().fields);
  driver.hold_requests();
  driver.receive(headers(5, get({{":path", "/endless"}})));
  driver.pass(seconds{60});
  CHECK_FALSE(driver.connection().resting());
  driver.answer(5, Response::status(204));
  driver.pass(seconds{1});
  CHECK(driver.connection().resting());
  driver.drain();
  CHECK_FALSE(driver.connection().resting());
}

TEST_CASE("h2: an idle connection makes room, a busy one does not") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, get()));
  CHECK_FALSE(driver.close_if_idle());
  driver.answer(1, Response::status(204));
  CHECK(driver.connection().idle());
  CHECK(driver.connection().farewell() == frame(kGoaway, 0, 0, number(1) + number(0)));
  CHECK(driver.close_if_idle());
  CHECK(driver.end() == End::kClose);
}

TEST_CASE("h2: a client that says GOAWAY still gets its answers") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, get()) + frame(kGoaway, 0, 0, number(0) + number(0)));
  CHECK(driver.end() == End::kOpen);
  driver.answer(1, Response::status(204));
  CHECK(driver.reader().answer(1).whole);
  CHECK(driver.end() != End::kOpen);
}

TEST_CASE("h2: a fault ends the streams of a connection, and all who wait hear of it") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, get()) + headers(3, get()));
  driver.start_stream(1, Response::bytes("text/plain", ""));
  driver.receive(data(0, "x"));
  CHECK(driver.over() == std::vector<http::RequestId>{1});
  CHECK(driver.answers().size() == 2);
  CHECK(driver.end() == End::kLinger);
}

}  // namespace
}  // namespace orrery::test::http2
