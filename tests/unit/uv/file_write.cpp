// What is sent of a file: all of it, in order, whatever the reader and the disk do; and the truth where it cannot be.
#include "uv/file_write.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/temporary_directory.hpp"
#include "uv/stream.hpp"

namespace orrery::uv {
namespace {

/// Bytes that tell where they stand.
std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 13);
  return bytes;
}

/// A file of such bytes, a stream to send it on and the one who reads.
struct Sending final : StreamEvents {
  explicit Sending(std::size_t size) : bytes(pattern(size)) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    peer.reset(ends[1]);
    stream = std::move(*Stream::adopt(loop, base::UniqueFd{ends[0]}, Stream::Kind::kUnix, *this));
    const base::UniqueFd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
    REQUIRE(::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    ::fsync(file.get());
  }
  ~Sending() { std::signal(SIGPIPE, former); }

  void on_bytes(std::string_view) override {}
  void on_end(int) override {}
  void on_sent(int its_error, std::size_t its_unsent) override {
    ++news;
    error = its_error;
    unsent = its_unsent;
    if (on_news) on_news();
    if (error != 0 || unsent == 0) over = true;
  }

  [[nodiscard]] FilePart part(std::uint64_t offset, std::uint64_t length) const {
    return {std::make_shared<const OpenFile>(::open(path.c_str(), O_RDONLY | O_CLOEXEC), path), offset, length};
  }
  /// As a session does: what goes at once, and the rest.
  void send(const std::string& head, FilePart part) {
    const long taken = stream.try_write(head, part);
    REQUIRE(taken >= 0);
    const auto sent = static_cast<std::size_t>(taken);
    if (sent == head.size() + part.length) {
      over = true;
      return;
    }
    base::Unsent left;
    if (sent < head.size()) {
      left.buffer = std::make_unique<char[]>(head.size());
      head.copy(left.buffer.get(), head.size());
      left.first = std::string_view{left.buffer.get(), head.size()}.substr(sent);
    }
    const std::size_t of_file = sent - std::min(sent, head.size());
    left.file = {part.file, part.offset + of_file, part.length - of_file};
    stream.queue(std::move(left));
  }
  /// Reads until it is over, at most `most` in a turn.
  void run(std::size_t most = 1 << 20) {
    AfterPoll after{loop, [&] {
                      read(most);
                      if (over) loop.stop();
                    }};
    after.spin(true);
    loop.run();
    read(SIZE_MAX);
  }
  void read(std::size_t most) {
    if (!peer) return;
    std::string some(std::min<std::size_t>(most, 1 << 20), '\0');
    for (std::size_t all = 0; all < most;) {
      const ssize_t count = ::read(peer.get(), some.data(), std::min(some.size(), most - all));
      if (count <= 0) return;
      got.append(some, 0, static_cast<std::size_t>(count));
      all += static_cast<std::size_t>(count);
    }
  }

  test::TemporaryDirectory directory;
  std::string path = directory.file("sent");
  std::string bytes;
  Loop loop{1024};
  base::UniqueFd peer;
  Stream stream;
  std::string got;
  int news = 0;
  int error = 0;
  std::size_t unsent = 0;
  bool over = false;
  std::function<void()> on_news;
  void (*former)(int) = std::signal(SIGPIPE, SIG_IGN);  // as in every process that serves
};

}  // namespace

TEST_CASE("file write: all of the part comes behind its head, for readers of any speed") {
  struct Row {
    std::size_t size;
    std::uint64_t offset;
    std::uint64_t length;
    std::size_t speed;
  };
  const Row row = GENERATE(Row{1, 0, 1, 1000}, Row{1000, 0, 1000, 1000}, Row{1000, 999, 1, 1000},
                           Row{100'000, 1, 99'998, 1 << 20}, Row{3'000'000, 0, 3'000'000, 1 << 20},
                           Row{3'000'000, 524'287, 2'000'001, 30'000}, Row{600'000, 0, 600'000, 7'000});
  INFO(row.size << " " << row.offset << " " << row.length << " " << row.speed);
  Sending sending{row.size};
  sending.send("head", sending.part(row.offset, row.length));
  sending.run(row.speed);
  CHECK(sending.error == 0);
  CHECK((sending.got == "head" + sending.bytes.substr(row.offset, row.length)));
  CHECK(sending.stream.queued() == 0);
}

TEST_CASE("file write: with no descriptor to spare all of it comes as well") {
  Sending sending{3'000'000};
  const FilePart part = sending.part(0, 3'000'000);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const base::UniqueFd next{::fcntl(part.file->descriptor(), F_DUPFD_CLOEXEC, 0)};
  const rlimit none{static_cast<rlim_t>(next.get()), before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  CHECK(::dup(part.file->descriptor()) == -1);
  sending.send("head", part);
  sending.run(100'000);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(sending.error == 0);
  CHECK((sending.got == "head" + sending.bytes));
}

TEST_CASE("file write: what is not in memory is read ahead, and comes as well") {
  Sending sending{3'000'000};
  const FilePart part = sending.part(0, 3'000'000);
  ::posix_fadvise(part.file->descriptor(), 0, 0, POSIX_FADV_DONTNEED);
  sending.send("head", part);
  sending.run();
  CHECK(sending.error == 0);
  CHECK((sending.got == "head" + sending.bytes));
}

TEST_CASE("file write: it tells how much waits") {
  Sending sending{3'000'000};
  sending.send("head", sending.part(0, 3'000'000));
  const std::size_t at_first = sending.stream.queued();
  CHECK(at_first > 1'000'000);
  std::vector<std::size_t> left;
  sending.on_news = [&] {
    CHECK(sending.stream.queued() == sending.unsent);
    left.push_back(sending.unsent);
  };
  sending.run(100'000);
  CHECK(std::is_sorted(left.rbegin(), left.rend()));
  CHECK(left.front() < at_first);
  CHECK(left.back() == 0);
}

TEST_CASE("file write: what is queued behind it comes behind it") {
  Sending sending{2'000'000};
  sending.send("head", sending.part(0, 2'000'000));
  for (const char* text : {"one", "two"}) {
    base::Unsent behind;
    behind.buffer = std::make_unique<char[]>(3);
    std::string_view{text}.copy(behind.buffer.get(), 3);
    behind.first = {behind.buffer.get(), 3};
    sending.stream.queue(std::move(behind));
  }
  base::Unsent file;
  file.file = sending.part(0, 1'500'000);
  sending.stream.queue(std::move(file));
  CHECK(sending.stream.queued() > 3'000'006);
  sending.run(200'000);
  CHECK(sending.error == 0);
  CHECK((sending.got == "head" + sending.bytes + "onetwo" + sending.bytes.substr(0, 1'500'000)));
}

TEST_CASE("file write: a file that became shorter is told as such, with what is missing") {
  Sending sending{3'000'000};
  sending.send("head", sending.part(0, 3'000'000));
  REQUIRE(::truncate(sending.path.c_str(), 1'000'000) == 0);
  sending.run(100'000);
  CHECK(sending.error == UV_EOF);
  CHECK(sending.unsent == 3'000'004 - sending.got.size());
  CHECK(sending.got.size() <= 1'000'004 + 1'000'000);
  CHECK((sending.got.substr(4, 900'000) == sending.bytes.substr(0, 900'000)));
}

TEST_CASE("file write: a reader that leaves ends it") {
  Sending sending{3'000'000};
  sending.send("head", sending.part(0, 3'000'000));
  sending.read(1000);
  sending.peer.reset();
  sending.run();
  CHECK((sending.error == UV_EPIPE || sending.error == UV_ECONNRESET));
  CHECK(sending.unsent > 0);
}

TEST_CASE("file write: it outlives the stream only as long as libuv has to do with it") {
  const bool cold = GENERATE(false, true);
  Sending sending{3'000'000};
  const FilePart part = sending.part(0, 3'000'000);
  if (cold) ::posix_fadvise(part.file->descriptor(), 0, 0, POSIX_FADV_DONTNEED);
  sending.send("head", part);
  sending.stream = Stream{};
  CHECK(sending.news == 0);
  sending.over = true;
  sending.run();
  CHECK(sending.news == 0);
}

TEST_CASE("file write: the stream may close when it hears how much is gone") {
  Sending sending{3'000'000};
  sending.on_news = [&] {
    sending.stream = Stream{};
    sending.over = true;
  };
  sending.send("head", sending.part(0, 3'000'000));
  sending.run(100'000);
  CHECK(sending.news == 1);
}

}  // namespace orrery::uv
