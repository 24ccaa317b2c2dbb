// What a worker writes down of what its connections decide: the parts that a whole service does not show.
#include "worker/recorder.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "support/heard_log.hpp"
#include "support/held_clock.hpp"

namespace orrery::worker {

namespace {

using namespace std::chrono_literals;
using test::HeldClock;

struct Board {
  http::Message& message() {
    if (held) held->release();
    held = pool.take();
    held->started = base::monotonic_now();
    return *held;
  }
  ~Board() {
    if (held) held->release();
  }
  void refuse(base::Reject reason, int times = 1) {
    for (int i = 0; i < times; ++i) recorder.on_rejected(reason, peer, nullptr);
  }
  void answer(http::Message& message, int status) {
    recorder.on_answered(message, {.status = status, .body_bytes = 0, .ending = base::Ending::kKept});
  }
  [[nodiscard]] std::uint64_t refused(base::Reject reason) const {
    return slot->counters.rejects[static_cast<std::size_t>(reason)].load();
  }

  HeldClock clock;
  os::Scoreboard scoreboard = std::move(*os::Scoreboard::create());
  os::Slot* slot = &scoreboard.slot(*scoreboard.claim());
  std::vector<Route> routes;
  base::Address peer = *base::parse_ip("192.0.2.1");
  http::MessagePool pool;
  http::Message* held = nullptr;
  Recorder recorder{scoreboard, *slot, {}, routes, std::nullopt};
};

}  // namespace

TEST_CASE("recorder: a flood of refusals has twenty lines in a second, and one that counts the rest, worst first") {
  Board board;
  const test::HeardLog log;
  board.refuse(base::Reject::missing_host, 1020);
  board.refuse(base::Reject::bad_host, 2);
  CHECK(log.lines.size() == 20);
  CHECK(log.count("refused 192.0.2.1") == 20);
  HeldClock::pass(1s);
  board.refuse(base::Reject::bad_host);
  REQUIRE(log.lines.size() == 22);
  CHECK(log.lines[20] == "1,002 more refusals: missing_host 1,000, bad_host 2");
  board.recorder.flush();
  CHECK(log.lines.size() == 22);
  CHECK(board.refused(base::Reject::missing_host) == 1020);
  CHECK(board.refused(base::Reject::bad_host) == 3);
}

TEST_CASE("recorder: what was withheld is said by the flush of the second, also when nobody is refused any more") {
  Board board;
  const test::HeardLog log;
  board.refuse(base::Reject::missing_host, 21);
  board.recorder.flush();
  REQUIRE(log.lines.size() == 21);
  CHECK(log.lines.back() == "1 more refusal: missing_host 1");
}

TEST_CASE("recorder: a refusal that nobody logs is counted, and withholds nothing") {
  Board board;
  const test::HeardLog log{LogLevel::kWarning};
  board.refuse(base::Reject::missing_host, 100);
  board.recorder.flush();
  CHECK(log.lines.empty());
  CHECK(board.refused(base::Reject::missing_host) == 100);
  board.refuse(base::Reject::queue_full);  // the server's own failure is worth a warning
  CHECK(log.lines.size() == 1);
}

TEST_CASE("recorder: a handler that has passed its deadline is told of at once, each time") {
  Board board;
  const test::HeardLog log;
  int told = 0;
  board.recorder.on_deadline_passed([&] { ++told; });
  board.refuse(base::Reject::missing_host);
  CHECK(told == 0);
  board.refuse(base::Reject::request_deadline, 2);
  CHECK(told == 2);
}

TEST_CASE("recorder: the last requests stand in a ring, and the oldest goes first") {
  Board board;
  for (std::size_t i = 0; i < os::kFinishedCells + 3; ++i) board.answer(board.message(), 200 + static_cast<int>(i));
  CHECK(board.slot->finished_next == os::kFinishedCells + 3);
  std::vector<int> statuses;
  for (const os::RequestCell& cell : board.slot->finished) statuses.push_back(cell.read().value().status);
  CHECK(statuses[2] == 200 + static_cast<int>(os::kFinishedCells) + 2);
  CHECK(statuses[3] == 203);
  CHECK(board.slot->counters.requests == os::kFinishedCells + 3);
}

TEST_CASE("recorder: a status of no class counts as none, and one that is too large as an error of ours") {
  Board board;
  board.answer(board.message(), 0);
  board.answer(board.message(), 299);
  board.answer(board.message(), 999);
  CHECK(board.slot->counters.responses[0] == 1);
  CHECK(board.slot->counters.responses[2] == 1);
  CHECK(board.slot->counters.responses[5] == 1);
}

TEST_CASE("recorder: durations are counted by their highest bit, none at all and far too long ones too") {
  Board board;
  struct Row {
    base::Nanoseconds duration;
    std::size_t bucket;
  };
  for (const Row row : {Row{0ns, 0}, Row{1ns, 0}, Row{2ns, 1}, Row{1023ns, 9}, Row{1024ns, 10},
                        Row{1h, os::kLatencyBuckets - 1}, Row{-5ns, 0}}) {
    INFO(row.duration.count());
    const std::uint64_t before = board.slot->counters.latency[row.bucket].load();
    http::Message& message = board.message();
    message.started = base::monotonic_now() - row.duration;
    board.answer(message, 200);
    CHECK(board.slot->counters.latency[row.bucket] == before + 1);
  }
  CHECK(board.slot->counters.duration_ns == 3'600'000'000'000 + 2050);
}

TEST_CASE("recorder: only a request that a handler took has waited for one") {
  Board board;
  http::Message& refused = board.message();
  board.answer(refused, 503);
  CHECK(board.slot->counters.queue_ns == 0);
  http::Message& served = board.message();
  served.came = base::monotonic_now();
  HeldClock::pass(3ms);
  served.take_up(base::monotonic_now());
  board.answer(served, 200);
  CHECK(board.slot->counters.queue_ns == 3'000'000);
}

TEST_CASE("recorder: from the request on after which the worker is replaced, each one says so") {
  Board board;
  int told = 0;
  board.recorder.on_request_count(3, [&] { ++told; });
  for (int i = 0; i < 4; ++i) board.answer(board.message(), 200);
  CHECK(told == 2);
}

}  // namespace orrery::worker
