#include "files/name.hpp"

#include <catch2/catch.hpp>

namespace orrery::files {

TEST_CASE("name: which file a path means") {
  struct Row {
    const char* target;
    std::string rest;
    const char* path;
    const char* text;
    bool is_directory;
    bool is_refused;
  };
  const Row row = GENERATE(
      Row{"/f/a.css", "a.css", "/f/a.css", "a.css", false, false}, Row{"/f", "", "/f", "", false, false},
      Row{"/f/", "", "/f/", "", true, false}, Row{"/f/a/b", "a/b", "/f/a/b", "a/b", false, false},
      Row{"/f/a/", "a/", "/f/a/", "a", true, false}, Row{"/f/%61", "a", "/f/a", "a", false, false},
      Row{"/f/a%2Fb", "a/b", "/f/a%2Fb", "", false, true}, Row{"/f/a%2fb", "a/b", "/f/a%2Fb", "", false, true},
      Row{"/f/a%252Fb", "a%2Fb", "/f/a%2Fb", "a%2Fb", false, false}, Row{"/f/a?b=%2F", "a", "/f/a", "a", false, false},
      Row{"/f//a", "/a", "/f//a", "", false, true}, Row{"/f/a//b", "a//b", "/f/a//b", "", false, true},
      Row{"/f//", "/", "/f//", "", true, true}, Row{"/f/a//", "a//", "/f/a//", "", true, true},
      Row{"/f/.env", ".env", "/f/.env", "", false, true},
      Row{"/f/a/.git/config", "a/.git/config", "/f/a/.git/config", "", false, true},
      Row{"/f/..", "..", "/f/..", "", false, true}, Row{"/f/a/../b", "a/../b", "/f/a/../b", "", false, true},
      Row{"/f/.", ".", "/f/.", "", false, true}, Row{R"(/f/..\..\x)", R"(..\..\x)", R"(/f/..\..\x)", "", false, true},
      Row{"/f/...", "...", "/f/...", "", false, true}, Row{"/f/a%00b", std::string("a\0b", 3), "/f/a", "", false, true},
      Row{R"(/f/a\b)", R"(a\b)", R"(/f/a\b)", R"(a\b)", false, false}, Row{"/f/a.", "a.", "/f/a.", "a.", false, false});
  INFO(row.target);
  const Name name = read_name(row.target, row.rest, row.path, false);
  CHECK(name.text == row.text);
  CHECK(name.is_directory == row.is_directory);
  CHECK(name.is_refused == row.is_refused);
}

TEST_CASE("name: hidden ones, where they are wanted, and never a way up") {
  CHECK(read_name("/f/.env", ".env", "/f/.env", true).text == ".env");
  CHECK(read_name("/f/..", "..", "/f/..", true).is_refused);
  CHECK(read_name("/f/a/./b", "a/./b", "/f/a/./b", true).is_refused);
}

TEST_CASE("name: a directory's slash is told without a host or a scheme") {
  CHECK(with_slash("/f/dir") == "./dir/");
  CHECK(with_slash("/f") == "./f/");
  CHECK(with_slash("//evil.example") == "./evil.example/");
  CHECK(with_slash("/f/javascript:alert(1)") == "./javascript:alert(1)/");
  CHECK(with_slash("/f/dir?a=//evil/b") == "./dir/?a=//evil/b");
  CHECK(with_slash("/f/%2e%2e") == "./%2e%2e/");
}

}  // namespace orrery::files
