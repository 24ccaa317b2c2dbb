#include "config/move.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>
#include <fstream>
#include <sstream>

#include "config/foreign.hpp"

namespace orrery::config {
namespace {

TEST_CASE("move: config/FROM_GUNICORN.md is true") {
  std::ifstream file(std::string{ORRERY_TEST_DATA_DIR} + "/../config/FROM_GUNICORN.md");
  std::stringstream text;
  text << file.rdbuf();
  INFO(
      "config/FROM_GUNICORN.md differs from the tables; to make it anew, run in the top folder:\n"
      "  build/debug/settings_reference gunicorn > config/FROM_GUNICORN.md");
  CHECK((text.str() == render_move()));
}

TEST_CASE("move: the page tells of every setting and how many there are") {
  const auto page = render_move();
  CHECK_THAT(page, Catch::Contains("all 119 settings"));
  for (const SharedSetting& row : shared_settings()) CHECK_THAT(page, Catch::Contains(fmt::format("`{}`", row.name)));
  for (const ForeignSetting& row : foreign_settings())
    CHECK_THAT(page, Catch::Contains(fmt::format("| `{}` |", row.name)));
}

}  // namespace
}  // namespace orrery::config
