// Connections that leave HTTP (101): what passes through them, and how they end.
#include <catch2/catch.hpp>
#include <chrono>

#include "support/connection_driver.hpp"
#include "unit/http/h1/connection_requests.hpp"

namespace orrery::test {
namespace {

using Driver = ConnectionDriver;
using namespace std::chrono_literals;

Response head() { return Response::status(200).with_field("Upgrade", "example").with_field("X-More", "yes"); }

/// Its connection becomes a tunnel; what the client is told of that.
std::string open_tunnel(Driver& driver) {
  driver.hold_requests();
  driver.receive(kGet);
  REQUIRE(driver.start_tunnel(head()));
  return driver.take_output();
}

std::string heard(const Driver& driver) {
  std::string all;
  for (const std::string& piece : driver.body_pieces()) all += piece;
  return all;
}

}  // namespace

TEST_CASE("A tunnel begins with a 101, and then bytes pass as they are") {
  Driver driver;
  const std::string opening = open_tunnel(driver);
  CHECK(opening.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK_THAT(opening, Catch::Contains("\r\nUpgrade: example\r\nConnection: upgrade\r\n\r\n"));
  CHECK_THAT(opening, Catch::Contains("\r\nX-More: yes\r\n"));
  CHECK_THAT(opening, !Catch::Contains("Content-Length") && !Catch::Contains("Transfer-Encoding"));
  driver.want_body();
  driver.receive("GET / HTTP/1.1\r\n\r\n");
  driver.want_body();
  driver.receive(std::string("\0\xff", 2));
  CHECK(heard(driver) == std::string("GET / HTTP/1.1\r\n\r\n\0\xff", 20));
  driver.send_piece("HTTP/1.1 200 OK\r\n\r\n");
  driver.send_piece("more");
  CHECK(driver.take_output() == "HTTP/1.1 200 OK\r\n\r\nmore");
  CHECK(driver.requests().size() == 1);
  driver.end_stream();
  CHECK(driver.end() == End::kLinger);
  CHECK(driver.answers() == std::vector<SeenAnswer>{{"GET", 101, 23, base::Ending::kClosed}});
  CHECK(driver.rejects().empty());
}

TEST_CASE("A tunnel: what came with the request is its first bytes") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet + "early");
  REQUIRE(driver.start_tunnel(head()));
  driver.want_body();
  CHECK(driver.body_pieces() == std::vector<std::string>{"early"});
}

TEST_CASE("A tunnel is read when it is asked for, and no deadline of bodies or handlers is its") {
  Config config;
  config.request_deadline = 1s;
  Driver driver{config};
  open_tunnel(driver);
  CHECK_FALSE(driver.has_deadline());
  driver.receive("one");
  CHECK(driver.body_pieces().empty());
  CHECK_FALSE(driver.connection().wants_input());
  driver.want_body();
  CHECK(heard(driver) == "one");
  CHECK(driver.connection().wants_input());
  driver.want_body();
  CHECK_FALSE(driver.has_deadline());
  driver.pass(24h);
  CHECK(driver.end() == End::kOpen);
  // But one that takes nothing is cut off as any other.
  driver.block_output();
  driver.send_piece("piece");
  CHECK(driver.has_deadline());
  driver.pass(driver.until_deadline() + 1ns);
  CHECK(driver.rejects() == std::vector<std::string>{"write_timeout"});
  CHECK(driver.end() == End::kBroken);
}

TEST_CASE("A tunnel: the client's end is told behind its last bytes") {
  Driver driver;
  open_tunnel(driver);
  driver.receive("last");
  driver.receive_end();
  CHECK(driver.body_pieces().empty());
  driver.want_body();
  CHECK(heard(driver) == "last");
  CHECK(driver.body_ended());
  driver.end_stream();
  CHECK(driver.end() == End::kClose);
  CHECK(driver.rejects().empty());
}

TEST_CASE("A tunnel that breaks off is cut in the access log") {
  Driver driver;
  open_tunnel(driver);
  driver.send_piece("piece");
  driver.break_stream();
  CHECK(driver.end() == End::kBroken);
  CHECK(driver.answers() == std::vector<SeenAnswer>{{"GET", 101, 5, base::Ending::kCut}});
}

TEST_CASE("A tunnel: a layer that answers otherwise has its way") {
  App app;
  app.layer({.name = "no", .after = [](const Request&, Response& response) {
               response = Response::text("no tunnels here").with_status(503);
             }});
  app.get("/a", [](const Request&) { return Response::text("never"); });
  Driver driver{app};
  driver.hold_requests();
  driver.receive(kGet);
  CHECK_FALSE(driver.start_tunnel(head()));
  CHECK(last_response(driver).status == 503);
  CHECK(driver.end() == End::kOpen);
}

TEST_CASE("No tunnel where a request is answered already") {
  Driver driver;
  driver.receive(kGet);
  CHECK_FALSE(driver.start_tunnel(head()));
}

}  // namespace orrery::test
