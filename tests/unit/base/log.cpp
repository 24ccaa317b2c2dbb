#include "base/log.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace orrery::base {
namespace {

/// A log file for one test; afterwards the log goes to standard error again.
class LogFile {
 public:
  explicit LogFile(LogLevel level = LogLevel::kDebug) {
    std::string name = (std::filesystem::temp_directory_path() / "orrery_log_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    REQUIRE(open_log(path(), level));
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile() {
    static_cast<void>(open_log("-", LogLevel::kInfo));
    std::filesystem::remove_all(folder_);
  }
  [[nodiscard]] std::string path() const { return folder_ + "/error.log"; }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::ifstream file(path());
    std::vector<std::string> out;
    for (std::string line; std::getline(file, line);) out.push_back(line);
    return out;
  }

 private:
  std::string folder_;
};

TEST_CASE("log: a line has gunicorn's form, with every level's word") {
  const LogFile file;
  log_debug("one {}", 1);
  log_info("two");
  log_warning("three");
  log_error("four");
  log_critical("five");
  const auto lines = file.lines();
  REQUIRE(lines.size() == 5);
  const char* words[] = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};
  const char* messages[] = {"one 1", "two", "three", "four", "five"};
  for (std::size_t i = 0; i < 5; ++i) {
    const std::string form = R"(\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000\] \[)" + std::to_string(::getpid()) +
                             R"(\] \[)" + words[i] + R"(\] )" + messages[i];
    CHECK_THAT(lines[i], Catch::Matches(form));
  }
}

/// A journal that takes entries until it is told an errno.
struct Journal final : JournalWriter {
  Journal() { set_journal(this); }
  ~Journal() { set_journal(nullptr); }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  int write(std::string_view entry) override {
    if (error == 0) entries.emplace_back(entry);
    return error;
  }
  int error = 0;
  std::vector<std::string> entries;
};

TEST_CASE("log: standard error that is the journal gets entries, and a file gets lines") {
  Journal journal;
  log_error("to the journal");
  {
    const LogFile file;
    log_error("to the file");
    CHECK(file.lines().size() == 1);
  }
  REQUIRE(journal.entries.size() == 1);
  CHECK(journal.entries[0].find("PRIORITY=3\n") == 0);
  CHECK_THAT(journal.entries[0], Catch::EndsWith("ORRERY_ROLE=master\nMESSAGE=to the journal\n"));
}

TEST_CASE("log: what a journal that stopped reading did not take is counted, and said later") {
  Journal journal;
  journal.error = EAGAIN;
  log_info("lost");
  log_info("lost too");
  journal.error = 0;
  log_info("kept");
  REQUIRE(journal.entries.size() == 2);
  CHECK(journal.entries[0].find("2 lines of this log were dropped: its reader had stopped\n") != std::string::npos);
  CHECK(journal.entries[1].find("MESSAGE=kept\n") != std::string::npos);
}

TEST_CASE("log: a level silences the lesser ones") {
  const LogFile file(LogLevel::kWarning);
  CHECK_FALSE(log_enabled(LogLevel::kInfo));
  CHECK(log_enabled(LogLevel::kWarning));
  log_info("quiet");
  log_error("loud");
  REQUIRE(file.lines().size() == 1);
}

TEST_CASE("log: control bytes are escaped, UTF-8 stays") {
  const LogFile file;
  log_line(LogLevel::kInfo, std::string_view("a\nb\x1b[31m\0c\x7f caf\xc3\xa9", 17));
  const auto lines = file.lines();
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::EndsWith("a\\x0Ab\\x1B[31m\\x00c\\x7F caf\xc3\xa9"));
}

TEST_CASE("log: a new file has mode 0640 less the umask, an old one keeps its own") {
  const auto old_mask = ::umask(0027);
  const LogFile file;
  ::umask(old_mask);
  struct stat info {};
  REQUIRE(::stat(file.path().c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0640);
  REQUIRE(::chmod(file.path().c_str(), 0600) == 0);
  REQUIRE(reopen_log());
  REQUIRE(::stat(file.path().c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0600);
}

TEST_CASE("log: a new file obeys the umask") {
  const auto old_mask = ::umask(0077);
  const LogFile file;
  ::umask(old_mask);
  struct stat info {};
  REQUIRE(::stat(file.path().c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0600);
}

TEST_CASE("log: reopening follows a rotated file") {
  const LogFile file;
  log_info("before");
  std::filesystem::rename(file.path(), file.path() + ".1");
  log_info("still the old file");
  REQUIRE(reopen_log());
  log_info("after");
  REQUIRE(file.lines().size() == 1);
  CHECK_THAT(file.lines()[0], Catch::EndsWith("after"));
}

TEST_CASE("log: a file that cannot be opened leaves the old one and says why") {
  const LogFile file;
  const auto opened = open_log("/nonexistent/error.log", LogLevel::kInfo);
  REQUIRE_FALSE(opened);
  CHECK_THAT(opened.error().message, Catch::Contains("/nonexistent/error.log: No such file or directory"));
  log_info("kept");
  CHECK(file.lines().size() == 1);
}

TEST_CASE("log: what the file does not take goes to standard error") {
  if (::access("/dev/full", W_OK) != 0) return;
  const LogFile file;
  int pipe_ends[2];
  REQUIRE(::pipe2(pipe_ends, O_CLOEXEC) == 0);
  const int kept = ::dup(STDERR_FILENO);
  ::dup2(pipe_ends[1], STDERR_FILENO);
  REQUIRE(open_log("/dev/full", LogLevel::kInfo));
  log_info("no room");
  ::dup2(kept, STDERR_FILENO);
  char text[200] = {};
  CHECK(::read(pipe_ends[0], text, sizeof text - 1) > 0);
  CHECK_THAT(std::string(text), Catch::EndsWith("[INFO] no room\n"));
  ::close(kept);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST_CASE("log: lines that find no room anywhere are counted, and the next line is whole") {
  const LogFile file;
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::dup2(::open("/dev/full", O_WRONLY), STDERR_FILENO);
    rlimit limit{100, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 5; ++i) log_info("{}", std::string(40, 'x'));
    limit.rlim_cur = RLIM_INFINITY;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    log_info("after");
    ::_exit(0);
  }
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  const auto lines = file.lines();
  REQUIRE(lines.size() == 4);  // a whole one, the torn one, the count, the last one
  CHECK_THAT(lines[0], Catch::EndsWith("[INFO] " + std::string(40, 'x')));
  CHECK_THAT(lines[2], Catch::EndsWith("[WARNING] 4 lines of this log were dropped: No space left on device"));
  CHECK_THAT(lines[3], Catch::EndsWith("[INFO] after"));
}

TEST_CASE("log: the pid is the writer's own after fork") {
  const LogFile file;
  log_info("parent");
  const pid_t child = ::fork();
  if (child == 0) {
    log_info("child");
    ::_exit(0);
  }
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  REQUIRE(file.lines().size() == 2);
  CHECK_THAT(file.lines()[1], Catch::Contains("[" + std::to_string(child) + "]"));
}

TEST_CASE("log: lines of several threads stay whole") {
  const LogFile file;
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([] {
      for (int n = 0; n < 50; ++n) log_info("{}", std::string(200, 'x'));
    });
  }
  for (auto& writer : writers) writer.join();
  const auto lines = file.lines();
  REQUIRE(lines.size() == 200);
  for (const auto& line : lines) CHECK_THAT(line, Catch::EndsWith("[INFO] " + std::string(200, 'x')));
}

class Heard final : public LogListener {
 public:
  void on_line(LogLevel level, std::string_view message) override { lines.emplace_back(level, message); }
  [[nodiscard]] LogLevel least() const override { return LogLevel::kWarning; }
  std::vector<std::pair<LogLevel, std::string>> lines;
};

TEST_CASE("log: a listener hears the lines instead of the file, from its own level on") {
  const LogFile file;
  Heard heard;
  CHECK(set_log_listener(&heard) == nullptr);
  log_info("not heard");
  log_error("heard {}", 1);
  CHECK(set_log_listener(nullptr) == &heard);
  log_info("written");
  CHECK(heard.lines == std::vector<std::pair<LogLevel, std::string>>{{LogLevel::kError, "heard 1"}});
  REQUIRE(file.lines().size() == 1);
  CHECK_THAT(file.lines()[0], Catch::EndsWith("[INFO] written"));
}

}  // namespace
}  // namespace orrery::base
