// What the access log does with its lines where files, pipes and slots reach their limits.
#include "worker/access_log.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits.h>
#include <memory>
#include <unistd.h>

#include "support/heard_log.hpp"
#include "support/temporary_directory.hpp"

namespace orrery::worker {

namespace {

base::AccessFormat format_of(std::string_view format) {
  auto compiled = base::AccessFormat::compile(format);
  REQUIRE(compiled);
  return std::move(*compiled);
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    reader.reset(ends[0]);
    writer.reset(ends[1]);
  }
  /// What one read gives, which is no more than one write if the reader asks for that much.
  [[nodiscard]] std::string read(std::size_t most) const {
    std::string bytes(most, '\0');
    const ssize_t got = ::read(reader.get(), bytes.data(), bytes.size());
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  [[nodiscard]] std::string read_all() const {
    std::string all;
    for (std::string piece; !(piece = read(64 * 1024)).empty();) all += piece;
    return all;
  }
  base::UniqueFd reader, writer;
};

/// A log of targets alone, and the slot it gathers its lines in.
struct Log {
  explicit Log(base::UniqueFd file, std::string path = "the pipe", std::vector<std::string> skip = {})
      : log(std::move(*AccessLog::open(std::move(path), format_of("%(U)s"), std::move(skip), *slot, std::move(file)))) {
  }
  void write(std::string_view target) {
    base::AccessRecord record;
    record.target = target;
    log.write(record);
  }
  [[nodiscard]] std::size_t waiting() const { return slot->access.used.load(); }
  [[nodiscard]] std::uint64_t dropped() const { return slot->counters.access_lines_dropped.load(); }

  std::unique_ptr<os::Slot> slot = std::make_unique<os::Slot>();
  AccessLog log;
};

std::string text_of(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// A path whose line is `length` bytes long, with its newline.
std::string path_for(std::size_t length) { return "/" + std::string(length - 2, 'x'); }

}  // namespace

TEST_CASE("access log: lines wait in the slot, where the master finds those of a dead worker, until they are flushed") {
  const Pipe pipe;
  Log log{base::duplicated(pipe.writer.get())};
  log.write("/a");
  log.write("/b?c");
  CHECK(pipe.read_all().empty());
  CHECK(std::string_view{log.slot->access.bytes.data(), log.waiting()} == "/a\n/b\n");
  log.log.flush();
  CHECK(log.waiting() == 0);
  CHECK(pipe.read_all() == "/a\n/b\n");
  log.log.flush();
  CHECK(pipe.read_all().empty());
}

TEST_CASE("access log: 32 KiB of lines do not wait for the second to be over") {
  const Pipe pipe;
  Log log{base::duplicated(pipe.writer.get())};
  const std::string path = path_for(1024);
  for (int i = 0; i < 31; ++i) log.write(path);
  CHECK(pipe.read_all().empty());
  log.write(path);
  CHECK(log.waiting() == 0);
  CHECK(pipe.read_all().size() == 32 * 1024);
}

TEST_CASE("access log: a write to a pipe is whole lines, and no more than a pipe takes at once") {
  const Pipe pipe;
  Log log{base::duplicated(pipe.writer.get())};
  SECTION("two that fill PIPE_BUF to the byte are one write") {
    for (int i = 0; i < 2; ++i) log.write(path_for(PIPE_BUF / 2));
    log.write("/next");
    log.log.flush();
    CHECK(pipe.read_all() == path_for(PIPE_BUF / 2) + "\n" + path_for(PIPE_BUF / 2) + "\n/next\n");
  }
  SECTION("one byte more, and the second line is left to the next write") {
    log.write(path_for(PIPE_BUF / 2));
    log.write(path_for(PIPE_BUF / 2 + 1));
    // There is room for one write of a page, and none for a second one.
    REQUIRE(::fcntl(pipe.writer.get(), F_SETPIPE_SZ, PIPE_BUF) == PIPE_BUF);
    log.log.flush();
    CHECK(pipe.read_all() == path_for(PIPE_BUF / 2) + "\n");
    CHECK(log.dropped() == 1);
  }
  SECTION("a line that is longer than that is cut, and ends") {
    log.write(path_for(3 * PIPE_BUF));
    log.write("/next");
    log.log.flush();
    const std::string text = pipe.read_all();
    const std::size_t end = text.find('\n');
    CHECK(end < PIPE_BUF);
    CHECK(end > PIPE_BUF / 2 - 1);
    CHECK(text.substr(end) == "\n/next\n");
    CHECK(log.dropped() == 0);
  }
}

TEST_CASE("access log: a reader that has stopped costs whole lines, said once, and again after it has read") {
  const test::HeardLog heard;
  const Pipe pipe;
  REQUIRE(::fcntl(pipe.writer.get(), F_SETPIPE_SZ, PIPE_BUF) == PIPE_BUF);
  Log log{base::duplicated(pipe.writer.get())};
  const auto round = [&log](std::string_view target) {
    log.write(target);
    log.log.flush();
  };
  round(path_for(PIPE_BUF - 10));
  for (int i = 0; i < 5; ++i) round("/lost/and/never/found");
  CHECK(log.dropped() == 5);
  CHECK(heard.count("cannot write the access log the pipe: its reader has stopped; lines are dropped") == 1);
  CHECK(pipe.read_all() == path_for(PIPE_BUF - 10) + "\n");
  round("/read");
  CHECK(pipe.read_all() == "/read\n");
  round(path_for(PIPE_BUF - 10));
  round("/lost/and/never/found");
  CHECK(heard.count("its reader has stopped") == 2);
}

TEST_CASE("access log: a reader that is gone costs the lines, and not the worker") {
  const auto former = std::signal(SIGPIPE, SIG_IGN);  // as in every process that serves
  const test::HeardLog heard;
  Pipe pipe;
  Log log{base::duplicated(pipe.writer.get())};
  pipe.reader.reset();
  log.write("/a");
  log.write("/b");
  log.log.flush();
  CHECK(log.dropped() == 2);
  CHECK(log.waiting() == 0);
  CHECK(heard.count("Broken pipe") == 1);
  std::signal(SIGPIPE, former);
}

TEST_CASE("access log: what lies in the slot goes to the old file before the new one is opened") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("access.log");
  Log log{base::UniqueFd{}, path};
  log.write("/before");
  std::filesystem::rename(path, directory.file("rotated.log"));
  REQUIRE(log.log.reopen());
  log.write("/behind");
  log.log.flush();
  CHECK(text_of(directory.file("rotated.log")) == "/before\n");
  CHECK(text_of(path) == "/behind\n");
}

TEST_CASE("access log: one that cannot be opened anew keeps its file") {
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.file("logs"));
  const std::string path = directory.file("logs/access.log");
  Log log{base::UniqueFd{}, path};
  std::filesystem::rename(directory.file("logs"), directory.file("moved"));
  const auto reopened = log.log.reopen();
  REQUIRE_FALSE(reopened);
  CHECK(reopened.error().message.find("cannot open the access log " + path) == 0);
  log.write("/a");
  log.log.flush();
  CHECK(text_of(directory.file("moved/access.log")) == "/a\n");
}

TEST_CASE("access log: a skipped path has no line, whatever its query, and one that begins so has") {
  const Pipe pipe;
  Log log{base::duplicated(pipe.writer.get()), "the pipe", {"/health"}};
  for (const char* target : {"/health", "/health?deep=1", "/healthy", "/"}) log.write(target);
  log.log.flush();
  CHECK(pipe.read_all() == "/healthy\n/\n");
}

TEST_CASE("access log: a line that is longer than the slot has room for goes to a file whole") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("access.log");
  Log log{base::UniqueFd{}, path};
  const std::string longest = path_for(os::kAccessBatch + 1000);
  log.write("/first");
  log.write(longest);
  log.write("/last");
  log.log.flush();
  CHECK(text_of(path) == "/first\n" + longest + "\n/last\n");
}

}  // namespace orrery::worker
