// Tasks without a server: values, exceptions, time, cancellation; that each frame and each temporary goes once.
#include "orrery/task.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "support/task_loop.hpp"

namespace orrery::test {

namespace {

using namespace std::chrono_literals;

Task<int> number(int value) { co_return value; }
Task<int> number_after(std::chrono::milliseconds time, int value) {
  co_await sleep_for(time);
  co_return value;
}
Task<int> failing_after(std::chrono::milliseconds time, std::string why) {
  const Counted local;
  co_await sleep_for(time);
  throw std::runtime_error(why);
}
Task<void> set_after(std::chrono::milliseconds time, bool& flag) {
  const Counted local;
  co_await sleep_for(time);
  flag = true;
}
Task<int> sum_of(int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += co_await number(1);
  co_return sum;
}
/// What a cancelled coroutine sees.
Task<int> witness(std::string& seen) {
  const Counted local;
  try {
    co_await sleep_for(1h);
    co_return 1;
  } catch (const Cancelled&) {
    seen += "cancelled ";
  }
  try {
    co_await sleep_for(1h);
  } catch (const Cancelled&) {
    seen += "again ";
    throw;
  }
  co_return 2;
}

}  // namespace

TEST_CASE("task: its value, or what it threw") {
  ManualLoop loop;
  Counted::living = 0;
  SECTION("a value at once, through many tasks in a row") {
    TaskRun run{loop, sum_of(1000)};
    REQUIRE(run.over());
    CHECK(run.result() == 1000);
  }
  SECTION("it begins when it is awaited, and not before") {
    bool begun = false;
    const auto begin = [&]() -> Task<void> {
      begun = true;
      co_return;
    };
    auto outer = [&]() -> Task<bool> {
      Task<void> inner = begin();
      const bool early = begun;
      co_await std::move(inner);
      co_return !early && begun;
    };
    TaskRun run{loop, outer()};
    CHECK(run.result());
  }
  SECTION("an exception comes out of the co_await, however deep") {
    auto outer = [&]() -> Task<std::string> {
      try {
        co_await failing_after(5ms, "deep");
      } catch (const std::runtime_error& error) {
        co_return error.what();
      }
      co_return "nothing";
    };
    TaskRun run{loop, outer()};
    loop.pass(5ms);
    REQUIRE(run.over());
    CHECK(run.result() == "deep");
  }
  SECTION("values that can only be moved") {
    auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
    TaskRun run{loop, make()};
    CHECK(*run.result() == 7);
  }
  SECTION("awaited a second time, or moved away: an exception") {
    auto twice = [&]() -> Task<void> {
      Task<int> once = number(1);
      co_await once;
      co_await once;
    };
    TaskRun run{loop, twice()};
    CHECK(failure_of(run) == "a Task was awaited a second time");
    auto moved = [&]() -> Task<void> {
      Task<int> here = number(1);
      const Task<int> there = std::move(here);
      co_await here;
    };
    TaskRun other{loop, moved()};
    CHECK(failure_of(other) == "a Task was awaited that had been moved away");
  }
  SECTION("one that is never awaited, and one that is dropped while it waits") {
    {
      const Task<int> never = failing_after(1ms, "never");
      bool flag = false;
      const TaskRun waiting{loop, set_after(1ms, flag)};
      CHECK(loop.alarms() == 1);
      CHECK(Counted::living == 1);
    }
    CHECK(loop.alarms() == 0);
    loop.pass(1s);
  }
  CHECK(Counted::living == 0);
}

TEST_CASE("task: sleep_for") {
  ManualLoop loop;
  bool flag = false;
  TaskRun run{loop, set_after(20ms, flag)};
  loop.pass(19ms);
  CHECK(!flag);
  loop.pass(1ms);
  CHECK(flag);
  TaskRun none{loop, number_after(0ms, 1)};
  CHECK(!none.over());  // others have their turn first
  loop.pass(0ms);
  CHECK(none.over());
}

TEST_CASE("task: cancelled") {
  ManualLoop loop;
  Counted::living = 0;
  std::string seen;
  auto outer = [&]() -> Task<int> {
    const Counted local;
    co_return co_await witness(seen);
  };
  TaskRun run{loop, outer()};
  CHECK(Counted::living == 2);
  run.cancel();
  REQUIRE(run.over());
  CHECK(seen == "cancelled again ");
  CHECK(failure_of(run) == "cancelled");
  CHECK(Counted::living == 0);
  CHECK(loop.alarms() == 0);
  run.cancel();  // once more: nothing
}

TEST_CASE("task: all") {
  ManualLoop loop;
  Counted::living = 0;
  SECTION("different values side by side, a void among them") {
    bool flag = false;
    auto outer = [&]() -> Task<std::string> {
      const auto [one, two, three] = co_await all(number_after(20ms, 1), number(2), set_after(10ms, flag));
      static_assert(std::is_same_v<decltype(three), const std::monostate>);
      co_return std::to_string(one) + std::to_string(two);
    };
    TaskRun run{loop, outer()};
    loop.pass(19ms);
    CHECK(!run.over());
    loop.pass(1ms);
    REQUIRE(run.over());
    CHECK(run.result() == "12");
    CHECK(flag);
  }
  SECTION("a vector, in its order; an empty one") {
    auto outer = [&]() -> Task<std::vector<int>> {
      std::vector<Task<int>> tasks;
      for (int i = 0; i < 5; ++i) tasks.push_back(number_after(std::chrono::milliseconds{50 - 10 * i}, i));
      co_return co_await all(std::move(tasks));
    };
    TaskRun run{loop, outer()};
    loop.pass(50ms);
    REQUIRE(run.over());
    CHECK(run.result() == std::vector<int>{0, 1, 2, 3, 4});
    TaskRun empty{loop, all(std::vector<Task<void>>{})};
    CHECK(empty.over());
  }
  SECTION("all end; then the exception of the one that failed first") {
    bool flag = false;
    auto outer = [&]() -> Task<void> {
      co_await all(failing_after(20ms, "second"), failing_after(10ms, "first"), set_after(30ms, flag));
    };
    TaskRun run{loop, outer()};
    loop.pass(20ms);
    CHECK(!run.over());
    loop.pass(10ms);
    REQUIRE(run.over());
    CHECK(flag);
    CHECK(failure_of(run) == "first");
  }
  SECTION("cancelled: each of them") {
    std::string seen;
    auto outer = [&]() -> Task<void> { co_await all(witness(seen), number(1), all(witness(seen), witness(seen))); };
    TaskRun run{loop, outer()};
    run.cancel();
    REQUIRE(run.over());
    CHECK(failure_of(run) == "cancelled");
    CHECK(seen == "cancelled again cancelled again cancelled again ");
  }
  SECTION("dropped while they wait") {
    bool flag = false;
    { const TaskRun run{loop, all(set_after(1ms, flag), set_after(2ms, flag))}; }
    loop.pass(1s);
    CHECK(!flag);
  }
  CHECK(Counted::living == 0);
  CHECK(loop.alarms() == 0);
}

TEST_CASE("task: within") {
  ManualLoop loop;
  Counted::living = 0;
  SECTION("in time, at once, and failing") {
    TaskRun run{loop, within(20ms, number_after(19ms, 3))};
    loop.pass(19ms);
    REQUIRE(run.over());
    CHECK(run.result() == 3);
    TaskRun at_once{loop, within(20ms, number(4))};
    CHECK(at_once.result() == 4);
    TaskRun failing{loop, within(20ms, failing_after(1ms, "for a reason"))};
    loop.pass(1ms);
    CHECK(failure_of(failing) == "for a reason");
  }
  SECTION("too late: its task is cancelled, and the limit is what is thrown") {
    std::string seen;
    TaskRun run{loop, within(20ms, witness(seen))};
    loop.pass(19ms);
    CHECK(!run.over());
    loop.pass(1ms);
    REQUIRE(run.over());
    CHECK(seen == "cancelled again ");
    CHECK(failure_of(run) == "timed out 504");
  }
  SECTION("the outer one's limit ends the inner one's task") {
    std::string seen;
    TaskRun run{loop, within(20ms, within(1h, all(witness(seen), witness(seen))))};
    loop.pass(20ms);
    CHECK(failure_of(run) == "timed out 504");
    CHECK(seen == "cancelled again cancelled again ");
  }
  SECTION("after the limit the task goes on") {
    auto outer = [&]() -> Task<int> {
      try {
        co_await within(20ms, number_after(1h, 1));
      } catch (const TimedOut&) {
      }
      co_await sleep_for(5ms);
      co_return 9;
    };
    TaskRun run{loop, outer()};
    loop.pass(25ms);
    REQUIRE(run.over());
    CHECK(run.result() == 9);
  }
  SECTION("cancelled before the limit: no time-out") {
    std::string seen;
    TaskRun run{loop, within(20ms, witness(seen))};
    run.cancel();
    CHECK(failure_of(run) == "cancelled");
  }
  CHECK(Counted::living == 0);
  CHECK(loop.alarms() == 0);
}

TEST_CASE("task: temporaries of co_await expressions are destroyed once") {
  ManualLoop loop;
  Counted::living = 0;
  struct Aggregate {
    Counted counted;
    int value = 0;
  };
  auto take = [](Aggregate aggregate) -> Task<int> {
    co_await sleep_for(1ms);
    co_return aggregate.value;
  };
  auto take_text = [](std::string text, Counted) -> Task<std::string> {
    co_await sleep_for(1ms);
    co_return text;
  };
  const char* name = GENERATE("named aggregate", "text and class", "named lambda with captures", "lambda of references",
                              "vector of tasks", "nested limits");
  INFO(name);
  const std::string what = name;
  auto outer = [&]() -> Task<std::string> {
    if (what == "named aggregate") {
      Aggregate aggregate{Counted{}, 5};
      co_return std::to_string(co_await take(std::move(aggregate)));
    }
    if (what == "text and class") co_return co_await take_text(std::string(100, 'x'), Counted{});
    if (what == "named lambda with captures") {
      const auto begin = [counted = Counted{}](const auto& done) { done(std::string(100, 'y')); };
      co_return co_await Await<std::string>{begin};
    }
    if (what == "lambda of references") {
      const Counted counted;
      co_return co_await Await<std::string>{[&](auto done) {
        static_cast<void>(counted);
        loop.post([done, counted] { done("later"); });
      }};
    }
    if (what == "vector of tasks") {
      std::vector<Task<std::string>> tasks;
      tasks.push_back(take_text("one", Counted{}));
      co_return (co_await all(std::move(tasks))).front();
    }
    co_return co_await within(1h, within(1h, take_text(std::string(100, 'z'), Counted{})));
  };
  {
    TaskRun run{loop, outer()};
    while (loop.turn()) continue;
    loop.pass(1ms);
    REQUIRE(run.over());
    CHECK(!run.result().empty());
  }
  CHECK(Counted::living == 0);
}

}  // namespace orrery::test
