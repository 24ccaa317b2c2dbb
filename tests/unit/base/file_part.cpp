#include "base/file_part.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <unistd.h>

#include "support/temporary_directory.hpp"

namespace orrery::base {
namespace {

FilePart part_of(const std::string& path, std::uint64_t offset, std::uint64_t length) {
  return {std::make_shared<const OpenFile>(::open(path.c_str(), O_RDONLY | O_CLOEXEC), path), offset, length};
}

struct Digits {
  Digits() { std::ofstream{path} << "0123456789"; }
  test::TemporaryDirectory directory;
  std::string path = directory.file("digits");
};

}  // namespace

TEST_CASE("file part: reads what it names, piece by piece, and no more") {
  const Digits digits;
  FilePart part = part_of(digits.path, 2, 5);
  char bytes[16] = {};
  CHECK(read_part(part, bytes, 3) == 3);
  CHECK(std::string(bytes, 3) == "234");
  CHECK(part.offset == 5);
  CHECK(part.length == 2);
  CHECK(read_part_in_memory(part, bytes, sizeof bytes) == 2);
  CHECK(std::string(bytes, 2) == "56");
  CHECK(part.length == 0);
}

TEST_CASE("file part: tells where the file ends before its part") {
  const Digits digits;
  FilePart part = part_of(digits.path, 8, 5);
  char bytes[16] = {};
  CHECK(read_part(part, bytes, sizeof bytes) == 2);
  CHECK(read_part(part, bytes, sizeof bytes) == kFileEnded);
  CHECK(part.length == 3);
  CHECK(read_ahead(part, 1000) == 0);
}

TEST_CASE("file part: tells why a read fails") {
  const test::TemporaryDirectory directory;
  FilePart part = part_of(directory.file("."), 0, 5);
  char bytes[16] = {};
  CHECK(read_part(part, bytes, sizeof bytes) == -EISDIR);
  CHECK(read_ahead(part, 5) == -EISDIR);
  CHECK_FALSE(is_in_memory(part, 5));
}

TEST_CASE("file part: what was read ahead is in memory") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("large");
  std::ofstream{path} << std::string(300'000, 'x');
  FilePart part = part_of(path, 0, 300'000);
  ::fsync(part.file->descriptor());
  ::posix_fadvise(part.file->descriptor(), 0, 0, POSIX_FADV_DONTNEED);
  REQUIRE(read_ahead(part, 300'000) == 0);
  char byte = 0;
  const bool can_tell = read_part_in_memory(part, &byte, 1) != -EOPNOTSUPP;
  CHECK(is_in_memory(part, 200'000) == can_tell);
}

TEST_CASE("open file: its descriptor is closed with the last part of it") {
  const Digits digits;
  int descriptor = -1;
  {
    const FilePart part = part_of(digits.path, 0, 1);
    const FilePart other = part;  // NOLINT(performance-unnecessary-copy-initialization)
    descriptor = other.file->descriptor();
    CHECK(part.file->name() == digits.path);
    CHECK(::fcntl(descriptor, F_GETFD) >= 0);
  }
  CHECK(::fcntl(descriptor, F_GETFD) < 0);
}

}  // namespace orrery::base
