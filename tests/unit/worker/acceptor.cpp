// An acceptor at a listener of its own, on the loop of a worker, told by hand when the loop has looked for I/O.
#include "worker/acceptor.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <vector>

#include "os/socket.hpp"
#include "support/heard_log.hpp"
#include "support/worker_driver.hpp"

namespace orrery::worker {

namespace {

using namespace std::chrono_literals;
using namespace test;

App answering() {
  App app;
  app.get("/", [](const Request&) { return Response::text("ok"); });
  return app;
}

os::Listener listen_here() {
  auto bound = os::listen_on(*base::parse_bind("127.0.0.1:0"), "127.0.0.1:0", 16, std::nullopt);
  REQUIRE(bound);
  return std::move(bound->listener);
}

struct Door {
  explicit Door(const Config& its_config = {})
      : config(its_config),
        driver(answering(), config),
        acceptor(driver.runtime().loop(), config, {&listener}, driver.connections(), driver.slot(),
                 Balance{driver.board(), driver.slot(), false}) {
    driver.connections().on_room([this] { acceptor.resume(); });
    acceptor.start();
  }
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;
  ~Door() { driver.connections().on_room({}); }
  base::UniqueFd connect() const {
    sockaddr_storage address{};
    const socklen_t length = listener.address.to_sockaddr(address);
    base::UniqueFd client{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    REQUIRE(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
    return client;
  }
  /// One look for I/O, and what follows from it. How many connections the worker has then.
  int look(bool is_free = true, bool slept = true) {
    driver.turn();
    acceptor.after_poll(is_free, slept);
    driver.turn();
    return driver.slot().connections;
  }
  /// A sibling that would take a connection.
  os::Slot& add_sibling() {
    os::Slot& slot = driver.board().slot(driver.board().claim().value());
    slot.state = os::WorkerState::kReady;
    slot.accepting = true;
    return slot;
  }

  Config config;
  os::Listener listener = listen_here();
  WorkerDriver driver;
  Acceptor acceptor;
};

/// No further descriptor can be opened as long as it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    const base::UniqueFd lowest{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &former_) == 0);
    rlimit none = former_;
    none.rlim_cur = static_cast<rlim_t>(lowest.get());
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &former_); }

 private:
  rlimit former_{};
};

Config one_connection() {
  Config config;
  config.worker_connections = 1;
  return config;
}

}  // namespace

TEST_CASE("acceptor: takes one connection for each look, so that siblings have theirs") {
  Door door;
  std::vector<base::UniqueFd> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(door.connect());
  CHECK(door.look() == 1);
  CHECK(door.look() == 2);
  CHECK(door.look() == 3);
  CHECK(door.look() == 3);
  CHECK(door.driver.slot().counters.connections == 3);
}

TEST_CASE("acceptor: while a request waits for the handler a client stays outside, or goes to a sibling that is free") {
  Door door;
  const base::UniqueFd client = door.connect();
  std::vector<base::UniqueFd> passed;
  bool wanted = true;
  door.acceptor.on_no_time([&](int socket, const base::Arrival& arrival) {
    CHECK(arrival.peer.family == base::Address::Family::kV4);
    if (wanted) passed.push_back(base::duplicated(socket));
    return wanted;
  });
  // Nobody is free.
  CHECK(door.look(false) == 0);
  os::Slot& sibling = door.add_sibling();
  // The loop did not sleep: a sibling was told of the client too.
  CHECK(door.look(false, false) == 0);
  CHECK(passed.empty());
  CHECK(door.look(false) == 0);
  CHECK(passed.size() == 1);
  wanted = false;
  const base::UniqueFd second = door.connect();
  CHECK(door.look(false) == 1);
  CHECK(passed.size() == 1);
  sibling.accepting = false;
}

TEST_CASE("acceptor: full with nobody idle it stops to listen before the next one comes, and goes on with room") {
  Door door{one_connection()};
  base::UniqueFd first = door.connect();
  CHECK(door.look() == 1);
  CHECK(door.driver.slot().accepting);  // the one that it has is idle
  const std::string half = "GET / HT";
  REQUIRE(::send(first.get(), half.data(), half.size(), MSG_NOSIGNAL) > 0);
  CHECK(door.look() == 1);
  CHECK_FALSE(door.driver.slot().accepting);
  const base::UniqueFd second = door.connect();
  CHECK(door.look() == 1);
  CHECK(door.driver.slot().counters.connections == 1);
  first.reset();
  door.driver.turn();
  CHECK(door.driver.slot().accepting);
  CHECK(door.look() == 1);
  CHECK(door.driver.slot().counters.connections == 2);
}

TEST_CASE("acceptor: full with an idle one, that one goes") {
  Door door{one_connection()};
  const base::UniqueFd first = door.connect();
  CHECK(door.look() == 1);
  const base::UniqueFd second = door.connect();
  CHECK(door.look() == 1);
  CHECK(has_ended(first));
  CHECK_FALSE(has_ended(second));
}

TEST_CASE("acceptor: without descriptors it says so once, waits a moment, and takes in who waited") {
  const HeardLog log;
  Door door;
  const base::UniqueFd client = door.connect();
  {
    const NoDescriptors none;
    CHECK(door.look() == 0);
    CHECK_FALSE(door.driver.slot().accepting);
    door.driver.pass(100ms);
    CHECK(door.driver.slot().accepting);
    CHECK(door.look() == 0);
  }
  CHECK(log.count("cannot accept connections: Too many open files") == 1);
  door.driver.pass(100ms);
  CHECK(door.look() == 1);
}

TEST_CASE("acceptor: a client that came for the last descriptor takes the place of one that is idle") {
  const HeardLog log;
  Door door;
  const base::UniqueFd first = door.connect(), second = door.connect();
  CHECK(door.look() == 1);
  {
    const NoDescriptors none;
    CHECK(door.look() == 0);
  }
  CHECK(has_ended(first));
  door.driver.pass(100ms);
  CHECK(door.look() == 1);
  CHECK_FALSE(has_ended(second));
}

TEST_CASE("acceptor: who ends the service's listening takes all that wait, who leaves leaves them to the siblings") {
  Door door;
  std::vector<base::UniqueFd> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(door.connect());
  SECTION("finish") {
    door.acceptor.finish();
    CHECK(door.driver.slot().connections == 3);
  }
  SECTION("leave") {
    door.acceptor.leave();
    CHECK(door.driver.slot().connections == 0);
    CHECK(os::accept_one(door.listener.fd.get()).socket);
  }
  SECTION("stop") {
    door.acceptor.stop();
    CHECK(door.driver.slot().connections == 0);
  }
  CHECK_FALSE(door.driver.slot().accepting);
  const base::UniqueFd late = door.connect();
  const int before = door.driver.slot().connections;
  CHECK(door.look() == before);
  door.acceptor.resume();
  CHECK_FALSE(door.driver.slot().accepting);
}

}  // namespace orrery::worker
