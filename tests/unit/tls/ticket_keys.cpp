#include "tls/ticket_keys.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "tls/openssl.hpp"

namespace orrery::tls {
namespace {

using namespace std::chrono_literals;

base::Monotonic hour(int number) { return base::Monotonic{std::chrono::hours{number}}; }

TEST_CASE("ticket keys: two processes come to the same keys without a word") {
  REQUIRE(load_openssl());
  const TicketKeys::Secret secret{1, 2, 3};
  TicketKeys one{secret, hour(5) + 1min};
  TicketKeys other{secret, hour(5) + 59min};
  for (const int number : {5, 6, 7, 8, 30}) {
    INFO("hour " << number);
    const TicketKeys::Key key = one.current(hour(number));
    const TicketKeys::Found found = other.find(key.name, hour(number) + 30min);
    REQUIRE(found.key);
    CHECK(found.current);
    CHECK(found.key->cipher == key.cipher);
    CHECK(found.key->mac == key.mac);
    CHECK(key.cipher != key.mac);
  }
}

TEST_CASE("ticket keys: a key is current for its hour, and accepted for two more") {
  REQUIRE(load_openssl());
  TicketKeys keys{{9}, hour(100)};
  const TicketKeys::Key key = keys.current(hour(100));
  struct Row {
    const char* name;
    base::Monotonic now;
    bool known, current;
  };
  for (const Row& row : {Row{"at once", hour(100), true, true}, Row{"at its end", hour(101) - 1ns, true, true},
                         Row{"an hour later", hour(101), true, false}, Row{"two hours later", hour(102), true, false},
                         Row{"at their end", hour(103) - 1ns, true, false}, Row{"then", hour(103), false, false}}) {
    INFO(row.name);
    const TicketKeys::Found found = keys.find(key.name, row.now);
    CHECK((found.key != nullptr) == row.known);
    CHECK(found.current == row.current);
  }
}

TEST_CASE("ticket keys: nobody's names are not found, nor that of no key") {
  REQUIRE(load_openssl());
  TicketKeys keys{{9}, hour(0)};
  const TicketKeys::Key stranger = TicketKeys{{8}, hour(0)}.current(hour(0));
  CHECK_FALSE(keys.find(stranger.name, hour(0)).key);
  CHECK_FALSE(keys.find(TicketKeys::Key{}.name, hour(0)).key);
}

TEST_CASE("ticket keys: another process goes on with their state") {
  REQUIRE(load_openssl());
  TicketKeys keys{{7}, hour(50)};
  const TicketKeys::Key old = keys.current(hour(50));
  const std::string state = keys.state(hour(51) + 10min);
  const auto other = TicketKeys::from_state(state);
  REQUIRE(other);
  for (const int number : {51, 52, 60}) {
    INFO("hour " << number);
    CHECK(other->current(hour(number)).name == keys.current(hour(number)).name);
    CHECK(other->current(hour(number)).cipher == keys.current(hour(number)).cipher);
  }
  const auto third = TicketKeys::from_state(state);
  CHECK(third->find(old.name, hour(52)).key != nullptr);
  CHECK(third->find(old.name, hour(53)).key == nullptr);
}

TEST_CASE("ticket keys: what is no state of theirs gives none") {
  REQUIRE(load_openssl());
  TicketKeys keys{{7}, hour(50)};
  const std::string state = keys.state(hour(50));
  CHECK_FALSE(TicketKeys::from_state(""));
  CHECK_FALSE(TicketKeys::from_state(state.substr(1)));
  CHECK_FALSE(TicketKeys::from_state(state + "x"));
  CHECK_FALSE(TicketKeys::from_state("2" + state.substr(1)));
}

}  // namespace
}  // namespace orrery::tls
