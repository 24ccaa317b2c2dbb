#include "os/would_open.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

std::string said(const Result<void>& result) { return result ? "" : result.error().message; }

bool contains(const std::string& text, const std::string& part) {
  return part.empty() ? text.empty() : text.find(part) != std::string::npos;
}

/// What lies in a directory, with modes and sizes.
std::string inventory(const std::string& directory) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    struct stat found {};
    ::lstat(entry.path().c_str(), &found);
    all += entry.path().string() + " " + std::to_string(found.st_mode) + " " + std::to_string(found.st_uid) + " " +
           std::to_string(found.st_size) + "\n";
  }
  return all;
}

}  // namespace

TEST_CASE("would_open: tells what cannot be opened, and makes nothing") {
  const test::TemporaryDirectory directory;
  std::ofstream{directory.file("file")} << "x";
  std::ofstream{directory.file("pid")} << "42\n";
  std::ofstream{directory.file("zeros")} << std::string(5, '\0');
  std::filesystem::create_directory(directory.file("folder"));
  std::filesystem::create_symlink(directory.file("pid"), directory.file("link"));
  struct Row {
    const char* name;
    const char* log;  ///< part of the sentence; empty = it may be opened
    const char* lock;
    const char* bind;
  };
  const Row rows[] = {
      {"new", "", "", ""},
      {"file", "", "exists and holds no pid", "exists and is not a socket"},
      {"pid", "", "", "exists and is not a socket"},
      {"zeros", "", "", "exists and is not a socket"},
      {"folder", "is a directory", "is a directory", "exists and is not a socket"},
      {"link", "", "is a link", "exists and is not a socket"},
      {"none/new", "does not exist", "does not exist", "does not exist"},
      {"file/new", "no directory", "no directory", "cannot be opened"},
  };
  const std::string before = inventory(directory.file(""));
  for (const Row& row : rows) {
    INFO(row.name);
    const std::string path = directory.file(row.name);
    base::BindTarget target;
    target.kind = base::BindTarget::Kind::kUnix;
    target.path = path;
    CHECK(contains(said(would_append(path, std::nullopt)), row.log));
    CHECK(contains(said(would_lock(path)), row.lock));
    const std::string bind = said(would_bind(target, std::nullopt));
    CHECK((contains(bind, row.bind) || contains(bind, "no directory")));
  }
  CHECK(inventory(directory.file("")) == before);
}

TEST_CASE("would_open: asks as the user that will open") {
  if (::geteuid() != 0) return;  // nobody else may act as others
  const test::TemporaryDirectory directory;
  ::chmod(directory.file("").c_str(), 0755);
  const auto identity = resolve_identity("65534", "65534", false);
  REQUIRE(identity);
  const auto& nobody = *identity;
  std::ofstream{directory.file("mine")} << "";
  ::chmod(directory.file("mine").c_str(), 0640);
  std::ofstream{directory.file("theirs")} << "";
  REQUIRE(::chown(directory.file("theirs").c_str(), 65534, 65534) == 0);
  std::ofstream{directory.file("another's")} << "";
  REQUIRE(::chown(directory.file("another's").c_str(), 65533, 65533) == 0);
  ::chmod(directory.file("another's").c_str(), 0640);
  CHECK(contains(said(would_append(directory.file("another's"), nobody)), "65534:65534 may not write it"));
  CHECK(would_append(directory.file("mine"), nobody));  // root opens its own, and never gives it away
  CHECK(would_append(directory.file("mine"), std::nullopt));
  CHECK(would_append(directory.file("theirs"), nobody));
  // Root trusts no pid file that others could change: what a start refuses is refused here too.
  CHECK(contains(said(would_lock(directory.file("theirs"))), "belongs to uid 65534"));
  CHECK(would_append(directory.file("new"), nobody));  // root makes it and gives it away
  CHECK(::geteuid() == 0);
  CHECK(::getegid() == 0);
}

}  // namespace orrery::os
