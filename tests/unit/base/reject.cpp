#include "base/reject.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>

namespace orrery::base {
namespace {

TEST_CASE("README names every refusal, with its status") {
  std::ifstream file{std::string{ORRERY_TEST_DATA_DIR} + "/../README.md"};
  std::stringstream text;
  text << file.rdbuf();
  const std::string all = text.str();
  const std::size_t section = all.find("## What it refuses");
  REQUIRE(section != std::string::npos);
  const std::string readme = all.substr(section);
  for (const RejectRow& row : kRejects) {
    INFO(row.name);
    const std::size_t name = readme.find("`" + std::string{row.name} + "`");
    REQUIRE(name != std::string::npos);
    const std::string line = readme.substr(readme.rfind('\n', name) + 1, name - readme.rfind('\n', name));
    const std::string status = row.status == 0 ? "none" : std::to_string(row.status);
    CHECK(line.find(status) != std::string::npos);
  }
}

}  // namespace
}  // namespace orrery::base
