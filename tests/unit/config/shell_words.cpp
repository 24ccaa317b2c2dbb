#include "config/shell_words.hpp"

#include <catch2/catch.hpp>

namespace orrery::config {
namespace {

TEST_CASE("shell_words cuts as a shell does") {
  struct Row {
    const char* text;
    std::vector<std::string> words;
  };
  const Row rows[] = {
      {"", {}},
      {"   \t\n ", {}},
      {"-w 4", {"-w", "4"}},
      {"  -w\t4  ", {"-w", "4"}},
      {"--name 'two words'", {"--name", "two words"}},
      {R"(--name "two words")", {"--name", "two words"}},
      {"--name=two\\ words", {"--name=two words"}},
      {"''", {""}},
      {R"(a"b"'c'd)", {"abcd"}},
      {R"('a\b')", {"a\\b"}},
      {R"("a\"b\\c\d")", {R"(a"b\c\d)"}},
      {R"(\'a)", {"'a"}},
      {R"("it's")", {"it's"}},
      {R"('"')", {"\""}},
      {"$HOME *", {"$HOME", "*"}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto words = split_words(row.text);
    REQUIRE(words);
    CHECK(*words == row.words);
  }
}

TEST_CASE("shell_words refuses what is not closed") {
  CHECK(split_words("a 'b").error().message == "a quote (') is not closed");
  CHECK(split_words("a \"b").error().message == "a quote (\") is not closed");
  CHECK(split_words("a \\").error().message == "it ends in a backslash");
}

}  // namespace
}  // namespace orrery::config
