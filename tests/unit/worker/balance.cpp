#include "worker/balance.hpp"

#include <catch2/catch.hpp>
#include <random>

namespace orrery::worker {

namespace {

struct Board {
  explicit Board(std::size_t workers) {
    for (std::size_t i = 0; i < workers; ++i) {
      const auto slot = scoreboard.claim();
      REQUIRE(slot);
      scoreboard.slot(*slot).state = os::WorkerState::kReady;
      scoreboard.slot(*slot).accepting = true;
    }
  }
  os::Slot& operator[](std::size_t i) { return scoreboard.slot(i); }
  [[nodiscard]] bool has_more_than_a_sibling(std::size_t i, bool one_at_a_time = false) {
    return Balance{scoreboard, scoreboard.slot(i), one_at_a_time}.has_more_than_a_sibling(1);
  }
  os::Scoreboard scoreboard = std::move(*os::Scoreboard::create());
};

}  // namespace

TEST_CASE("balance: who has no sibling that accepts is alone") {
  Board board{2};
  const auto alone = [&](std::size_t i) { return Balance{board.scoreboard, board[i], false}.no_sibling_can_take(); };
  CHECK_FALSE(alone(0));
  board[1].accepting = false;
  CHECK(alone(0));
  CHECK_FALSE(alone(1));
  board[1].accepting = true;
  board[1].state = os::WorkerState::kDraining;
  CHECK(alone(0));
}

TEST_CASE("balance: a child of another role is nobody's sibling") {
  Board board{1};
  os::Slot& admin = board.scoreboard.slot(*board.scoreboard.claim(os::Role::kAdmin));
  admin.state = os::WorkerState::kReady;
  admin.accepting = true;
  board[0].connections = 50;
  CHECK(Balance{board.scoreboard, board[0], false}.no_sibling_can_take());
  CHECK_FALSE(board.has_more_than_a_sibling(0));
  admin.connections = 100;
  CHECK(Balance{board.scoreboard, admin, false}.no_sibling_can_take());
  CHECK_FALSE(Balance{board.scoreboard, admin, false}.has_more_than_a_sibling(1));
  CHECK_FALSE(Balance{board.scoreboard, admin, false}.anybody_free());
}

TEST_CASE("balance: clearly more is more than a sibling has, everyday differences are not") {
  struct Row {
    const char* name;
    int in_flight[2], connections[2];
    bool has_more;
  };
  const Row row = GENERATE(values<Row>({{"nothing", {0, 0}, {0, 0}, false},
                                        {"two requests more", {2, 0}, {2, 0}, false},
                                        {"three requests more", {3, 0}, {3, 0}, true},
                                        {"a quarter more of many", {25, 20}, {25, 25}, false},
                                        {"half more of many", {30, 20}, {30, 20}, true},
                                        {"two connections more", {0, 0}, {2, 0}, false},
                                        {"three connections more", {0, 0}, {3, 0}, true},
                                        {"a few of many connections", {0, 0}, {266, 250}, false},
                                        {"more of many connections", {0, 0}, {270, 250}, true},
                                        {"less of both", {0, 5}, {0, 50}, false},
                                        {"requests outweigh connections", {0, 6}, {500, 6}, false}}));
  INFO(row.name);
  Board board{2};
  for (std::size_t i = 0; i < 2; ++i) {
    board[i].in_flight = row.in_flight[i];
    board[i].connections = row.connections[i];
  }
  CHECK(board.has_more_than_a_sibling(0) == row.has_more);
}

TEST_CASE("balance: who cannot take a connection is no yardstick") {
  Board board{2};
  board[0].connections = 50;
  CHECK(board.has_more_than_a_sibling(0));
  SECTION("it leaves") { board[1].state = os::WorkerState::kDraining; }
  SECTION("it boots") { board[1].state = os::WorkerState::kBooting; }
  SECTION("it is full") { board[1].accepting = false; }
  CHECK_FALSE(board.has_more_than_a_sibling(0));
}

TEST_CASE("balance: with one handler at a time a busy worker is no yardstick, and not free") {
  Board board{2};
  board[0].connections = 50;
  const Balance balance{board.scoreboard, board[0], true};
  CHECK(board.has_more_than_a_sibling(0, true));
  CHECK(balance.anybody_free());
  board[1].in_flight = 1;
  CHECK_FALSE(board.has_more_than_a_sibling(0, true));
  CHECK_FALSE(balance.anybody_free());
}

TEST_CASE("balance: whatever the loads, somebody always accepts") {
  std::mt19937 random{7};
  for (int round = 0; round < 20'000; ++round) {
    static Board board{5};
    bool all = true;
    for (std::size_t i = 0; i < 5; ++i) {
      board[i].in_flight = static_cast<int>(random() % (1U << random() % 8));
      board[i].connections = board[i].in_flight + static_cast<int>(random() % (1U << random() % 10));
    }
    for (std::size_t i = 0; i < 5; ++i) all = all && board.has_more_than_a_sibling(i);
    REQUIRE_FALSE(all);
  }
}

TEST_CASE("balance: a look is due when connections came, or once in a millisecond with requests in flight") {
  Board board{2};
  Balance balance{board.scoreboard, board[0], false};
  CHECK_FALSE(balance.has_more_than_before(1));
  board[0].connections = 1;
  CHECK(balance.has_more_than_before(1));
  CHECK_FALSE(balance.has_more_than_before(1));
  board[0].in_flight = 3;
  CHECK(balance.has_more_than_before(1));
  (void)balance.has_more_than_a_sibling(1);
  CHECK_FALSE(balance.has_more_than_before(1));
  CHECK(balance.has_more_than_before(2));
  CHECK_FALSE(balance.changed());
  board[0].in_flight = 2;
  CHECK(balance.changed());
}

}  // namespace orrery::worker
