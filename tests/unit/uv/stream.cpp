#include "uv/stream.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <unistd.h>

namespace orrery::uv {

namespace {

struct Pieces final : StreamEvents {
  explicit Pieces(Loop& loop) : loop_(loop) {}
  void on_bytes(std::string_view bytes) override { sizes.push_back(bytes.size()); }
  void on_end(int) override { loop_.stop(); }
  void on_sent(int) override {}

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

}  // namespace orrery::uv
