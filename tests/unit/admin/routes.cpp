#include "admin/routes.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <initializer_list>
#include <utility>

#include "admin/view.hpp"
#include "os/ledger.hpp"

namespace orrery::admin {

using namespace std::chrono_literals;
using os::AnswerKind;

namespace {

/// A scoreboard whose workers have these routes.
os::Scoreboard board_with(std::initializer_list<const char*> patterns) {
  auto board = std::move(*os::Scoreboard::create());
  for (const char* pattern : patterns) (void)board.route_names().row_of(pattern);
  return board;
}
constexpr std::initializer_list<const char*> kPatterns{"/planets/{name}", "/count"};

os::RouteCounts& claim(os::Scoreboard& board, os::Role role = os::Role::kWorker) {
  return board.routes_of(board.slot(*board.claim(role)));
}

os::Scoreboard board_with_ledger(os::Ledger ledger, std::initializer_list<const char*> patterns) {
  auto board = board_with(patterns);
  board.keep(std::move(ledger));
  return board;
}

std::uint64_t answers(const RouteViews& routes, const char* pattern, const char* method, int status) {
  const auto route = routes.find(pattern);
  if (route == routes.end()) return 0;
  const auto found = route->second.answers.find({method, status});
  return found == route->second.answers.end() ? 0 : found->second;
}

}  // namespace

TEST_CASE("routes: those of all workers by pattern, the server's own and unmatched paths by a word") {
  auto board = board_with(kPatterns);
  CHECK(routes_of(board).empty());
  os::RouteCounts& one = claim(board);
  os::RouteCounts& two = claim(board);
  one.count(os::row_of_route(0), AnswerKind{"GET", 200}, 1ms);
  two.count(os::row_of_route(0), AnswerKind{"GET", 200}, 3ms);
  two.count(os::row_of_route(1), AnswerKind{"GET", 200}, 1ms);
  two.count(board.route_names().row_of("/count"), AnswerKind{"POST", 201}, 1ms);
  two.count(os::kServerRow, AnswerKind{"", 400}, 0ms);
  two.count(os::kUnmatchedRow, AnswerKind{"GET", 404}, 0ms);
  two.count(os::kOtherRow, AnswerKind{"GET", 200}, 0ms);
  claim(board, os::Role::kAdmin).count(os::row_of_route(0), AnswerKind{"GET", 500}, 1ms);
  const RouteViews routes = routes_of(board);
  CHECK(routes.size() == 5);
  CHECK(answers(routes, "/planets/{name}", "GET", 200) == 2);
  CHECK(answers(routes, "/planets/{name}", "GET", 500) == 0);
  CHECK(routes.at("/planets/{name}").duration_ns == 4'000'000);
  CHECK(routes.at("/planets/{name}").durations[os::duration_bucket(3ms)] == 1);
  CHECK(answers(routes, "/count", "GET", 200) == 1);
  CHECK(answers(routes, "/count", "POST", 201) == 1);
  CHECK(answers(routes, "(server)", "", 400) == 1);
  CHECK(answers(routes, "(unmatched)", "GET", 404) == 1);
  CHECK(answers(routes, "(other)", "GET", 200) == 1);
}

TEST_CASE("routes: a worker's death takes nothing away, and who gets its slot counts on") {
  auto board = board_with(kPatterns);
  const std::size_t slot = *board.claim();
  board.routes_of(board.slot(slot)).count(os::row_of_route(0), AnswerKind{"GET", 200}, 1ms);
  board.release(slot);
  CHECK(answers(routes_of(board), "/planets/{name}", "GET", 200) == 1);
  REQUIRE(board.claim() == slot);
  board.routes_of(board.slot(slot)).count(os::row_of_route(0), AnswerKind{"GET", 200}, 1ms);
  CHECK(answers(routes_of(board), "/planets/{name}", "GET", 200) == 2);
}

TEST_CASE("carrying: a master goes on where the one before stands, with other routes in another order") {
  auto old_ledger = *os::Ledger::create();
  auto new_ledger = *os::Ledger::adopt(base::UniqueFd{::dup(old_ledger.fd())});
  auto old_board = board_with_ledger(std::move(old_ledger), kPatterns);
  auto new_board = board_with_ledger(std::move(new_ledger), {"/new", "/planets/{name}"});
  const std::size_t slot = *old_board.claim();
  os::bump(old_board.slot(slot).counters.requests, 3);
  os::bump(old_board.slot(slot).counters.rejects[0], 2);
  os::RouteCounts& counts = old_board.routes_of(old_board.slot(slot));
  counts.count(os::row_of_route(0), AnswerKind{"GET", 200}, 1ms);
  counts.count(os::row_of_route(1), AnswerKind{"GET", 200}, 70s);
  os::ServiceFacts facts;
  facts.forked = 4;
  facts.ended[static_cast<std::size_t>(os::Ending::kCrashed)] = 1;
  facts.reloads_done = 2;
  old_board.publish(facts);
  Viewer before{old_board}, after{new_board};
  CHECK(before.look_whole(base::Monotonic{1s}).totals.requests == 3);

  os::RouteCounts& fresh = claim(new_board);
  fresh.count(os::row_of_route(1), AnswerKind{"GET", 200}, 1ms);
  fresh.count(os::row_of_route(0), AnswerKind{"GET", 200}, 1ms);
  facts.forked = 2;
  new_board.publish(facts);
  const View view = after.look_whole(base::Monotonic{2s});
  CHECK(view.totals.requests == 3);
  CHECK(view.totals.rejects[0] == 2);
  CHECK(view.facts.forked == 6);
  CHECK(view.facts.reloads_done == 4);
  CHECK(view.facts.ended[static_cast<std::size_t>(os::Ending::kCrashed)] == 2);
  CHECK(answers(view.routes, "/planets/{name}", "GET", 200) == 2);
  CHECK(answers(view.routes, "/new", "GET", 200) == 1);
  CHECK(answers(view.routes, "/count", "GET", 200) == 1);
  CHECK(view.routes.at("/count").durations[os::kDurationBounds] == 1);
  CHECK(view.routes.at("/count").duration_ns == 70'000'000'000);
  CHECK(view.routes.at("/planets/{name}").durations[os::duration_bucket(1ms)] == 2);
  // A look that is of this master only, for what it is at this moment.
  CHECK(after.look(base::Monotonic{3s}).facts.forked == 2);

  os::bump(old_board.slot(slot).counters.requests, 5);
  CHECK(before.look_whole(base::Monotonic{3s}).totals.requests == 8);
  CHECK(after.look_whole(base::Monotonic{3s}).totals.requests == 8);
}

TEST_CASE("carrying: without a ledger a look tells what this master's workers counted") {
  auto board = *os::Scoreboard::create();
  claim(board).count(os::kServerRow, AnswerKind{"", 408}, 1ms);
  const View view = Viewer{board}.look_whole(base::Monotonic{1s});
  CHECK(answers(view.routes, "(server)", "", 408) == 1);
}

}  // namespace orrery::admin
