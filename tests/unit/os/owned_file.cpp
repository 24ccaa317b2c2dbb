#include "os/owned_file.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

constexpr uid_t kUser = 65534;

std::optional<Identity> user() { return Identity{kUser, kUser, {kUser}, true, "65534:65534"}; }

struct stat look(const std::string& path) {
  struct stat found {};
  ::lstat(path.c_str(), &found);
  return found;
}

/// A directory that all may enter.
struct Open : test::TemporaryDirectory {
  Open() { ::chmod(file("").c_str(), 0755); }
};

base::UniqueFd bind_socket(const std::string& path) {
  base::UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

}  // namespace

TEST_CASE("owned file: what would be opened is opened, and the other way round") {
  if (::geteuid() != 0) return;
  const Open directory;
  std::filesystem::create_directories(directory.file("own"));
  std::filesystem::create_directories(directory.file("closed"));
  REQUIRE(::chown(directory.file("own").c_str(), kUser, kUser) == 0);
  REQUIRE(::chmod(directory.file("closed").c_str(), 0700) == 0);
  for (const char* name : {"own/root's", "closed/root's"}) std::ofstream{directory.file(name)} << "";
  for (const char* name : {"own/user's", "closed/user's"}) {
    std::ofstream{directory.file(name)} << "";
    REQUIRE(::chown(directory.file(name).c_str(), kUser, kUser) == 0);
  }
  std::filesystem::create_symlink(directory.file("closed/linked"), directory.file("own/link"));
  std::ofstream{directory.file("victim")} << "";
  ::chmod(directory.file("victim").c_str(), 0600);
  std::filesystem::create_hard_link(directory.file("victim"), directory.file("own/second name"));
  std::ofstream{directory.file("own/another's")} << "";
  REQUIRE(::chown(directory.file("own/another's").c_str(), 65533, 65533) == 0);
  REQUIRE(::mknod(directory.file("own/device").c_str(), S_IFCHR | 0600, makedev(1, 7)) == 0);
  struct Row {
    std::string path;
    bool opens, reopens;
    uid_t owner = kUser;
  };
  const Row row = GENERATE(values<Row>({
      {"own/new", true, true},
      {"own/user's", true, true},
      {"own/root's", true, false, 0},
      {"own/second name", false, false},
      {"own/another's", false, false},
      {"own/device", false, false},
      {"own/link", false, false},
      {"own", false, false},
      {"new", true, true},
      {"closed/new", true, false},
      {"closed/user's", true, false},
      {"closed/root's", true, false, 0},
      {"nowhere/new", false, false},
      {"", false, false},
  }));
  INFO(row.path);
  const std::string path = directory.file(row.path);
  const auto would = would_open_log(path, user());
  CHECK(would.has_value() == row.opens);
  const auto file = open_log(path, user());
  CHECK(file.has_value() == row.opens);
  CHECK_FALSE(std::filesystem::exists(directory.file("closed/linked")));
  if (!file) return;
  CHECK(file->reopens == row.reopens);
  CHECK(look(path).st_uid == row.owner);
  CHECK(look(path).st_gid == row.owner);
}

TEST_CASE("owned file: acting as the user ends with what was before") {
  if (::geteuid() != 0) return;
  const pid_t child = test::in_child([] {
    const gid_t groups[] = {0, 4, 24};
    ::setgroups(3, groups);
    {
      const ActingAs acting{*user()};
      gid_t now = 0;
      if (!acting || ::geteuid() != kUser || ::getegid() != kUser) return 1;
      if (::getuid() != 0 || ::getgroups(0, nullptr) != 1 || ::getgroups(1, &now) != 1 || now != kUser) return 2;
    }
    gid_t now[8];
    return ::geteuid() == 0 && ::getegid() == 0 && ::getgroups(8, now) == 3 && now[2] == 24 ? 0 : 3;
  });
  CHECK(test::exited_with(test::wait_for(child), 0));
}

TEST_CASE("owned file: only the socket that was just bound is given away") {
  if (::geteuid() != 0) return;
  const Open directory;
  const std::string path = directory.file("x.sock");
  SECTION("it") {
    const auto socket = bind_socket(path);
    CHECK(give_socket(path, *user()));
    CHECK(look(path).st_uid == kUser);
  }
  SECTION("a file in its place") {
    std::ofstream{path} << "";
    CHECK_FALSE(give_socket(path, *user()));
    CHECK(look(path).st_uid == 0);
  }
  SECTION("a link in its place") {
    const auto socket = bind_socket(directory.file("other.sock"));
    std::filesystem::create_symlink("other.sock", path);
    CHECK_FALSE(give_socket(path, *user()));
    CHECK(look(directory.file("other.sock")).st_uid == 0);
  }
  SECTION("a second name of another service's socket in its place") {
    const auto socket = bind_socket(directory.file("other.sock"));
    std::filesystem::create_hard_link(directory.file("other.sock"), path);
    CHECK_FALSE(give_socket(path, *user()));
    CHECK(look(directory.file("other.sock")).st_uid == 0);
  }
}

TEST_CASE("owned file: a standard stream by another name works, whoever owns it") {
  if (::geteuid() != 0) return;
  const pid_t child = test::in_child([] {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0 || ::dup2(ends[1], STDOUT_FILENO) < 0) return 1;
    const auto file = open_log("/dev/stdout", user());
    struct stat pipe {};
    if (!file || ::fstat(ends[0], &pipe) != 0 || pipe.st_uid != 0) return 2;
    return ::write(file->fd.get(), "x", 1) == 1 ? 0 : 3;
  });
  CHECK(test::exited_with(test::wait_for(child), 0));
}

}  // namespace orrery::os
