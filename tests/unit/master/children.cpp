#include "master/children.hpp"

#include <catch2/catch.hpp>

#include "master/backoff.hpp"

namespace orrery::master {

using namespace std::chrono_literals;

TEST_CASE("children: numbers are never reused") {
  Children children;
  CHECK(children.add(0, 1).number == 1);
  children.remove(1);
  CHECK(children.add(0, 1).number == 2);
}

TEST_CASE("children: current and former of a place") {
  Children children;
  children.add(0, 1).state = Child::State::kReady;
  CHECK(children.current(0, 1) != nullptr);
  CHECK(children.former(0, 1) == nullptr);
  CHECK(children.former(0, 2)->number == 1);
  children.with_number(1)->spent = true;
  CHECK(children.current(0, 1) == nullptr);
  CHECK(children.former(0, 1)->number == 1);
  children.with_number(1)->state = Child::State::kRetiring;
  CHECK(children.former(0, 1) == nullptr);
  CHECK_FALSE(children.has_ready(0));
  CHECK(children.live() == 0);
}

TEST_CASE("children: a child without a pid is found by number only") {
  Children children;
  children.add(0, 1);
  CHECK(children.with_pid(0) == nullptr);
  CHECK(children.with_number(1) != nullptr);
}

TEST_CASE("children: the oldest place, and places that change hands") {
  Children children;
  children.add(2, 1);
  children.add(0, 1);
  CHECK(children.oldest_place(3) == 2);
  CHECK(children.oldest_place(2) == 0);
  CHECK(children.oldest_place(0 + 1) == 0);
  children.swap_places(0, 2);
  CHECK(children.with_number(1)->place == 0);
  CHECK(children.with_number(2)->place == 2);
}

TEST_CASE("backoff: at once, then doubling to a ceiling, forgotten after a stable life") {
  Backoff backoff;
  Jitter jitter(7);
  const base::Monotonic now{1s};
  backoff.record_death(now, 0s, jitter);
  CHECK(backoff.not_before() == now);
  base::Nanoseconds expected = kFirstWait;
  for (int death = 2; death < 20; ++death) {
    backoff.record_death(now, 1s, jitter);
    const base::Nanoseconds wait = backoff.not_before() - now;
    CHECK(wait >= expected * 3 / 4);
    CHECK(wait <= expected * 5 / 4);
    expected = std::min<base::Nanoseconds>(expected * 2, kLongestWait);
  }
  backoff.record_death(now, kStableLife, jitter);
  CHECK(backoff.deaths() == 1);
  CHECK(backoff.not_before() == now);
}

TEST_CASE("jitter: repeatable from its seed") {
  Jitter one(42);
  Jitter other(42);
  for (int i = 0; i < 10; ++i) CHECK(one.next() == other.next());
}

}  // namespace orrery::master
