#include "base/log_file.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>

#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::base {

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("log file: made with mode 0640 less the umask") {
  const test::TemporaryDirectory directory;
  const mode_t former = ::umask(0077);
  const auto file = open_to_append(directory.file("log"));
  ::umask(former);
  REQUIRE(file);
  struct stat info {};
  ::fstat(file->get(), &info);
  CHECK((info.st_mode & 07777) == 0600);
}

TEST_CASE("log file: a FIFO that no process reads is said, not waited for") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("fifo");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const auto file = open_to_append(path);
  REQUIRE_FALSE(file);
  CHECK(opening_failed(file.error()) == "it is a FIFO that no process reads");
}

TEST_CASE("log file: lines go to the end, and long ones in one piece into a file") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("log");
  std::ofstream(path) << "first\n";
  const auto file = open_to_append(path);
  REQUIRE(file);
  const std::string line(2000, 'x');
  CHECK(append_lines(file->get(), "second\n" + line + "\n" + line + "\n" + line + "\n").whole);
  CHECK(content(path).size() == 6 + 7 + 3 * 2001);
  CHECK(content(path).starts_with("first\nsecond\nxxx"));
}

TEST_CASE("log file: a pipe gets whole lines and is not waited for") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const UniqueFd read{ends[0]}, write{ends[1]};
  ::fcntl(read.get(), F_SETFL, O_NONBLOCK);
  std::string lines;
  for (int i = 0; i < 200; ++i) lines += std::string(999, 'x') + "\n";
  const Appended done = append_lines(write.get(), lines);
  CHECK_FALSE(done.whole);
  CHECK(done.error == EAGAIN);
  CHECK_FALSE(done.torn);
}

TEST_CASE("log file: a file that may not grow is an error that tells how the file ends") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("log");
  const pid_t child = test::in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{10, 10};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto file = open_to_append(path);
    const Appended torn = append_lines(file->get(), "1234567\n90\n");
    const Appended not_begun = append_lines(file->get(), "more\n");
    if (torn.whole || torn.error != EFBIG || !torn.torn) return 1;
    return not_begun.whole || not_begun.error != EFBIG || not_begun.torn ? 2 : 0;
  });
  CHECK(test::exited_with(test::wait_for(child), 0));
}

}  // namespace orrery::base
