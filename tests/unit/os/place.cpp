#include "os/place.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

constexpr uid_t kUser = 65534;

bool there(const Result<Place>& place) { return place && place->look().has_value(); }

}  // namespace

TEST_CASE("place: ways to a file") {
  const test::TemporaryDirectory directory;
  std::filesystem::create_directories(directory.file("a/b"));
  std::ofstream{directory.file("a/b/file")} << "x";
  std::filesystem::create_directory_symlink("b", directory.file("a/relative"));
  std::filesystem::create_directory_symlink(directory.file("a"), directory.file("absolute"));
  std::filesystem::create_directory_symlink("absolute/relative/../b/", directory.file("long"));
  struct Row {
    std::string name, path;
  };
  const Row row = GENERATE_COPY(values<Row>({
      {"plain", "a/b/file"},
      {"blanks of a path", ".//a/./b///file"},
      {"back", "a/b/../b/file"},
      {"a relative link of root's", "a/relative/file"},
      {"an absolute one", "absolute/b/file"},
      {"both and back", "absolute/relative/../b/file"},
      {"links in a link", "long/file"},
  }));
  INFO(row.name);
  CHECK(there(Place::find(directory.file(row.path))));
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(directory.file(""));
  CHECK(there(Place::find(row.path)));
  std::filesystem::current_path(here);
}

TEST_CASE("place: the last name is not followed, and need not be there") {
  const test::TemporaryDirectory directory;
  std::filesystem::create_symlink("elsewhere", directory.file("link"));
  const auto link = Place::find(directory.file("link"));
  REQUIRE(link);
  REQUIRE(link->look());
  CHECK(S_ISLNK(link->look()->st_mode));
  CHECK(link->target() == "elsewhere");
  const auto nothing = Place::find(directory.file("nothing"));
  REQUIRE(nothing);
  CHECK_FALSE(nothing->look());
  CHECK(errno == ENOENT);
}

TEST_CASE("place: ways that lead nowhere") {
  if (::geteuid() != 0) return;
  const test::TemporaryDirectory directory;
  std::ofstream{directory.file("file")} << "x";
  std::filesystem::create_directory_symlink("round", directory.file("round"));
  CHECK(Place::find(directory.file("nowhere/file")).error().message == "No such file or directory");
  CHECK(Place::find(directory.file("file/file")).error().message == "Not a directory");
  CHECK(Place::find(directory.file("round/file")).error().message == "Too many levels of symbolic links");
  CHECK(Place::find(directory.file("")).error().message == "Is a directory");
  CHECK(Place::find(directory.file("..")).error().message == "Is a directory");
  CHECK_FALSE(Place::find(""));
}

TEST_CASE("place: root follows links that only root can have laid") {
  if (::geteuid() != 0) return;
  const test::TemporaryDirectory directory;
  std::filesystem::create_directories(directory.file("target"));
  struct Row {
    std::string name;
    uid_t directory, link;
    mode_t mode;
    bool second_name, followed;
  };
  const Row row = GENERATE(values<Row>({
      {"root's in root's", 0, 0, 0755, false, true},
      {"the user's in the user's", kUser, kUser, 0755, false, false},
      {"root's in the user's", kUser, 0, 0755, false, false},
      {"the user's in root's", 0, kUser, 0755, false, false},
      {"root's where all write", 0, 0, 0777, false, false},
      {"root's where all write and none removes", 0, 0, 01777, false, true},
      {"the same with a second name", 0, 0, 01777, true, false},
  }));
  INFO(row.name);
  const std::string folder = directory.file("folder");
  const std::string link = folder + "/way";
  std::filesystem::create_directory(folder);
  std::filesystem::create_directory_symlink(directory.file("target"), link);
  if (row.second_name) REQUIRE(::link(link.c_str(), directory.file("second").c_str()) == 0);
  REQUIRE(::lchown(link.c_str(), row.link, row.link) == 0);
  REQUIRE(::chown(folder.c_str(), row.directory, row.directory) == 0);
  REQUIRE(::chmod(folder.c_str(), row.mode) == 0);
  CHECK(Place::find(link + "/file").has_value() == row.followed);
}

TEST_CASE("place: the kernel's own links are followed") {
  const test::TemporaryDirectory directory;
  const base::UniqueFd open{::open(directory.file("").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  std::ofstream{directory.file("file")} << "x";
  CHECK(there(Place::find("/proc/self/fd/" + std::to_string(open.get()) + "/file")));
}

}  // namespace orrery::os
