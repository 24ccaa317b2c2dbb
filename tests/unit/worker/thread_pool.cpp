#include "worker/thread_pool.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <utility>

#include "support/child_process.hpp"

namespace orrery::worker {

namespace {

using Gate = std::promise<void>;

/// A job that says that it has begun, and ends when the gate opens.
struct Held {
  ThreadPool::Job job() {
    return [this]() -> ThreadPool::Report {
      begun.set_value();
      gate.get_future().wait();
      return {};
    };
  }
  void wait_until_begun() { begun.get_future().wait(); }

  Gate begun;
  Gate gate;
};

ThreadPool::Job counted(std::shared_ptr<std::atomic<int>> count) {
  return [count = std::move(count)]() -> ThreadPool::Report {
    ++*count;
    return {};
  };
}

/// Waits until every job is done: a pool that ends before would leave its threads behind.
bool ends(ThreadPool& pool) {
  return test::eventually([&] { return pool.stop(); });
}

std::unique_ptr<os::Slot> slot() { return std::make_unique<os::Slot>(); }

}  // namespace

TEST_CASE("thread pool: a job behind others can be withdrawn, and its place is free") {
  const auto board = slot();
  Held held, last;
  const auto count = std::make_shared<std::atomic<int>>(0);
  ThreadPool pool{1, 2, *board};
  const auto running = pool.add(held.job(), {});
  pool.start();
  held.wait_until_begun();
  const auto first = pool.add(counted(count), {});
  const auto second = pool.add(counted(count), {});
  REQUIRE(first != 0);
  REQUIRE(second != 0);
  CHECK(pool.add(counted(count), {}) == 0);  // full
  const bool started = GENERATE(true, false);
  if (started) pool.start();
  CHECK_FALSE(pool.withdraw(running));
  CHECK(pool.withdraw(first));
  CHECK_FALSE(pool.withdraw(first));
  CHECK(count.use_count() == 2);  // what it held is gone
  const auto third = pool.add(last.job(), {});
  CHECK(third != 0);
  CHECK(pool.add(counted(count), {}) == 0);
  pool.start();
  held.gate.set_value();
  last.wait_until_begun();
  CHECK(*count == 1);  // the second only
  CHECK_FALSE(pool.withdraw(second));
  last.gate.set_value();
  CHECK(ends(pool));
}

TEST_CASE("thread pool: a job that a free thread takes at once is not withdrawn") {
  const auto board = slot();
  Held held, other, behind;
  ThreadPool pool{2, 4, *board};
  pool.add(held.job(), {});
  pool.start();
  held.wait_until_begun();
  const auto next = pool.add(other.job(), {});
  const auto waits = pool.add(behind.job(), {});
  CHECK_FALSE(pool.withdraw(next));  // one thread is free
  CHECK(pool.withdraw(waits));
  pool.start();
  other.wait_until_begun();
  held.gate.set_value();
  other.gate.set_value();
  CHECK(ends(pool));
}

TEST_CASE("thread pool: a thread is free when its job is reported") {
  const auto board = slot();
  ThreadPool pool{1, 4, *board};
  std::promise<bool> kept;
  const auto done = std::make_shared<std::atomic<int>>(0);
  ThreadPool::Ticket next = 0;
  Gate added;
  pool.add(
      [&]() -> ThreadPool::Report {
        added.get_future().wait();
        return [&] { kept.set_value(!pool.withdraw(next)); };
      },
      {});
  pool.start();
  next = pool.add(counted(done), {});
  pool.start();
  added.set_value();
  CHECK(kept.get_future().get());
  CHECK(ends(pool));
}

TEST_CASE("thread pool: many that are withdrawn leave nothing behind") {
  const auto board = slot();
  Held held, last;
  ThreadPool pool{1, 1, *board};
  pool.add(held.job(), {});
  pool.start();
  held.wait_until_begun();
  const auto count = std::make_shared<std::atomic<int>>(0);
  for (int i = 0; i < 1000; ++i) {
    const auto ticket = pool.add(counted(count), {});
    REQUIRE(ticket != 0);
    pool.start();
    REQUIRE(pool.withdraw(ticket));
  }
  CHECK(count.use_count() == 1);
  REQUIRE(pool.add(last.job(), {}) != 0);
  pool.start();
  held.gate.set_value();
  last.wait_until_begun();
  CHECK(*count == 0);
  last.gate.set_value();
  CHECK(ends(pool));
}

}  // namespace orrery::worker
