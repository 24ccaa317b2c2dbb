// Timers, watched descriptors and the lead of a worker, in the process of a test.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "orrery/test_client.hpp"

#include "support/shapes.hpp"

namespace orrery::test {

namespace {

using namespace std::chrono_literals;

struct Pipe {
  Pipe() { REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (const int end : ends) ::close(end);
  }
  void write(const std::string& text) const {
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  [[nodiscard]] std::string read() const {
    std::array<char, 100> bytes{};
    const ssize_t got = ::read(ends[0], bytes.data(), bytes.size());
    return {bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }
  std::array<int, 2> ends{};
};

App one_route() {
  App app;
  app.get("/", shown);
  return app;
}

void turn(TestClient& client) { CHECK(client.get("/").send().status == 200); }

}  // namespace

TEST_CASE("test client: Worker::after calls once, and not when its Timer is gone") {
  TestClient client{one_route()};
  int kept = 0, dropped = 0, cancelled = 0;
  Timer timer = client.worker().after(10s, [&] { ++kept; });
  {
    Timer gone = client.worker().after(10s, [&] { ++dropped; });
  }
  Timer other = client.worker().after(10s, [&] { ++cancelled; });
  client.pass(9999ms);
  CHECK(kept == 0);
  CHECK(timer.active());
  other.cancel();
  CHECK_FALSE(other.active());
  client.pass(1ms);
  CHECK(kept == 1);
  CHECK_FALSE(timer.active());
  client.pass(1h);
  CHECK(kept + dropped + cancelled == 1);
}

TEST_CASE("test client: Worker::repeat goes on until it is cancelled, by itself too") {
  TestClient client{one_route()};
  int beats = 0;
  Timer timer;
  timer = client.worker().repeat(1min, [&] {
    if (++beats == 3) timer.cancel();
  });
  client.pass(150s);
  CHECK(beats == 2);
  client.pass(1h);
  CHECK(beats == 3);
  CHECK_FALSE(timer.active());
}

TEST_CASE("test client: a timer that throws is logged, and goes on") {
  TestClient client{one_route()};
  const Timer timer = client.worker().repeat(1s, [] { throw std::runtime_error("no bell"); });
  client.pass(2s);
  CHECK(client.log() == std::vector<std::string>(2, "ERROR a timer of the application failed: no bell"));
}

TEST_CASE("test client: a Timer may outlive its worker, and is over then") {
  Timer timer;
  Watch watch;
  const Pipe pipe;
  {
    TestClient client{one_route()};
    timer = client.worker().repeat(1s, [] {});
    watch = client.worker().watch(pipe.ends[0], Ready::kRead, [](Ready) {});
    CHECK(timer.active());
    CHECK(watch.active());
  }
  CHECK_FALSE(timer.active());
  CHECK_FALSE(watch.active());
  watch.change(Ready::kWrite);
  timer.cancel();
}

TEST_CASE("test client: Worker::watch tells when a descriptor is ready") {
  TestClient client{one_route()};
  const Pipe pipe;
  std::string got;
  int writable = 0;
  Watch reads = client.worker().watch(pipe.ends[0], Ready::kRead, [&](Ready ready) {
    CHECK(can_read(ready));
    got += pipe.read();
  });
  turn(client);
  CHECK(got.empty());
  pipe.write("one");
  turn(client);
  CHECK(got == "one");
  {
    Watch writes;
    writes = client.worker().watch(pipe.ends[1], Ready::kWrite, [&](Ready ready) {
      CHECK(can_write(ready));
      ++writable;
      writes.cancel();
    });
    turn(client);
    CHECK(writable == 1);
  }
  reads.cancel();
  pipe.write("two");
  turn(client);
  CHECK(got == "one");
  // One that is over makes room for another.
  const Watch again = client.worker().watch(pipe.ends[0], Ready::kRead, [&](Ready) { got += pipe.read(); });
  turn(client);
  CHECK(got == "onetwo");
}

TEST_CASE("test client: an error of a watched descriptor is told once") {
  TestClient client{one_route()};
  int told = 0;
  std::optional<Pipe> pipe{std::in_place};
  const int end = ::dup(pipe->ends[1]);
  Watch watch = client.worker().watch(end, Ready::kReadWrite, [&](Ready ready) {
    ++told;
    CHECK(ready == Ready::kReadWrite);
  });
  watch.change(Ready::kRead);
  turn(client);
  CHECK(told == 0);
  watch.change(Ready::kReadWrite);
  watch.cancel();
  // Its reader is gone before it is watched.
  pipe.reset();
  watch = client.worker().watch(end, Ready::kReadWrite, [&](Ready) { ++told; });
  turn(client);
  turn(client);
  CHECK(told == 1);
  CHECK_FALSE(watch.active());
  watch.cancel();
  ::close(end);
}

TEST_CASE("test client: what cannot be watched is said") {
  TestClient client{one_route()};
  const Pipe pipe;
  const auto ignore = [](Ready) {};
  CHECK_THROWS_AS((void)client.worker().watch(-1, Ready::kRead, ignore), std::system_error);
  const int file = ::open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  CHECK_THROWS_AS((void)client.worker().watch(file, Ready::kRead, ignore), std::system_error);
  ::close(file);
  const Watch first = client.worker().watch(pipe.ends[0], Ready::kRead, ignore);
  CHECK_THROWS_WITH((void)client.worker().watch(pipe.ends[0], Ready::kRead, ignore),
                    Catch::Contains("which is watched already"));
}

TEST_CASE("test client: its worker has the lead when it wants it, and lets go as it leaves") {
  App app = one_route();
  std::string told;
  app.on_worker_start([&](Worker& worker) -> Result<void> {
    worker.on_lead([&] { told += "gained "; }, [&] { told += "lost "; });
    CHECK_FALSE(worker.lead());  // not before it serves
    return {};
  });
  TestClient client{app};
  CHECK(told == "gained ");
  CHECK(client.worker().lead());
  client.worker().on_lead([&] { told += "late "; }, [] { throw std::runtime_error("no flag"); });
  turn(client);
  CHECK(told == "gained late ");
  client.drain();
  CHECK(told == "gained late lost ");
  const std::vector<std::string> log = client.log();
  CHECK(std::count(log.begin(), log.end(), "ERROR a callback of the lead of the application failed: no flag") == 1);
}

}  // namespace orrery::test
