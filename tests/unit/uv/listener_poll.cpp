#include "uv/listener_poll.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/unique_fd.hpp"

namespace orrery::uv {

namespace {

struct Listening {
  Listening() : fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&any), sizeof any) == 0);
    REQUIRE(::listen(fd.get(), 16) == 0);
    socklen_t length = sizeof address;
    REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
  }
  [[nodiscard]] base::UniqueFd connect() const {
    base::UniqueFd client{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    REQUIRE(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return client;
  }
  base::UniqueFd fd;
  sockaddr_in address{};
};

/// A loop with a poll on a listener; a turn is one look for I/O and what follows it.
struct Fixture {
  explicit Fixture(ListenerPoll::Wake wake)
      : poll(std::make_unique<ListenerPoll>(loop, listening.fd.get(), wake, [this] { ++knocks; })) {}
  ~Fixture() { poll.reset(); }
  void turn() {
    uv_run(loop.raw(), UV_RUN_NOWAIT);
    poll->after_poll();
  }
  /// Whether a connection is told of within a few turns; it is taken then.
  bool tells() {
    const base::UniqueFd client = listening.connect();
    const int before = knocks;
    for (int i = 0; i < 5 && knocks == before; ++i) turn();
    const base::UniqueFd accepted{::accept(listening.fd.get(), nullptr, nullptr)};
    REQUIRE(accepted);
    return knocks > before;
  }
  Listening listening;
  Loop loop;
  int knocks = 0;
  std::unique_ptr<ListenerPoll> poll;
};

constexpr std::array kWakes{ListenerPoll::Wake::kOne, ListenerPoll::Wake::kAll};

}  // namespace

TEST_CASE("listener_poll: stops and starts 1,000 times, in any turn, and tells each time") {
  Fixture fixture{GENERATE(from_range(kWakes))};
  const int turns_between = GENERATE(0, 1, 2, 3);
  for (int i = 0; i < 1000; ++i) {
    fixture.poll->start();
    for (int t = 0; t < turns_between; ++t) fixture.turn();
    if (i % 50 == 0) REQUIRE(fixture.tells());
    fixture.poll->stop();
    for (int t = 0; t < i % 3; ++t) fixture.turn();
    if (i % 50 == 0) REQUIRE_FALSE(fixture.tells());
  }
}

TEST_CASE("listener_poll: withdraws and rejoins 1,000 times, and hears nothing in between") {
  Fixture fixture{ListenerPoll::Wake::kOne};
  fixture.poll->start();
  for (int i = 0; i < 3; ++i) fixture.turn();
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(fixture.poll->withdraw());
    if (i % 50 == 0) REQUIRE_FALSE(fixture.tells());
    if (i % 3 == 0) fixture.turn();
    if (i % 7 == 0) fixture.poll->rotate();  // does not bring it back
    fixture.poll->rejoin();
    if (i % 50 == 0) REQUIRE(fixture.tells());
    if (i % 10 == 0) {
      fixture.poll->stop();
      fixture.poll->start();
      CHECK_FALSE(fixture.poll->withdraw());  // libuv has not registered it yet
      for (int t = 0; t < 3; ++t) fixture.turn();
    }
  }
}

TEST_CASE("listener_poll: what waits when it rejoins is told, once a sibling has had time to take it") {
  Fixture fixture{ListenerPoll::Wake::kOne};
  fixture.poll->start();
  for (int i = 0; i < 3; ++i) fixture.turn();
  REQUIRE(fixture.poll->withdraw());
  const base::UniqueFd client = fixture.listening.connect();
  fixture.turn();
  CHECK(fixture.knocks == 0);
  fixture.poll->rejoin();
  for (int i = 0; i < 2; ++i) fixture.turn();
  CHECK(fixture.knocks == 1);
}

TEST_CASE("listener_poll: of two that wait one is woken, and the turn goes round") {
  Listening listening;
  std::array<int, 2> taken{};
  std::array<Loop, 2> loops;
  std::array<std::unique_ptr<ListenerPoll>, 2> polls;
  for (std::size_t i = 0; i < 2; ++i) {
    polls[i] = std::make_unique<ListenerPoll>(loops[i], listening.fd.get(), ListenerPoll::Wake::kOne, [&, i] {
      const base::UniqueFd accepted{::accept(listening.fd.get(), nullptr, nullptr)};
      taken[i] += accepted ? 1 : 0;
      polls[i]->rotate();
    });
    polls[i]->start();
  }
  for (int connection = 0; connection < 40; ++connection) {
    for (std::size_t i = 0; i < 2; ++i) {
      uv_run(loops[i].raw(), UV_RUN_NOWAIT);
      polls[i]->after_poll();
    }
    if (connection >= 4) (void)listening.connect();
  }
  CHECK(taken[0] + taken[1] >= 34);
  polls = {};
}

}  // namespace orrery::uv
