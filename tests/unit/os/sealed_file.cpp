#include "os/sealed_file.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

#include "support/temporary_directory.hpp"

namespace orrery::os {

TEST_CASE("sealed file: a copy of what the file held, which nothing changes") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("libapp.so");
  const std::string text = std::string(3'000'000, 'a') + "end";
  std::ofstream{path} << text;
  const auto copy = SealedFile::copy(path);
  REQUIRE(copy);
  std::ofstream{path, std::ios::trunc} << "other";
  std::ifstream opened{copy->path()};
  CHECK(std::string{std::istreambuf_iterator<char>{opened}, {}} == text);
  CHECK(::pwrite(copy->fd(), "x", 1, 0) < 0);
  CHECK(errno == EPERM);
  CHECK(::ftruncate(copy->fd(), 0) != 0);
}

TEST_CASE("sealed file: an empty file is one too") {
  const test::TemporaryDirectory directory;
  std::ofstream{directory.file("empty")};
  CHECK(SealedFile::copy(directory.file("empty")));
}

TEST_CASE("sealed file: what is no file says so") {
  const test::TemporaryDirectory directory;
  const std::string missing = directory.file("missing");
  CHECK(SealedFile::copy(missing).error().message == "cannot read " + missing + ": No such file or directory");
  CHECK(SealedFile::copy("/").error().message == "cannot read /: it is no file");
  CHECK(SealedFile::copy("/dev/null").error().message == "cannot read /dev/null: it is no file");
}

}  // namespace orrery::os
