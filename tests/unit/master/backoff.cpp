#include "master/backoff.hpp"

#include <catch2/catch.hpp>
#include <cstdint>

namespace orrery::master {

using namespace std::chrono_literals;

namespace {

constexpr base::Monotonic kNow{1000s};

/// How long a place waits after so many deaths in a row at kNow.
base::Nanoseconds wait_after(unsigned deaths, Jitter& jitter) {
  Backoff backoff;
  for (unsigned i = 0; i < deaths; ++i) backoff.record_death(kNow, 0s, jitter);
  return backoff.not_before() - kNow;
}

}  // namespace

TEST_CASE("backoff: the first death is answered at once") {
  Jitter jitter{1};
  CHECK(wait_after(1, jitter) == 0s);
}

TEST_CASE("backoff: each further death doubles the wait, up to the longest, within the jitter") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Jitter jitter{seed};
    base::Nanoseconds expected = kFirstWait;
    for (unsigned deaths = 2; deaths < 40; ++deaths) {
      const base::Nanoseconds wait = wait_after(deaths, jitter);
      INFO("seed " << seed << ", deaths " << deaths);
      CHECK(wait >= expected * 3 / 4);
      CHECK(wait <= expected * 5 / 4);
      expected = std::min<base::Nanoseconds>(expected * 2, kLongestWait);
    }
  }
}

TEST_CASE("backoff: a worker that served long did not die of what killed the one before it") {
  Jitter jitter{7};
  Backoff backoff;
  for (int i = 0; i < 5; ++i) backoff.record_death(kNow, kStableLife - 1ns, jitter);
  CHECK(backoff.deaths() == 5);
  CHECK(backoff.not_before() > kNow);
  backoff.record_death(kNow, kStableLife, jitter);
  CHECK(backoff.deaths() == 1);
  CHECK(backoff.not_before() == kNow);
}

TEST_CASE("backoff: is as new once cleared") {
  Jitter jitter{7};
  Backoff backoff;
  backoff.record_death(kNow, 0s, jitter);
  backoff.record_death(kNow, 0s, jitter);
  backoff.clear();
  CHECK(backoff.deaths() == 0);
  CHECK(backoff.not_before() == Backoff{}.not_before());
}

TEST_CASE("backoff: two seeds give two sequences, one seed gives one") {
  Jitter a{1}, again{1}, b{3};
  bool differ = false;
  for (int i = 0; i < 100; ++i) {
    const double factor = a.next();
    CHECK(factor == again.next());
    CHECK(factor >= 0.75);
    CHECK(factor < 1.25);
    differ |= factor != b.next();
  }
  CHECK(differ);
}

}  // namespace orrery::master
