#include "os/spool_file.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "support/large_body.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::os {

TEST_CASE("spool file: what was appended is there in one piece, and has no name") {
  const test::TemporaryDirectory directory;
  SpoolFile file;
  CHECK_FALSE(file.is_open());
  REQUIRE(file.open({directory.file("")}) == 0);
  CHECK(file.is_open());
  const std::string bytes = test::large_body(300'001);
  REQUIRE(file.append(std::string_view{bytes}.substr(0, 100'000)) == 0);
  REQUIRE(file.append({}) == 0);
  REQUIRE(file.append(std::string_view{bytes}.substr(100'000)) == 0);
  CHECK(file.bytes().empty());
  REQUIRE(file.map() == 0);
  CHECK(file.bytes() == bytes);
  CHECK(std::filesystem::is_empty(directory.file("")));
}

TEST_CASE("spool file: the first directory that takes it is taken; the last one says why none does") {
  const test::TemporaryDirectory directory;
  SpoolFile file;
  CHECK(file.open({directory.file("missing")}) == ENOENT);
  CHECK_FALSE(file.is_open());
  CHECK(file.open({directory.file("missing"), directory.file("")}) == 0);
  CHECK(SpoolFile{}.open({}) == ENOENT);
}

TEST_CASE("spool file: an empty one shows nothing") {
  const test::TemporaryDirectory directory;
  SpoolFile file;
  REQUIRE(file.open({directory.file("")}) == 0);
  REQUIRE(file.map() == 0);
  CHECK(file.bytes().empty());
}

TEST_CASE("spool file: what cannot be written is an errno") {
  SpoolFile file;
  CHECK(file.append("x") == EBADF);
}

TEST_CASE("spool file: where it goes") {
  using Directories = std::vector<std::string>;
  const char* const former = std::getenv("TMPDIR");
  const std::string kept = former ? former : "";
  ::unsetenv("TMPDIR");
  CHECK(spool_directories("/srv/uploads") == Directories{"/srv/uploads"});
  CHECK(spool_directories("") == Directories{"/var/tmp", "/tmp"});
  ::setenv("TMPDIR", "/scratch", 1);
  CHECK(spool_directories("") == Directories{"/scratch"});
  CHECK(spool_directories("/srv/uploads") == Directories{"/srv/uploads"});
  former ? ::setenv("TMPDIR", kept.c_str(), 1) : ::unsetenv("TMPDIR");
}

}  // namespace orrery::os
