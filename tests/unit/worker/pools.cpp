#include "worker/pools.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>

#include "orrery/app.hpp"

#include "support/child_process.hpp"

namespace orrery::worker {

namespace {

struct Pair {
  App app;
  Pool small{app, "small", {.threads = 1, .queue = 1}};
  Pool large{app, "large", {.threads = 3, .queue = 0}};
  std::unique_ptr<os::Slot> slot = std::make_unique<os::Slot>();
  uv::Loop loop;
  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>(loop);

  [[nodiscard]] std::size_t ids() const {
    return static_cast<std::size_t>(
        std::count_if(slot->threads.begin(), slot->threads.end(), [](const auto& id) { return id.load() != 0; }));
  }
  ~Pair() { mailbox->close(); }
};

Pools::Job nothing() {
  return [] { return ThreadPool::Report{}; };
}

}  // namespace

TEST_CASE("pools: threads come with the first job of their pool, and stand in the slot behind those before them") {
  Pair pair;
  Pools pools{pair.app.pools(), *pair.slot, 2, *pair.mailbox, Pools::Threads::kOwn};
  CHECK(pair.ids() == 0);
  REQUIRE(pools.add(pair.large, nothing(), {}) != 0);
  CHECK(test::eventually([&] { return pair.ids() == 3; }));
  CHECK(pair.slot->threads[2].load() == 0);  // of `small`
  CHECK(pair.slot->threads[3].load() != 0);
  CHECK(pair.slot->threads[5].load() != 0);
  CHECK(test::eventually([&] { return pools.stop(); }));
}

TEST_CASE("pools: one that is full does not fill another") {
  Pair pair;
  Pools pools{pair.app.pools(), *pair.slot, 0, *pair.mailbox, Pools::Threads::kOwn};
  std::promise<void> begun, gate;
  const base::Monotonic past{std::chrono::nanoseconds{1}};
  REQUIRE(pools.add(
              pair.small,
              [&]() -> ThreadPool::Report {
                begun.set_value();
                gate.get_future().wait();
                return {};
              },
              past) != 0);
  begun.get_future().wait();
  const auto waiting = pools.add(pair.small, nothing(), {});
  REQUIRE(waiting != 0);
  CHECK(pools.add(pair.small, nothing(), {}) == 0);
  CHECK(pools.add(pair.large, nothing(), {}) != 0);
  CHECK(pools.exhausted(base::monotonic_now()));  // `small` is
  CHECK(pools.withdraw(pair.small, waiting));
  CHECK(pools.add(pair.small, nothing(), {}) != 0);
  gate.set_value();
  CHECK(test::eventually([&] { return !pools.exhausted(base::monotonic_now()); }));
  CHECK(test::eventually([&] { return pools.stop(); }));
}

TEST_CASE("pools: one of another App is told by its name") {
  Pair pair, other;
  Pools pools{pair.app.pools(), *pair.slot, 0, *pair.mailbox, Pools::Threads::kOwn};
  CHECK_THROWS_WITH(pools.add(other.small, nothing(), {}),
                    "the pool `small` was made for another App than the one that is served");
}

TEST_CASE("pools: a wrong one is refused as the App is made") {
  App app;
  const Pool good{app, "good", {.threads = 1, .queue = 0}};
  CHECK(good.name() == "good");
  CHECK(good.size().threads == 1);
  CHECK(good == Pool{good});
  CHECK_THROWS_WITH(Pool(app, "good", {}), "the pool `good` is there twice");
  CHECK_THROWS_WITH(Pool(app, "", {}), "a pool needs a name, by which the log and people know it");
  CHECK_THROWS_WITH(Pool(app, "none", {.threads = 0}), "the pool `none` wants 0 threads: 1 to 256 can be had");
  CHECK_THROWS_WITH(Pool(app, "many", {.threads = 257}), "the pool `many` wants 257 threads: 1 to 256 can be had");
  CHECK_THROWS_WITH(Pool(app, "long", {.threads = 1, .queue = 1'000'001}),
                    "the queue of the pool `long` is for 1000001 jobs: 0 to 1,000,000 can be had");
  CHECK(app.pools().size() == 1);
}

}  // namespace orrery::worker
