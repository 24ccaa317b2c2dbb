#include "worker/handshakes.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::worker {
namespace {

struct Client final : Handshakes::Waiter {
  Client(std::string& begun, char own_name) : order(begun), name(own_name) {}
  void on_turn() override { order += name; }
  std::string& order;
  char name;
};

TEST_CASE("handshakes: so many begin, the others wait in their order") {
  int woken = 0;
  std::string order;
  Handshakes handshakes{2, [&] { ++woken; }};
  Client a{order, 'a'}, b{order, 'b'}, c{order, 'c'}, d{order, 'd'}, e{order, 'e'};
  CHECK(handshakes.enter(a));
  CHECK(handshakes.enter(b));
  CHECK_FALSE(handshakes.enter(c));
  CHECK_FALSE(handshakes.enter(d));
  CHECK(handshakes.under_way() == 2);
  CHECK(handshakes.waiting() == 2);
  handshakes.done();
  CHECK(woken == 1);
  CHECK(order.empty());  // nobody begins inside of another one's end
  // It came later, though a turn is free.
  CHECK_FALSE(handshakes.enter(e));
  handshakes.admit();
  CHECK(order == "c");
  handshakes.forget(d);
  handshakes.done();
  handshakes.done();
  handshakes.admit();
  CHECK(order == "ce");
  CHECK(handshakes.under_way() == 1);
  CHECK(handshakes.waiting() == 0);
}

TEST_CASE("handshakes: nobody is woken for nothing, and who does not wait is not missed") {
  int woken = 0;
  std::string order;
  Handshakes handshakes{1, [&] { ++woken; }};
  Client a{order, 'a'};
  CHECK(handshakes.enter(a));
  handshakes.forget(a);
  handshakes.done();
  handshakes.admit();
  CHECK(woken == 0);
  CHECK(order.empty());
}

}  // namespace
}  // namespace orrery::worker
