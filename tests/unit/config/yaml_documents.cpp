#include "config/yaml_documents.hpp"

#include <catch2/catch.hpp>

namespace orrery::config {

TEST_CASE("yaml documents: where each begins, three at most") {
  CHECK(find_documents("").empty());
  const auto one = find_documents("workers: 1\n");
  REQUIRE(one.size() == 1);
  CHECK(one[0].content.line == 0);
  const auto two = find_documents("workers: 1\n---\nworkers: 2\n");
  REQUIRE(two.size() == 2);
  CHECK(two[1].content.line == 2);
  CHECK_FALSE(find_stray(two));
  CHECK(find_documents("a: 1\n---\nb: 1\n---\nc: 1\n---\nd: 1\n").size() == 3);
}

TEST_CASE("yaml documents: the place that the parser does not get past") {
  const auto stray = find_stray(find_documents(", workers: 1"));
  REQUIRE(stray);
  CHECK(stray->pos == 0);
}

TEST_CASE("yaml documents: blanks at the end are none of the text") {
  CHECK(without_last_blanks("a: \"b \n\t\r\n ") == "a: \"b");
  CHECK(without_last_blanks(" \n").empty());
}

}  // namespace orrery::config
