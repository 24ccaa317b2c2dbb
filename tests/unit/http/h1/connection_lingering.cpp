// Lingering: what a client still sends behind the last answer is read away, within two limits of time.
#include "connection_requests.hpp"

namespace orrery::test {
namespace {

using namespace std::chrono_literals;
using Driver = ConnectionDriver;

const std::string kTooLarge = post("/p", 10'000'000);

/// A connection whose request was refused, and whose client sends on.
void refuse(Driver& driver, const std::string& head = kTooLarge) {
  driver.linger();
  driver.receive(head);
  REQUIRE(statuses(driver).size() == 1);
  REQUIRE(driver.connection().lingering());
}

TEST_CASE("Lingering: what comes is read, and goes nowhere") {
  Driver driver;
  refuse(driver);
  const std::string answer = driver.output();
  for (int i = 0; i < 100; ++i) {
    CHECK(driver.connection().wants_input());
    driver.receive(std::string(100'000, 'x'));
  }
  driver.receive(kGet);
  CHECK(driver.output() == answer);
  CHECK(driver.requests().empty());
  CHECK(driver.connection().lingering());
  driver.receive_end();
  CHECK(driver.end() == End::kClose);
}

TEST_CASE("Lingering: its time is a total, and shorter while nothing comes") {
  struct Row {
    const char* name;
    void (*before)(Driver&);
    std::chrono::nanoseconds left;
  };
  const Row rows[] = {
      {"nothing comes", [](Driver&) {}, 5s},
      {"nothing more comes",
       [](Driver& d) {
         d.pass(4s);
         d.receive("x");
       },
       5s},
      {"it drips",
       [](Driver& d) {
         for (int i = 0; i < 7; ++i) {
           d.pass(4s);
           d.receive("x");
         }
       },
       2s},
      {"the worker leaves", [](Driver& d) { d.drain(); }, 1s},
      {"the worker leaves, and it drips",
       [](Driver& d) {
         d.drain();
         for (int i = 0; i < 59; ++i) {
           d.pass(500ms);
           d.receive("x");
         }
       },
       500ms},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Driver driver;
    refuse(driver);
    row.before(driver);
    REQUIRE(driver.connection().lingering());
    CHECK(driver.until_deadline() == row.left);
    driver.pass(row.left - 1ns);
    CHECK(driver.end() == End::kOpen);
    driver.pass(1ns);
    CHECK(driver.end() == End::kClose);
  }
}

TEST_CASE("Lingering: briefly for a body that most likely will not come, longer once it does") {
  Driver driver;
  refuse(driver, post("/p", 10'000'000, "Expect: 100-continue\r\n"));
  CHECK(driver.until_deadline() == 1s);
  driver.pass(500ms);
  driver.receive("it comes");
  CHECK(driver.until_deadline() == 5s);
}

TEST_CASE("Lingering: not at all where the settings say so, or where the client has ended") {
  Config config;
  config.lingering_time = 0s;
  Driver never{config};
  never.linger();
  never.receive(kTooLarge);
  CHECK(never.end() == End::kClose);
  Driver ended;
  ended.linger();
  ended.receive_end();
  ended.receive("no request\r\n\r\n");
  CHECK(ended.end() == End::kClose);
}

TEST_CASE("Lingering: begins when the answer is sent; until then the client's bytes are read away too") {
  Driver driver;
  driver.linger();
  driver.block_output();
  driver.receive(kTooLarge);
  CHECK(driver.connection().closing());
  CHECK(driver.connection().wants_input());
  driver.receive(std::string(100'000, 'x'));
  driver.pass(29s);
  driver.read();
  CHECK(driver.connection().lingering());
  CHECK(driver.until_deadline() == 5s);
}

TEST_CASE("A body that nobody wants is read away while its answer waits for the client") {
  Driver driver;
  driver.hold_requests();
  driver.receive(post("/stream", 1000) + "abc");
  driver.block_output(10);
  driver.answer(Response::text(std::string(100'000, 'x')));
  REQUIRE(driver.connection().blocked());
  CHECK(driver.connection().wants_input());
  driver.receive(std::string(990, 'b'));
  CHECK(driver.connection().wants_input());
  driver.receive(std::string(7, 'b') + kGet);
  CHECK_FALSE(driver.connection().wants_input());  // of the next request no more than that
  CHECK(driver.requests().size() == 1);
  driver.read();
  CHECK(driver.requests().size() == 2);
}

}  // namespace
}  // namespace orrery::test
