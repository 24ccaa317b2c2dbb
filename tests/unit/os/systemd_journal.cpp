#include "os/systemd_journal.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

/// A socket in the place of journald's.
struct Journald {
  Journald() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  test::TemporaryDirectory directory;
  std::string path = directory.file("socket");
  base::UniqueFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
};

std::string stream_of_standard_error() {
  struct stat status {};
  REQUIRE(::fstat(STDERR_FILENO, &status) == 0);
  return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

}  // namespace

TEST_CASE("systemd journal: only where standard error is the journal") {
  const Journald journald;
  ::unsetenv("JOURNAL_STREAM");
  CHECK(SystemdJournal::of_standard_error(journald.path.c_str()) == nullptr);
  ::setenv("JOURNAL_STREAM", "1:1", 1);
  CHECK(SystemdJournal::of_standard_error(journald.path.c_str()) == nullptr);
  ::setenv("JOURNAL_STREAM", stream_of_standard_error().c_str(), 1);
  CHECK(SystemdJournal::of_standard_error("/nonexistent") == nullptr);
  ::unsetenv("JOURNAL_STREAM");
}

TEST_CASE("systemd journal: entries arrive whole, and a journal that does not read holds nobody up") {
  const Journald journald;
  ::setenv("JOURNAL_STREAM", stream_of_standard_error().c_str(), 1);
  const auto journal = SystemdJournal::of_standard_error(journald.path.c_str());
  ::unsetenv("JOURNAL_STREAM");
  REQUIRE(journal != nullptr);
  CHECK(journal->write("PRIORITY=6\nMESSAGE=x\n") == 0);
  std::array<char, 100> bytes{};
  const ssize_t got = ::recv(journald.socket.get(), bytes.data(), bytes.size(), 0);
  CHECK(std::string(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0) == "PRIORITY=6\nMESSAGE=x\n");
  int error = 0;
  while (error == 0) error = journal->write("MESSAGE=y\n");
  CHECK(error == EAGAIN);
}

}  // namespace orrery::os
