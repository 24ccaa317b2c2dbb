#include "migrate/tree.hpp"

#include <catch2/catch.hpp>

namespace orrery::migrate {
namespace {

TEST_CASE("tree: documents, texts, lists and maps, each with its line") {
  const auto trees = read_trees("a: 1\nb: [x, yes]\n---\nc:\n  d: ~\n--- # x\ne\n");
  REQUIRE(trees);
  REQUIRE(trees->size() == 3);
  CHECK((*trees)[0].find("a")->text == "1");
  CHECK((*trees)[0].find("b")->items.at(1).text == "yes");
  CHECK((*trees)[0].find("b")->line == 2);
  CHECK((*trees)[1].find("c")->find("d")->kind == Tree::Kind::kNull);
  CHECK((*trees)[1].find("c")->line == 5);
  CHECK((*trees)[2].text == "e");
  CHECK((*trees)[0].find("z") == nullptr);
  CHECK((*trees)[2].find("e") == nullptr);
  CHECK(read_trees("")->empty());
}

TEST_CASE("tree: what is no YAML is told with its line") {
  for (const char* text : {"a: [b\n", "a: {{ b }}: c\n", "a:\n\t- b\n"}) {
    INFO(text);
    CHECK_FALSE(read_trees(text));
  }
  const auto second = read_trees("a: 1\n---\nb: [\n");
  REQUIRE_FALSE(second);
  CHECK_THAT(second.error().message, Catch::StartsWith("line "));
}

TEST_CASE("tree: aliases cannot make it larger than a manifest") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) text += ", " + before;
    text += "]\n";
  }
  const auto trees = read_trees(text);
  REQUIRE_FALSE(trees);
  CHECK_THAT(trees.error().message, Catch::Contains("too large or too deeply nested"));
  CHECK_FALSE(read_trees("a: &a [*a]\n"));
  CHECK_FALSE(read_trees(std::string(100000, '[')));
}

}  // namespace
}  // namespace orrery::migrate
