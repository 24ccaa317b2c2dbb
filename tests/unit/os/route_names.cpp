#include "os/route_names.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "os/scoreboard.hpp"

namespace orrery::os {

TEST_CASE(
    "route names: one row for each pattern, however often it is asked for, and those of the server are no route's") {
  const auto board = *Scoreboard::create();
  RouteNames& names = board.route_names();
  CHECK(names.rows() == kRouteRows);
  const std::size_t notes = names.row_of("/notes/{id}");
  CHECK(notes == kRouteRows);
  CHECK(names.row_of("/notes") == kRouteRows + 1);
  CHECK(names.row_of("/notes/{id}") == notes);
  CHECK(names.rows() == kRouteRows + 2);
  CHECK(names.name_of(notes) == "/notes/{id}");
  CHECK(names.name_of(notes + 1) == "/notes");
  CHECK(names.name_of(notes + 2).empty());
}

TEST_CASE("route names: what a worker has named all processes read") {
  const auto board = *Scoreboard::create();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(board.route_names().row_of("/from/the/child") == kRouteRows ? 0 : 1);
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(board.route_names().name_of(kRouteRows) == "/from/the/child");
  CHECK(board.route_names().row_of("/from/the/child") == kRouteRows);
}

TEST_CASE("route names: of too many routes, and of one with too long a pattern, the rest share a row") {
  const auto board = *Scoreboard::create();
  RouteNames& names = board.route_names();
  CHECK(names.row_of("/" + std::string(RouteNames::kLongest, 'x')) == kOtherRow);
  CHECK(names.row_of("/" + std::string(RouteNames::kLongest - 1, 'x')) == kRouteRows);
  for (std::size_t i = 1; i < kMostRoutes; ++i) REQUIRE(names.row_of("/" + std::to_string(i)) == kRouteRows + i);
  CHECK(names.rows() == kRouteRows + kMostRoutes);
  CHECK(names.row_of("/one-more") == kOtherRow);
  CHECK(names.row_of("/7") == kRouteRows + 7);
}

}  // namespace orrery::os
