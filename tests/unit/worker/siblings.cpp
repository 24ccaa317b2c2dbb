#include "worker/siblings.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

namespace orrery::worker {

namespace {

using Takers = Giver::Takers;

struct Board {
  os::Slot& add(os::WorkerState state = os::WorkerState::kReady, os::Role role = os::Role::kWorker) {
    os::Slot& slot = board.slot(board.claim(role).value());
    slot.state = state;
    slot.generation = 1;
    return slot;
  }
  /// Of the parent of this process, as of a worker's master.
  [[nodiscard]] Siblings siblings(const os::Slot& own, std::uint32_t generation = 1) const {
    return {board, own, ::getppid(), generation};
  }
  os::Scoreboard board = std::move(*os::Scoreboard::create());
};

}  // namespace

TEST_CASE("siblings: whoever is ready is there to take") {
  Board board;
  const os::Slot& own = board.add(os::WorkerState::kDraining);
  os::Slot& other = board.add(os::WorkerState::kBooting);
  const Siblings siblings = board.siblings(own);
  CHECK(siblings.takers() == Takers::kNotNow);
  other.state = os::WorkerState::kReady;
  CHECK(siblings.takers() == Takers::kThere);
  other.state = os::WorkerState::kDraining;
  CHECK(siblings.takers() == Takers::kNotNow);
}

TEST_CASE("siblings: nobody ever takes anything of a service that stops, of an orphan, or of another role") {
  Board board;
  const os::Slot& own = board.add(os::WorkerState::kDraining);
  board.add();
  CHECK_FALSE(board.siblings(own).never_take());
  SECTION("an orphan") {
    const Siblings orphan{board.board, own, ::getppid() + 1, 1};
    CHECK(orphan.is_orphan());
    CHECK(orphan.takers() == Takers::kNever);
  }
  SECTION("another role") {
    CHECK(board.siblings(board.add(os::WorkerState::kReady, os::Role::kAdmin)).takers() == Takers::kNever);
  }
  SECTION("a stop") {
    board.board.announce_stop();
    CHECK(board.siblings(own).takers() == Takers::kNever);
  }
}

TEST_CASE("siblings: another master's workers take what comes, also of an orphan and while this service stops") {
  Board board;
  const os::Slot& own = board.add(os::WorkerState::kDraining);
  board.board.announce_stop();
  board.board.announce_other_master(true);
  const Siblings orphan{board.board, own, ::getppid() + 1, 1};
  CHECK_FALSE(orphan.never_take());
  CHECK(orphan.takers() == Takers::kThere);
  CHECK(orphan.is_orphan());
}

TEST_CASE("siblings: who has clearly less, or is of a newer generation, is to have the next one") {
  struct Row {
    const char* name;
    int own, other;
    std::uint32_t generation;
    os::WorkerState state;
    bool has_less;
  };
  constexpr auto kReady = os::WorkerState::kReady;
  const Row row = GENERATE(values<Row>({{"as many", 10, 10, 1, kReady, false},
                                        {"two fewer", 10, 8, 1, kReady, false},
                                        {"three fewer", 10, 7, 1, kReady, true},
                                        {"three fewer, and it boots", 10, 7, 1, os::WorkerState::kBooting, false},
                                        {"three fewer, and it leaves", 10, 7, 1, os::WorkerState::kDraining, false},
                                        {"newer, and it has more", 0, 50, 2, kReady, true},
                                        {"older, and it has none", 50, 0, 0, kReady, false}}));
  INFO(row.name);
  Board board;
  os::Slot& own = board.add();
  own.connections = row.own;
  os::Slot& other = board.add(row.state);
  other.connections = row.other;
  other.generation = row.generation;
  CHECK(board.siblings(own).any_has_less() == row.has_less);
}

}  // namespace orrery::worker
