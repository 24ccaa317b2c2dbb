#include "os/beneath.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/temporary_directory.hpp"

namespace orrery::os {
namespace {

namespace fs = std::filesystem;

/// root/ with files and links of all kinds, and secret beside it.
struct Tree {
  Tree() {
    fs::create_directories(root + "/dir/deep");
    std::ofstream{root + "/file"} << "file";
    std::ofstream{root + "/dir/inner"} << "inner";
    std::ofstream{directory.file("secret")} << "secret";
    const auto link = [&](const std::string& target, const std::string& name) {
      fs::create_symlink(target, root + "/" + name);
    };
    link("file", "to_file");
    link("dir", "to_dir");
    link("../file", "dir/up_to_file");
    link("../../secret", "dir/out");
    link("../secret", "out");
    link("..", "parent");
    link(directory.file("secret"), "absolute_out");
    link(root + "/file", "absolute_in");
    link("/proc/self/root/etc/passwd", "magic");
    link("loop", "loop");
    link("nowhere", "dangling");
    ::mkfifo((root + "/fifo").c_str(), 0600);
  }
  test::TemporaryDirectory directory;
  std::string root = directory.file("root");
};

std::string content(const Opened& opened) {
  char bytes[64];
  const ssize_t got = ::read(opened.file.get(), bytes, sizeof bytes);
  return {bytes, got > 0 ? static_cast<std::size_t>(got) : 0};
}

}  // namespace

TEST_CASE("beneath: files inside are opened, and nothing outside") {
  const bool by_steps = GENERATE(false, true);
  CAPTURE(by_steps);
  const Tree tree;
  auto beneath = Beneath::open(tree.root);
  REQUIRE(beneath);
  if (by_steps) BeneathProbe::go_by_steps(*beneath);
  CHECK(content(beneath->open_to_read("file")) == "file");
  CHECK(content(beneath->open_to_read("dir/inner")) == "inner");
  const std::string name =
      GENERATE("../secret", "dir/../../secret", "dir/out", "out", "parent/secret", "absolute_out", "absolute_in",
               "magic", "loop", "dangling", "nowhere", "file/x", "to_dir/../../secret");
  INFO(name);
  const Opened opened = beneath->open_to_read(name);
  CHECK(opened.error != 0);
  CHECK_FALSE(opened.file);
}

TEST_CASE("beneath: links that stay inside are followed by the kernel, and none without it") {
  const Tree tree;
  auto beneath = Beneath::open(tree.root);
  REQUIRE(beneath);
  const std::string link = GENERATE("to_file", "dir/up_to_file", "to_dir/up_to_file");
  INFO(link);
  if (!beneath->follows_no_links()) CHECK(content(beneath->open_to_read(link)) == "file");
  BeneathProbe::go_by_steps(*beneath);
  CHECK(beneath->open_to_read(link).error != 0);
}

TEST_CASE("beneath: what is no file is told by its kind, and blocks nobody") {
  const bool by_steps = GENERATE(false, true);
  const Tree tree;
  auto beneath = Beneath::open(tree.root);
  REQUIRE(beneath);
  if (by_steps) BeneathProbe::go_by_steps(*beneath);
  CHECK(beneath->open_to_read("fifo").facts.kind == FileFacts::Kind::kOther);
  CHECK(beneath->open_to_read("dir").facts.kind == FileFacts::Kind::kDirectory);
  CHECK(beneath->open_to_read("").facts.kind == FileFacts::Kind::kDirectory);
  const Opened file = beneath->open_to_read("file");
  CHECK(file.facts.kind == FileFacts::Kind::kRegular);
  CHECK(file.facts.size == 4);
  CHECK(file.facts.modified > 0);
  CHECK(file.facts == facts_of(file.file.get()).value());
  struct stat status {};
  REQUIRE(::stat((tree.root + "/file").c_str(), &status) == 0);
  CHECK(file.facts.inode == status.st_ino);
  CHECK(file.facts.last_modified().time_since_epoch().count() == status.st_mtim.tv_sec);
}

TEST_CASE("beneath: a file is the same one by whatever name it is opened, and whatever is written into it") {
  const Tree tree;
  auto beneath = Beneath::open(tree.root);
  REQUIRE(beneath);
  const std::uint64_t file = beneath->open_to_read("file").facts.identity();
  CHECK(file != 0);
  CHECK(beneath->open_to_read("to_file").facts.identity() == file);
  CHECK(beneath->open_to_read("dir/inner").facts.identity() != file);
  std::ofstream{tree.root + "/file"} << "longer than before";
  CHECK(beneath->open_to_read("file").facts.identity() == file);
  CHECK(FileFacts{}.identity() != 0);
}

TEST_CASE("beneath: a root that is none is told in a sentence") {
  const Tree tree;
  const auto nowhere = Beneath::open(tree.root + "/nowhere");
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().message == "cannot open the directory " + tree.root + "/nowhere: No such file or directory");
  CHECK_FALSE(Beneath::open(tree.root + "/file"));
  CHECK_FALSE(Beneath::open(tree.root + "/fifo"));
  CHECK_FALSE(Beneath::open(""));
}

TEST_CASE("beneath: the root stays what it was when its name changes") {
  const Tree tree;
  const auto beneath = Beneath::open(tree.root);
  REQUIRE(beneath);
  fs::rename(tree.root, tree.directory.file("moved"));
  fs::create_directories(tree.root);
  CHECK(content(beneath->open_to_read("file")) == "file");
}

}  // namespace orrery::os
