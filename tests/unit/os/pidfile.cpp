#include "os/pidfile.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("pidfile: written with mode 0644 whatever the umask, removed by its owner") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("pid");
  const mode_t former = ::umask(0077);
  auto pidfile = Pidfile::lock(path);
  ::umask(former);
  REQUIRE(pidfile);
  REQUIRE(pidfile->write());
  CHECK(content(path) == std::to_string(::getpid()) + "\n");
  struct stat status {};
  ::stat(path.c_str(), &status);
  CHECK((status.st_mode & 0777) == 0644);
  pidfile->remove();
  CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("pidfile: a living master is named and left alone") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("pid");
  auto first = Pidfile::lock(path);
  REQUIRE(first->write());
  const auto second = Pidfile::lock(path);
  REQUIRE_FALSE(second);
  CHECK(second.error().message ==
        "another master runs with pid " + std::to_string(::getpid()) + " (pidfile " + path + ")");
  CHECK(content(path) == std::to_string(::getpid()) + "\n");
}

TEST_CASE("pidfile: a stale one is taken over, even when its pid lives again as somebody else") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("pid");
  std::ofstream(path) << ::getppid() << "\n";
  auto pidfile = Pidfile::lock(path);
  REQUIRE(pidfile);
  REQUIRE(pidfile->write());
  CHECK(content(path) == std::to_string(::getpid()) + "\n");
}

TEST_CASE("pidfile: a file that holds something else is refused") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("notes");
  std::ofstream(path) << "root:x:0:0";
  CHECK(Pidfile::lock(path).error().message.find("holds no pid") != std::string::npos);
  CHECK(content(path) == "root:x:0:0");
}

TEST_CASE("pidfile: what a power failure or an editor leaves counts as empty") {
  struct Row {
    std::string name, content;
  };
  const Row row = GENERATE(values<Row>({
      {"nothing", ""},
      {"NUL bytes", std::string(5, '\0')},
      {"a block of NUL bytes", std::string(4096, '\0')},
      {"blanks", " \t\r\n \n"},
      {"a pid and NUL bytes", "123\n" + std::string(20, '\0')},
  }));
  INFO(row.name);
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("pid");
  std::ofstream(path) << row.content;
  auto pidfile = Pidfile::lock(path);
  REQUIRE(pidfile);
  REQUIRE(pidfile->write());
  CHECK(content(path) == std::to_string(::getpid()) + "\n");
}

TEST_CASE("pidfile: blanks before somebody's text are not an empty file") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("pid");
  const std::string text = std::string(GENERATE(as<std::size_t>{}, 40, 5000), ' ') + "precious";
  std::ofstream(path) << text;
  CHECK(Pidfile::lock(path).error().message.find("holds no pid") != std::string::npos);
  CHECK(content(path) == text);
}

TEST_CASE("pidfile: what is no file of ours is refused in a sentence and left as it is") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("pid");
  const std::string victim = directory.file("victim");
  std::ofstream{victim} << "";
  ::chmod(victim.c_str(), 0600);
  std::string why;
  SECTION("a link") {
    std::filesystem::create_symlink(victim, path);
    why = "is a link to " + victim + "; name the file itself";
  }
  SECTION("a FIFO") {
    ::mkfifo(path.c_str(), 0600);
    why = "is no regular file; remove it or choose another path";
  }
  SECTION("a directory") {
    std::filesystem::create_directory(path);
    why = "is no regular file; remove it or choose another path";
  }
  SECTION("root: a second name of a file") {
    if (::geteuid() != 0) return;
    std::filesystem::create_hard_link(victim, path);
    why = "has a second name (a hard link); remove it or choose another path";
  }
  SECTION("root: a file of another user") {
    if (::geteuid() != 0) return;
    std::ofstream{path} << "";
    REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
    why = "belongs to uid 65534 and not to root; remove it or choose another path";
  }
  const auto locked = Pidfile::lock(path);
  REQUIRE_FALSE(locked);
  CHECK(locked.error().message == "pidfile " + path + " " + why);
  struct stat status {};
  ::stat(victim.c_str(), &status);
  CHECK((status.st_mode & 07777) == 0600);
}

TEST_CASE("pidfile: /dev/null keeps its mode") {
  struct stat before {};
  struct stat after {};
  REQUIRE(::stat("/dev/null", &before) == 0);
  CHECK(Pidfile::lock("/dev/null").error().message ==
        "pidfile /dev/null is no regular file; remove it or choose another path");
  REQUIRE(::stat("/dev/null", &after) == 0);
  CHECK(before.st_mode == after.st_mode);
}

TEST_CASE("pidfile: one that vanished is made again, one that was replaced is not") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("pid");
  auto pidfile = Pidfile::lock(path);
  REQUIRE(pidfile->write());
  CHECK(pidfile->make_again() == false);
  ::unlink(path.c_str());
  CHECK(pidfile->make_again() == true);
  CHECK(content(path) == std::to_string(::getpid()) + "\n");
  CHECK_FALSE(Pidfile::lock(path));
  ::unlink(path.c_str());
  std::ofstream(path) << "1\n";
  CHECK(pidfile->make_again() == false);
  CHECK(content(path) == "1\n");
}

TEST_CASE("pidfile: a directory that is not there is a sentence") {
  CHECK(Pidfile::lock("/nowhere/at/all/pid").error().message ==
        "cannot open pidfile /nowhere/at/all/pid: No such file or directory");
}

TEST_CASE("pidfile: removed only when it still is ours") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("pid");
  auto pidfile = Pidfile::lock(path);
  REQUIRE(pidfile->write());
  SECTION("another file stands there") {
    ::unlink(path.c_str());
    std::ofstream(path) << "1\n";
  }
  SECTION("it names another process") { std::ofstream(path) << "1\n"; }
  pidfile->remove();
  CHECK(content(path) == "1\n");
}

TEST_CASE("pidfile: the lock ends with its last holder, killed or not") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("pid");
  const pid_t holder = test::in_child([&path] {
    auto held = Pidfile::lock(path);
    if (!held || !held->write()) return 1;
    ::pause();
    return 0;
  });
  REQUIRE(test::eventually([&] { return content(path) == std::to_string(holder) + "\n"; }));
  CHECK_FALSE(Pidfile::lock(path));
  ::kill(holder, SIGKILL);
  test::wait_for(holder);
  CHECK(Pidfile::lock(path).has_value());
}

TEST_CASE("pidfile: what a killed master left is removed by the one that saw it die, and nothing else") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("pid");
  const pid_t killed = test::in_child([&path] {
    auto held = Pidfile::lock(path);
    if (!held || !held->write()) return 1;
    ::pause();
    return 0;
  });
  REQUIRE(test::eventually([&] { return content(path) == std::to_string(killed) + "\n"; }));
  Pidfile::remove_of_dead(path, killed);
  CHECK(std::filesystem::exists(path));  // it lives
  ::kill(killed, SIGKILL);
  test::wait_for(killed);
  Pidfile::remove_of_dead(path, killed + 1);
  CHECK(std::filesystem::exists(path));  // another's
  Pidfile::remove_of_dead(path, killed);
  CHECK_FALSE(std::filesystem::exists(path));
  Pidfile::remove_of_dead(path, killed);
  CHECK_FALSE(std::filesystem::exists(path));  // nothing is made either
}

TEST_CASE("pidfile: takes another's name, and then is that file") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("pid");
  auto old = Pidfile::lock(path);
  REQUIRE(old);
  REQUIRE(old->write());
  auto next = Pidfile::lock(path + ".2");
  REQUIRE(next);
  REQUIRE(next->write());
  REQUIRE(next->rename(path));
  CHECK_FALSE(std::filesystem::exists(path + ".2"));
  old->remove();  // the name is not its file any more
  CHECK(std::filesystem::exists(path));
  CHECK_FALSE(Pidfile::lock(path));
  next->remove();
  CHECK_FALSE(std::filesystem::exists(path));
}

}  // namespace orrery::os
