#include "base/json_text.hpp"

#include <catch2/catch.hpp>

#include "support/json.hpp"

namespace orrery::base {

TEST_CASE("json_text: any bytes become a JSON string") {
  struct Row {
    const char* name;
    std::string text, means;
  };
  const Row rows[] = {
      {"empty", "", ""},
      {"plain", "a b/c", "a b/c"},
      {"quote and backslash", "\"\\", "\"\\"},
      {"control bytes", std::string{"\x01\n\t\x7f\0", 5}, std::string{"\x01\n\t\x7f\0", 5}},
      {"UTF-8 stays", "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"cut within a character", "gr\xc3", "gr?"},
      {"no UTF-8", "\xff\xc0\x80", "???"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(nlohmann::json::parse(json_text(row.text)).get<std::string>() == row.means);
  }
}

}  // namespace orrery::base
