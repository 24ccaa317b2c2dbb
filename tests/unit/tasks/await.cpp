// Await: callbacks that come at once, later, from another thread, twice, late or never.
#include "orrery/await.hpp"

#include <catch2/catch.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "support/task_loop.hpp"

namespace orrery::test {

namespace {

using namespace std::chrono_literals;

/// An old API that keeps what it is to call.
std::optional<Done<std::string>> kept;

Task<std::string> ask() {
  const Counted local;
  co_return co_await Await<std::string>{[&](auto done) { kept = done; }};
}

}  // namespace

TEST_CASE("await: called on the loop thread") {
  ManualLoop loop;
  Counted::living = 0;
  kept.reset();
  SECTION("before the function returns: the task goes on at once") {
    auto at_once = []() -> Task<int> { co_return co_await Await<int>{[](auto done) { done(4); }}; };
    TaskRun run{loop, at_once()};
    REQUIRE(run.over());
    CHECK(run.result() == 4);
    CHECK(!loop.turn());
  }
  SECTION("later: it goes on in a turn of the loop, not inside the call") {
    TaskRun run{loop, ask()};
    (*kept)("hello");
    CHECK(!run.over());
    loop.turn();
    REQUIRE(run.over());
    CHECK(run.result() == "hello");
  }
  SECTION("without a value") {
    std::optional<Done<void>> ring;
    auto wait = [&]() -> Task<int> {
      co_await Await<void>{[&](auto done) { ring = done; }};
      co_return 1;
    };
    TaskRun run{loop, wait()};
    (*ring)();
    loop.turn();
    CHECK(run.over());
  }
  SECTION("twice: the first counts") {
    TaskRun run{loop, ask()};
    (*kept)("first");
    (*kept)("second");
    loop.turn();
    CHECK(run.result() == "first");
    (*kept)("third");
    CHECK(!loop.turn());
  }
  SECTION("with a failure instead") {
    TaskRun run{loop, ask()};
    kept->fail(std::make_exception_ptr(std::runtime_error("no such row")));
    loop.turn();
    CHECK(failure_of(run) == "no such row");
  }
  SECTION("as a std::function, which is copied") {
    TaskRun run{loop, ask()};
    std::function<void(std::string)> callback = *kept;
    kept.reset();
    auto copy = callback;
    callback = {};
    copy("copied");
    copy = {};
    loop.turn();
    CHECK(run.result() == "copied");
  }
  kept.reset();
  CHECK(Counted::living == 0);
}

TEST_CASE("await: never called, and functions that fail") {
  ManualLoop loop;
  kept.reset();
  SECTION("dropped later") {
    TaskRun run{loop, ask()};
    kept.reset();
    loop.turn();
    REQUIRE(run.over());
    CHECK(failure_of(run) == NeverCalled{}.what());
  }
  SECTION("dropped before the function returns") {
    auto drop = []() -> Task<int> { co_return co_await Await<int>{[](auto) {}}; };
    TaskRun run{loop, drop()};
    REQUIRE(run.over());
    CHECK(failure_of(run) == NeverCalled{}.what());
  }
  SECTION("the function throws, whether or not it called before") {
    const bool calls = GENERATE(false, true);
    auto fail = [&]() -> Task<int> {
      co_return co_await Await<int>{[&](auto done) {
        if (calls) done(1);
        throw std::runtime_error("cannot begin");
      }};
    };
    TaskRun run{loop, fail()};
    REQUIRE(run.over());
    CHECK(failure_of(run) == "cannot begin");
    CHECK(!loop.turn());
  }
}

TEST_CASE("await: cancelled") {
  ManualLoop loop;
  Counted::living = 0;
  kept.reset();
  SECTION("while it waits; what is called later is dropped") {
    TaskRun run{loop, ask()};
    run.cancel();
    REQUIRE(run.over());
    CHECK(failure_of(run) == "cancelled");
    (*kept)("late");
    CHECK(!loop.turn());
  }
  SECTION("between the call and the turn in which it would go on") {
    TaskRun run{loop, ask()};
    (*kept)("just too late");
    run.cancel();
    CHECK(failure_of(run) == "cancelled");
    loop.turn();
  }
  SECTION("by a limit") {
    TaskRun run{loop, within(5ms, ask())};
    loop.pass(5ms);
    CHECK(run.over());
    (*kept)("late");
    loop.turn();
  }
  SECTION("dropped with its task") {
    { const TaskRun run{loop, ask()}; }
    (*kept)("to nobody");
    loop.turn();
  }
  kept.reset();
  loop.turn();
  CHECK(Counted::living == 0);
}

TEST_CASE("await: called, dropped or late on another thread") {
  ManualLoop loop;
  const std::thread::id here = std::this_thread::get_id();
  SECTION("many, each from a thread of its own, some at once and some after the task waits") {
    for (int i = 0; i < 200; ++i) {
      std::thread other;
      auto ask_thread = [&]() -> Task<std::string> {
        std::string got = co_await Await<std::string>{[&](auto done) {
          other = std::thread{[done, i] {
            if (i % 4 != 3) done(std::string(100, 'v'));
          }};
        }};
        if (std::this_thread::get_id() != here) got = "on another thread";
        co_return got;
      };
      TaskRun run{loop, ask_thread()};
      if (i % 4 == 2) run.cancel();
      CHECK(eventually([&] { return loop.turn(), run.over(); }));
      other.join();
      loop.turn();
      if (i % 4 < 2) CHECK(run.result() == std::string(100, 'v'));
      if (i % 4 == 2) CHECK((failure_of(run) == "cancelled" || failure_of(run) == "none"));
      if (i % 4 == 3) CHECK(failure_of(run) == NeverCalled{}.what());
    }
  }
}

}  // namespace orrery::test
