#include "admin/routes.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <initializer_list>
#include <utility>
#include <vector>

#include "admin/view.hpp"
#include "os/ledger.hpp"

namespace orrery::admin {

using namespace std::chrono_literals;
using os::AnswerKind;

namespace {

const base::DurationBounds kBounds;

/// A scoreboard whose workers have these routes.
os::Scoreboard board_with(std::initializer_list<const char*> patterns, const base::DurationBounds& bounds = {}) {
  auto board = std::move(*os::Scoreboard::create(bounds));
  for (const char* pattern : patterns) (void)board.route_names().row_of(pattern);
  return board;
}
constexpr std::initializer_list<const char*> kPatterns{"/planets/{name}", "/count"};

os::RouteCounts& claim(os::Scoreboard& board, os::Role role = os::Role::kWorker) {
  return board.routes_of(board.slot(*board.claim(role)));
}

os::Scoreboard board_with_ledger(os::Ledger ledger, std::initializer_list<const char*> patterns,
                                 const base::DurationBounds& bounds = {}) {
  auto board = board_with(patterns, bounds);
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
  one.count(os::row_of_route(0), AnswerKind{"GET", 200}, 1ms, kBounds);
  two.count(os::row_of_route(0), AnswerKind{"GET", 200}, 3ms, kBounds);
  two.count(os::row_of_route(1), AnswerKind{"GET", 200}, 1ms, kBounds);
  two.count(board.route_names().row_of("/count"), AnswerKind{"POST", 201}, 1ms, kBounds);
  two.count(os::kServerRow, AnswerKind{"", 400}, 0ms, kBounds);
  two.count(os::kUnmatchedRow, AnswerKind{"GET", 404}, 0ms, kBounds);
  two.count(os::kOtherRow, AnswerKind{"GET", 200}, 0ms, kBounds);
  claim(board, os::Role::kAdmin).count(os::row_of_route(0), AnswerKind{"GET", 500}, 1ms, kBounds);
  const RouteViews routes = routes_of(board);
  CHECK(routes.size() == 5);
  CHECK(answers(routes, "/planets/{name}", "GET", 200) == 2);
  CHECK(answers(routes, "/planets/{name}", "GET", 500) == 0);
  CHECK(routes.at("/planets/{name}").duration_ns == 4'000'000);
  CHECK(routes.at("/planets/{name}").durations[kBounds.bucket(3ms)] == 1);
  CHECK(answers(routes, "/count", "GET", 200) == 1);
  CHECK(answers(routes, "/count", "POST", 201) == 1);
  CHECK(answers(routes, "(server)", "", 400) == 1);
  CHECK(answers(routes, "(unmatched)", "GET", 404) == 1);
  CHECK(answers(routes, "(other)", "GET", 200) == 1);
}

TEST_CASE("routes: a worker's death takes nothing away, and who gets its slot counts on") {
  auto board = board_with(kPatterns);
  const std::size_t slot = *board.claim();
  board.routes_of(board.slot(slot)).count(os::row_of_route(0), AnswerKind{"GET", 200}, 1ms, kBounds);
  board.release(slot);
  CHECK(answers(routes_of(board), "/planets/{name}", "GET", 200) == 1);
  REQUIRE(board.claim() == slot);
  board.routes_of(board.slot(slot)).count(os::row_of_route(0), AnswerKind{"GET", 200}, 1ms, kBounds);
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
  counts.count(os::row_of_route(0), AnswerKind{"GET", 200}, 1ms, kBounds);
  counts.count(os::row_of_route(1), AnswerKind{"GET", 200}, 70s, kBounds);
  os::ServiceFacts facts;
  facts.forked = 4;
  facts.ended[static_cast<std::size_t>(os::Ending::kCrashed)] = 1;
  facts.reloads_done = 2;
  old_board.publish(facts);
  Viewer before{old_board}, after{new_board};
  CHECK(before.look_whole(base::Monotonic{1s}).totals.requests == 3);

  os::RouteCounts& fresh = claim(new_board);
  fresh.count(os::row_of_route(1), AnswerKind{"GET", 200}, 1ms, kBounds);
  fresh.count(os::row_of_route(0), AnswerKind{"GET", 200}, 1ms, kBounds);
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
  CHECK(view.routes.at("/count").durations[kBounds.count()] == 1);
  CHECK(view.routes.at("/count").duration_ns == 70'000'000'000);
  CHECK(view.routes.at("/planets/{name}").durations[kBounds.bucket(1ms)] == 2);
  // A look that is of this master only, for what it is at this moment.
  CHECK(after.look(base::Monotonic{3s}).facts.forked == 2);

  os::bump(old_board.slot(slot).counters.requests, 5);
  CHECK(before.look_whole(base::Monotonic{3s}).totals.requests == 8);
  CHECK(after.look_whole(base::Monotonic{3s}).totals.requests == 8);
}

TEST_CASE("carrying: a master with other bounds loses no request of those before") {
  auto old_ledger = *os::Ledger::create();
  auto new_ledger = *os::Ledger::adopt(base::UniqueFd{::dup(old_ledger.fd())});
  const auto old_bounds = *base::DurationBounds::read({"0.1", "0.25", "1"});
  const auto new_bounds = *base::DurationBounds::read({"0.1", "0.5"});
  auto old_board = board_with_ledger(std::move(old_ledger), kPatterns, old_bounds);
  auto new_board = board_with_ledger(std::move(new_ledger), kPatterns, new_bounds);
  os::RouteCounts& counts = claim(old_board);
  for (const auto duration : {50ms, 200ms, 800ms, 5000ms})
    counts.count(os::row_of_route(0), AnswerKind{"GET", 200}, duration, old_bounds);
  (void)Viewer{old_board}.look_whole(base::Monotonic{1s});
  const auto durations = [&] {
    const View view = Viewer{new_board}.look_whole(base::Monotonic{2s});
    const auto& all = view.routes.at("/planets/{name}").durations;
    return std::vector<std::uint64_t>(all.begin(), all.begin() + 4);
  };
  // Up to 0.1 s, up to 0.5 s (of 0.25), beyond (of 1, and of none).
  CHECK(durations() == std::vector<std::uint64_t>{1, 1, 2, 0});
  claim(new_board).count(os::row_of_route(0), AnswerKind{"GET", 200}, 50ms, new_bounds);
  CHECK(durations() == std::vector<std::uint64_t>{2, 1, 2, 0});
  CHECK(durations() == std::vector<std::uint64_t>{2, 1, 2, 0});
}

TEST_CASE("carrying: without a ledger a look tells what this master's workers counted") {
  auto board = *os::Scoreboard::create();
  claim(board).count(os::kServerRow, AnswerKind{"", 408}, 1ms, kBounds);
  const View view = Viewer{board}.look_whole(base::Monotonic{1s});
  CHECK(answers(view.routes, "(server)", "", 408) == 1);
}

}  // namespace orrery::admin
