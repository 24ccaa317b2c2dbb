#include "os/handover.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/child_process.hpp"

namespace orrery::os {

namespace {

struct Connection {
  Connection() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
    client.reset(ends[0]);
    server.reset(ends[1]);
  }
  /// False when the other end is closed everywhere.
  [[nodiscard]] bool open() const {
    char byte = 0;
    return ::recv(client.get(), &byte, 1, MSG_PEEK) != 0;
  }
  base::UniqueFd client, server;
};

HandoverPair make_pair() {
  auto pair = HandoverPair::open();
  REQUIRE(pair);
  return std::move(*pair);
}

}  // namespace

TEST_CASE("handover: a connection reaches another process with what is to be known of it") {
  const HandoverPair pair = make_pair();
  Connection connection;
  ConnectionAtRest rest;
  rest.arrival.peer.port = 4711;
  rest.since_ns = 12;
  rest.requests = 3;
  rest.arrival.reception.tls = true;
  const pid_t taker = test::in_child([&] {
    TakenConnection taken;
    test::eventually([&] { return (taken = take_connection(pair)).socket.get() >= 0; });
    const bool same = taken.rest.arrival.peer.port == 4711 && taken.rest.since_ns == 12 && taken.rest.requests == 3 &&
                      taken.rest.arrival.reception.tls;
    const bool closes_on_exec = (::fcntl(taken.socket.get(), F_GETFD) & FD_CLOEXEC) != 0;
    return same && closes_on_exec && ::write(taken.socket.get(), "x", 1) == 1 ? 0 : 1;
  });
  CHECK(give_connection(pair, connection.server.get(), rest) == Giving::kGiven);
  connection.server.reset();
  CHECK(test::exited_with(test::wait_for(taker), 0));
  char byte = 0;
  CHECK(::read(connection.client.get(), &byte, 1) == 1);
  CHECK(untaken(pair) == 0);
}

TEST_CASE("handover: what nobody takes stays open, counts as untaken, and can be reclaimed when it is old") {
  const HandoverPair pair = make_pair();
  CHECK(untaken(pair) == 0);
  CHECK_FALSE(take_connection(pair).socket);
  Connection connection;
  const base::Monotonic before = base::monotonic_now();
  CHECK(give_connection(pair, connection.server.get(), {}) == Giving::kGiven);
  connection.server.reset();
  CHECK(untaken(pair) > 0);
  CHECK(reclaim(pair, before) == 0);
  CHECK(connection.open());
  CHECK(reclaim(pair, base::monotonic_now()) == 1);
  CHECK_FALSE(connection.open());
  CHECK(untaken(pair) == 0);
}

TEST_CASE("handover: only so many are on their way at a time") {
  const HandoverPair pair = make_pair();
  const Connection connection;
  int given = 0;
  while (given < 10'000 && give_connection(pair, connection.server.get(), {}) == Giving::kGiven) ++given;
  CHECK(given >= 16);
  CHECK(given <= 200);
  CHECK(give_connection(pair, connection.server.get(), {}) == Giving::kLater);
  while (take_connection(pair).socket) --given;
  CHECK(given == 0);
  CHECK(give_connection(pair, connection.server.get(), {}) == Giving::kGiven);
}

TEST_CASE("handover: a closed descriptor cannot be given") {
  const HandoverPair pair = make_pair();
  CHECK(give_connection(pair, 1'000'000, {}) == Giving::kFailed);
}

TEST_CASE("handover: the pair of the master before this one is taken when it is a pair") {
  HandoverPair pair = make_pair();
  base::UniqueFd give{::dup(pair.give.get())}, take{::dup(pair.take.get())};
  const int number = take.get();
  const auto adopted = HandoverPair::adopt(std::move(give), std::move(take));
  REQUIRE(adopted);
  CHECK((::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0);
  Connection connection;
  CHECK(give_connection(pair, connection.server.get(), {}) == Giving::kGiven);
  CHECK(take_connection(*adopted).socket);

  const int stranger = connection.server.get();
  CHECK_FALSE(HandoverPair::adopt(base::UniqueFd{::dup(pair.give.get())}, std::move(connection.server)));
  CHECK(::fcntl(stranger, F_GETFD) < 0);
  CHECK_FALSE(HandoverPair::adopt(base::UniqueFd{1'000'000}, base::UniqueFd{}));
}

TEST_CASE("handover: the lack of a free descriptor is seen before a connection is thrown away") {
  const pid_t poor = test::in_child([] {
    if (!has_free_descriptor()) return 1;
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_NOFILE, &none);
    return has_free_descriptor() ? 2 : 0;
  });
  CHECK(test::exited_with(test::wait_for(poor), 0));
}

}  // namespace orrery::os
