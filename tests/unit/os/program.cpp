#include "os/program.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <unistd.h>

#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

void write_file(const std::string& path, const std::string& text) {
  std::ofstream{path} << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

}  // namespace

TEST_CASE("program: a new file under the old name is a change, and so is none") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("service");
  write_file(path, "one");
  const Program program{{{path}, {}, path, directory.file("")}};
  CHECK_FALSE(program.changed());
  SECTION("renamed over it") {
    write_file(directory.file("next"), "one");
    std::filesystem::rename(directory.file("next"), path);
  }
  SECTION("written into") { write_file(path, "other"); }
  SECTION("gone") { std::filesystem::remove(path); }
  CHECK(program.changed());
}

TEST_CASE("program: the environment of a launch") {
  Launch launch;
  launch.environment = {"A=new", "D=4"};
  launch.without = {"B"};
  const auto environment = launch_environment({"A=old", "B=2", "C=3", "AB=5"}, launch);
  CHECK(environment == std::vector<std::string>{"C=3", "AB=5", "A=new", "D=4"});
}

TEST_CASE("program: runs what lies there, in its directory, with arguments, environment and descriptors") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("service");
  write_file(path, "#!/bin/sh\necho \"$1 $WORD $(pwd)\" >&$FD\n");
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  Launch launch;
  launch.environment = {"FD=" + std::to_string(ends[1])};
  launch.keep = {ends[1]};
  const std::string place = std::filesystem::canonical(directory.file(""));
  const Program program{{{path, "first"}, {"WORD=word", "PATH=/usr/bin:/bin"}, path, place}};
  const auto pid = program.launch(launch);
  REQUIRE(pid);
  CHECK(test::exited_with(test::wait_for(*pid), 0));
  std::array<char, 512> bytes{};
  const ssize_t got = ::read(ends[0], bytes.data(), bytes.size());
  REQUIRE(got > 0);
  CHECK(std::string(bytes.data(), static_cast<std::size_t>(got)) == "first word " + place + "\n");
  for (const int end : ends) ::close(end);
}

TEST_CASE("program: what cannot be run is told") {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0);
  Launch launch;
  launch.complaints = ends[1];
  const Program program{{{"x"}, {}, "/nowhere/service", "/"}};
  const auto pid = program.launch(launch);
  REQUIRE(pid);
  CHECK(test::exited_with(test::wait_for(*pid), 127));
  std::array<char, 512> bytes{};
  const ssize_t got = ::recv(ends[0], bytes.data(), bytes.size(), MSG_DONTWAIT);
  REQUIRE(got > 0);
  CHECK(std::string(bytes.data(), static_cast<std::size_t>(got)) ==
        "failed cannot run /nowhere/service: No such file or directory");
  for (const int end : ends) ::close(end);
}

}  // namespace orrery::os
