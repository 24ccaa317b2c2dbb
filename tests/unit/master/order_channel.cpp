#include "master/order_channel.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "os/process.hpp"

namespace orrery::master {

namespace {

using namespace std::chrono_literals;

/// A channel whose other end is the test's.
struct Connected {
  OrderChannel orders;
  base::UniqueFd theirs;

  Connected() {
    auto channel = os::make_channel();
    REQUIRE(channel);
    orders.connect(std::move(channel->ours));
    theirs = std::move(channel->theirs);
  }
  void give(std::uint64_t ticket) const {
    os::Order order;
    order.ticket = ticket;
    REQUIRE(os::send_order(theirs.get(), order));
  }
};

}  // namespace

TEST_CASE("order channel: without an admin process nothing is taken, and an answer is lost") {
  OrderChannel orders;
  const base::Monotonic now{1000s};
  CHECK_FALSE(orders.take(now));
  CHECK(orders.awaited(now) == -1);
  orders.answer({7, os::OrderOutcome::kDone, "Nobody hears it."});
}

TEST_CASE("order channel: orders are taken in turn, and answered") {
  Connected world;
  const base::Monotonic now{1000s};
  CHECK_FALSE(world.orders.take(now));
  world.give(7);
  world.give(8);
  CHECK(world.orders.take(now)->ticket == 7);
  CHECK(world.orders.take(now)->ticket == 8);
  CHECK_FALSE(world.orders.take(now));
  world.orders.answer({8, os::OrderOutcome::kFailed, "It failed."});
  const os::AnswerArrival heard = os::take_answer(world.theirs.get());
  CHECK(heard.what == os::Arrival::kMessage);
  CHECK(heard.answer.ticket == 8);
  CHECK(heard.answer.outcome == os::OrderOutcome::kFailed);
  CHECK(heard.answer.text.view() == "It failed.");
}

TEST_CASE("order channel: what comes too fast waits for the next second") {
  Connected world;
  base::Monotonic now{1000s};
  int taken = 0;
  for (std::uint64_t ticket = 1; ticket <= 40; ++ticket) {
    world.give(ticket);
    taken += world.orders.take(now) ? 1 : 0;
  }
  CHECK(taken == 32);
  CHECK(world.orders.awaited(now) == -1);
  now += 1s;
  CHECK(world.orders.awaited(now) == world.orders.fd());
  while (world.orders.take(now)) ++taken;
  CHECK(taken == 40);
}

TEST_CASE("order channel: the end of the admin process is its own") {
  Connected world;
  world.theirs.reset();
  CHECK_FALSE(world.orders.take(base::Monotonic{1000s}));
  CHECK(world.orders.fd() == -1);
}

}  // namespace orrery::master
