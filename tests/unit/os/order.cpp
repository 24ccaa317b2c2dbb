#include "os/order.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <sys/socket.h>

#include "os/process.hpp"

namespace orrery::os {

TEST_CASE("order: an order and its answer cross the channel whole") {
  auto channel = make_channel();
  REQUIRE(channel);
  const int master = channel->ours.get(), admin = channel->theirs.get();
  CHECK(take_order(master).what == Arrival::kNothing);
  Order order;
  order.ticket = 77;
  order.kind = OrderKind::kScale;
  order.argument = 12;
  order.thread = 5;
  order.from = decltype(order.from){"127.0.0.1"};
  REQUIRE(send_order(admin, order));
  const OrderArrival arrival = take_order(master);
  REQUIRE(arrival.what == Arrival::kMessage);
  CHECK(arrival.order.ticket == 77);
  CHECK(arrival.order.kind == OrderKind::kScale);
  CHECK(arrival.order.argument == 12);
  CHECK(arrival.order.thread == 5);
  CHECK(arrival.order.from.view() == "127.0.0.1");
  OrderAnswer answer;
  answer.ticket = 77;
  answer.outcome = OrderOutcome::kRefused;
  answer.text = decltype(answer.text){std::string(2000, 'x')};
  REQUIRE(send_answer(master, answer));
  const AnswerArrival told = take_answer(admin);
  REQUIRE(told.what == Arrival::kMessage);
  CHECK(told.answer.outcome == OrderOutcome::kRefused);
  CHECK(told.answer.text.view() == std::string(598, 'x'));
}

TEST_CASE("order: what is no order is nonsense, and does not stop what follows") {
  auto channel = make_channel();
  REQUIRE(channel);
  const int master = channel->ours.get(), admin = channel->theirs.get();
  const std::array<char, 4000> noise{};
  for (const std::size_t size : {std::size_t{1}, sizeof(Order) - 1, sizeof(Order) + 1, noise.size()})
    REQUIRE(::send(admin, noise.data(), size, 0) == static_cast<ssize_t>(size));
  Order strange;
  strange.kind = static_cast<OrderKind>(200);
  REQUIRE(send_order(admin, strange));
  REQUIRE(send_order(admin, Order{}));
  for (int i = 0; i < 5; ++i) CHECK(take_order(master).what == Arrival::kNonsense);
  CHECK(take_order(master).what == Arrival::kMessage);
  channel->theirs.reset();
  CHECK(take_order(master).what == Arrival::kClosed);
}

TEST_CASE("order: a peer that reads nothing costs its own answers, and no time") {
  auto channel = make_channel();
  REQUIRE(channel);
  int sent = 0;
  while (send_answer(channel->ours.get(), OrderAnswer{}) && sent < 100'000) ++sent;
  CHECK(sent > 0);
  CHECK(sent < 100'000);
  CHECK(take_answer(channel->theirs.get()).what == Arrival::kMessage);
}

TEST_CASE("order: every kind has its word") {
  for (std::size_t kind = 0; kind < kOrderKinds; ++kind) CHECK(word_for(static_cast<OrderKind>(kind)) != "unknown");
}

}  // namespace orrery::os
