#include "layers/client_table.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <optional>
#include <set>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "orrery/request_limits.hpp"

#include "support/connection_driver.hpp"

namespace orrery::layers {
namespace {

using namespace std::chrono_literals;
using Time = ClientTable::Time;

constexpr Time kNow = 1h;

TEST_CASE("A client is an IPv4 address or an IPv6 /64") {
  CHECK(client_of("192.0.2.1") == client_of("192.0.2.1"));
  CHECK(client_of("192.0.2.1") != client_of("192.0.2.2"));
  CHECK(client_of("2001:db8:0:1::1") == client_of("2001:db8:0:1:ffff::2"));
  CHECK(client_of("2001:db8:0:1::1") != client_of("2001:db8:0:2::1"));
  CHECK(client_of("::1"));
  CHECK(client_of("0.0.0.0"));
  for (const char* none : {"unix", "", "192.0.2", "2001:db8::1%eth0", "192.0.2.1:80"}) CHECK_FALSE(client_of(none));
  CHECK_FALSE(client_of(std::string(100, '1')));
}

TEST_CASE("A rate: a burst at once, then one each interval") {
  ClientTable table{64, 0, 100ms, 200ms};
  auto* const entry = table.find(1, kNow);
  REQUIRE(entry);
  for (int i = 0; i < 3; ++i) CHECK(table.take(*entry, kNow) == 0ns);
  CHECK(table.take(*entry, kNow) == 100ms);
  CHECK(table.take(*entry, kNow + 60ms) == 40ms);
  CHECK(table.take(*entry, kNow + 100ms) == 0ns);
  CHECK(table.take(*entry, kNow + 100ms) == 100ms);
  // After a rest the whole burst is there, and not more.
  for (int i = 0; i < 3; ++i) CHECK(table.take(*entry, kNow + 10s) == 0ns);
  CHECK(table.take(*entry, kNow + 10s) == 100ms);
}

TEST_CASE("Places in flight are taken and given back") {
  ClientTable table{64, 2, 0ns, 0ns};
  auto* const entry = table.find(1, kNow);
  REQUIRE(entry);
  const auto one = table.enter(*entry);
  const auto two = table.enter(*entry);
  REQUIRE(one);
  REQUIRE(two);
  CHECK(*one != *two);
  CHECK_FALSE(table.enter(*entry));
  table.leave(*entry, *one);
  CHECK(table.enter(*entry) == one);
}

TEST_CASE("What a process that died held in flight is free again; what a living one holds is not") {
  ClientTable table{64, 1, 0ns, 0ns};
  auto* const entry = table.find(1, kNow);
  REQUIRE(entry);
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const char held = table.enter(*entry) ? 'y' : 'n';
    (void)!::write(pipe[1], &held, 1);
    ::pause();
    ::_exit(0);
  }
  char held = 'n';
  REQUIRE(::read(pipe[0], &held, 1) == 1);
  CHECK(held == 'y');
  CHECK_FALSE(table.enter(*entry));
  ::kill(child, SIGKILL);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK(table.enter(*entry));
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_CASE("The table is bounded: a client that rests gives its entry up, one that does not keeps it") {
  ClientTable table{64, 1, 1s, 0ns};
  std::set<ClientTable::Entry*> entries;
  std::vector<std::uint64_t> placed;
  std::size_t without = 0;
  for (std::uint64_t client = 1; client <= 1000; ++client) {
    auto* const entry = table.find(client, kNow);
    if (!entry) {
      ++without;
      continue;
    }
    CHECK(table.take(*entry, kNow) == 0ns);
    entries.insert(entry);
    placed.push_back(client);
  }
  CHECK(entries.size() == 64);
  CHECK(without == 1000 - 64);
  for (const std::uint64_t client : placed) {
    auto* const entry = table.find(client, kNow);
    REQUIRE(entry);
    CHECK(table.take(*entry, kNow) > 0ns);
  }
  // Two seconds later all rest.
  for (std::uint64_t client = 2001; client <= 2064; ++client) CHECK(table.find(client, kNow + 2s));
}

TEST_CASE("A client with a request in flight keeps its entry, however long") {
  ClientTable table{64, 1, 1ns, 0ns};
  auto* const entry = table.find(1, kNow);
  REQUIRE(table.enter(*entry));
  for (std::uint64_t client = 2; client <= 1000; ++client) table.find(client, kNow + 1h);
  CHECK(table.find(1, kNow + 2h) == entry);
  CHECK_FALSE(table.enter(*entry));
}

TEST_CASE("request_limits: 429 with Retry-After, until the requests before are over") {
  App app;
  app.layer(request_limits({.in_flight = 1}));
  app.get("/", [](const Request&) { return Response::text("fine"); });
  test::ConnectionDriver first{app};
  first.hold_requests();
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const auto status_of_another = [&](const char* peer) {
    test::ConnectionDriver other{app, {}, peer};
    other.receive(request);
    return test::read_responses(other.output()).at(0);
  };
  first.receive(request);
  const auto refused = status_of_another("192.0.2.1");
  CHECK(refused.status == 429);
  CHECK(refused.field("Retry-After") == "1");
  CHECK(refused.body == "Too many requests of this address are under way. Try again in 1 second.\n");
  CHECK(status_of_another("192.0.2.2").status == 200);
  CHECK(status_of_another("unix").status == 200);
  SECTION("answered") { first.answer(Response::text("now")); }
  SECTION("its client has gone") { first.abandon(); }
  SECTION("refused") { first.refuse(base::Reject::queue_full); }
  CHECK(status_of_another("192.0.2.1").status == 200);
}

TEST_CASE("request_limits: a rate, over all connections of an address") {
  App app;
  app.layer(request_limits({.per_second = 0.001, .burst = 2}));
  std::string statuses;
  for (int i = 0; i < 3; ++i) {
    test::ConnectionDriver driver{app};
    driver.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto response = test::read_responses(driver.output()).at(0);
    statuses += std::to_string(response.status) + " ";
    if (response.status == 429) CHECK(std::stol(*response.field("Retry-After")) > 900);
  }
  CHECK(statuses == "404 404 429 ");
}

TEST_CASE("request_limits: values out of their range are refused") {
  const RequestLimits wrong[] = {{},
                                 {.per_second = -1},
                                 {.per_second = 2e6},
                                 {.per_second = 1, .burst = 0.5},
                                 {.in_flight = 65},
                                 {.in_flight = 1, .clients = 0}};
  for (const RequestLimits& limits : wrong) CHECK_THROWS_AS(request_limits(limits), std::invalid_argument);
}

}  // namespace
}  // namespace orrery::layers
