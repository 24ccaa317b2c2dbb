#include "uv/stream.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <sys/socket.h>
#include <unistd.h>

namespace orrery::uv {

namespace {

struct Pieces final : StreamEvents {
  explicit Pieces(Loop& loop) : loop_(loop) {}
  void on_bytes(std::string_view bytes) override { sizes.push_back(bytes.size()); }
  void on_end(int) override { loop_.stop(); }
  void on_sent(int, std::size_t) override {}

  std::vector<std::size_t> sizes;

 private:
  Loop& loop_;
};

/// The sizes in which a loop that reads at most `most` takes `sent` bytes.
std::vector<std::size_t> pieces_of(std::size_t sent, std::size_t most) {
  int pair[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
  const std::string bytes(sent, 'x');
  REQUIRE(::write(pair[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(sent));
  ::close(pair[1]);
  Loop loop{most};
  Pieces pieces{loop};
  auto stream = Stream::adopt(loop, base::UniqueFd{pair[0]}, Stream::Kind::kUnix, pieces);
  REQUIRE(stream);
  stream->read_start();
  loop.run();
  return pieces.sizes;
}

}  // namespace

TEST_CASE("stream: no read takes more than the loop allows") {
  using Sizes = std::vector<std::size_t>;
  CHECK(pieces_of(1023, 1024) == Sizes{1023});
  CHECK(pieces_of(1024, 1024) == Sizes{1024});
  CHECK(pieces_of(1025, 1024) == Sizes{1024, 1});
  CHECK(pieces_of(65537, 65536) == Sizes{65536, 1});
}

namespace {

/// A stream and the other end of its connection.
struct Pair {
  explicit Pair(StreamEvents& events) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    peer.reset(ends[1]);
    stream = std::move(*Stream::adopt(loop, base::UniqueFd{ends[0]}, Stream::Kind::kUnix, events));
  }
  /// What the peer can read now.
  std::size_t drain() const {
    std::size_t all = 0;
    char bytes[4096];
    for (ssize_t got = 0; (got = ::read(peer.get(), bytes, sizeof bytes)) > 0;) all += static_cast<std::size_t>(got);
    return all;
  }

  Loop loop{1024};
  base::UniqueFd peer;
  Stream stream;
};

struct Counting final : StreamEvents {
  void on_bytes(std::string_view bytes) override {
    all += bytes.size();
    ++in_this_turn;
  }
  void on_end(int) override { loop->stop(); }
  void on_sent(int its_error, std::size_t its_unsent) override {
    error = its_error;
    unsent = its_unsent;
    loop->stop();
  }

  Loop* loop = nullptr;
  std::size_t all = 0;
  int in_this_turn = 0;
  int error = 1;
  std::size_t unsent = 0;
};

}  // namespace

TEST_CASE("stream: of bytes that nobody wants at most one buffer is read in a turn") {
  Counting counting;
  Pair pair{counting};
  counting.loop = &pair.loop;
  const std::string bytes(100'000, 'x');
  REQUIRE(::write(pair.peer.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  pair.peer.reset();
  int most = 0;
  AfterPoll after{pair.loop, [&] { most = std::max(most, std::exchange(counting.in_this_turn, 0)); }};
  pair.stream.read_start();
  pair.stream.discard_start();
  pair.loop.run();
  CHECK(counting.all == bytes.size());
  CHECK(most == 1);
}

TEST_CASE("stream: a queued write that fails tells exactly what was not sent") {
  const auto former = std::signal(SIGPIPE, SIG_IGN);  // as in every process that serves
  Counting counting;
  Pair pair{counting};
  counting.loop = &pair.loop;
  constexpr std::size_t kAll = 10'000'000;
  base::Unsent unsent;
  unsent.buffer = std::make_unique<char[]>(1000);
  unsent.first = {unsent.buffer.get(), 1000};
  unsent.body.assign(kAll - 1000, 'b');
  unsent.second = unsent.body;
  pair.stream.queue(std::move(unsent));
  std::size_t taken = 0;
  AfterPoll after{pair.loop, [&] {
                    taken += pair.drain();
                    if (taken > 3'000'000) pair.peer.reset();
                  }};
  after.spin(true);
  pair.loop.run();
  CHECK(counting.error == UV_EPIPE);
  CHECK(counting.unsent == kAll - taken);
  std::signal(SIGPIPE, former);
}

TEST_CASE("stream: what is queued outlives the stream") {
  Counting counting;
  Pair pair{counting};
  counting.loop = &pair.loop;
  base::Unsent unsent;
  unsent.body.assign(10'000'000, 'b');
  unsent.second = unsent.body;
  pair.stream.queue(std::move(unsent));
  CHECK(pair.stream.queued() > 0);
  pair.stream = Stream{};
  CHECK(pair.drain() > 0);
  CHECK(counting.error == 1);
}

}  // namespace orrery::uv
