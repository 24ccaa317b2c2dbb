// What the master finds in a worker's slot of the requests that have a handler, where cells are few and handlers nest.
#include "worker/flights.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

namespace orrery::worker {

namespace {

struct Board {
  os::RequestRecord at(int cell) { return slot->flights[static_cast<std::size_t>(cell)].read().value(); }
  bool is_empty(int cell) { return at(cell).started_ns == 0; }
  http::Message& message(const char* method = "GET") {
    messages.push_back(pool.take());
    messages.back()->method = method;
    messages.back()->started = base::Monotonic{std::chrono::seconds{static_cast<long>(messages.size())}};
    return *messages.back();
  }
  ~Board() {
    for (http::Message* const message : messages) message->release();
  }

  std::unique_ptr<os::Slot> slot = std::make_unique<os::Slot>();
  os::Scoreboard scoreboard = std::move(*os::Scoreboard::create());
  http::MessagePool pool;
  std::vector<http::Message*> messages;
  Flights flights{*slot, scoreboard.quarantine()};
};

}  // namespace

TEST_CASE("flights: the handler of the loop thread has a cell of its own, and is counted by a flag") {
  Board board;
  const int cell = board.flights.begin_here(board.message("PUT"), base::Monotonic{std::chrono::seconds{9}});
  CHECK(board.slot->requests_in_flight() == 1);
  CHECK(board.slot->in_flight == 0);
  CHECK(board.at(cell).method_view() == "PUT");
  CHECK(board.at(cell).deadline_ns == 9'000'000'000);
  board.flights.end(cell);
  CHECK(board.slot->requests_in_flight() == 0);
  CHECK(board.is_empty(cell));
}

TEST_CASE("flights: a handler within a handler has a cell beside it, and the outer one goes on when it ends") {
  Board board;
  const int outer = board.flights.begin_here(board.message("PUT"));
  const int inner = board.flights.begin_here(board.message("GET"));
  CHECK(outer != inner);
  CHECK(board.slot->inner == inner + 1);
  CHECK(board.slot->requests_in_flight() == 2);
  CHECK(board.at(outer).method_view() == "PUT");
  CHECK(board.at(inner).method_view() == "GET");
  board.flights.end(inner);
  CHECK(board.slot->inner == 0);
  CHECK(board.slot->handling);
  CHECK(board.is_empty(inner));
  CHECK_FALSE(board.is_empty(outer));
  board.flights.end(outer);
  CHECK(board.slot->requests_in_flight() == 0);
}

TEST_CASE("flights: with all cells taken the oldest are kept, and further ones are counted") {
  Board board;
  std::vector<int> cells;
  for (std::size_t i = 1; i < os::kInFlightCells; ++i) cells.push_back(board.flights.begin(board.message()));
  CHECK(std::count(cells.begin(), cells.end(), Flights::kNoCell) == 0);
  http::Message& one_more = board.message();
  const int none = board.flights.begin(one_more);
  CHECK(none == Flights::kNoCell);
  CHECK(Flights::cell_of(one_more) == Flights::kNoCell);
  CHECK(board.slot->requests_in_flight() == static_cast<int>(os::kInFlightCells));
  board.flights.on_thread(none, 7);
  board.flights.end(none);
  CHECK(board.slot->requests_in_flight() == static_cast<int>(os::kInFlightCells) - 1);
  // The cell that becomes free is the next one's.
  board.flights.end(cells[20]);
  CHECK(board.flights.begin(board.message("POST")) == cells[20]);
  CHECK(board.at(cells[20]).method_view() == "POST");
}

TEST_CASE("flights: a number names the cell, and never the request that had the cell before") {
  Board board;
  http::Message& first = board.message();
  const int cell = board.flights.begin(first);
  CHECK(Flights::cell_of(first) == cell);
  board.flights.end(cell);
  http::Message& second = board.message();
  CHECK(board.flights.begin(second) == cell);
  CHECK(first.flight != second.flight);
  board.slot->account(first.flight);
  CHECK(board.slot->is_accounted(first.flight));
  CHECK_FALSE(board.slot->is_accounted(second.flight));
}

TEST_CASE("flights: a layer that runs in the middle of another request's handler leaves that one where it was") {
  Board board;
  const int outer = board.flights.begin_here(board.message("PUT"));
  const int first = board.flights.begin(board.message("POST"));
  const auto former = board.flights.enter(first);
  http::Message& seen = board.message("GET");
  seen.flight = 4711;
  const int begun = board.flights.begun(seen);
  CHECK(seen.flight == 4711);
  CHECK(board.slot->inner != 0);
  CHECK(board.slot->inner != first + 1);
  CHECK(board.slot->requests_in_flight() == 3);
  board.flights.ended(begun);
  CHECK(board.slot->inner == first + 1);
  CHECK(board.slot->requests_in_flight() == 2);
  board.flights.leave(former);
  board.flights.end(first);
  board.flights.end(outer);
  CHECK(board.slot->requests_in_flight() == 0);
}

}  // namespace orrery::worker
