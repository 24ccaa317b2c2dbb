#include "ctl/grid.hpp"

#include <catch2/catch.hpp>

namespace orrery::ctl {

namespace {

Grid sample() {
  Grid grid({{"N", Grid::Side::kRight}, {"STATE"}, {"TARGET"}});
  grid.add({{"7"}, {"ready", Paint::kGood}, {"/h\xc3\xa9"}});
  grid.add({{"12"}, {""}, {"/a\x1b[31m/long/path"}});
  return grid;
}

}  // namespace

TEST_CASE("grid: columns are aligned, and no line ends in blanks") {
  CHECK(sample().print({}) ==
        " N  STATE  TARGET\n"
        " 7  ready  /h\xc3\xa9\n"
        "12         /a?[31m/long/path\n");
  Grid empty({{"A"}, {"B"}});
  CHECK(empty.empty());
  CHECK(empty.print({}) == "A  B\n");
}

TEST_CASE("grid: on a terminal the last column is cut at its edge, and colours do not count") {
  CHECK(sample().print({true, 20}) ==
        " \x1b[1mN\x1b[0m  \x1b[1mSTATE\x1b[0m  \x1b[1mTARGET\x1b[0m\n"
        " 7  \x1b[32mready\x1b[0m  /h\xc3\xa9\n"
        "12         /a?[31m/…\n");
}

}  // namespace orrery::ctl
